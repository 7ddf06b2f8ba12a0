"""Hostile gRPC calls, and bytes that are hardly HTTP/2."""

import socket
import struct

import grpc
from exchange import Grpc, Server
from hostile_http import Hostile
from tritonclient.grpc import service_pb2 as pb

FLOATS = struct.pack("<3f", 1, 2, 3)


def varint(number: int) -> bytes:
    out = bytearray()
    while True:
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def refused(name: str, message, method: str = "ModelInfer", codes=None) -> Hostile:
    def attack(server: Server) -> None:
        answer = server.send(Grpc(method, message))
        if answer["code"] == "OK" or not answer.get("text") or (codes and answer["code"] not in codes):
            raise AssertionError(f"answered {str(answer)[:400]} (expected: a refusal with a text)")

    return Hostile(name, attack)


def infer(name: str, model: str, shape, raw=(), datatype="FP32", contents=()) -> Hostile:
    made = pb.ModelInferRequest.InferInputTensor(name="INPUT0", shape=shape, datatype=datatype)
    made.contents.fp32_contents.extend(contents)
    return refused(name, pb.ModelInferRequest(model_name=model, inputs=[made], raw_input_contents=raw))


def cancelled(server: Server) -> None:
    """Calls that are cancelled while they are being sent, queued or run."""
    big = bytes(8 << 20)
    made = pb.ModelInferRequest.InferInputTensor(name="INPUT0", shape=[2 << 20], datatype="FP32")
    message = pb.ModelInferRequest(model_name="plus_one", inputs=[made], raw_input_contents=[big]).SerializeToString()
    with grpc.insecure_channel(server.grpc, [("grpc.max_receive_message_length", -1)]) as channel:
        call = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
        for _ in range(20):
            pending = call.future(message, timeout=10)
            pending.cancel()


def channel_closed(server: Server) -> None:
    """A client that goes away with its calls under way."""
    made = pb.ModelInferRequest.InferInputTensor(name="INPUT0", shape=[3], datatype="FP32")
    message = pb.ModelInferRequest(model_name="plus_one", inputs=[made], raw_input_contents=[FLOATS])
    for _ in range(10):
        channel = grpc.insecure_channel(server.grpc)
        call = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
        pending = [call.future(message.SerializeToString(), timeout=10) for _ in range(50)]
        channel.close()
        if not all(each.done() for each in pending):
            raise AssertionError("closing a channel leaves its calls open")


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind: int, flags: int, stream: int, payload: bytes = b"", length: int | None = None) -> bytes:
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


SETTINGS = PREFACE + frame(4, 0, 0)
# :method POST, :scheme http, :path and :authority and the two headers that gRPC wants, as literals without indexing.
HEADERS = b"\x83\x86" + b"".join(
    b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value
    for name, value in (
        (b":path", b"/inference.GRPCInferenceService/ModelInfer"),
        (b":authority", b"test"),
        (b"content-type", b"application/grpc"),
        (b"te", b"trailers"),
    )
)
OPEN = SETTINGS + frame(1, 4, 1, HEADERS)


def wire(name: str, data: bytes, wait: bool = True) -> Hostile:
    """Bytes on the gRPC port; the server may answer what it likes or hang up."""

    def attack(server: Server) -> None:
        host, port = server.grpc.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=2) as connection:
            try:
                connection.sendall(data)
                if wait:
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass
            except (ConnectionResetError, BrokenPipeError, TimeoutError):
                pass

    return Hostile(name, attack)


MODEL = field(1, b"plus_one")
TENSOR = field(1, b"INPUT0") + field(2, b"FP32") + field(3, varint(3))

