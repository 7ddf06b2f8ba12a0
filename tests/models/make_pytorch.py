#!/usr/bin/env python3
"""Writes the TorchScript models of the tests and the examples, with the op libraries of ../ops that they need.

    python tests/models/make_pytorch.py        (needs torch; 2.13.0 wrote the committed files)

Everything that it writes is committed.
"""

import pathlib
import shutil

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = ROOT / "tests/ops/x86-64"
MODELS = ROOT / "tests/models/pytorch"
CONFLICT = ROOT / "tests/models/pytorch_conflict"
EXAMPLES = ROOT / "examples/pytorch-models"

# Protocol's name → PyTorch's.
TYPES = {
    "BOOL": torch.bool,
    "UINT8": torch.uint8,
    "UINT16": torch.uint16,
    "UINT32": torch.uint32,
    "UINT64": torch.uint64,
    "INT8": torch.int8,
    "INT16": torch.int16,
    "INT32": torch.int32,
    "INT64": torch.int64,
    "FP16": torch.float16,
    "FP32": torch.float32,
    "FP64": torch.float64,
    "BF16": torch.bfloat16,
}


def tensor(name: str, dtype: str, dims: str) -> str:
    return f'{{ name: "{name}" data_type: TYPE_{dtype} dims: [ {dims} ] }}'


def put(folder: pathlib.Path, module, inputs: list[str], outputs: list[str], libraries=(), more: str = "") -> None:
    """A model whose libraries are called like `library` or, where there is one, `libop.so`."""
    version = folder / "1"
    shutil.rmtree(folder, ignore_errors=True)
    version.mkdir(parents=True)
    if not isinstance(module, torch.jit.ScriptModule):
        module = torch.jit.script(module.eval())
    torch.jit.save(module, str(version / "model.pt"))
    lines = ['platform: "pytorch_libtorch"']
    lines += [f"input [ {each} ]" for each in inputs] + [f"output [ {each} ]" for each in outputs]
    (folder / "config.pbtxt").write_text("\n".join(lines) + "\n" + more)
    for library in libraries:
        (version / "ops").mkdir(exist_ok=True)
        shutil.copy(LIBRARIES / f"libtorch_{library}.so", version / "ops")


class Modulo(torch.nn.Module):
    def forward(self, dividend, divisor):
        return torch.ops.my_ops.custom_modulo(dividend, divisor)


class Custom(torch.nn.Module):
    def forward(self, x, y):
        return torch.ops.test_custom.custom_op(x, y)


class TwiceAndThrice(torch.nn.Module):
    def forward(self, x):
        return torch.ops.test_shared.twice(torch.ops.test_shared.thrice(x))


class Busy(torch.nn.Module):
    def forward(self, x):
        return torch.ops.test_single.busy(x)


class Failing(torch.nn.Module):
    def forward(self, x):
        return torch.ops.test_single.failing(x)


class Square(torch.nn.Module):
    def forward(self, x):
        return torch.mul(x, x)


class Triple(torch.nn.Module):
    def forward(self, x):
        return torch.ops.test_override.triple(x)


class Words(torch.nn.Module):
    def forward(self, words: list[str], mark: str):
        marked = [word + mark for word in words]
        return marked, mark.join(words), torch.tensor([len(word) for word in words])


class Keeping(torch.nn.Module):
    """Gives its input and that of the run before, which it keeps."""

    last: torch.Tensor

    def __init__(self):
        super().__init__()
        self.last = torch.zeros(3)

    def forward(self, x):
        before = self.last
        self.last = x
        return x, before


class InPlace(torch.nn.Module):
    def forward(self, x):
        x.add_(1)
        return x


class Shapes(torch.nn.Module):
    """A scalar, nothing, a transposed one, and a list of tensors."""

    def forward(self, x):
        return x.sum(), x[:0], x.t(), x.neg()


class Parts(torch.nn.Module):
    def forward(self, x, scale: torch.Tensor, offset: torch.Tensor | None = None):
        y = x * scale
        if offset is not None:
            y = y + offset
        return list(torch.split(y, 1))


