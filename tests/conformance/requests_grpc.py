"""The same over gRPC: unary calls, raw and typed contents, malformed messages."""

import struct

from exchange import Grpc
from requests import Case, Differs
from tritonclient.grpc import service_pb2 as pb

VALUES = struct.pack("<16i", *range(16))
FLOATS = struct.pack("<3f", 1, 2, 3)


def call(name: str, method: str, message=b"", differs: Differs | None = None, **options) -> Case:
    return Case(f"grpc {name}", Grpc(method, message, **options), differs)


def parameters(target, values: dict) -> None:
    for name, (kind, value) in values.items():
        setattr(target[name], kind, value)


def tensor(name="INPUT0", shape=(1, 16), datatype="INT32", contents: dict | None = None, **given):
    made = pb.ModelInferRequest.InferInputTensor(name=name, shape=shape, datatype=datatype)
    for field, values in (contents or {}).items():
        getattr(made.contents, field).extend(values)
    parameters(made.parameters, given)
    return made


def output(name: str, **given):
    made = pb.ModelInferRequest.InferRequestedOutputTensor(name=name)
    parameters(made.parameters, given)
    return made


def infer(name: str, model: str, inputs, raw=(), outputs=(), given=None, differs=None, **fields) -> Case:
    message = pb.ModelInferRequest(model_name=model, inputs=inputs, outputs=outputs, **fields)
    message.raw_input_contents.extend(raw)
    parameters(message.parameters, given or {})
    return call(f"infer {name}", "ModelInfer", message, differs)


def typed(name: str, datatype: str, field: str, values: list, count: int | None = None, differs=None) -> Case:
    shape = [len(values) if count is None else count]
    return infer(name, f"identity_{datatype.lower()}", [tensor(shape=shape, datatype=datatype, contents={field: values})], differs=differs)


TWO = [tensor(), tensor("INPUT1")]
RAW = [VALUES, VALUES]
FP32 = [tensor(shape=[3], datatype="FP32")]

SERVER = [
    call("live", "ServerLive"),
    call("ready", "ServerReady"),
    call("server metadata", "ServerMetadata", differs=Differs("extensions", r'OK .*"extensions": \["classification", "model_repository", ')),
    call("health check", "Check", service="grpc.health.v1.Health", answer="none"),
    call("health check of the server by name", "Check", b"\x0a\x00", service="grpc.health.v1.Health", answer="none"),
    call("health check of an unknown service", "Check", b"\x0a\x04nope", service="grpc.health.v1.Health", answer="none"),
    call("unknown method", "ModelForecast", answer="none", differs=Differs("unknown-method", "UNIMPLEMENTED .*ModelForecast")),
    call("unknown service", "ServerLive", service="other.Service", answer="none", differs=Differs("unknown-method", "UNIMPLEMENTED .*other.Service")),
]


def named(method: str, kind, *pairs) -> list[Case]:
    return [
        call(f"{method} {model or 'no name'} {version or 'no version'}", method, kind(name=model, version=version))
        for model, version in pairs
    ]


WHICH = (("simple", ""), ("many", ""), ("many", "3"), ("many", "2"), ("nope", ""), ("broken", ""), ("", ""))
MODELS = [
    *named("ModelReady", pb.ModelReadyRequest, *WHICH, ("simple", "99"), ("simple", "x"), ("simple", "-1")),
    *named("ModelMetadata", pb.ModelMetadataRequest, *WHICH, ("simple", "x"), ("mlp", "")),
    *named("ModelConfig", pb.ModelConfigRequest, *WHICH, ("simple", "x"), ("mlp", ""), ("scalar_batch", "")),
    *named("ModelStatistics", pb.ModelStatisticsRequest, *WHICH[:6], ("many", "9"), ("simple", "x")),
    call("load in mode none", "RepositoryModelLoad", pb.RepositoryModelLoadRequest(model_name="simple")),
    call("unload in mode none", "RepositoryModelUnload", pb.RepositoryModelUnloadRequest(model_name="simple")),
    call("index", "RepositoryIndex", pb.RepositoryIndexRequest(ready=True)),
    call("index of another repository", "RepositoryIndex", pb.RepositoryIndexRequest(repository_name="other")),
]

