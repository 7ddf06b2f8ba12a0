"""Infer over HTTP with binary tensors, header lengths, raw bodies and compression."""

import gzip
import json
import struct
import zlib

from exchange import Http
from requests import Case, Differs
from requests_json import PAIR, ROW, tensor

VALUES = struct.pack("<16i", *ROW)
FLOATS = struct.pack("<3f", 0.1, 0.2, 0.3)  # no NUL at the start, which would end the JSON before it


def binary(name="INPUT0", shape=(1, 16), datatype="INT32", size=64, **more) -> dict:
    return {"name": name, "shape": list(shape), "datatype": datatype, "parameters": {"binary_data_size": size} | more}


def infer(
    name: str, model: str, document: dict | bytes, tail: bytes = b"", length: object = "", differs=None, headers=()
) -> Case:
    """`length` is the Inference-Header-Content-Length: "" the right one, None no such header."""
    head = document if isinstance(document, bytes) else json.dumps(document).encode()
    if length == "":
        length = len(head)
    if length is not None:
        headers = (("Inference-Header-Content-Length", str(length)), *headers)
    return Case(f"binary {name}", Http("POST", f"/v2/models/{model}/infer", head + tail, tuple(headers)), differs)


TWO = {"inputs": [binary(), binary("INPUT1")]}
FP32 = {"inputs": [binary(shape=[3], datatype="FP32", size=12)]}
IN_AND_OUT = FP32 | {"outputs": [{"name": "OUTPUT0", "parameters": {"binary_data": True}}]}
HALF_AS_JSON = Differs("half-output-name", "400 sending B?FP?16 data via JSON is not supported. .* for output OUTPUT0")

HEALTHY = [
    infer("two inputs", "simple", TWO, VALUES * 2),
    infer("first JSON then binary", "simple", {"inputs": [PAIR[0], binary("INPUT1")]}, VALUES),
    infer("first binary then JSON", "simple", {"inputs": [binary(), PAIR[1]]}, VALUES),
    infer("JSON alone with a header length", "simple", {"inputs": PAIR}),
    infer("in and out", "plus_one", IN_AND_OUT, FLOATS),
    infer("all outputs", "simple", TWO | {"parameters": {"binary_data_output": True}}, VALUES * 2),
    infer("size 0", "plus_one", {"inputs": [binary(shape=[0], datatype="FP32", size=0)]}),
    infer("fp16", "identity_fp16", {"inputs": [binary(shape=[2], datatype="FP16", size=4)], "parameters": {"binary_data_output": True}}, b"\x00\x3c\x00\xc0"),
    infer("bf16", "identity_bf16", {"inputs": [binary(shape=[2], datatype="BF16", size=4)], "parameters": {"binary_data_output": True}}, b"\x80\x3f\x00\xc0"),
    infer("fp16 out as JSON", "identity_fp16", {"inputs": [binary(shape=[2], datatype="FP16", size=4)]}, b"\x00\x3c\x00\xc0", differs=HALF_AS_JSON),
    infer("bf16 out as JSON", "identity_bf16", {"inputs": [binary(shape=[2], datatype="BF16", size=4)]}, b"\x80\x3f\x00\xc0", differs=HALF_AS_JSON),
    infer("bool", "identity_bool", {"inputs": [binary(shape=[3], datatype="BOOL", size=3)]}, b"\x01\x00\x01"),
    infer("strings", "identity_bytes", {"inputs": [binary(shape=[2], datatype="BYTES", size=9)]}, b"\x01\0\0\0a\0\0\0\0"),
    infer("white space before the tensors", "plus_one", json.dumps(FP32).encode() + b"  ", FLOATS),
]  # fmt: skip

