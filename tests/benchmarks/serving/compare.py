#!/usr/bin/env python3
"""Throughput, latency and CPU of servers that speak the v2 protocol, side by side in one run.

    compare.py --server ours=127.0.0.1:8000,127.0.0.1:8001,PID --server triton=HOST:PORT,HOST:PORT,PID \\
               [--model plus_one] [--elements 16,150528,4194304] [--connections 1,16] [--seconds 4] [--rounds 3]

In each round the servers are loaded one after the other in random order, and the ratio to the last server is taken
within the round: on a shared machine only that counts. Everything is warmed first. CPU is that of the server's whole
process tree, workers included. Needs wrk and h2load. The model takes INPUT0 and gives OUTPUT0, both FP32 [-1].
"""

import argparse
import json
import os
import random
import re
import statistics
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# What h2load opens for so many requests in flight: connections, and streams on each.
STREAMS = {1: (1, 1), 16: (4, 4), 64: (8, 8)}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    name: str
    http: str
    grpc: str
    pid: int

    @staticmethod
    def parse(text: str) -> "Server":
        name, rest = text.split("=", 1)
        http, grpc, pid = rest.split(",")
        return Server(name, http, grpc, int(pid))

    def cpu_micros(self) -> float:
        """CPU time of the process and all its descendants so far."""
        total, waiting = 0, [self.pid]
        while waiting:
            process = Path(f"/proc/{waiting.pop()}")
            try:
                fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
                for task in (process / "task").iterdir():
                    waiting += map(int, (task / "children").read_text().split())
            except OSError:
                continue
        return total * 1e6 / TICKS


@dataclass(frozen=True)
class Sample:
    requests: float
    per_second: float
    p99_ms: float
    failures: int
    cpu_micros: float = 0


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


