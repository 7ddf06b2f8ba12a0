"""A server on a repository of the test's own, and everything that a case does to it."""

import asyncio
import base64
import collections
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[3]
LIBRARIES = ROOT / "tests/ops/x86-64"
MODELS = ROOT / "tests/models"
CONFLICT = MODELS / "conflict/conflict_c_add"
TWICE_AND_THRICE = MODELS / "ops/one_domain"
PLAIN = MODELS / "repository/plus_one"
WORKER = re.compile(rb"espalier-worker|WorkerMain")
X, Y = [5.0, 7.0, 9.0], [1.0, 2.0, 3.0]
ADD, SUB = [6.0, 9.0, 12.0], [4.0, 5.0, 6.0]
READY_WITHIN = 60.0


def library(name: str) -> bytes:
    return (LIBRARIES / f"lib{name}.so").read_bytes()


@dataclass(frozen=True)
class Kit:
    """What the cases are made of, for one engine: models of the same ops and libraries with the same names."""

    engine: str
    title: str  # the engine's name for people
    prefix: str  # of its libraries
    conflict: pathlib.Path  # a model of X and Y
    twice_and_thrice: pathlib.Path
    model_file: str
    content_file: str  # in the former, where that is a folder
    conflict_names: tuple[str, str]  # of the libraries that add and subtract
    op: str  # the name of their op for people
    other_ops: tuple[str, str]
    undefined: str  # a library that lacks a symbol
    switches: int  # as many as a case can wait for
    more_ops: tuple[str, ...] = ()  # what else the inventory tells of the libraries of `op`
    misfit: tuple[str, str] = ('"X"', '"W"')  # what makes a model's configuration another model's

    def library(self, name: str) -> bytes:
        return library(self.prefix + name)

    def conflict_libraries(self) -> list[bytes]:
        return [self.library(name) for name in self.conflict_names]


ONNX = Kit(
    engine="onnxruntime",
    title="ONNX Runtime",
    prefix="",
    conflict=CONFLICT,
    twice_and_thrice=TWICE_AND_THRICE,
    model_file="model.onnx",
    content_file="model.onnx",
    conflict_names=("conflict_c_add", "conflict_c_sub"),
    op="test.custom:CustomOp",
    other_ops=("test.shared:Twice", "test.shared:Thrice"),
    undefined="undefined",
    switches=20,
)
TENSORFLOW = Kit(
    engine="tensorflow",
    title="TensorFlow",
    prefix="tf_",
    conflict=MODELS / "tensorflow_conflict/custom_add",
    twice_and_thrice=MODELS / "tensorflow/twice_and_thrice",
    model_file="model.savedmodel",
    content_file="model.savedmodel/saved_model.pb",
    conflict_names=("conflict_add", "conflict_sub"),
    op="CustomOp",
    other_ops=("Twice", "Thrice"),
    undefined="other_version",
    switches=5,
)
PYTORCH = Kit(
    engine="pytorch",
    title="PyTorch",
    prefix="torch_",
    conflict=MODELS / "pytorch_conflict/torch_add",
    twice_and_thrice=MODELS / "pytorch/twice_and_thrice",
    model_file="model.pt",
    content_file="model.pt",
    conflict_names=("conflict_add", "conflict_sub"),
    op="test_custom::custom_op",
    other_ops=("test_shared::twice", "test_shared::thrice"),
    undefined="other_version",
    switches=3,
    more_ops=("TORCH_LIBRARY(test_custom)",),
    # Names that are none of the model's are taken by their order.
    misfit=('"X" data_type: TYPE_FP32', '"X" data_type: TYPE_STRING'),
)
KITS = (ONNX, TENSORFLOW, PYTORCH)


