"""Builds the ONNX files of the auto-complete cases: python signatures.py"""

import pathlib
import shutil

import onnx
from onnx import TensorProto, helper

from cases import CASES, HERE, SIGNATURES, Case


def value(name: str, kind: str, dims: list | None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, getattr(TensorProto, kind), dims)


def special(name: str) -> tuple[list, list, list, list]:
    """Graphs that the table cannot say: nodes, inputs, outputs, initializers."""
    x, y = value("x", "FLOAT", ["batch", 3]), value("y", "FLOAT", ["batch", 3])
    if name == "sequence_input":
        sequence = helper.make_tensor_sequence_value_info("x", TensorProto.FLOAT, ["batch", 3])
        return [helper.make_node("ConcatFromSequence", ["x"], ["y"], axis=0)], [sequence], [y], []
    if name == "default_input":
        bias = helper.make_tensor("bias", TensorProto.FLOAT, [3], [1.0, 2.0, 3.0])
        return [helper.make_node("Add", ["x", "bias"], ["y"])], [x, value("bias", "FLOAT", [3])], [y], [bias]
    if name == "no_inputs":
        constant = helper.make_tensor("c", TensorProto.FLOAT, [2], [1.0, 2.0])
        return [helper.make_node("Constant", [], ["y"], value=constant)], [], [value("y", "FLOAT", [2])], []
    if name == "custom_op":
        return [helper.make_node("Nope", ["x"], ["y"], domain="test.missing")], [x], [y], []
    raise KeyError(name)


def graph(name: str) -> tuple[list, list, list, list]:
    if SIGNATURES[name] == "special":
        return special(name)
    inputs, outputs = SIGNATURES[name]
    nodes = []
    for target, _, dims in outputs:
        source = inputs[0][0]
        if dims == [] and inputs[0][2] != []:
            nodes.append(helper.make_node("ReduceSum", [source], [target], keepdims=0))
        elif dims is not None and inputs[0][2] is not None and len(dims) < len(inputs[0][2]):
            nodes.append(helper.make_node("ReduceMax", [source], [target], axes=[0], keepdims=0))
        else:
            nodes.append(helper.make_node("Identity", [source], [target]))
    return nodes, [value(*i) for i in inputs], [value(*o) for o in outputs], []


def content(name: str) -> bytes:
    if SIGNATURES[name] == "raw":
        whole = content("batch_3")
        return {"garbage": b"this is no protobuf " * 8, "empty_file": b"", "truncated": whole[: len(whole) // 2]}[name]
    nodes, inputs, outputs, initializers = graph(name)
    opsets = [helper.make_opsetid("", 21 if name == "int4" else 17)]
    if name == "custom_op":
        opsets.append(helper.make_opsetid("test.missing", 1))
    model = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, initializers), opset_imports=opsets, ir_version=10 if name == "int4" else 8
    )
    return model.SerializeToString(deterministic=True)


def write(case: Case) -> None:
    folder = HERE / case.name
    for stale in folder.glob("*"):
        if stale.name != "oracle.json":
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    (folder / "1").mkdir(parents=True, exist_ok=True)
    files = dict(case.more)
    if case.onnx is not None:
        files[case.file] = case.onnx
    for path, signature in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content(signature))
    if not any((folder / "1").iterdir()):
        if case.file.startswith("1/"):
            (folder / "1" / ".keep").write_text("")
        else:
            (folder / "1").rmdir()
    if case.config is not None:
        (folder / "config.pbtxt").write_text(case.config)


if __name__ == "__main__":
    for each in CASES:
        write(each)
    print(f"{len(CASES)} cases in {pathlib.Path(HERE).name}/")
