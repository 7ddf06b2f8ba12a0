"""Hostile HTTP requests."""

import gzip
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from exchange import Http, Server, response

INFER = "/v2/models/plus_one/infer"
REFUSALS = range(400, 506)


@dataclass(frozen=True)
class Hostile:
    """An attack that raises AssertionError when the server behaves wrongly under it."""

    name: str
    attack: Callable[[Server], None]
    seconds: float = 15


def refused(server: Server, request: Http, statuses=REFUSALS) -> None:
    """A clear error: a status of refusal and a JSON body that says why; or success, where that is allowed."""
    answer = server.send(request)
    told = answer.get("json")
    if answer.get("status") == 200 and 200 in statuses:
        return
    if answer.get("status") not in statuses or not isinstance(told, dict) or not told.get("error"):
        raise AssertionError(f"answered {str(answer)[:400]} (expected: a refusal with an error text)")


def body(name: str, document: bytes | str, model: str = "plus_one", statuses=REFUSALS, headers=()) -> Hostile:
    if isinstance(document, str):
        document = document.encode()
    request = Http("POST", f"/v2/models/{model}/infer", document, tuple(headers))
    return Hostile(name, lambda server: refused(server, request, statuses))


def address(server: Server) -> tuple[str, int]:
    host, port = server.http.rsplit(":", 1)
    return host, int(port)


def bytes_then(name: str, data: bytes, statuses=REFUSALS) -> Hostile:
    """Bytes that are hardly HTTP: an error or an end of the connection, either is fine, an answer of success is not."""

    def attack(server: Server) -> None:
        with socket.create_connection(address(server), timeout=10) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                line = connection.makefile("rb").readline()
            except TimeoutError:
                raise
            except OSError:  # the server hung up before everything was sent
                return
            if line and not (line.startswith(b"HTTP/") and int(line.split()[1]) in statuses):
                raise AssertionError(f"answered {line[:200]!r}")

    return Hostile(name, attack)


def abandoned(name: str, data: bytes, times: int = 1) -> Hostile:
    """A client that sends so much and goes away, without and with a reset."""

    def attack(server: Server) -> None:
        for number in range(times):
            with socket.create_connection(address(server), timeout=10) as connection:
                connection.sendall(data)
                if number % 2:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Hostile(name, attack)


def one(shape: str = "[1]", data: str = "[1]", more: str = "", datatype: str = "FP32") -> str:
    return f'{{"inputs":[{{"name":"INPUT0","shape":{shape},"datatype":"{datatype}","data":{data}}}]{more}}}'


def raw_one(number: int) -> bytes:
    document = one(data=f"[{number}]", more=f',"id":"{number}"').encode()
    return b"POST %s HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n%s" % (INFER.encode(), len(document), document)


def pipelined(server: Server) -> None:
    """Good requests, errors and routes in one write: every answer comes, in order."""
    count = 60
    parts = []
    for number in range(count):
        kind = number % 3
        parts.append(raw_one(number) if kind == 0 else b"GET /v2%s HTTP/1.1\r\nHost: test\r\n\r\n" % (b"/models/nope", b"")[kind - 1])
    with socket.create_connection(address(server), timeout=10) as connection:
        connection.sendall(b"".join(parts))
        stream = connection.makefile("rb")
        for number in range(count):
            answer = response(stream, "GET")
            expected = (200, 404, 200)[number % 3]
            if answer.get("status") != expected or (number % 3 == 0 and answer["json"].get("id") != str(number)):
                raise AssertionError(f"answer {number} of {count} is {str(answer)[:200]} (expected: status {expected})")


def pipelined_and_gone(server: Server) -> None:
    for _ in range(5):
        with socket.create_connection(address(server), timeout=10) as connection:
            connection.sendall(b"".join(raw_one(number) for number in range(200)))


def chunked_too_large(server: Server) -> None:
    """70 MB in chunks: refused or cut off once the limit is passed, never read to an end that does not come."""
    with socket.create_connection(address(server), timeout=10) as connection:
        connection.sendall(b"POST %s HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" % INFER.encode())
        try:
            for _ in range(70):
                connection.sendall(b"%x\r\n" % (1 << 20) + b" " * (1 << 20) + b"\r\n")
            connection.sendall(b"0\r\n\r\n")
            line = connection.makefile("rb").readline()
        except (ConnectionResetError, BrokenPipeError):
            return
        if line and int(line.split()[1]) not in REFUSALS:
            raise AssertionError(f"answered {line!r}")