LENGTHS = [
    infer("header length missing", "plus_one", FP32, FLOATS, length=None),
    infer("header length of a word", "plus_one", FP32, FLOATS, length="abc", differs=Differs("header-length", r"400 .*Unable to parse Inference-Header-Content-Length, got: abc")),
    infer("header length empty", "plus_one", FP32, FLOATS, length=" ", differs=Differs("header-length", r"400 .*Unable to parse Inference-Header-Content-Length, got: ")),
    infer("header length negative", "plus_one", FP32, FLOATS, length=-1),
    infer("header length beyond the body", "plus_one", FP32, FLOATS, length=100_000),
    infer("header length of 25 digits", "plus_one", FP32, FLOATS, length="1" * 25),
    infer("header length one too short", "plus_one", FP32, FLOATS, length=len(json.dumps(FP32)) - 1),
    infer("header length one too long", "plus_one", FP32, FLOATS, length=len(json.dumps(FP32)) + 1),
    infer("header length of the whole body", "plus_one", FP32, FLOATS, length=len(json.dumps(FP32)) + 12),
]  # fmt: skip

SIZES = [
    infer("tensor cut short", "plus_one", FP32, FLOATS[:-1]),
    infer("tensor absent", "plus_one", FP32),
    infer("second tensor absent", "simple", TWO, VALUES),
    infer("bytes left over", "plus_one", FP32, FLOATS + b"x"),
    infer("size below the shape", "plus_one", {"inputs": [binary(shape=[3], datatype="FP32", size=8)]}, FLOATS[:8]),
    infer("size above the shape", "plus_one", {"inputs": [binary(shape=[2], datatype="FP32", size=12)]}, FLOATS),
    infer("size no multiple of the element", "plus_one", {"inputs": [binary(shape=[2], datatype="FP32", size=7)]}, FLOATS[:7]),
    infer("size negative", "plus_one", {"inputs": [binary(shape=[3], datatype="FP32", size=-12)]}, FLOATS),
    infer("size a string", "plus_one", {"inputs": [binary(shape=[3], datatype="FP32", size="12")]}, FLOATS),
    infer("size huge", "plus_one", {"inputs": [binary(shape=[3], datatype="FP32", size=2**63 - 1)]}, FLOATS),
    infer("size and data", "plus_one", {"inputs": [binary(shape=[3], datatype="FP32", size=12) | {"data": [1, 2, 3]}]}, FLOATS),
    infer("shared memory that is not there", "plus_one", {"inputs": [{"name": "INPUT0", "shape": [3], "datatype": "FP32", "parameters": {"shared_memory_region": "none", "shared_memory_byte_size": 12}}]}),
    infer("neither size nor data", "plus_one", {"inputs": [{"name": "INPUT0", "shape": [3], "datatype": "FP32"}]}),
    infer("size and shared memory", "plus_one", {"inputs": [binary(shape=[3], datatype="FP32", size=12, shared_memory_region="r")]}, FLOATS),
    infer("size 0 for elements", "plus_one", {"inputs": [binary(shape=[3], datatype="FP32", size=0)]}),
    infer("output in shared memory and binary", "plus_one", FP32 | {"outputs": [{"name": "OUTPUT0", "parameters": {"binary_data": True, "shared_memory_region": "r", "shared_memory_byte_size": 12}}]}, FLOATS),
    infer("string length beyond the tensor", "identity_bytes", {"inputs": [binary(shape=[1], datatype="BYTES", size=5)]}, b"\xff\0\0\0a"),
    infer("string length negative", "identity_bytes", {"inputs": [binary(shape=[1], datatype="BYTES", size=5)]}, b"\xff\xff\xff\xffa"),
    infer("string length cut short", "identity_bytes", {"inputs": [binary(shape=[1], datatype="BYTES", size=3)]}, b"\x01\0\0"),
    infer("one string too few", "identity_bytes", {"inputs": [binary(shape=[2], datatype="BYTES", size=5)]}, b"\x01\0\0\0a"),
    infer("one string too many", "identity_bytes", {"inputs": [binary(shape=[1], datatype="BYTES", size=10)]}, b"\x01\0\0\0a" * 2),
]  # fmt: skip