class Load:
    """One size of request, for both protocols, and the programs that send it."""

    def __init__(self, folder: Path, model: str, elements: int):
        self.folder, self.model, self.elements = folder, model, elements
        tensor = struct.pack(f"<{elements}f", *((i % 97) for i in range(elements)))
        header = json.dumps(
            {
                "inputs": [
                    {
                        "name": "INPUT0",
                        "shape": [elements],
                        "datatype": "FP32",
                        "parameters": {"binary_data_size": len(tensor)},
                    }
                ],
                "outputs": [{"name": "OUTPUT0", "parameters": {"binary_data": True}}],
            }
        ).encode()
        (folder / "http").write_bytes(header + tensor)
        (folder / "wrk.lua").write_text(
            f"""
            local file = io.open("{folder}/http", "rb")
            wrk.method, wrk.body = "POST", file:read("*a")
            file:close()
            wrk.headers["Inference-Header-Content-Length"] = "{len(header)}"
            function done(summary, latency)
              print(string.format("SUMMARY %d %d %d %d", summary.requests, summary.duration,
                                  latency:percentile(99), summary.errors.status + summary.errors.timeout))
            end
            """
        )
        described = field(1, b"INPUT0") + field(2, b"FP32") + field(3, varint(elements))
        message = field(1, model.encode()) + field(5, described) + field(6, field(1, b"OUTPUT0")) + field(7, tensor)
        (folder / "grpc").write_bytes(b"\0" + struct.pack(">I", len(message)) + message)
        self.rates: dict[tuple[str, int], float] = {}

    def http(self, server: Server, connections: int, seconds: float) -> Sample:
        command = ["wrk", f"-t{min(2, connections)}", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "30s"]
        command += ["-s", f"{self.folder}/wrk.lua", f"http://{server.http}/v2/models/{self.model}/infer"]
        output = subprocess.run(command, capture_output=True, text=True).stdout
        found = re.search(r"SUMMARY (\d+) (\d+) (\d+) (\d+)", output)
        if not found:
            sys.exit(f"wrk against {server.name}: {output}")
        count, micros, p99, failures = map(int, found.groups())
        return Sample(count, count / (micros / 1e6), p99 / 1e3, failures)

    def grpc(self, server: Server, connections: int, seconds: float) -> Sample:
        """A fixed number of requests: a run that ends by the clock cuts its streams, which a Triton may not survive."""
        key = (server.name, connections)
        if key not in self.rates:
            probe = max(4 * connections, min(2000, 10_000_000 // self.elements))
            self.rates[key] = self.h2load(server, connections, probe).per_second
        sample = self.h2load(server, connections, max(connections, int(self.rates[key] * seconds)))
        self.rates[key] = sample.per_second
        return sample

    def h2load(self, server: Server, connections: int, count: int) -> Sample:
        clients, streams = STREAMS[connections]
        log = self.folder / "h2load.log"
        log.write_text("")
        command = ["h2load", f"-t{min(2, clients)}", f"-c{clients}", f"-m{streams}", f"-n{count}", "-w24", "-W28"]
        command += ["-d", f"{self.folder}/grpc", "-H", "content-type: application/grpc", "-H", "te: trailers"]
        command += [f"--log-file={log}", f"http://{server.grpc}/inference.GRPCInferenceService/ModelInfer"]
        output = subprocess.run(command, capture_output=True, text=True).stdout
        took = re.search(r"finished in ([\d.]+)(us|ms|s)", output)
        lines = [line.split("\t") for line in log.read_text().splitlines()]
        if not took or not lines:
            sys.exit(f"h2load against {server.name}: {output}")
        duration = float(took[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1}[took[2]]
        micros = sorted(int(line[2]) for line in lines)
        failures = sum(line[1] != "200" for line in lines) + count - len(lines)
        return Sample(len(lines), len(lines) / duration, micros[int(len(micros) * 0.99)] / 1e3, failures)


def measure(send, server: Server, connections: int, seconds: float) -> Sample:
    before = server.cpu_micros()
    sample = send(server, connections, seconds)
    used = (server.cpu_micros() - before) / max(1, sample.requests)
    return Sample(sample.requests, sample.per_second, sample.p99_ms, sample.failures, used)


def compare(servers: list[Server], protocol: str, load: Load, connections: int, rounds: int, seconds: float) -> None:
    send = getattr(load, protocol)
    samples: dict[str, list[Sample]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in random.sample(servers, len(servers)):
            samples[server.name].append(measure(send, server, connections, seconds))
    base = samples[servers[-1].name]
    for server in servers:
        own = samples[server.name]
        speed = statistics.median(a.per_second / b.per_second for a, b in zip(own, base))
        cost = statistics.median(a.cpu_micros / max(b.cpu_micros, 1e-9) for a, b in zip(own, base))
        print(
            f"{protocol} {load.elements * 4:>9} B  {connections:>3} in flight  {server.name:<10}"
            f"{statistics.median(s.per_second for s in own):>10.1f} /s  x{speed:<6.2f}"
            f"p99 {statistics.median(s.p99_ms for s in own):>8.2f} ms  "
            f"CPU {statistics.median(s.cpu_micros for s in own):>9.1f} us  x{cost:<6.2f}"
            f"failed {sum(s.failures for s in own)}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", required=True, type=Server.parse, dest="servers")
    parser.add_argument("--model", default="plus_one")
    parser.add_argument("--elements", default="16,150528,4194304")
    parser.add_argument("--connections", default="1,16")
    parser.add_argument("--protocols", default="http,grpc")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warm", type=float, default=10, help="seconds of load before the first round")
    options = parser.parse_args()
    for elements in map(int, options.elements.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            load = Load(Path(folder), options.model, elements)
            for protocol in options.protocols.split(","):
                for server in options.servers:
                    getattr(load, protocol)(server, 16, options.warm)
                for connections in map(int, options.connections.split(",")):
                    compare(options.servers, protocol, load, connections, options.rounds, options.seconds)


if __name__ == "__main__":
    main()
