"""Requests over `ModelStreamInfer`: each case is one stream, half-closed behind its last message."""

import struct

from exchange import Stream
from requests import Case, Differs
from requests_grpc import FLOATS, FP32, RAW, TWO, VALUES, output, parameters, tensor
from tritonclient.grpc import service_pb2 as pb

ERRORS_END = (("triton_grpc_error", "true"),)
EMPTY_FINAL = {"triton_enable_empty_final_response": ("bool_param", True)}


def ask(model: str, inputs, raw=(), given=None, **fields):
    message = pb.ModelInferRequest(model_name=model, inputs=inputs, **fields)
    message.raw_input_contents.extend(raw)
    parameters(message.parameters, given or {})
    return message


def plus_one(id="", **more):
    return ask("plus_one", FP32, [FLOATS], id=id, **more)


def integers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}i", *values)


def decoupled(id="", **more):
    return ask("decoupled_int32", [tensor(shape=[3])], [integers(1, 2, 3)], id=id, **more)


def stream(name: str, *messages, differs: Differs | None = None, **options) -> Case:
    return Case(f"stream {name}", Stream(messages, **options), differs)


NOPE = ask("nope", FP32, [FLOATS], id="n")
SHORT = ask("plus_one", FP32, [FLOATS[4:]], id="s")

LARGE = ask("identity_int32", [tensor(shape=[50_000])], [bytes(199_996) + integers(1)], id="large", outputs=[output("OUTPUT0", classification=("int64_param", 1))])  # fmt: skip

PLAIN = [
    stream("of nothing"),
    stream("of one request", plus_one("a")),
    stream("of three requests", plus_one("a"), plus_one("b"), plus_one("c")),
    stream("without ids", plus_one(), plus_one()),
    stream("of two models", ask("simple", TWO, RAW, id="a"), plus_one("b"), ask("simple", TWO, RAW, id="c")),
    stream("of batches", ask("simple", [tensor(shape=[2, 16]), tensor("INPUT1", shape=[2, 16])], [VALUES * 2] * 2)),
    stream("of large and small ones", LARGE, plus_one("small")),
    stream("with typed contents", ask("plus_one", [tensor(shape=[2], datatype="FP32", contents={"fp32_contents": [1, 2]})])),
    stream("with strings", ask("identity_bytes", [tensor(shape=[2], datatype="BYTES")], [b"\1\0\0\0a\2\0\0\0bc"])),
    stream("of an empty tensor", ask("identity_int32", [tensor(shape=[0])], [b""], id="e")),
    stream("with one output of two", ask("simple", TWO, RAW, outputs=[output("OUTPUT1")])),
    stream("with classes", ask("identity_fp32", FP32, [FLOATS], outputs=[output("OUTPUT0", classification=("int64_param", 2))])),
    stream("with a version", plus_one("a", model_version="1"), ask("many", FP32, [FLOATS], model_version="3")),
    stream("with free parameters", plus_one("a", given={"x": ("string_param", "y"), "n": ("int64_param", 3)})),
    stream("that wants empty final answers", plus_one("a", given=EMPTY_FINAL)),
]  # fmt: skip

REFUSED = [
    stream("unknown model", NOPE, plus_one("b")),
    stream("unknown model without id", ask("nope", []), plus_one("b")),
    stream("unknown version", plus_one("a", model_version="9"), plus_one("b")),
    stream("version of a word", plus_one("a", model_version="x"), plus_one("b")),
    stream("short tensor", plus_one("a"), SHORT, plus_one("b")),
    stream("input unknown", ask("plus_one", [tensor("OTHER", shape=[3], datatype="FP32")], [FLOATS], id="i"), plus_one("b")),
    stream("input missing", ask("simple", TWO[:1], RAW[:1], id="i"), plus_one("b")),
    stream("datatype wrong", ask("plus_one", [tensor(shape=[3])], [FLOATS], id="d"), plus_one("b")),
    stream("output unknown", plus_one("a", outputs=[output("OTHER")]), plus_one("b")),
    stream("broken model", ask("broken", FP32, [FLOATS], id="x"), plus_one("b")),
    stream("parameter with a reserved prefix", plus_one("a", given={"triton_x": ("bool_param", True)}), plus_one("b")),
    stream("empty final answers of another type", plus_one("a", given={"triton_enable_empty_final_response": ("int64_param", 1)}), plus_one("b")),
    stream("contents beside raw ones", ask("plus_one", [tensor(shape=[1], datatype="FP32", contents={"fp32_contents": [1]})], [FLOATS[:4]], id="c"), plus_one("b")),
    stream("empty message", b"", plus_one("b")),
    stream("message of noise", b"\xff\xfe\xff", plus_one("b"), differs=Differs("stream-malformed", "OK .*Unable to parse request.*plus_one")),
    stream("three times in a row", NOPE, NOPE, SHORT),
]  # fmt: skip

ENDING = [
    stream("that errors end", plus_one("a"), plus_one("b"), metadata=ERRORS_END),
    stream("that errors end, with an unknown model", NOPE, plus_one("b"), metadata=ERRORS_END),
    stream("that errors end, with a short tensor", SHORT, plus_one("b"), metadata=ERRORS_END),
    stream("that errors do not end", NOPE, plus_one("b"), metadata=(("triton_grpc_error", "false"),)),
]

DECOUPLED = [
    stream("decoupled", decoupled("a")),
    stream("decoupled that wants empty final answers", decoupled("a", given=EMPTY_FINAL)),
    stream("decoupled and refused", ask("decoupled_int32", [tensor(shape=[3])], [integers(1)], id="a"), decoupled("b")),
    stream("decoupled with an unknown output", decoupled("a", outputs=[output("OTHER")])),
    stream("decoupled without id", decoupled()),
]

CASES = PLAIN + REFUSED + ENDING + DECOUPLED
