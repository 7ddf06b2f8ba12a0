"""The test models, said once: make_models.py writes them as ONNX, ../conformance/oracle_models.py as Python.

Both repositories answer alike and differ in `backend` only, so every suite runs against either server.
"""

from dataclasses import dataclass, replace

TYPES = {  # v2 name -> (config name, ONNX name)
    "BOOL": ("TYPE_BOOL", "BOOL"),
    "INT8": ("TYPE_INT8", "INT8"),
    "INT16": ("TYPE_INT16", "INT16"),
    "INT32": ("TYPE_INT32", "INT32"),
    "INT64": ("TYPE_INT64", "INT64"),
    "UINT8": ("TYPE_UINT8", "UINT8"),
    "UINT16": ("TYPE_UINT16", "UINT16"),
    "UINT32": ("TYPE_UINT32", "UINT32"),
    "UINT64": ("TYPE_UINT64", "UINT64"),
    "FP16": ("TYPE_FP16", "FLOAT16"),
    "BF16": ("TYPE_BF16", "BFLOAT16"),
    "FP32": ("TYPE_FP32", "FLOAT"),
    "FP64": ("TYPE_FP64", "DOUBLE"),
    "BYTES": ("TYPE_STRING", "STRING"),
}


@dataclass(frozen=True)
class Tensor:
    """An input or output as config.pbtxt says it; `shape` is what the ONNX file says, batch dimension included."""

    name: str
    type: str
    dims: tuple[int, ...]
    shape: tuple[int | str, ...] | None = None
    more: str = ""


@dataclass(frozen=True)
class Model:
    """One model folder. `kind` picks the graph in make_models.py and the arithmetic in oracle_models.py."""

    name: str
    kind: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    max_batch_size: int = 0
    more: str = ""
    versions: tuple[int, ...] = (1,)

    def config(self, backend: str) -> str:
        lines = [f'name: "{self.name}"', f'backend: "{backend}"', f"max_batch_size: {self.max_batch_size}"]
        for field, tensors in (("input", self.inputs), ("output", self.outputs)):
            for t in tensors:
                dims = ", ".join(map(str, t.dims))
                lines.append(
                    f'{field} [ {{ name: "{t.name}" data_type: {TYPES[t.type][0]} dims: [ {dims} ]{t.more} }} ]'
                )
        lines.append("instance_group [ { count: 1 kind: KIND_CPU } ]")
        return "\n".join(lines) + "\n" + self.more


def identity(name: str, kind: str, dims: tuple[int, ...] = (-1,)) -> Model:
    return Model(name, "identity", (Tensor("INPUT0", kind, dims),), (Tensor("OUTPUT0", kind, dims),))


def sum_and_difference(name: str, max_batch_size: int, more: str = "") -> Model:
    tensor = lambda n: Tensor(n, "INT32", (16,))  # noqa: E731
    return Model(
        name,
        "sum_and_difference",
        (tensor("INPUT0"), tensor("INPUT1")),
        (tensor("OUTPUT0"), tensor("OUTPUT1")),
        max_batch_size,
        more,
    )


BATCHING = "dynamic_batching { max_queue_delay_microseconds: 5000 }\n"
ONE = (Tensor("INPUT0", "FP32", (-1,)),)
OUT = (Tensor("OUTPUT0", "FP32", (-1,)),)
SCALAR_BATCH = " reshape { shape: [ ] }"

MODELS = (
    *(identity(f"identity_{t.lower()}", t) for t in TYPES),
    identity("matrix", "FP32", (-1, -1)),
    sum_and_difference("simple", 8),
    sum_and_difference("simple_nobatch", 0),
    Model("plus_one", "plus_version", ONE, OUT),
    Model("many", "plus_version", ONE, OUT, more="version_policy { all { } }\n", versions=(1, 3)),
    Model(
        "mlp",
        "mlp",
        (Tensor("INPUT0", "FP32", (784,)),),
        (Tensor("OUTPUT0", "FP32", (10,)),),
        max_batch_size=32,
        more=BATCHING,
    ),
    # One answer is all that it gives, but clients are not to rely on that.
    replace(identity("decoupled_int32", "INT32"), more="model_transaction_policy { decoupled: true }\n"),
    # A true scalar: ONNX shape [], which config.pbtxt can only say as [1] where nothing is batched.
    Model(
        "scalar",
        "plus_version",
        (Tensor("INPUT0", "FP32", (1,), ()),),
        (Tensor("OUTPUT0", "FP32", (1,), ()),),
    ),
    # A scalar a member of the batch: ONNX shape [batch].
    Model(
        "scalar_batch",
        "plus_version",
        (Tensor("INPUT0", "FP32", (1,), ("batch",), SCALAR_BATCH),),
        (Tensor("OUTPUT0", "FP32", (1,), ("batch",), SCALAR_BATCH),),
        max_batch_size=8,
    ),
)

# Served from a repository of its own, since a model that fails keeps a strict server from being ready.
BROKEN = (Model("broken", "broken", ONE, OUT),)


def conflict(library: str, kind: str) -> Model:
    tensor = lambda n: Tensor(n, "FP32", (3,))  # noqa: E731
    return Model(f"conflict_{library}_{kind}", f"conflict_{kind}", (tensor("X"), tensor("Y")), (tensor("Z"),))


# On our side these come with their op libraries; here only so that conflict.py can be tried against a real Triton.
CONFLICT = tuple(conflict(library, kind) for library in ("c", "cpp") for kind in ("add", "sub"))
