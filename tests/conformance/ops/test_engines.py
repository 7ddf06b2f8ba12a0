"""Two TensorFlows side by side: one came with the server, the other is installed by the command line."""

import concurrent.futures
import os
import pathlib
import subprocess

import pytest

from started import MODELS, library
from test_tensorflow import EXAMPLES, MORE_BY_ONE, ROW, ZEROED

OLDER, NEWER = "2.16.2", "2.21.0"
EXPLICIT = "--model-control-mode=explicit"
CHOSEN = 'parameters { key: "engine_version" value { string_value: "%s" } }\n'
REQUESTS, IN_FLIGHT = 2000, 16


class Cli:
    """The command beside the server's, with packs in a folder of the test's own."""

    def __init__(self, server: str, packs: pathlib.Path):
        self.command, self.packs = pathlib.Path(server).parent / "espalier", packs

    def run(self, *words: str, code: int = 0, **environment: str) -> str:
        ended = subprocess.run(
            [self.command, *words],
            capture_output=True,
            text=True,
            timeout=170,
            env={**os.environ, **environment},
        )
        assert ended.returncode == code, f"{words}: {ended.returncode}\n{ended.stdout}{ended.stderr}"
        return ended.stdout + ended.stderr

    def engine(self, *words: str, code: int = 0) -> str:
        return self.run("engine", *words, f"--engine-directory={self.packs}", code=code)


@pytest.fixture(scope="module")
def installed(request, command, tmp_path_factory):
    """The older TensorFlow, installed from the Maven registry."""
    if not (pathlib.Path(command).parent / "espalier").exists():
        pytest.skip("this server has no command that installs engines")
    cli = Cli(command, tmp_path_factory.mktemp("data") / "engines")
    told = cli.engine("install", f"tensorflow-{OLDER}")
    assert f"tensorflow-{OLDER} is installed: " in told, told
    yield cli
    cli.engine("remove", f"tensorflow-{OLDER}")
    assert not list(cli.packs.iterdir())


def ask(server, model: str, name: str) -> list[int]:
    body = {"inputs": [{"name": name, "shape": [1, 8], "datatype": "INT32", "data": ROW}]}
    answered = server.ask("POST", f"/v2/models/{model}/infer", body)
    assert answered.status == 200, f"{model}: {answered.text}"
    return answered.json["outputs"][0]["data"]


def engines(server) -> dict[str, str]:
    """What the engine of each model says that it is."""
    workers = server.ask("GET", "/v2/espalier/workers").json["workers"]
    return {model: worker["engine_version"] for worker in workers for model in worker["models"]}


def test_both_answer_at_once(start, repository, installed):
    """Chosen by a parameter, and by what op libraries were built for; each in workers of its own."""
    zero_out, add_one = EXAMPLES / "tf_zero_out", EXAMPLES / "tf_add_one"
    cases = {
        # Libraries in C++ fit the one version that they were built for.
        "zero_newer": (zero_out, "tf_zero_out", "", "to_zero", ZEROED, NEWER),
        "zero_older": (zero_out, "tf_zero_out_2_16", "", "to_zero", ZEROED, OLDER),
        # The same library in C, and the same SavedModel.
        "one_newer": (add_one, "tf_add_one", "", "x", MORE_BY_ONE, NEWER),
        "one_older": (add_one, "tf_add_one", CHOSEN % OLDER, "x", MORE_BY_ONE, OLDER),
        "one_chosen": (add_one, "tf_add_one", CHOSEN % NEWER, "x", MORE_BY_ONE, NEWER),
    }
    for name, (model, build, more, *_) in cases.items():
        repository.add_without(name, model, more=more)
        repository.put(repository.library(name), library(build))
    server = start(f"--engine-directory={installed.packs}")
    server.settled()

    def wrong(number: int) -> bool:
        name = list(cases)[number % len(cases)]
        _, _, _, tensor, expected, _ = cases[name]
        return ask(server, name, tensor) != expected

    with concurrent.futures.ThreadPoolExecutor(IN_FLIGHT) as clients:
        assert sum(clients.map(wrong, range(REQUESTS))) == 0
    assert engines(server) == {name: case[-1] for name, case in cases.items()}

    told = installed.run("workers", ESPALIER_URL=f"http://127.0.0.1:{server.http}")
    for version in (OLDER, NEWER):
        assert f"tensorflow {version} " in told, told


def test_a_pack_in_use_is_not_removed(start, repository, installed):
    """It stays until no model runs with it; a running server finds one that comes."""
    name = f"tensorflow-{OLDER}"
    repository.add_without("older", MODELS / "tensorflow/plus", more=CHOSEN % OLDER)
    server = start(EXPLICIT, f"--engine-directory={installed.packs}")
    assert server.load("older").status == 200
    assert f"{name} is in use by a server" in installed.engine("remove", name, code=1)
    assert server.unload("older").status == 200
    assert f"{name} is removed" in installed.engine("remove", name)
    reason = server.refusal("older")
    assert f"espalier engine install {name}" in reason, reason
    assert f"{name} is installed" in installed.engine("install", name)
    assert server.load("older").status == 200


def test_a_version_that_is_not_there(start, repository):
    """The model that asks for it is refused, and the one whose library was built for it."""
    repository.add_without("built", EXAMPLES / "tf_zero_out")
    repository.put(repository.library("built"), library("tf_zero_out_2_16"))
    repository.add_without("asked", MODELS / "tensorflow/plus", more=CHOSEN % OLDER)
    server = start(EXPLICIT)
    reason = server.refusal("built")
    assert "built for another version" in reason and "espalier engine list" in reason, reason
    reason = server.refusal("asked")
    assert f"asks for tensorflow-{OLDER}, which is not installed (installed: tensorflow-{NEWER})" in reason
    assert f"espalier engine install tensorflow-{OLDER}" in reason, reason


def test_what_cannot_be_installed_is_told(command, tmp_path):
    cli = Cli(command, tmp_path / "engines")
    for name in ("tensorflow-1.0.0", "onnxruntime-1.20.0", "pytorch-1.0"):
        told = cli.engine("install", name, code=1)
        assert f"engine '{name}' (expected: one of tensorflow-{NEWER}, " in told, told
    assert f"tensorflow-{NEWER} is there: " in cli.engine("install", f"tensorflow-{NEWER}")
    assert not cli.packs.exists()