def many_half_open(server: Server) -> None:
    """200 connections that begin a request and wait, while others are served."""
    waiting = [socket.create_connection(address(server), timeout=10) for _ in range(200)]
    try:
        for number, connection in enumerate(waiting):
            connection.sendall(raw_one(number)[: 40 + number % 150])
        with socket.create_connection(address(server), timeout=10) as connection:
            connection.sendall(raw_one(1))
            answer = response(connection.makefile("rb"), "POST")
            if answer.get("status") != 200:
                raise AssertionError(f"beside half-sent requests a good one is answered {str(answer)[:200]}")
    finally:
        for connection in waiting:
            connection.close()


def head(*lines: str, verb: str = "POST", path: str = INFER) -> bytes:
    return "\r\n".join([f"{verb} {path} HTTP/1.1", "Host: test", *lines]).encode() + b"\r\n\r\n"


def binary(name: str, model: str, datatype: str, shape: list[int], data: bytes, **more) -> Hostile:
    tensor = {"name": "INPUT0", "shape": shape, "datatype": datatype, "parameters": {"binary_data_size": len(data)}}
    document = json.dumps({"inputs": [tensor]} | more).encode()
    return body(name, document + data, model, headers=(("Inference-Header-Content-Length", str(len(document))),))


DEEP = 200_000
INT_MAX, LONG_MAX = 2**31 - 1, 2**63 - 1

G23 = [
    body("JSON 200,000 arrays deep", one(data="[" * DEEP + "1" + "]" * DEEP)),
    body("JSON 200,000 arrays deep, left open", "[" * DEEP),
    body("JSON 200,000 objects deep", '{"a":' * DEEP + "1" + "}" * DEEP),
    body("JSON 200,000 deep in a parameter", one(more=',"parameters":{"a":' + "[" * DEEP + "]" * DEEP + "}")),
    Hostile("JSON 200,000 deep to the index", lambda s: refused(s, Http("POST", "/v2/repository/index", b"[" * DEEP))),
    body("shape of 10^12 with one value", one("[1000000000000]")),
    body("shape of 10^12 strings with one value", one("[1000000000000]", '["a"]', datatype="BYTES"), "identity_bytes"),
    body("shape whose product overflows", one("[4611686018427387904,8]"), "matrix"),
    body("shape of the largest number", one(f"[{LONG_MAX}]")),
    # Of an input that has no elements, Triton does not look at the values.
    body("shape of the largest number times 0", one(f"[{LONG_MAX},0]", "[1]"), "matrix", (*REFUSALS, 200)),
    body("shape of a million dimensions", one("[" + ",".join("1" * 1_000_000) + "]")),
    Hostile("accept gzip with weight 1e999", lambda server: accepted(server, "gzip;q=1e999")),
    Hostile("accept a list of 500 codings", lambda server: accepted(server, "gzip;q=0.1," * 500)),
    Hostile("accept gzip with weight NaN", lambda server: accepted(server, "gzip;q=NaN, deflate;q=-1")),
    Hostile("pipelined requests are answered in order", pipelined),
    Hostile("pipelined requests of a client that goes away", pipelined_and_gone),
    body("classification of strings", one("[1]", '["a"]', ',"outputs":[{"name":"OUTPUT0","parameters":{"classification":1}}]', "BYTES"), "identity_bytes", range(200, 506)),
    body("classification of an empty tensor", one("[0]", "[]", ',"outputs":[{"name":"OUTPUT0","parameters":{"classification":1}}]'), statuses=range(200, 506)),
    Hostile("load with a file name of 256 characters", lambda s: refused(s, Http("POST", "/v2/repository/models/simple/load", json.dumps({"parameters": {"config": "{}", "file:1/" + "n" * 256: "YQ=="}}).encode()))),
]  # fmt: skip


def accepted(server: Server, value: str) -> None:
    """Either an answer or a refusal, and not long in coming."""
    answer = server.send(Http("POST", INFER, one().encode(), (("Accept-Encoding", value),)))
    if answer.get("status") not in (200, 400, 431):
        raise AssertionError(f"answered {str(answer)[:200]}")


