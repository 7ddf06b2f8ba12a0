"""Requests as bytes, for clients that behave as no library would."""

import json
import socket
import struct

HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, WINDOW_UPDATE = 0, 1, 3, 4, 8
END_STREAM, END_HEADERS = 1, 4
INITIAL_WINDOW = 4


def connect(address: tuple[str, int], timeout: float = 20, window: int | None = None,
            source: str = "") -> socket.socket:
    """A connection; one with a `window` takes no more than so much at a time, one with a `source` comes from there."""
    if window is None:
        return socket.create_connection(address, timeout, (source, 0) if source else None)
    connection = socket.socket()
    connection.settimeout(timeout)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.connect(address)
    return connection


def head(path: str, length: int, *more: str, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: test", f"Content-Length: {length}", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def infer(model: str, body: bytes, *more: str) -> bytes:
    return head(f"/v2/models/{model}/infer", len(body), *more) + body


def binary(model: str, kind: str, tensor: bytes, count: int, *more: str, output: dict | None = None) -> bytes:
    """A request with a binary tensor; its answer is JSON where `output` does not say otherwise."""
    text = {"inputs": [{"name": "INPUT0", "shape": [count], "datatype": kind,
                        "parameters": {"binary_data_size": len(tensor)}}]}
    if output is not None:
        text["outputs"] = [{"name": "OUTPUT0", "parameters": output}]
    header = json.dumps(text).encode()
    return infer(model, header + tensor, f"Inference-Header-Content-Length: {len(header)}", *more)


def values(model: str, kind: str, numbers: bytes, count: int, *more: str) -> bytes:
    """A request whose tensor stands in the JSON as `numbers`; its answer is binary."""
    text = (b'{"inputs":[{"name":"INPUT0","shape":[%d],"datatype":"%s","data":[%s]}],'
            b'"parameters":{"binary_data_output":true}}' % (count, kind.encode(), numbers))
    return infer(model, text, *more)


def answer(connection: socket.socket, keep: int = 1 << 16) -> tuple[int, bytes]:
    """Reads one answer to its end, and nothing of the next: its status, and the begin of its body."""
    top = b""
    while not top.endswith(b"\r\n\r\n"):
        seen = connection.recv(1 << 12, socket.MSG_PEEK)
        if not seen:
            raise ConnectionError(f"closed after {top[:200]!r}")
        end = (top + seen).find(b"\r\n\r\n")
        top += connection.recv(len(seen) if end < 0 else end + 4 - len(top))
    status = int(top.split(b" ", 2)[1])
    length = 0
    for line in top.split(b"\r\n")[1:-2]:
        name, value = line.split(b":", 1)
        if name.lower() == b"content-length":
            length = int(value)
    read, body = 0, b""
    while read < length:
        piece = connection.recv(min(1 << 18, length - read))
        if not piece:
            raise ConnectionError(f"closed {length - read} bytes before the end of an answer")
        read += len(piece)
        if len(body) < keep:
            body += piece
    return status, body


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def read_frame(connection: socket.socket) -> tuple[int, int, int, bytes]:
    """The next frame of HTTP/2: its kind, flags, stream and payload."""
    def exactly(count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = connection.recv(count - len(data))
            if not piece:
                raise ConnectionError("closed")
            data += piece
        return data

    top = exactly(9)
    payload = exactly(int.from_bytes(top[:3], "big"))
    return top[3], top[4], int.from_bytes(top[5:], "big"), payload


def settings(**window: int) -> bytes:
    payload = b"".join(struct.pack(">HI", INITIAL_WINDOW, size) for size in window.values())
    return HTTP2_PREFACE + frame(SETTINGS, 0, 0, payload)


def call(stream: int, method: str = "ModelInfer", *more: tuple[str, str]) -> bytes:
    """The headers of a gRPC call, none of them compressed."""
    fields = [(":method", "POST"), (":scheme", "http"), (":authority", "test"),
              (":path", f"/inference.GRPCInferenceService/{method}"),
              ("content-type", "application/grpc"), ("te", "trailers"), *more]
    block = b"".join(b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
                     for name, value in fields)
    return frame(HEADERS, END_HEADERS, stream, block)


def message(stream: int, body: bytes, packed: bool = False, end: bool = True) -> bytes:
    """A gRPC message in as many frames as it takes."""
    whole = struct.pack(">BI", packed, len(body)) + body
    pieces = [whole[at:at + 16384] for at in range(0, len(whole), 16384)]
    return b"".join(frame(DATA, END_STREAM if end and at == len(pieces) - 1 else 0, stream, piece)
                    for at, piece in enumerate(pieces))


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def infer_message(model: str, kind: str, tensor: bytes, count: int) -> bytes:
    described = field(1, b"INPUT0") + field(2, kind.encode()) + field(3, varint(count))
    return field(1, model.encode()) + field(5, described) + field(7, tensor)


def typed_message(model: str, kind: str, contents: bytes, count: int) -> bytes:
    described = field(1, b"INPUT0") + field(2, kind.encode()) + field(3, varint(count)) + field(5, contents)
    return field(1, model.encode()) + field(5, described)