class Linear(torch.nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(7)
        self.layers = torch.nn.Sequential(torch.nn.Linear(16, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))

    def forward(self, x):
        return self.layers(x)


def types() -> torch.jit.ScriptModule:
    """Gives each of its inputs, one a type."""
    names = [f"x{i}" for i in range(len(TYPES))]
    module = torch.jit.ScriptModule()
    module.define(
        f"def forward(self, {', '.join(f'{name}: Tensor' for name in names)}):\n"
        f"    return {', '.join(f'{name}.clone()' for name in names)}\n"
    )
    return module


def main() -> None:
    for library in ("custom_modulo", "conflict_add", "twice", "thrice", "busy", "failing", "override"):
        torch.ops.load_library(str(LIBRARIES / f"libtorch_{library}.so"))
    row = tensor("x", "FP32", "-1")
    result = tensor("y", "FP32", "-1")
    put(
        EXAMPLES / "torch_custom_modulo",
        Modulo(),
        [tensor("dividend", "FP32", "-1"), tensor("divisor", "FP32", "-1")],
        [tensor("remainder", "FP32", "-1")],
        ["custom_modulo"],
    )
    for name in ("add", "sub"):
        put(
            CONFLICT / f"torch_{name}",
            Custom(),
            [tensor("X", "FP32", "3"), tensor("Y", "FP32", "3")],
            [tensor("Z", "FP32", "3")],
            [f"conflict_{name}"],
        )
    put(
        MODELS / "twice_and_thrice",
        TwiceAndThrice(),
        [tensor("X", "FP32", "3")],
        [tensor("Y", "FP32", "3")],
        ["twice", "thrice"],
    )
    whole = tensor("x", "INT64", "-1")
    put(MODELS / "busy", Busy(), [whole], [tensor("y", "INT64", "-1")], ["busy"])
    put(MODELS / "failing", Failing(), [row], [result], ["failing"])
    put(MODELS / "square", Square(), [row], [result])
    put(MODELS / "triple", Triple(), [row], [result], ["override"])
    put(
        MODELS / "words",
        Words(),
        [tensor("words", "STRING", "-1"), tensor("mark", "STRING", "1")],
        [tensor("MARKED__0", "STRING", "-1"), tensor("JOINED__1", "STRING", "1"), tensor("LENGTH__2", "INT64", "-1")],
    )
    put(
        MODELS / "keeping",
        Keeping(),
        [tensor("x", "FP32", "3")],
        [tensor("NOW__0", "FP32", "3"), tensor("BEFORE__1", "FP32", "3")],
    )
    put(MODELS / "in_place", InPlace(), [row], [result])
    put(
        MODELS / "shapes",
        Shapes(),
        [tensor("x", "FP32", "-1, -1")],
        [
            tensor("SUM__0", "FP32", "1"),
            tensor("NOTHING__1", "FP32", "-1, -1"),
            tensor("TURNED__2", "FP32", "-1, -1"),
            tensor("NEGATIVE__3", "FP32", "-1, -1"),
        ],
    )
    put(
        MODELS / "parts",
        Parts(),
        [tensor("INPUT__0", "FP32", "2"), tensor("INPUT__1", "FP32", "2")],
        [tensor("SECOND__1", "FP32", "1"), tensor("FIRST__0", "FP32", "1")],
    )
    put(
        MODELS / "linear",
        torch.jit.trace(Linear().eval(), torch.zeros(4, 16)),
        [tensor("INPUT__0", "FP32", "16")],
        [tensor("OUTPUT__0", "FP32", "2")],
        more="max_batch_size: 8\ndynamic_batching { }\n",
    )
    put(
        MODELS / "types",
        types(),
        [tensor(f"INPUT__{i}", name, "-1") for i, name in enumerate(TYPES)],
        [tensor(f"OUTPUT__{i}", name, "-1") for i, name in enumerate(TYPES)],
    )


if __name__ == "__main__":
    main()