MESSAGES = [
    refused("grpc message of 1 MB of noise", bytes(range(255, -1, -1)) * 4096),
    refused("grpc message of a million open groups", MODEL + b"\x1b" * 1_000_000),
    refused("grpc message of 100,000 groups opened and closed", MODEL + b"\x1b" * 100_000 + b"\x1c" * 100_000),
    refused("grpc field of length 2^63", MODEL + b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
    refused("grpc field of length 2^31", MODEL + b"\x3a\x80\x80\x80\x80\x08"),
    refused("grpc field of a negative length", MODEL + b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    refused("grpc model name of 1 MB", field(1, b"n" * (1 << 20))),
    refused("grpc model name that is no UTF-8", field(1, b"\xff\xfe")),
    refused("grpc tensor of a million dimensions", MODEL + field(5, field(1, b"INPUT0") + field(2, b"FP32") + field(3, b"\x01" * 1_000_000)) + field(7, FLOATS)),
    refused("grpc 100,000 inputs", MODEL + field(5, TENSOR) * 100_000),
    refused("grpc 100,000 raw contents", field(1, b"nope") + field(7, b"") * 100_000),
    refused("grpc map of 100,000 parameters that are wrong", MODEL + b"".join(field(4, field(1, b"triton_%d" % i)) for i in range(100_000))),
    refused("grpc 100,000 outputs", MODEL + field(5, TENSOR) + b"".join(field(6, field(1, b"o%d" % i)) for i in range(100_000)) + field(7, FLOATS)),
    refused("grpc parameter without key and value", MODEL + field(4, b"") + field(5, TENSOR)),
    infer("grpc shape of 10^12 and four bytes", "plus_one", [10**12], [b"\0\0\0\0"]),
    infer("grpc shape of the largest number", "plus_one", [2**63 - 1], [FLOATS]),
    infer("grpc shape of the smallest number", "plus_one", [-(2**63)], [FLOATS]),
    infer("grpc shape whose product is 2^64", "matrix", [2**32, 2**32], [b""]),
    infer("grpc shape whose bytes are 2^64", "matrix", [2**31, 2**31], [b""]),
    infer("grpc 10^9 strings in four bytes", "identity_bytes", [10**9], [b"\0\0\0\0"], "BYTES"),
    infer("grpc strings announced as 4 GB", "identity_bytes", [1], [b"\xff\xff\xff\xffab"], "BYTES"),
    infer("grpc a million values for one", "plus_one", [1], contents=[1.0] * 1_000_000),
    infer("grpc one value for a million", "plus_one", [1_000_000], contents=[1.0]),
    refused("grpc load with a file name of 256 characters", pb.RepositoryModelLoadRequest(model_name="simple", parameters={"file:1/" + "n" * 256: pb.ModelRepositoryParameter(bytes_param=b"a")}), "RepositoryModelLoad"),
]  # fmt: skip

WIRE = [
    wire("grpc port: HTTP/1.1", b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"),
    wire("grpc port: noise", bytes(range(256)) * 64),
    wire("grpc port: preface and noise", PREFACE + bytes(range(256)) * 64),
    wire("grpc port: frame of 16 MB announced", SETTINGS + frame(0, 0, 1, b"x", 0xFFFFFF)),
    wire("grpc port: data without a stream", SETTINGS + frame(0, 1, 7, b"data")),
    wire("grpc port: message of 4 GB announced", OPEN + frame(0, 0, 1, b"\0\xff\xff\xff\xff" + b"x" * 100)),
    wire("grpc port: message of 2 GB announced", OPEN + frame(0, 0, 1, b"\0\x7f\xff\xff\xff" + b"x" * 100)),
    wire("grpc port: message cut short by the end of its stream", OPEN + frame(0, 1, 1, b"\0\0\0\0\x64abc")),
    wire("grpc port: half a length prefix", OPEN + frame(0, 1, 1, b"\0\0")),
    wire("grpc port: compressed without a coding", OPEN + frame(0, 1, 1, b"\x01\0\0\0\x03abc")),
    wire("grpc port: stream reset in the middle", OPEN + frame(0, 0, 1, b"\0\0\0\0\x64abc") + frame(3, 0, 1, b"\0\0\0\x08")),
    wire("grpc port: 1,000 streams opened and reset", SETTINGS + b"".join(frame(1, 4, 2 * i + 1, HEADERS) + frame(3, 0, 2 * i + 1, b"\0\0\0\x08") for i in range(1000))),
    wire("grpc port: half a message, then gone", OPEN + frame(0, 0, 1, b"\0\0\0\x10\0" + bytes(1000)), wait=False),
    Hostile("grpc calls cancelled at once", cancelled),
    Hostile("grpc channels closed with calls under way", channel_closed),
]  # fmt: skip

CASES = MESSAGES + WIRE
