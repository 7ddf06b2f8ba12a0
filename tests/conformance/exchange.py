"""Sends one request, however malformed, and writes the answer down as plain JSON that two servers can be compared by."""

import gzip
import json
import pathlib
import re
import socket
import sys
import zlib
from dataclasses import dataclass, field

import grpc
from google.protobuf import json_format
from tritonclient.grpc import service_pb2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "models"))
from table import BROKEN, MODELS  # noqa: E402

KNOWN = {model.name for model in MODELS + BROKEN}
TIMEOUT = 10.0
HEADERS = ("content-type", "inference-header-content-length", "content-encoding", "accept-encoding")


@dataclass(frozen=True)
class Http:
    """An HTTP request as bytes on a socket; `raw` replaces everything else."""

    verb: str = "GET"
    path: str = "/"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    version: str = "1.1"
    length: str | None = ""  # "": the right one if there is a body or a POST, None: no Content-Length at all
    raw: bytes | None = None
    answers: int = 1  # how many responses to read from the connection
    metrics: bool = False  # to the metrics port

    def bytes(self) -> bytes:
        if self.raw is not None:
            return self.raw
        lines = [f"{self.verb} {self.path} HTTP/{self.version}", "Host: test"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.length == "" and (self.body or self.verb == "POST"):
            lines.append(f"Content-Length: {len(self.body)}")
        elif self.length:
            lines.append(f"Content-Length: {self.length}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Grpc:
    """One unary call with a message, or with the bytes that stand for one."""

    method: str
    message: object = b""
    metadata: tuple[tuple[str, str], ...] = ()
    service: str = "inference.GRPCInferenceService"
    answer: str = ""  # message name of the answer; "": <method>Response

    def bytes(self) -> bytes:
        return self.message if isinstance(self.message, bytes) else self.message.SerializeToString()


@dataclass(frozen=True)
class Stream:
    """One call of `ModelStreamInfer` that sends these messages, or bytes that stand for one, and then no more."""

    messages: tuple = ()
    metadata: tuple[tuple[str, str], ...] = ()

    def bytes(self) -> list[bytes]:
        return [each if isinstance(each, bytes) else each.SerializeToString() for each in self.messages]


@dataclass
class Server:
    """Where a server listens."""

    http: str
    grpc: str
    metrics: str
    channel: grpc.Channel | None = field(default=None)

    def send(self, request: Http | Grpc | Stream) -> dict | list:
        if isinstance(request, Http):
            return self.send_http(request)
        return self.send_stream(request) if isinstance(request, Stream) else self.send_grpc(request)

    def send_http(self, request: Http) -> dict | list:
        host, port = (self.metrics if request.metrics else self.http).rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=TIMEOUT) as connection:
            connection.sendall(request.bytes())
            stream = connection.makefile("rb")
            try:
                read = [response(stream, request.verb) for _ in range(request.answers)]
            except (TimeoutError, ConnectionResetError, BrokenPipeError) as failure:
                return {"failure": type(failure).__name__}
        return read[0] if request.answers == 1 else read

    def connected(self) -> grpc.Channel:
        if self.channel is None:
            unlimited = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
            self.channel = grpc.insecure_channel(self.grpc, unlimited)
        return self.channel

    def send_stream(self, request: Stream) -> dict:
        call = self.connected().stream_stream("/inference.GRPCInferenceService/ModelStreamInfer")
        answers = []
        try:
            for data in call(iter(request.bytes()), timeout=TIMEOUT, metadata=request.metadata):
                answers.append(plain(service_pb2.ModelStreamInferResponse.FromString(data)))
        except grpc.RpcError as error:
            return {"code": error.code().name, "text": error.details(), "answers": answers}
        return {"code": "OK", "answers": answers}

    def send_grpc(self, request: Grpc) -> dict:
        call = self.connected().unary_unary(f"/{request.service}/{request.method}")
        try:
            data = call(request.bytes(), timeout=TIMEOUT, metadata=request.metadata)
        except grpc.RpcError as error:
            return {"code": error.code().name, "text": error.details()}
        kind = getattr(service_pb2, request.answer or f"{request.method}Response", None)
        if kind is None:
            return {"code": "OK", "bytes": data.hex()}
        return {"code": "OK", "message": plain(kind.FromString(data))}


def plain(message) -> dict:
    return json_format.MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def response(stream, verb: str) -> dict:
    status = stream.readline()
    while status.startswith(b"HTTP/1.1 100"):
        while stream.readline().strip():
            pass
        status = stream.readline()
    if not status:
        return {"failure": "closed without an answer"}
    headers = {}
    while line := stream.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = b"" if verb == "HEAD" else content(stream, headers)
    told = {name: headers[name] for name in HEADERS if name in headers}
    return {"status": int(status.split()[1]), "headers": told} | parsed(body, headers)


def content(stream, headers: dict) -> bytes:
    if headers.get("transfer-encoding") == "chunked":
        parts = []
        while size := int(stream.readline().split(b";")[0], 16):
            parts.append(stream.read(size))
            stream.readline()
        stream.readline()
        return b"".join(parts)
    return stream.read(int(headers["content-length"])) if "content-length" in headers else stream.read()


def parsed(body: bytes, headers: dict) -> dict:
    """The body as JSON (and what follows it in binary), as far as it is JSON."""
    encoding = headers.get("content-encoding")
    if encoding == "gzip":
        body = gzip.decompress(body)
    elif encoding == "deflate":
        body = zlib.decompress(body)
    length = int(headers.get("inference-header-content-length", len(body)))
    result = {"binary": body[length:].hex()} if body[length:] else {}
    try:
        return result | {"json": json.loads(body[:length])}
    except ValueError:
        return result | {"text": body[:length].decode("utf-8", "backslashreplace")}


MASKED = {"platform", "backend", "runtime", "default_model_filename", "last_inference", "ns", "reason"}
HISTORY = {"batch_stats", "memory_usage", "response_stats", "count", "inference_count", "execution_count"}
LENGTH = "inference-header-content-length"  # that it fits the body is what parsed() relies on


def masked(answer):
    """The answer without what may differ between two right servers: names of the backend, times, counts so far."""
    if isinstance(answer, list):
        return [masked(entry) for entry in answer if not of_another_model(entry)]
    if isinstance(answer, str):
        return comparable(answer)
    if not isinstance(answer, dict):
        return answer
    result = {}
    for name, value in answer.items():
        if name in MASKED or name == LENGTH or (name in HISTORY and not (name == "count" and "kind" in answer)):
            result[name] = "*"
        elif name == "inference_stats":
            result[name] = sorted(value)
        elif name == "version" and "extensions" in answer:
            result[name] = "*"
        elif name == "content-type":
            continue
        else:
            result[name] = masked(value)
    if answer.get("status") == 200 and answer.get("text") != "" and "content-type" in answer["headers"]:
        result["headers"]["content-type"] = answer["headers"]["content-type"]
    return result


def of_another_model(entry: object) -> bool:
    """An entry of the repository index for a model that only one of both servers has."""
    return isinstance(entry, dict) and set(entry) <= {"name", "version", "state", "reason"} and entry["name"] not in KNOWN


def comparable(text: str) -> str:
    """A text without what is the parser's own, and with the inputs that Triton lists in a hash table's order sorted."""
    text = re.sub(r"(failed to parse the request JSON buffer: ).*", r"\1*", text, flags=re.DOTALL)
    return sorted_inputs(text)


def sorted_inputs(text: str) -> str:
    """`['b','a']` as `['a','b']`."""
    return re.sub(r"\['[^\]]*'\]", lambda m: "[" + ",".join(sorted(m.group()[1:-1].split(","))) + "]", text)
