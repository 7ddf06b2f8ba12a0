"""Well-behaved clients, in a process of their own, that tell how they fare while others misbehave:

    bystanders.py --http HOST:PORT --grpc HOST:PORT --metrics HOST:PORT

Each line of the standard input ends a time span, and is answered with a line of JSON: for each client how many
requests it has made, which failed, the 99th percentile and the longest of their times in milliseconds.
"""

import argparse
import json
import sys
import threading
import time

import wire


def parsed(address: str) -> tuple[str, int]:
    host, port = address.rsplit(":", 1)
    return host, int(port)


class Bystander(threading.Thread):
    """Sends one request after another over one connection."""

    def __init__(self, name: str, address: tuple[str, int]):
        super().__init__(name=name, daemon=True)
        self.address, self.lock = address, threading.Lock()
        self.times, self.failures, self.begun = [], [], 0.0

    def run(self) -> None:
        while True:
            begin = self.begun = time.monotonic()
            try:
                self.ask()
                failure = None
            except Exception as error:
                failure = f"{type(error).__name__}: {error}"
                self.forget()
            with self.lock:
                self.times.append((time.monotonic() - begin) * 1000)
                self.begun = 0.0
                if failure:
                    self.failures.append(failure)
            time.sleep(0.01)

    def ask(self) -> None:
        raise NotImplementedError

    def forget(self) -> None:
        raise NotImplementedError

    def taken(self) -> dict:
        with self.lock:
            times, failures = sorted(self.times), self.failures
            self.times, self.failures = [], []
            if self.begun:
                # One that is not answered counts, too.
                times.append((time.monotonic() - self.begun) * 1000)
                times.sort()
        return {"count": len(times), "failed": failures[:3] and [len(failures), *failures[:3]],
                "p99": round(times[int(len(times) * 0.99)], 1) if times else 0,
                "worst": round(times[-1], 1) if times else 0}


class OverHttp(Bystander):
    def __init__(self, name: str, address: tuple[str, int], request: bytes):
        super().__init__(name, address)
        self.request, self.connection = request, None

    def ask(self) -> None:
        if self.connection is None:
            self.connection = wire.connect(self.address)
        self.connection.sendall(self.request)
        status, body = wire.answer(self.connection)
        if status != 200:
            raise ValueError(f"{status} {body[:200]!r}")

    def forget(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


class OverGrpc(Bystander):
    def __init__(self, name: str, address: tuple[str, int], model: str, kind: str):
        super().__init__(name, address)
        self.request, self.channel, self.call = None, None, None
        self.model, self.kind = model, kind

    def ask(self) -> None:
        import grpc
        if self.channel is None:
            self.channel = grpc.insecure_channel("%s:%d" % self.address)
            self.call = self.channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
        answer = self.call(wire.infer_message(self.model, self.kind, bytes(64), 64 if self.kind == "UINT8" else 16),
                           timeout=20)
        if len(answer) < 64:
            raise ValueError(f"an answer of {len(answer)} bytes")

    def forget(self) -> None:
        if self.channel is not None:
            self.channel.close()
        self.channel = None


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name in ("--http", "--grpc", "--metrics"):
        arguments.add_argument(name, required=True, type=parsed)
    options = arguments.parse_args()
    get = wire.head("/v2/health/live", 0, method="GET")
    same = wire.binary("identity_uint8", "UINT8", bytes(64), 64, output={"binary_data": True})
    other = wire.binary("plus_one", "FP32", bytes(64), 16, output={"binary_data": True})
    clients = [OverHttp("health", options.http, get), OverHttp("http same model", options.http, same),
               OverHttp("http other model", options.http, other),
               OverGrpc("grpc same model", options.grpc, "identity_uint8", "UINT8"),
               OverGrpc("grpc other model", options.grpc, "plus_one", "FP32"),
               OverHttp("metrics", options.metrics, wire.head("/metrics", 0, method="GET"))]
    # One client each for both loops of a small server.
    clients += [OverHttp("health 2", options.http, get), OverHttp("health 3", options.http, get)]
    for client in clients:
        client.start()
    for _ in sys.stdin:
        print(json.dumps({client.name: client.taken() for client in clients}), flush=True)


if __name__ == "__main__":
    main()