def until(condition, within: float = 30.0, what: str = "the condition"):
    """The first value of `condition` that is true."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"{what} did not come within {within:.0f} s"
        time.sleep(0.02)


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Repository:
    """A folder of models; where nothing else is said, of the kit's `CustomOp` of X and Y."""

    def __init__(self, folder: pathlib.Path, kit: Kit = ONNX):
        self.folder, self.kit = folder, kit
        folder.mkdir(parents=True)

    def add(self, name: str, content: bytes, version: int = 1) -> None:
        """A model whose version has the library `content`."""
        self.add_without(name, version=version)
        self.put(self.library(name, version), content)

    def add_without(self, name: str, model: pathlib.Path | None = None, version: int = 1, more: str = "") -> None:
        """A model without a library, and with `more` in its configuration."""
        folder, model = self.folder / name, model or self.kit.conflict
        (folder / str(version)).mkdir(parents=True)
        (folder / "config.pbtxt").write_text((model / "config.pbtxt").read_text() + more)
        for entry in (model / "1").glob("model.*"):
            target = folder / str(version) / entry.name
            shutil.copytree(entry, target) if entry.is_dir() else shutil.copy(entry, target)

    @staticmethod
    def put(file: pathlib.Path, content: bytes) -> pathlib.Path:
        """A file, with the folders that lead to it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def library(self, name: str, version: int = 1) -> pathlib.Path:
        return self.folder / name / str(version) / "ops/libop.so"

    def model(self, name: str, version: int = 1) -> pathlib.Path:
        """The file with the model's graph."""
        return self.folder / name / str(version) / self.kit.content_file

    def rename_over(self, file: pathlib.Path, content: bytes) -> None:
        other = self.folder / ".incoming"
        other.write_bytes(content)
        other.rename(file)


class Answer:
    """An HTTP answer: its status, and the body as JSON where it has one."""

    def __init__(self, status: int, body: bytes):
        self.status, self.text = status, body.decode()
        self.json = json.loads(body) if body else None


class Started:
    """A running server; `with` ends it, and fails when it leaves a process behind."""

    def __init__(self, command: str, repository: Repository, state: pathlib.Path, *flags: str, **environment: str):
        self.command, self.repository, self.state, self.flags = command, repository, state, flags
        self.environment = environment

    def __enter__(self):
        self.http, self.grpc, self.metrics = self.ports()
        self.log = self.state / "server.log"
        self.process = subprocess.Popen(
            [
                self.command,
                f"--model-repository={self.repository.folder}",
                "--http-address=127.0.0.1",
                f"--http-port={self.http}",
                f"--metrics-port={self.metrics}",
                "--grpc-address=127.0.0.1",
                f"--grpc-port={self.grpc}",
                "--exit-on-error=false",
                *self.flags,
            ],
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.state),
                "XDG_STATE_HOME": str(self.state),
                **self.environment,
            },
        )
        until(self.live, READY_WITHIN, "the server")
        until(lambda: not self.loading(), READY_WITHIN, "the first models")
        return self

    def __exit__(self, *failure):
        children = self.workers()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        until(lambda: not [pid for pid in children if self.is_worker(pid)], 10, "the end of all workers")

    def ports(self) -> list[int]:
        return free_ports(3)

    def live(self) -> bool:
        assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()[-3000:]}"
        try:
            return self.ask("GET", "/v2/health/live").status == 200
        except OSError:
            return False

    def loading(self) -> list[dict]:
        """Models of which it is not known yet whether they can be served, as far as that is told without a token."""
        index = self.ask("POST", "/v2/repository/index", {})
        return [entry for entry in index.json if entry.get("state") == "LOADING"] if index.status == 200 else []

    def settled(self) -> None:
        """Waits until every model is ready or has failed."""
        states = {"READY", "UNAVAILABLE"}
        until(
            lambda: self.index() and all(entry.get("state") in states for entry in self.index().values()),
            READY_WITHIN,
            "the models",
        )

    def refusal(self, model: str) -> str:
        """Why a model is not served, as the index says and loading it says."""
        answer = self.load(model)
        assert answer.status == 400, f"{model}: {answer.status} {answer.text}"
        reason = self.index()[model, "1"]["reason"]
        assert reason in answer.json["error"], f"{reason} is not in {answer.text}"
        assert self.infer(model).status != 200
        return reason

    def metric_text(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=30) as answer:
            return answer.read().decode()

    def ask(self, method: str, path: str, body: object = None, token: str = "") -> Answer:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.read())

    def load(self, model: str, **parameters: str) -> Answer:
        return self.ask("POST", f"/v2/repository/models/{model}/load", {"parameters": parameters})

    def load_files(self, model: str, config: dict, files: dict[str, bytes]) -> Answer:
        encoded = {f"file:{name}": base64.b64encode(content).decode() for name, content in files.items()}
        return self.load(model, config=json.dumps(config), **encoded)

    def unload(self, model: str) -> Answer:
        return self.ask("POST", f"/v2/repository/models/{model}/unload", {})

    def index(self) -> dict[tuple[str, str], dict]:
        entries = self.ask("POST", "/v2/repository/index", {}).json
        return {(entry["name"], entry.get("version", "")): entry for entry in entries}

    def infer(self, model: str, inputs: tuple[str, ...] = ("X", "Y")) -> Answer:
        values = {"X": X, "Y": Y}
        tensors = [{"name": name, "shape": [3], "datatype": "FP32", "data": values[name]} for name in inputs]
        return self.ask("POST", f"/v2/models/{model}/infer", {"inputs": tensors})

    def result(self, model: str, inputs: tuple[str, ...] = ("X", "Y")) -> list[float]:
        answer = self.infer(model, inputs)
        assert answer.status == 200, answer.text
        return answer.json["outputs"][0]["data"]

    def workers(self) -> set[int]:
        """The server's worker processes."""
        found, open_ = set(), [self.process.pid]
        while open_:
            pid = open_.pop()
            for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    children = [int(child) for child in task.read_text().split()]
                except OSError:
                    continue
                open_ += children
                found |= {child for child in children if self.is_worker(child)}
        return found

    @staticmethod
    def is_worker(pid: int) -> bool:
        try:
            program, *arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            # The starter has the worker's command among its arguments.
            return program.endswith(b"/java") and bool(WORKER.search(b"\0".join(arguments)))
        except OSError:
            return False

    @staticmethod
    def mapped_libraries(pid: int) -> set[str]:
        """The libraries of this folder's cases that are in a process, whatever their files are called there."""
        builds = {library.read_bytes(): library.name for library in LIBRARIES.glob("*.so")}
        found = set()
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            file = pathlib.Path(line.split(maxsplit=5)[-1])
            if file.is_absolute() and file.is_file() and file.stat().st_size < 200_000:
                found |= {builds[content] for content in [file.read_bytes()] if content in builds}
        return found

    def shared_memories(self) -> int:
        """How many memories the server shares with workers."""
        maps = pathlib.Path(f"/proc/{self.process.pid}/maps").read_text()
        return len({line.split()[4] for line in maps.splitlines() if "memfd:espalier-" in line})


