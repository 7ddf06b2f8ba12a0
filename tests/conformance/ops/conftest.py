"""The server under test: a command that takes Triton's options, started anew for each case."""

import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from started import ADD, KITS, ONNX, ROOT, Repository, Started, library  # noqa: E402


def pytest_addoption(parser):
    default = os.environ.get("ESPALIER_SERVER", str(ROOT / "dist/espalier/bin/trtserver"))
    parser.addoption("--server", default=default, help="the trtserver command (or ESPALIER_SERVER)")


@pytest.fixture(scope="session")
def command(request, tmp_path_factory):
    """The server's command; without a way to take op libraries beside models, no case can be run."""
    command = request.config.getoption("--server")
    folder = tmp_path_factory.mktemp("able")
    repository = Repository(folder / "repository")
    repository.add("m", library("conflict_c_add"))
    with Started(command, repository, folder, "--strict-readiness=false") as server:
        server.settled()
        answer = server.infer("m")
    if answer.status != 200 or answer.json["outputs"][0]["data"] != ADD:
        pytest.skip(f"this server takes no op libraries from the model repository: {answer.text}")
    return command


@pytest.fixture(scope="session")
def options(command):
    """What the server says of its options."""
    return subprocess.run([command, "--help"], capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def need(options):
    """Skips the case on a server that does not have an option."""

    def need(option: str) -> None:
        if option not in options:
            pytest.skip(f"this server has no {option}")

    return need


@pytest.fixture(params=KITS, ids=[kit.engine for kit in KITS])
def kit(request):
    """The case runs for each engine."""
    return request.param


@pytest.fixture
def repository(request, tmp_path):
    """Of models of the case's kit; of ONNX models where it takes none."""
    asked = "kit" in request.fixturenames
    return Repository(tmp_path / "repository", request.getfixturevalue("kit") if asked else ONNX)


@pytest.fixture
def start(command, repository, tmp_path):
    """Starts the server on the repository with these flags and variables; ends it after the case."""
    running = []

    def started(*flags: str, **environment: str) -> Started:
        server = Started(command, repository, tmp_path, *flags, **environment)
        running.append(server.__enter__())
        return server

    yield started
    for server in running:
        server.__exit__()
