#!/usr/bin/env python3
"""Writes the models that use the op libraries of this folder, and those of the examples.

    python tests/ops/make_models.py        (needs onnx; 1.16.2 wrote the committed files)

The libraries themselves are put beside the models by build.sh.
"""

from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
ELEMENTS = {"FP32": TensorProto.FLOAT, "INT64": TensorProto.INT64}


@dataclass(frozen=True)
class Op:
    """A model of one node. Dimensions are of one request; `batch` puts the batch dimension before them."""

    folder: str
    domain: str
    op: str
    inputs: tuple[str, ...] = ("X",)
    output: str = "Z"
    type: str = "FP32"
    dims: tuple[int, ...] = (3,)
    batch: int = 0
    more: str = ""
    then: tuple[str, ...] = ()  # ops of the same domain, each of which gets the output of the one before
    plus: float | None = None  # added to the last one's output

    def config(self) -> str:
        dims = ", ".join(map(str, self.dims))
        tensor = f'data_type: TYPE_{self.type} dims: [ {dims} ]'
        lines = ['backend: "onnxruntime"', f"max_batch_size: {self.batch}"]
        lines += [f'input [ {{ name: "{name}" {tensor} }} ]' for name in self.inputs]
        lines += [f'output [ {{ name: "{self.output}" {tensor} }} ]']
        return "\n".join(lines) + "\n" + self.more

    def graph(self) -> onnx.ModelProto:
        names = ["n", "m"]
        shape: list[int | str] = ["batch"] if self.batch else []
        shape += [names.pop(0) if d < 0 else d for d in self.dims]

        def info(name: str) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, ELEMENTS[self.type], shape)

        operands = list(self.inputs)
        constants = []
        if not self.domain and len(operands) == 1:
            operands.append("one")
            constants.append(helper.make_tensor("one", ELEMENTS[self.type], [], [1]))
        ops = [self.op, *self.then]
        results = [f"of_{op}" for op in ops]
        if self.plus is None:
            results[-1] = self.output
        nodes = []
        for op, result in zip(ops, results):
            nodes.append(helper.make_node(op, operands, [result], domain=self.domain))
            operands = [result]
        if self.plus is not None:
            constants.append(helper.make_tensor("plus", ELEMENTS[self.type], [], [self.plus]))
            nodes.append(helper.make_node("Add", [*operands, "plus"], [self.output]))
        graph = helper.make_graph(nodes, self.op, [info(n) for n in self.inputs], [info(self.output)], constants)
        opsets = [helper.make_opsetid("", 17)]
        if self.domain:
            opsets.append(helper.make_opsetid(self.domain, 1))
        return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="espalier")

    def write(self) -> None:
        folder = ROOT / self.folder
        (folder / "1").mkdir(parents=True, exist_ok=True)
        (folder / "config.pbtxt").write_text(self.config())
        onnx.save(self.graph(), folder / "1" / "model.onnx")


def example(name: str, domain: str, op: str, inputs: str, output: str) -> Op:
    return Op(f"examples/models/{name}", domain, op, (inputs,), output, dims=(-1,), batch=8)


def faulty(name: str, plus: int, op: str, *then: str, **more: object) -> Op:
    """A model of tests/chaos, two instances of it. One that batches waits for a moment."""
    extra = "instance_group [ { count: 2 kind: KIND_CPU } ]\n"
    if more.get("batch"):
        extra += "dynamic_batching { max_queue_delay_microseconds: 2000 }\n"
    extra += more.pop("more", "")
    domain = more.pop("domain", "test.faults")
    return Op(f"tests/models/faults/{name}", domain, op, then=then, dims=(-1,), plus=plus, more=extra, **more)


def custom(folder: str, op: str, domain: str = "test.custom", **more: object) -> Op:
    return Op(f"tests/models/{folder}", domain, op, **more)


TWO = ("X", "Y")
DEATHS = ("Abort", "Exit", "Exception", "UncaughtException")
MODELS = [
    example("zero_out", "espalier.example", "ZeroOut", "to_zero", "zeroed"),
    example("scale_by_2", "espalier.example", "Scale", "x", "scaled"),
    example("scale_by_10", "espalier.example", "Scale", "x", "scaled"),
    example("plus_one", "", "Add", "x", "y"),
    custom("conflict/conflict_c_add", "CustomOp", inputs=TWO),
    custom("conflict/conflict_c_sub", "CustomOp", inputs=TWO),
    custom("conflict/conflict_cpp_add", "CustomOp", inputs=TWO),
    custom("conflict/conflict_cpp_sub", "CustomOp", inputs=TWO),
    custom(
        "ops/model_operations",
        "CustomOp",
        inputs=TWO,
        more='model_operations { op_library_filename: "libraries/libconflict.so" }\n',
    ),
    custom(
        "ops/missing_library",
        "CustomOp",
        inputs=TWO,
        more='model_operations { op_library_filename: "libraries/libnowhere.so" }\n',
    ),
    custom("ops/missing_op", "Nope", "test.missing"),
    custom("ops/broken_library", "Undefined"),
    custom("ops/no_op_library", "CustomOp", inputs=TWO),
    custom("ops/newer_api", "CustomOp", inputs=TWO),
    custom("ops/one_domain", "Twice", "test.shared", then=("Thrice",), dims=(-1,)),
    custom("ops/busy", "Busy", type="INT64", dims=(1,)),
    custom("ops/crash", "Crash", dims=(-1,)),
    custom("ops/failing", "Failing", dims=(-1,)),
    faulty("deaths", 1, "NullDereference", *DEATHS),
    faulty("deaths_batched", 2, "NullDereference", *DEATHS, batch=8),
    faulty(
        "stalls",
        3,
        "EndlessLoop",
        "Allocation",
        "ThreadLeak",
        "ExitHandler",
        more='parameters { key: "execution_timeout_ms" value { string_value: "1000" } }\n',
    ),
    faulty("meddling", 4, "ClosedDescriptors", "Truncation", "SignalHandlers", "Surroundings"),
    Op("tests/models/hostile/attack", "test.hostile", "Attack", dims=(-1,)),
    faulty("healthy", 5, "Scale", domain="espalier.example"),
    faulty("healthy_batched", 6, "Scale", domain="espalier.example", batch=8),
]

if __name__ == "__main__":
    for model in MODELS:
        model.write()
    print(f"{len(MODELS)} models written")
