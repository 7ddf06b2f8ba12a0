"""What only TensorFlow's op libraries can do wrong, and how each way to give a model its library answers."""

import pathlib
import shutil
from dataclasses import dataclass

import pytest

from started import LIBRARIES, MODELS, ROOT, TENSORFLOW, library

EXPLICIT = "--model-control-mode=explicit"
EXAMPLES = ROOT / "examples/tensorflow-models"
ROW = list(range(42, 50))
ZEROED = [42, 0, 0, 0, 0, 0, 0, 0]
MORE_BY_ONE = list(range(43, 51))

@dataclass(frozen=True)
class Asked:
    """A model, the name and type of its input, and what it makes of ROW."""

    model: pathlib.Path
    name: str
    type: str
    expected: list[int]


ASKED = [
    Asked(EXAMPLES / "tf_zero_out", "to_zero", "INT32", ZEROED),
    Asked(MODELS / "tensorflow/zero_out_graphdef", "to_zero", "INT32", ZEROED),
    Asked(EXAMPLES / "tf_add_one", "x", "INT32", MORE_BY_ONE),
    Asked(MODELS / "tensorflow/add_one_graphdef", "x", "INT32", MORE_BY_ONE),
    # Busy for 42 ms.
    Asked(MODELS / "tensorflow/busy", "x", "INT64", ROW),
    Asked(MODELS / "tensorflow/busy_graphdef", "x", "INT64", ROW),
]
PLACES = ["version", "model", "model_operations", "shelf", "server", "preload"]


def answer(server, asked: Asked) -> list[int]:
    body = {"inputs": [{"name": asked.name, "shape": [1, 8], "datatype": asked.type, "data": ROW}]}
    answered = server.ask("POST", f"/v2/models/{asked.model.name}/infer", body)
    assert answered.status == 200, answered.text
    return answered.json["outputs"][0]["data"]


@pytest.mark.parametrize("place", PLACES)
def test_a_library_at_every_place(start, repository, place):
    """ZeroOut, AddOne and a busy loop, as SavedModels and as GraphDefs: the same answers from everywhere."""
    elsewhere = []
    for asked in ASKED:
        name = asked.model.name
        more = 'model_operations { op_library_filename: "libmine.so" }\n' if place == "model_operations" else ""
        repository.add_without(name, asked.model, more=more)
        build = next((asked.model / "1/ops").glob("*.so"))
        file = {
            "version": repository.folder / name / "1/ops/libmine.so",
            "model": repository.folder / name / "ops/libmine.so",
            "model_operations": repository.folder / name / "libmine.so",
            "shelf": repository.folder / f".ops/{build.name}",
        }.get(place, repository.folder.parent / f"elsewhere/{build.name}")
        repository.put(file, build.read_bytes())
        elsewhere.append(str(file))
    flags = {"server": [f"--op-library={file.parent}"]}.get(place, [])
    environment = {"preload": {"LD_PRELOAD": ":".join(sorted(set(elsewhere)))}}.get(place, {})
    server = start(*flags, **environment)
    server.settled()
    for asked in ASKED:
        assert answer(server, asked) == asked.expected, asked.model.name


def test_a_library_that_redefines_mul_disturbs_no_other_model(start, repository):
    """Those that use Mul go on with TensorFlow's; the library's own op works; who needs both is refused."""
    repository.add_without("triple", MODELS / "tensorflow/triple")
    repository.add_without("plus", MODELS / "tensorflow/plus")
    named = 'model_operations { op_library_filename: "libmultiply.so" }\n'
    repository.add_without("both", MODELS / "tensorflow/plus", more=named)
    repository.put(repository.folder / ".ops/libmultiply.so", library("tf_multiply"))
    server = start(EXPLICIT)
    for model in ("triple", "plus"):
        assert server.load(model).status == 200
    rows = {"shape": [1, 3], "datatype": "FP32", "data": [1.0, 2.0, 3.0]}
    for _ in range(20):
        product = server.ask(
            "POST",
            "/v2/models/plus/infer",
            {"inputs": [{"name": "x", **rows}], "outputs": [{"name": "product"}]},
        )
        assert product.json["outputs"][0]["data"] == [2.0, 4.0, 6.0]
        triple = server.ask("POST", "/v2/models/triple/infer", {"inputs": [{"name": "x", **rows}]})
        assert triple.json["outputs"][0]["data"] == [3.0, 6.0, 9.0]
    reason = server.refusal("both")
    assert "op Mul, which the engine has itself, gets a second kernel from libmultiply.so@" in reason, reason


# Library → what the reason says of the mistake and of the remedy.
MISTAKES = {
    "tf_old_abi": ["old C++ ABI", "-D_GLIBCXX_USE_CXX11_ABI=1"],
    "tf_not_linked": ["is not linked with TensorFlow", "-l:libtensorflow_framework.so.2"],
    "tf_other_version": ["OfAnotherVersion", "built for another version", "build it against the headers"],
    "conflict_c_add": ["has ops for ONNX Runtime (expected: for tensorflow)"],
}


def test_libraries_that_do_not_fit_are_named(start, repository):
    """Each is refused for its reason, before a worker meets it."""
    for name in MISTAKES:
        repository.add_without(name, MODELS / "tensorflow/busy")
        repository.put(repository.library(name), library(name))
    server = start(EXPLICIT)
    wrong = []
    for name, texts in MISTAKES.items():
        reason = server.refusal(name)
        wrong += [f"{name}: {text} is not in: {reason}" for text in [*texts, "libop.so@"] if text not in reason]
    assert not wrong, "\n".join(wrong)
    assert not server.workers()


def test_one_shelf_for_two_engines(start, repository):
    """A library for the other engine is passed over, though it has an op of the same name."""
    repository.add_without("onnx")
    repository.add_without("tensorflow", TENSORFLOW.conflict)
    for name in ("conflict_c_add", "tf_conflict_sub"):
        shutil.copy(LIBRARIES / f"lib{name}.so", repository.put(repository.folder / f".ops/lib{name}.so", b""))
    server = start()
    server.settled()
    assert (server.result("onnx"), server.result("tensorflow")) == ([6.0, 9.0, 12.0], [4.0, 5.0, 6.0])