HEALTHY = [
    infer("two raw inputs", "simple", TWO, RAW),
    infer("id", "simple", TWO, RAW, id="a-1"),
    infer("one output", "simple", TWO, RAW, [output("OUTPUT1")]),
    infer("outputs in the other order", "simple", TWO, RAW, [output("OUTPUT1"), output("OUTPUT0")]),
    infer("version", "many", FP32, [FLOATS], model_version="1"),
    infer("no version", "many", FP32, [FLOATS]),
    infer("typed inputs", "simple", [tensor(contents={"int_contents": range(16)}), tensor("INPUT1", contents={"int_contents": range(16)})]),
    infer("empty raw tensor", "plus_one", [tensor(shape=[0], datatype="FP32")], [b""]),
    infer("empty tensor without raw contents", "plus_one", [tensor(shape=[0], datatype="FP32")]),
    infer("matrix", "matrix", [tensor(shape=[1, 3], datatype="FP32")], [FLOATS]),
    infer("scalar", "scalar", [tensor(shape=[1], datatype="FP32")], [FLOATS[:4]]),
    infer("parameters of every kind", "simple", TWO, RAW, given={"a": ("int64_param", 1), "b": ("string_param", "x"), "c": ("bool_param", True)}),
    infer("parameter timeout", "simple", TWO, RAW, given={"timeout": ("int64_param", 10_000_000)}),
    infer("parameter priority as uint64", "simple", TWO, RAW, given={"priority": ("uint64_param", 1)}),
    infer("parameter priority as int64", "simple", TWO, RAW, given={"priority": ("int64_param", 1)}),
    infer("output parameter binary_data", "simple", TWO, RAW, [output("OUTPUT0", binary_data=("bool_param", False))]),
    typed("typed bool", "BOOL", "bool_contents", [True, False]),
    typed("typed int8", "INT8", "int_contents", [-128, 127]),
    typed("typed int16", "INT16", "int_contents", [-32768, 32767]),
    typed("typed int32", "INT32", "int_contents", [-(2**31), 2**31 - 1]),
    typed("typed int64", "INT64", "int64_contents", [-(2**63), 2**63 - 1]),
    typed("typed uint8", "UINT8", "uint_contents", [0, 255]),
    typed("typed uint16", "UINT16", "uint_contents", [0, 65535]),
    typed("typed uint32", "UINT32", "uint_contents", [0, 2**32 - 1]),
    typed("typed uint64", "UINT64", "uint64_contents", [0, 2**64 - 1]),
    typed("typed fp32", "FP32", "fp32_contents", [0.5, -1e-30]),
    typed("typed fp64", "FP64", "fp64_contents", [0.1, -1e300]),
    typed("typed bytes", "BYTES", "bytes_contents", [b"", b"a\xff\0b"]),
    infer("raw bytes", "identity_bytes", [tensor(shape=[2], datatype="BYTES")], [b"\x01\0\0\0a\0\0\0\0"]),
    infer("raw bf16", "identity_bf16", [tensor(shape=[2], datatype="BF16")], [b"\x80\x3f\0\xc0"]),
]  # fmt: skip

CONTENTS = [
    infer("raw and typed", "plus_one", [tensor(shape=[3], datatype="FP32", contents={"fp32_contents": [1, 2, 3]})], [FLOATS]),
    infer("neither raw nor typed", "plus_one", FP32),
    infer("one raw input of two", "simple", TWO, [VALUES]),
    infer("three raw inputs for two", "simple", TWO, [VALUES] * 3),
    infer("one typed and one raw", "simple", [tensor(contents={"int_contents": range(16)}), tensor("INPUT1")], [VALUES]),
    infer("raw too short", "plus_one", FP32, [FLOATS[:-4]]),
    infer("raw too long", "plus_one", FP32, [FLOATS + b"1234"]),
    infer("raw of an odd size", "plus_one", FP32, [FLOATS[:-1]]),
    infer("raw empty for elements", "plus_one", FP32, [b""]),
    typed("typed in the wrong field", "FP32", "int_contents", [1, 2]),
    typed("typed int64 in int_contents", "INT64", "int_contents", [1, 2]),
    typed("typed too few", "FP32", "fp32_contents", [1, 2], 3),
    typed("typed too many", "FP32", "fp32_contents", [1, 2], 1),
    typed("typed too few strings", "BYTES", "bytes_contents", [b"a"], 2),
    typed("typed fp16", "FP16", "fp32_contents", [1, 2]),
    typed("typed bf16", "BF16", "fp32_contents", [1, 2]),
    typed("typed out of range for int8", "INT8", "int_contents", [300], differs=Differs("integer-range", "INVALID_ARGUMENT .*300")),
    typed("typed out of range for uint16", "UINT16", "uint_contents", [70000], differs=Differs("integer-range", "INVALID_ARGUMENT .*70000")),
    infer("string length beyond the tensor", "identity_bytes", [tensor(shape=[1], datatype="BYTES")], [b"\xff\0\0\0a"]),
    infer("string length negative", "identity_bytes", [tensor(shape=[1], datatype="BYTES")], [b"\xff\xff\xff\xffa"]),
    infer("string length cut short", "identity_bytes", [tensor(shape=[1], datatype="BYTES")], [b"\x01\0\0"]),
    infer("one string too few", "identity_bytes", [tensor(shape=[2], datatype="BYTES")], [b"\x01\0\0\0a"]),
    infer("one string too many", "identity_bytes", [tensor(shape=[1], datatype="BYTES")], [b"\x01\0\0\0a" * 2]),
]  # fmt: skip

