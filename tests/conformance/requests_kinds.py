"""Kinds of requests that once were answered otherwise for no reason: versions as numbers, strings that are counted,
shapes before sizes, lengths that reach into tensors, wide numbers, ranks among equals."""

import json
import struct

from exchange import Http
from requests import Case, Differs
from requests_binary import binary
from requests_binary import infer as binary_infer
from requests_grpc import call, tensor
from requests_grpc import infer as grpc_infer
from tritonclient.grpc import service_pb2 as pb

LARGEST = 2**63 - 1


def get(name: str, path: str) -> Case:
    return Case(f"kinds get {name}", Http("GET", f"/v2/models/{path}"))


def json_infer(name: str, model: str, inputs: list, differs=None, version="", **more) -> Case:
    path = f"/v2/models/{model}{version and f'/versions/{version}'}/infer"
    return Case(f"kinds json {name}", Http("POST", path, json.dumps({"inputs": inputs} | more).encode()), differs)


def numbers(shape: list, data: object, datatype="FP32", name="INPUT0") -> dict:
    return {"name": name, "shape": shape, "datatype": datatype, "data": data}


def strings(*lengths: int) -> bytes:
    """Strings of these lengths, each of so many bytes as there may be at all: those with more are cut."""
    return b"".join(struct.pack("<I", length) + b"a" * min(length, 4) for length in lengths)


def counted(name: str, count: int, data: bytes) -> list[Case]:
    """The same strings for `count` elements over both protocols."""
    described = binary(shape=[count], datatype="BYTES", size=len(data))
    return [
        binary_infer(f"kinds strings {name}", "identity_bytes", {"inputs": [described]}, data),
        grpc_infer(f"kinds strings {name}", "identity_bytes", [tensor(shape=[count], datatype="BYTES")], [data]),
    ]


def version(method: str, text: str) -> Case:
    return call(f"kinds {method} of version {text}", method, getattr(pb, f"{method}Request")(name="many", version=text))


ONE = [numbers([1], [1])]
VERSIONS = [
    case
    for text in ("03", "0003", "00", "0", "02", str(LARGEST), str(LARGEST + 1))
    for case in (
        get(f"metadata of version {text}", f"many/versions/{text}"),
        get(f"ready of version {text}", f"many/versions/{text}/ready"),
        get(f"config of version {text}", f"many/versions/{text}/config"),
        get(f"stats of version {text}", f"many/versions/{text}/stats"),
        json_infer(f"of version {text}", "many", ONE, version=text),
        version("ModelMetadata", text),
        version("ModelReady", text),
        version("ModelConfig", text),
        version("ModelStatistics", text),
    )
]

STRINGS = [
    *counted("one too many", 2, strings(1, 1, 1)),
    *counted("one too few", 3, strings(1, 1)),
    *counted("one too many, and cut", 1, strings(1, 9)),
    *counted("one too few, and cut", 3, strings(1, 9)),
    *counted("right, the last cut", 2, strings(1, 9)),
    *counted("right, the first cut", 2, strings(9)),
    *counted("a length cut", 2, strings(1) + b"\1\0"),
    *counted("a length cut where none is due", 1, strings(1) + b"\1\0"),
    *counted("a length of 4 GB", 1, b"\xff\xff\xff\xff"),
    *counted("for no element", 0, strings(1)),
    *counted("none for one", 1, b""),
]

PAIR = [numbers([1, 16], list(range(16)), "INT32"), numbers([2, 16], list(range(16)), "INT32", "INPUT1")]
OTHER_BATCH = Differs("batch-mismatch", r"(400|INVALID_ARGUMENT) .*input 'INPUT1' batch size does not match other inputs")
SHAPES = [
    json_infer("other batch, data as the first", "simple", PAIR),
    json_infer("other batch, data for both", "simple", [PAIR[0], PAIR[1] | {"data": list(range(32))}], OTHER_BATCH),
    json_infer("no shape where a batch is due", "simple", [numbers([], [1], "INT32"), PAIR[1]]),
    json_infer("no shape and no data where a batch is due", "simple", [numbers([], [], "INT32"), PAIR[1]]),
    json_infer("no shape, one element", "plus_one", [numbers([], [1])]),
    json_infer("no shape, nothing", "plus_one", [numbers([], [])]),
    json_infer("no shape, two elements", "plus_one", [numbers([], [1, 2])]),
    json_infer("a dimension of 0, an element", "plus_one", [numbers([0], [1])]),
    binary_infer("kinds other batch, size of the first", "simple", {"inputs": [binary(), binary("INPUT1", [2, 16])]}, bytes(128), differs=OTHER_BATCH),
    binary_infer("kinds no shape where a batch is due", "simple", {"inputs": [binary(shape=[], size=64), binary("INPUT1")]}, bytes(128)),
    binary_infer("kinds no shape, one element", "plus_one", {"inputs": [binary(shape=[], datatype="FP32", size=4)]}, bytes(4)),
    grpc_infer("kinds other batch, size of the first", "simple", [tensor(), tensor("INPUT1", (2, 16))], [bytes(64), bytes(64)], differs=OTHER_BATCH),
    grpc_infer("kinds no shape where a batch is due", "simple", [tensor(shape=()), tensor("INPUT1")], [bytes(64), bytes(64)]),
    grpc_infer("kinds no shape, one element", "plus_one", [tensor(shape=(), datatype="FP32")], [bytes(4)]),
]  # fmt: skip