RAW = [
    infer("raw request", "plus_one", b"", FLOATS, length=0),
    infer("raw request of an odd size", "plus_one", b"", FLOATS[:7], length=0, differs=Differs("raw-input-name", "400 .*'INPUT0'.* Expected 4, got 7")),
    infer("raw request, empty", "plus_one", b"", b"", length=0),
    infer("raw request to two inputs", "simple", b"", VALUES, length=0),
    infer("raw request to a fixed shape with batch", "mlp", b"", b"\0" * 3136, length=0),
    infer("raw request of half a member", "mlp", b"", b"\0" * 1568, length=0, differs=Differs("raw-input-name", "400 .*'INPUT0'.* Expected 3136, got 1568")),
    infer("raw request to two variable dimensions", "matrix", b"", FLOATS, length=0),
    infer("raw request of a string", "identity_bytes", b"", b"\x01\0\0\0a", length=0),
    infer("raw request to an unknown model", "nope", b"", FLOATS, length=0),
    infer("empty body without header length", "plus_one", b"", length=None),
]  # fmt: skip


def packed(name: str, encoding: str, body: bytes, length: object = None, differs=None) -> Case:
    return infer(name, "plus_one", body, length=length, headers=(("Content-Encoding", encoding),), differs=differs)


BROKEN_COMPRESSION = Differs("broken-compression", r"400 .*(gzip|deflate)")


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


JSON = json.dumps({"inputs": [tensor(shape=[3], datatype="FP32", data=[1, 2, 3])]}).encode()
MIXED = json.dumps(FP32).encode() + FLOATS

COMPRESSED = [
    packed("gzip request", "gzip", gzip.compress(JSON, mtime=0)),
    packed("deflate request", "deflate", zlib.compress(JSON)),
    packed("identity request", "identity", JSON),
    packed("gzip request with tensors", "gzip", gzip.compress(MIXED, mtime=0), len(json.dumps(FP32))),
    packed("deflate request with tensors", "deflate", zlib.compress(MIXED), len(json.dumps(FP32))),
    packed("gzip request, header length beyond the plain body", "gzip", gzip.compress(MIXED, mtime=0), 100_000),
    packed("br request", "br", JSON),
    packed("GZIP in capitals", "GZIP", gzip.compress(JSON, mtime=0)),
    packed("gzip twice", "gzip, gzip", gzip.compress(gzip.compress(JSON, mtime=0), mtime=0)),
    packed("gzip that is none", "gzip", JSON, differs=BROKEN_COMPRESSION),
    packed("deflate that is none", "deflate", JSON, differs=BROKEN_COMPRESSION),
    packed("gzip cut short", "gzip", gzip.compress(JSON, mtime=0)[:-12], differs=BROKEN_COMPRESSION),
    packed("deflate without its wrapper", "deflate", raw_deflate(JSON), differs=BROKEN_COMPRESSION),
    packed("empty encoding", "", JSON),
    packed("gzip of an empty body", "gzip", b""),
]


def accept(value: str, document: dict = FP32, differs=None) -> Case:
    kind = "binary" if "outputs" in document else "JSON"
    headers = (("Accept-Encoding", value),)
    return infer(f"accept {value} for {kind}", "plus_one", document, FLOATS, headers=headers, differs=differs)


ACCEPTED = [
    accept("gzip"),
    accept("deflate"),
    accept("gzip", IN_AND_OUT),
    accept("deflate", IN_AND_OUT),
    accept("gzip, deflate"),
    accept("deflate, gzip"),
    accept("gzip;q=0.5, deflate;q=0.8"),
    accept("gzip;q=0.8, deflate;q=0.5"),
    accept("gzip;q=0"),
    accept("deflate, gzip;q=0"),
    accept("br"),
    accept("br, gzip;q=0.1"),
    accept("*"),
    accept("identity"),
    accept("identity;q=1, gzip;q=0.5"),
    accept("GZIP"),
    accept("gzip; q=0.5", differs=Differs("accept-blank", "200 .*gzip")),
    accept("gzip;q=abc"),
    accept("gzip;q="),
    accept(","),
    infer("error is not compressed", "simple", b"{", headers=(("Accept-Encoding", "gzip"),)),
]

CASES = HEALTHY + LENGTHS + SIZES + RAW + COMPRESSED + ACCEPTED
