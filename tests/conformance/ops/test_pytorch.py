"""What only PyTorch's op libraries can do wrong in a process: each is refused by name, with the server up."""

from started import ADD, MODELS, ROOT, PYTORCH, SUB, library

EXPLICIT = "--model-control-mode=explicit"
PYTORCH_MODELS = MODELS / "pytorch"
ROW = {"name": "x", "shape": [2], "datatype": "FP32", "data": [3.0, 4.0]}


def answer(server, model: str, *inputs: dict) -> list[float]:
    answered = server.ask("POST", f"/v2/models/{model}/infer", {"inputs": list(inputs)})
    assert answered.status == 200, answered.text
    return answered.json["outputs"][0]["data"]


def add(repository, name: str, model, *libraries: str) -> None:
    repository.add_without(name, model)
    for each in libraries:
        repository.put(repository.folder / name / f"1/ops/lib{each}.so", library(f"torch_{each}"))


def test_libraries_that_would_end_a_process_or_lie(start, repository):
    """Two registrations of a namespace, of an op; a kernel for another's op; other versions: named before a worker."""
    both = 'model_operations { op_library_filename: "1/ops/libconflict_add.so" op_library_filename: "1/ops/libconflict_sub.so" }\n'
    add(repository, "namespace", PYTORCH.twice_and_thrice, "twice_alone", "thrice_alone")
    repository.add_without("op", PYTORCH.conflict, more=both)
    for each in PYTORCH.conflict_names:
        repository.put(repository.folder / f"op/1/ops/lib{each}.so", library(f"torch_{each}"))
    add(repository, "kernel", PYTORCH.conflict, "kernel_only")
    add(repository, "version", PYTORCH.twice_and_thrice, "twice", "other_version")
    add(repository, "missing", PYTORCH.conflict)
    add(repository, "good", PYTORCH.conflict, "conflict_add")
    server = start(EXPLICIT)
    assert server.load("good").status == 200
    workers = server.workers()
    wrong = []
    for name, texts in {
        "namespace": ["op TORCH_LIBRARY(test_shared) is registered by", "libtwice_alone.so@", "libthrice_alone.so@"],
        "op": ["op test_custom::custom_op is", "libconflict_add.so@", "libconflict_sub.so@"],
        "kernel": ["libkernel_only.so@", "has it for another library's definition only"],
        "version": ["c10::of_another_version", "built for another version"],
        "missing": ["op test_custom::custom_op is provided by no op library"],
    }.items():
        reason = server.refusal(name)
        wrong += [f"{name}: {text} is not in: {reason}" for text in texts if text not in reason]
        assert server.result("good") == ADD
    assert not wrong, "\n".join(wrong)
    assert server.workers() == workers


def test_a_library_that_replaces_mul_disturbs_no_other_model(start, repository):
    """On the shelf it serves nobody who did not put it there; a model's own may replace what it likes."""
    add(repository, "square", PYTORCH_MODELS / "square")
    add(repository, "own", PYTORCH_MODELS / "square", "override")
    add(repository, "triple", PYTORCH_MODELS / "triple")
    repository.put(repository.folder / ".ops/liboverride.so", library("torch_override"))
    server = start(EXPLICIT)
    for model, expected in {"square": [9.0, 16.0], "own": [3.0, 4.0]}.items():
        assert server.load(model).status == 200
        for _ in range(10):
            assert answer(server, model, ROW) == expected
    reason = server.refusal("triple")
    assert "op aten::mul, which the engine has itself, would be replaced by that of liboverride.so@" in reason, reason


def test_the_example(start, repository):
    add(repository, "m", ROOT / "examples/pytorch-models/torch_custom_modulo", "custom_modulo")
    server = start(EXPLICIT)
    assert server.load("m").status == 200
    inputs = [{**ROW, "name": name, "data": data} for name, data in (("dividend", [7.0, -7.0]), ("divisor", [4.0, 4.0]))]
    assert answer(server, "m", *inputs) == [3.0, 1.0]


def test_a_model_without_configuration_is_answered_with_one(start, repository):
    add(repository, "m", PYTORCH.conflict, "conflict_sub")
    config = repository.folder / "m/config.pbtxt"
    written = config.read_text()
    config.unlink()
    server = start(EXPLICIT)
    reason = server.refusal("m")
    assert 'input [ { name: "x" data_type: TYPE_FP32 dims: [ -1 ] }, { name: "y" ' in reason, reason
    config.write_text(written)
    assert server.load("m").status == 200
    assert server.result("m") == SUB
