"""The distribution's server for the figures of this folder: started on free ports, asked, looked at from outside."""

import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TICKS = os.sysconf("SC_CLK_TCK")
HEALTHY = "healthy"
FAULTY = "deaths"
NULL_DEREFERENCE = -1.0

# The op libraries of the models: of tests/models/faults.
LIBRARIES = {
    HEALTHY: ["scale_by_2"],
    FAULTY: [f"fault_{f}" for f in ("null_dereference", "abort", "exit", "exception", "uncaught_exception")],
}


class Server:
    """A server with some models of tests/models/faults; `with` ends it."""

    def __init__(self, *flags: str, models: tuple[str, ...] = (HEALTHY, FAULTY)):
        self.work = Path(tempfile.mkdtemp(prefix="espalier-benchmark-"))
        for model in models:
            folder = self.work / "models" / model
            shutil.copytree(ROOT / "tests/models/faults" / model, folder)
            (folder / "1/ops").mkdir()
            for library in LIBRARIES[model]:
                shutil.copy(ROOT / f"tests/ops/x86-64/lib{library}.so", folder / "1/ops")
        self.log = self.work / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [ROOT / "dist/espalier/bin/trtserver", f"--model-repository={self.work}/models",
                 f"--state-directory={self.work}/state", "--quarantine-after=0",
                 *(f"--{s}-address=127.0.0.1" for s in ("http", "grpc", "metrics")),
                 *(f"--{s}-port=0" for s in ("http", "grpc", "metrics")), *flags],
                stdout=log, stderr=log)
        self._logged("The start is complete")
        self.port = int(self._logged(r"Started HTTP service at \S+:(\d+)").group(1))

    def _logged(self, pattern: str) -> re.Match:
        for _ in range(1200):
            found = re.search(pattern, self.log.read_text())
            if found:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"the server has not started: {self.log.read_text()[-1000:]}")

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def worker(self, model: str) -> dict:
        """What the server says of the worker that runs a model."""
        connection = self.connect()
        connection.request("GET", "/v2/espalier/workers")
        workers = json.loads(connection.getresponse().read())["workers"]
        connection.close()
        return next(w for w in workers if model in w["models"])

    def cpu_of_all(self) -> float:
        """Seconds of CPU of the server and all below it so far, those included that have ended."""
        total, waiting = 0.0, [self.process.pid]
        while waiting:
            pid = waiting.pop()
            try:
                total += cpu(pid, with_ended_children=True)
                for task in Path(f"/proc/{pid}/task").iterdir():
                    waiting += map(int, (task / "children").read_text().split())
            except OSError:
                continue
        return total

    def status(self, field: str) -> int:
        """A number of the server's /proc/<pid>/status."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", text, re.M).group(1))

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        shutil.rmtree(self.work, ignore_errors=True)


def cpu(pid: int, with_ended_children: bool = False) -> float:
    """Seconds of CPU of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11 : 15 if with_ended_children else 13])) / TICKS


def ask(connection: http.client.HTTPConnection, model: str, values: bytes) -> tuple[int, bytes]:
    """One request with a binary FP32 tensor. Returns the status and the body."""
    header = json.dumps({
        "inputs": [{"name": "X", "datatype": "FP32", "shape": [len(values) // 4],
                    "parameters": {"binary_data_size": len(values)}}],
        "outputs": [{"name": "Z", "parameters": {"binary_data": True}}]}).encode()
    connection.request("POST", f"/v2/models/{model}/infer", header + values,
                       {"Inference-Header-Content-Length": str(len(header))})
    response = connection.getresponse()
    return response.status, response.read()


def floats(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]