CONTENT = [
    body("a number of 100,000 digits", one(data=f"[{'9' * 100_000}]")),
    body("an exponent of 20 digits", one(data="[1e99999999999999999999]")),
    body("an integer of 100,000 digits for INT32", one(data=f"[{'9' * 100_000}]", datatype="INT32"), "identity_int32"),
    body("an id of 10 MB", one("[2]", more=f',"id":"{"i" * (10 << 20)}"')),
    body("an input name of 1 MB", one().replace("INPUT0", "n" * (1 << 20))),
    body("100,000 inputs", '{"inputs":[' + ",".join(['{"name":"a","shape":[1],"datatype":"FP32","data":[1]}'] * 100_000) + "]}"),
    body("100,000 outputs", one(more=',"outputs":[' + ",".join('{"name":"o%d"}' % i for i in range(100_000)) + "]")),
    body("100,000 parameters that are wrong", one(more=',"parameters":{' + ",".join('"p%d":[]' % i for i in range(100_000)) + "}")),
    body("strings that are no UTF-8", b'{"inputs":[{"name":"\xff\xfe","shape":[1],"datatype":"FP32","data":[1]}]}'),
    body("a NUL in the JSON", b'{"inputs"\x00:[]}'),
    body("UTF-16", one().encode("utf-16")),
    body("a number where the document should be", "1"),
    body("nothing but blanks", " " * 100_000),
    body("10 million commas", one(data="[" + "," * 10_000_000 + "]")),
    binary("strings announced as 4 GB", "identity_bytes", "BYTES", [1], b"\xff\xff\xff\xffabc"),
    binary("strings announced as 2 GB", "identity_bytes", "BYTES", [1], b"\xff\xff\xff\x7fabc"),
    binary("10^9 strings in four bytes", "identity_bytes", "BYTES", [10**9], b"\0\0\0\0"),
    binary("a shape of 10^12 and four bytes", "plus_one", "FP32", [10**12], b"\0\0\0\0"),
    binary("a shape that overflows to the size", "matrix", "FP32", [2**62, 4], b""),
    body(
        "binary sizes that overflow when added",
        json.dumps({"inputs": [{"name": f"INPUT{i}", "shape": [1, 16], "datatype": "INT32", "parameters": {"binary_data_size": LONG_MAX}} for i in (0, 1)]}),
        "simple",
    ),
    body("gzip that expands to 200 MB", gzip.compress(b" " * (200 << 20)), headers=[("Content-Encoding", "gzip")]),
    body("deflate of noise", bytes(range(256)) * 100, headers=[("Content-Encoding", "deflate")]),
]  # fmt: skip

FRAMING = [
    bytes_then("length below zero", head("Content-Length: -1")),
    bytes_then("length of a word", head("Content-Length: many")),
    bytes_then("length of 2^63", head(f"Content-Length: {2**63}") + b"{}"),
    bytes_then("length of 10^18", head(f"Content-Length: {10**18}") + b"{}"),
    bytes_then("length of 70 MB", head("Content-Length: 70000000") + b"{}"),
    bytes_then("two lengths", head("Content-Length: 2", "Content-Length: 3") + b"{}"),
    bytes_then("length and chunks", head("Content-Length: 2", "Transfer-Encoding: chunked") + b"zz\r\n"),
    bytes_then("a chunk size that is none", head("Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n"),
    bytes_then("a chunk size of 2^64", head("Transfer-Encoding: chunked") + b"10000000000000000\r\n{}"),
    bytes_then("a negative chunk size", head("Transfer-Encoding: chunked") + b"-2\r\n{}\r\n0\r\n\r\n"),
    Hostile("chunks beyond the limit", chunked_too_large),
    bytes_then("10,000 headers", head(*[f"X-{i}: y" for i in range(10_000)], "Content-Length: 0"), range(200, 506)),
    bytes_then("a header of 1 MB", head("X: " + "y" * (1 << 20))),
    bytes_then("a path of 1 MB", head(verb="GET", path="/" + "p" * (1 << 20))),
    bytes_then("a path with NUL", b"GET /v2/models/a\0b HTTP/1.1\r\nHost: test\r\n\r\n"),
    bytes_then("a path with half an escape", b"GET /v2/models/a%2 HTTP/1.1\r\nHost: test\r\n\r\n"),
    bytes_then("a path that climbs", b"GET /v2/models/..%2f..%2fetc HTTP/1.1\r\nHost: test\r\n\r\n"),
    bytes_then("HTTP/9.9", b"GET /nowhere HTTP/9.9\r\nHost: test\r\n\r\n"),
    bytes_then("no HTTP at all", b"hello\r\n\r\n"),
    bytes_then("noise", bytes(range(255, -1, -1)) * 64),
    bytes_then("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(512)),
    bytes_then("an HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(64)),
    bytes_then("newlines only", b"\r\n" * 5000),
    abandoned("nothing sent", b"", 50),
    abandoned("half a request line", b"POST /v2/mod", 50),
    abandoned("half the headers", head("Content-Length: 100")[:-2], 50),
    abandoned("half a body", raw_one(1)[:-10], 50),
    abandoned("half of 40 MB", head("Content-Length: 40000000", "Inference-Header-Content-Length: 200") + one().encode() + bytes(20_000_000), 4),
    abandoned("half a chunk", head("Transfer-Encoding: chunked") + b"ff\r\n{", 50),
    abandoned("a request without waiting for its answer", raw_one(1), 50),
    Hostile("200 half-sent requests beside a good one", many_half_open),
]  # fmt: skip

CASES = G23 + CONTENT + FRAMING