class Traffic:
    """Clients that ask a model without a pause on a thread of their own, and what they were answered."""

    def __init__(self, server: Started, model: str, clients: int = 16):
        self.server, self.model, self.clients = server, model, clients
        self.seen = collections.Counter()
        self.wrong = []
        self.over = False
        self.sent = 0
        # When each answer came, and how long it took, in seconds.
        self.times: list[tuple[float, float]] = []
        # From this request on, only this answer is right.
        self.expected: tuple[int, list[float]] | None = None

    def __enter__(self):
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()))
        self.thread.start()
        return self

    def __exit__(self, *failure):
        self.over = True
        self.thread.join()

    def from_now_on(self, result: list[float]) -> None:
        self.expected = (self.sent + 1, result)

    def asked(self, requests: int) -> None:
        """Waits until so many more have been answered."""
        goal = self.seen.total() + requests
        until(lambda: self.seen.total() >= goal or not self.thread.is_alive(), 120, f"{requests} answers")

    async def run(self) -> None:
        await asyncio.gather(*(self.client() for _ in range(self.clients)))

    async def client(self) -> None:
        body = json.dumps(
            {"inputs": [{"name": n, "shape": [3], "datatype": "FP32", "data": v} for n, v in (("X", X), ("Y", Y))]}
        ).encode()
        head = f"POST /v2/models/{self.model}/infer HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.http)
        while not self.over:
            # Between two awaits nobody else runs: the number and what is expected belong together.
            self.sent += 1
            number = self.sent
            begun = time.monotonic()
            writer.write(head + body)
            answered = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(re.search(r"content-length: (\d+)", answered, re.IGNORECASE).group(1))
            text = await reader.readexactly(length)
            now = time.monotonic()
            self.times.append((now, now - begun))
            self.judge(number, answered, text)
        writer.close()

    def judge(self, number: int, head: str, text: bytes) -> None:
        if " 200 " not in head:
            self.seen["failed"] += 1
            self.wrong.append(text.decode())
            return
        data = json.loads(text)["outputs"][0]["data"]
        expected = self.expected
        if data not in (ADD, SUB):
            self.seen["mixed"] += 1
            self.wrong.append(f"{data} is neither {ADD} nor {SUB}")
        elif expected and number >= expected[0] and data != expected[1]:
            self.seen["stale"] += 1
            self.wrong.append(f"request {number}: {data} after the switch to {expected[1]} at {expected[0]}")
        else:
            self.seen["add" if data == ADD else "sub"] += 1
