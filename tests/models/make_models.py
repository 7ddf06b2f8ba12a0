"""Writes the test models as ONNX: python make_models.py  ->  repository/ and broken/ beside this file.

The files are committed; only a change of table.py needs this (onnx from ../conformance/requirements.txt).
"""

import pathlib

import onnx
from onnx import TensorProto, helper

from table import BROKEN, MODELS, TYPES, Model, Tensor

HERE = pathlib.Path(__file__).resolve().parent
node = helper.make_node


def constant(name: str, kind: int, shape: list[int], values: list) -> onnx.TensorProto:
    return helper.make_tensor(name, kind, shape, values)


def weight(name: str, shape: tuple[int, int], seed: int) -> tuple[list, list]:
    """Weights by exact integer arithmetic inside the graph, which ONNX Runtime folds at load: 1 KB instead of 800.

    w[i] = ((31 i i + 17 i + seed) mod 10007 - 5003) * scale; oracle_models.py and batching.py say the same in numpy.
    """
    count = shape[0] * shape[1]
    whole = TensorProto.INT64
    constants = [
        constant(f"{name}_{key}", whole, [], [value])
        for key, value in (("zero", 0), ("count", count), ("one", 1), ("a", 31), ("b", 17), ("p", 10007), ("h", 5003))
    ] + [
        constant(f"{name}_seed", whole, [], [seed]),
        constant(f"{name}_shape", whole, [2], list(shape)),
        constant(f"{name}_scale", TensorProto.FLOAT, [], [2.0**-17]),
    ]
    n = lambda op, inputs, output: node(op, [f"{name}_{i}" for i in inputs], [f"{name}_{output}"])  # noqa: E731
    nodes = [
        n("Range", ["zero", "count", "one"], "i"),
        n("Mul", ["i", "a"], "ia"),
        n("Add", ["ia", "b"], "iab"),
        n("Mul", ["iab", "i"], "quadratic"),
        n("Add", ["quadratic", "seed"], "seeded"),
        n("Mod", ["seeded", "p"], "residue"),
        n("Sub", ["residue", "h"], "centred"),
        node("Cast", [f"{name}_centred"], [f"{name}_float"], to=TensorProto.FLOAT),
        n("Mul", ["float", "scale"], "scaled"),
        node("Reshape", [f"{name}_scaled", f"{name}_shape"], [name]),
    ]
    return nodes, constants


def graph(model: Model, version: int) -> tuple[list, list]:
    """Nodes and initializers of one version."""
    if model.kind == "identity":
        return [node("Identity", ["INPUT0"], ["OUTPUT0"])], []
    if model.kind == "sum_and_difference":
        return [node("Add", ["INPUT0", "INPUT1"], ["OUTPUT0"]), node("Sub", ["INPUT0", "INPUT1"], ["OUTPUT1"])], []
    if model.kind == "plus_version":
        return [node("Add", ["INPUT0", "c"], ["OUTPUT0"])], [constant("c", TensorProto.FLOAT, [], [float(version)])]
    if model.kind == "mlp":
        first, first_constants = weight("w1", (784, 256), 1)
        second, second_constants = weight("w2", (256, 10), 2)
        layers = [
            node("MatMul", ["INPUT0", "w1"], ["h"]),
            node("Relu", ["h"], ["r"]),
            node("MatMul", ["r", "w2"], ["OUTPUT0"]),
        ]
        return first + second + layers, first_constants + second_constants
    if model.kind == "broken":
        return [node("Nope", ["INPUT0"], ["OUTPUT0"], domain="test.missing")], []
    raise KeyError(model.kind)


def value(tensor: Tensor, batched: bool) -> onnx.ValueInfoProto:
    shape = tensor.shape
    if shape is None:
        shape = tuple(f"n{i}" if d == -1 else d for i, d in enumerate(tensor.dims))
        shape = ("batch", *shape) if batched else shape
    return helper.make_tensor_value_info(tensor.name, getattr(TensorProto, TYPES[tensor.type][1]), list(shape))


def write(model: Model, repository: pathlib.Path) -> None:
    folder = repository / model.name
    batched = model.max_batch_size > 0
    for version in model.versions:
        nodes, initializers = graph(model, version)
        opsets = [helper.make_opsetid("", 17)]
        if model.kind == "broken":
            opsets.append(helper.make_opsetid("test.missing", 1))
        made = helper.make_model(
            helper.make_graph(
                nodes,
                model.name,
                [value(t, batched) for t in model.inputs],
                [value(t, batched) for t in model.outputs],
                initializers,
            ),
            opset_imports=opsets,
            ir_version=8,
        )
        target = folder / str(version) / "model.onnx"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(made.SerializeToString(deterministic=True))
    (folder / "config.pbtxt").write_text(model.config("onnxruntime"))


if __name__ == "__main__":
    for each in MODELS:
        write(each, HERE / "repository")
    for each in BROKEN:
        write(each, HERE / "broken")
    print(f"{len(MODELS) + len(BROKEN)} models")