REFUSED = [
    infer("unknown model", "nope", TWO, RAW),
    infer("no model name", "", TWO, RAW),
    infer("broken model", "broken", FP32, [FLOATS]),
    infer("unknown version", "simple", TWO, RAW, model_version="99"),
    infer("version of a word", "simple", TWO, RAW, model_version="x"),
    infer("version negative", "simple", TWO, RAW, model_version="-1"),
    infer("version 0", "simple", TWO, RAW, model_version="0"),
    infer("version with a letter behind", "many", FP32, [FLOATS], model_version="3x", differs=Differs("version-text", "INVALID_ARGUMENT .*3x")),
    infer("version with a blank before", "many", FP32, [FLOATS], model_version=" 3", differs=Differs("version-text", "INVALID_ARGUMENT .* 3")),
    infer("version with a fraction", "many", FP32, [FLOATS], model_version="1.5", differs=Differs("version-text", "INVALID_ARGUMENT .*1.5")),
    infer("version of 25 digits", "many", FP32, [FLOATS], model_version="1" * 25),
    infer("no inputs", "simple", []),
    infer("input missing", "simple", TWO[:1], RAW[:1]),
    infer("input too many", "simple", [*TWO, tensor("OTHER")], [VALUES] * 3, differs=Differs("list-of-inputs", r"INVALID_ARGUMENT .*missing required input\(s\) \[\]\. Please")),
    infer("input unknown", "simple", [tensor(), tensor("OTHER")], RAW),
    infer("input twice", "simple", [tensor(), tensor()], RAW),
    infer("input without name", "simple", [tensor(), tensor("")], RAW),
    infer("output unknown", "simple", TWO, RAW, [output("OTHER")]),
    infer("output twice", "simple", TWO, RAW, [output("OUTPUT0"), output("OUTPUT0")]),
    infer("datatype unknown", "simple", [tensor(datatype="INT128"), tensor("INPUT1")], RAW),
    infer("datatype missing", "simple", [tensor(datatype=""), tensor("INPUT1")], RAW),
    infer("datatype of the same width", "simple", [tensor(datatype="FP32"), tensor("INPUT1")], RAW),
    infer("shape negative", "simple", [tensor(shape=[1, -1]), tensor("INPUT1")], RAW),
    infer("shape very negative", "plus_one", [tensor(shape=[-5], datatype="FP32")], [FLOATS], differs=Differs("shape-arithmetic", "INVALID_ARGUMENT .*INPUT0.*-5")),
    infer("shape missing", "simple", [tensor(), tensor("INPUT1", shape=[])], RAW),
    infer("shape too short", "simple", [tensor(shape=[1, 15]), tensor("INPUT1")], [VALUES[4:], VALUES]),
    infer("shape without batch", "simple", [tensor(shape=[16]), tensor("INPUT1", shape=[16])], RAW),
    infer("shape that overflows", "matrix", [tensor(shape=[2**62, 8], datatype="FP32")], [FLOATS], differs=Differs("shape-arithmetic", "INVALID_ARGUMENT .*INPUT0.*9223372036854775807")),
    infer("rank wrong", "plus_one", [tensor(shape=[1, 3], datatype="FP32")], [FLOATS]),
    infer("batch of 9", "simple", [tensor(shape=[9, 16]), tensor("INPUT1", shape=[9, 16])], [VALUES * 9] * 2),
    infer("batch of 0", "simple", [tensor(shape=[0, 16]), tensor("INPUT1", shape=[0, 16])], [b"", b""], differs=Differs("empty-batch", "INVALID_ARGUMENT .*batch-size must be >= 1 for 'simple', got 0")),
    infer("batches that differ", "simple", [tensor(shape=[2, 16]), tensor("INPUT1")], [VALUES * 2, VALUES], differs=Differs("batch-mismatch", "INVALID_ARGUMENT .*'INPUT1' batch size does not match")),
    infer("id in the error text", "simple", TWO[:1], RAW[:1], id="r-7"),
    infer("free parameter as uint64", "simple", TWO, RAW, given={"free": ("uint64_param", 1)}),
    infer("free parameter as double", "simple", TWO, RAW, given={"free": ("double_param", 1.5)}),
    infer("timeout as uint64", "simple", TWO, RAW, given={"timeout": ("uint64_param", 1)}),
    infer("timeout as string", "simple", TWO, RAW, given={"timeout": ("string_param", "1")}),
    infer("priority as string", "simple", TWO, RAW, given={"priority": ("string_param", "1")}),
    infer("priority negative", "simple", TWO, RAW, given={"priority": ("int64_param", -1)}),
    infer("parameter with a reserved prefix", "simple", TWO, RAW, given={"triton_x": ("int64_param", 1)}),
    infer("parameter without a value", "simple", TWO, RAW, given={"": ("string_param", "")}),
    infer("parameter sequence_start as string", "simple", TWO, RAW, given={"sequence_start": ("string_param", "1")}),
    infer("input in shared memory that is not there", "plus_one", [tensor(shape=[3], datatype="FP32", shared_memory_region=("string_param", "none"), shared_memory_byte_size=("int64_param", 12))]),
]  # fmt: skip