FP32 = {"inputs": [binary(shape=[3], datatype="FP32", size=12)]}
HEAD = len(json.dumps(FP32))
LENGTHS = [
    binary_infer(f"kinds header with {more} bytes of zeros", "plus_one", FP32, bytes(12), length=HEAD + more)
    for more in (1, 4, 11, 12)
]

NESTED = [
    json_infer(f"data {depth} arrays deep", "plus_one", [numbers([1], json.loads("[" * depth + "1" + "]" * depth))])
    for depth in (2, 50, 100)
]
DEEPER = [
    json_infer(
        f"data {depth} arrays deep",
        "plus_one",
        [numbers([1], json.loads("[" * depth + "1" + "]" * depth))],
        Differs("json-depth", r"500 Unable to parse 'data': arrays are nested deeper than 100$"),
    )
    for depth in (101, 150, 500)
]

PLAIN = [
    json_infer(f"data that is {name}, shape {shape}", model, [numbers(shape, value, datatype)])
    for shape in ([], [1])
    for name, model, value, datatype in (
        ("a number", "plus_one", 1, "FP32"),
        ("a string", "identity_bytes", "x", "BYTES"),
        ("true", "identity_bool", True, "BOOL"),
        ("null", "plus_one", None, "FP32"),
        ("an object", "plus_one", {}, "FP32"),
        ("a number for a batch", "simple", 1, "INT32"),
    )
]


def asked(name: str, **given) -> Case:
    return json_infer(f"parameter {name}", "plus_one", ONE, parameters=given)


def asked_grpc(name: str, given: dict) -> Case:
    return grpc_infer(f"kinds parameter {name}", "plus_one", [tensor(shape=[1], datatype="FP32")], [bytes(4)], given=given)


PARAMETERS = [
    asked("priority 2^63", priority=2**63),
    asked("priority 2^64 - 1", priority=2**64 - 1),
    asked("priority 2^64", priority=2**64),
    asked("priority negative", priority=-1),
    asked("priority a string", priority="1"),
    asked("sequence_id negative", sequence_id=-1),
    asked("sequence_id 2^64 - 1", sequence_id=2**64 - 1),
    asked("sequence_id a word", sequence_id="one"),
    asked("sequence_id a boolean", sequence_id=True),
    asked_grpc("priority 2^63", {"priority": ("uint64_param", 2**63)}),
    asked_grpc("priority 2^64 - 1", {"priority": ("uint64_param", 2**64 - 1)}),
    asked_grpc("priority negative", {"priority": ("int64_param", -1)}),
    asked_grpc("sequence_id negative", {"sequence_id": ("int64_param", -1)}),
    asked_grpc("sequence_id a word", {"sequence_id": ("string_param", "one")}),
]

RANKED = {"outputs": [{"name": "OUTPUT0", "parameters": {"classification": 3}}]}


def ranked(name: str, model: str, data: list, datatype: str) -> list[Case]:
    return [
        json_infer(f"classes {name}", model, [numbers([len(data)], data, datatype)], **RANKED),
    ]


CLASSES = [
    *ranked("INT64 that doubles cannot tell apart", "identity_int64", [2**53, 2**53 + 1, 2**53 - 1], "INT64"),
    *ranked("INT64 at both ends", "identity_int64", [-(2**63), 2**63 - 1, 2**63 - 2, 0], "INT64"),
    *ranked("UINT64 at the upper end", "identity_uint64", [2**64 - 2, 2**64 - 1, 2**63, 2**63 - 1], "UINT64"),
    *ranked("all equal", "identity_int32", [5, 5, 5, 5], "INT32"),
    *ranked("two equal", "identity_fp32", [1.5, 2.5, 2.5, 0.5], "FP32"),
]

CONTROL = [
    Case(
        f"kinds unload with unload_dependents {json.dumps(value)}",
        Http("POST", "/v2/repository/models/simple/unload", json.dumps({"parameters": {"unload_dependents": value}}).encode()),
    )
    for value in (True, "x", 1, None, {})
] + [
    Case(f"kinds {verb} with parameters {json.dumps(value)}", Http("POST", f"/v2/repository/models/simple/{verb}", json.dumps({"parameters": value}).encode()))
    for verb in ("load", "unload")
    for value in ("x", 1, [], None, {"config": 1}, {"config": None})
]  # fmt: skip

CASES = VERSIONS + STRINGS + SHAPES + LENGTHS + NESTED + DEEPER + PLAIN + PARAMETERS + CLASSES + CONTROL
