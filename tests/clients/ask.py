"""One shape for tritonclient's HTTP and gRPC clients, and the values that every data type is tried with."""

import ml_dtypes
import numpy as np


def tensor(module, name: str, array: np.ndarray, kind: str, **binary):
    """An InferInput of `module` (tritonclient.http or .grpc) with its data."""
    made = module.InferInput(name, list(array.shape), kind)
    made.set_data_from_numpy(array, **binary)
    return made


class Ask:
    """A client with the differences between both modules taken out."""

    def __init__(self, protocol: str, client, module):
        self.protocol, self.client, self.module = protocol, client, module

    def input(self, name: str, array: np.ndarray, kind: str, **binary):
        return tensor(self.module, name, array, kind, **binary)

    def output(self, name: str, **options):
        return self.module.InferRequestedOutput(name, **options)

    def infer(self, model: str, inputs, **options):
        return self.client.infer(model, inputs, **options)

    def simple(self, model="simple", batch=1, **options):
        """Two INT32 tensors of [16]; `simple` wants a batch dimension, `simple_nobatch` none."""
        shape = (batch, 16) if model == "simple" else (16,)
        first = np.arange(np.prod(shape), dtype=np.int32).reshape(shape)
        second = np.full(shape, 3, np.int32)
        inputs = [self.input("INPUT0", first, "INT32"), self.input("INPUT1", second, "INT32")]
        return self.infer(model, inputs, **options), first, second

    def identity(self, kind: str, array: np.ndarray, **binary):
        return self.infer(f"identity_{kind.lower()}", [self.input("INPUT0", array, kind, **binary)])

    def response(self, result) -> dict:
        """The response without its tensors, as a dict in either case."""
        if self.protocol == "http":
            return result.get_response()
        return result.get_response(as_json=True)

    def shape(self, result, name: str) -> list[int]:
        output = result.get_output(name)
        return list(output["shape"] if self.protocol == "http" else output.shape)


def integers(kind: type) -> np.ndarray:
    limits = np.iinfo(kind)
    return np.array([limits.min, 0, 1, limits.max, limits.max // 2], dtype=kind)


def floats(kind: type) -> np.ndarray:
    return np.array([0, -0.0, 1.5, -2.25, np.inf, -np.inf, np.nan, 65504, 6e-8], dtype=kind)


VALUES = {
    "BOOL": np.array([True, False, True, True, False]),
    "INT8": integers(np.int8),
    "INT16": integers(np.int16),
    "INT32": integers(np.int32),
    "INT64": integers(np.int64),
    "UINT8": integers(np.uint8),
    "UINT16": integers(np.uint16),
    "UINT32": integers(np.uint32),
    "UINT64": integers(np.uint64),
    "FP16": floats(np.float16),
    "BF16": floats(ml_dtypes.bfloat16),
    "FP32": floats(np.float32),
    "FP64": floats(np.float64),
    "BYTES": np.array([b"", b"a", "Gr\u00fc\u00dfe \U0001f33f".encode(), b"x" * 70_000, b"\x00\x01\xff"], dtype=np.object_),
}
NO_JSON = ("FP16", "BF16")


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Bit for bit for numbers (so NaN equals NaN and -0.0 differs from 0.0), value for value for byte strings."""
    if left.shape != right.shape:
        return False
    if left.dtype == np.object_ or right.dtype == np.object_:
        return [bytes(v) for v in left.reshape(-1)] == [bytes(v) for v in right.reshape(-1)]
    return left.dtype == right.dtype and left.tobytes() == right.tobytes()