GOOD = pb.ModelInferRequest(model_name="plus_one", inputs=FP32, raw_input_contents=[FLOATS]).SerializeToString()
UNPACKED = b"\x0a\x06INPUT0\x12\x04FP32\x18\x01\x1a\x01\x03"  # shape [1, 3], the 1 unpacked and the 3 packed
MIXED_SHAPE = b"\x0a\x06matrix\x2a" + bytes([len(UNPACKED)]) + UNPACKED + b"\x3a\x0c" + FLOATS
MALFORMED = [
    call("message cut short", "ModelInfer", GOOD[:-5]),
    call("message of noise", "ModelInfer", bytes(range(255, 100, -1))),
    call("message with an unknown field", "ModelInfer", GOOD + b"\xfa\x07\x03abc"),
    call("message with an unknown group", "ModelInfer", GOOD + b"\xf3\x07\x08\x01\xf4\x07"),
    call("message with a group left open", "ModelInfer", GOOD + b"\xf3\x07\x08\x01"),
    call("message with a length beyond its end", "ModelInfer", GOOD + b"\x3a\xff\xff\xff\xff\x0f"),
    call("message with a varint of eleven bytes", "ModelInfer", GOOD + b"\x08" + b"\xff" * 11),
    call("message with field 0", "ModelInfer", GOOD + b"\x00\x00"),
    call("message with a name that is no UTF-8", "ModelInfer", b"\x0a\x02\xff\xfe" + GOOD[10:]),
    call("message with a string field as a varint", "ModelInfer", b"\x08\x01" + GOOD),
    call("message with two model names", "ModelInfer", b"\x0a\x04nope" + GOOD),
    call("message with packed and unpacked shape", "ModelInfer", MIXED_SHAPE),
    call("empty message", "ModelInfer"),
    call("metadata of noise", "ModelMetadata", b"\xff\xff\xff"),
]


def classified(name: str, shape, data, k: int) -> Case:
    return infer(f"classification {name}", "identity_fp32", [tensor(shape=shape, datatype="FP32")], [data], [output("OUTPUT0", classification=("int64_param", k))])


CLASSIFICATION = [
    classified("of floats", [3], FLOATS, 2),
    classified("of more than there are", [3], FLOATS, 9),
    classified("of none", [3], FLOATS, 0),
    infer("classification as string", "identity_fp32", FP32, [FLOATS], [output("OUTPUT0", classification=("string_param", "1"))]),
]

DECOUPLED = [
    infer("decoupled model", "decoupled_int32", [tensor(shape=[1])], [VALUES[:4]]),
    infer("decoupled model without inputs", "decoupled_int32", []),
    infer("decoupled model and a bad parameter", "decoupled_int32", [tensor(shape=[1])], [VALUES[:4]], given={"triton_x": ("int64_param", 1)}),
    infer("decoupled model in a version that is not there", "decoupled_int32", [], model_version="9"),
]  # fmt: skip

CASES = DECOUPLED + CLASSIFICATION + SERVER + MODELS + HEALTHY + CONTENTS + REFUSED + MALFORMED
