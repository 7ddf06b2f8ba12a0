"""Clients that misbehave, each kind for some seconds, beside others that do not and must not notice:

    abuse.py --http HOST:PORT --grpc HOST:PORT --metrics HOST:PORT --pid SERVER --log FILE [CASE…]
    abuse.py --hold …       only keeps connections of every kind open until it is ended

The server has --request-memory-mb=1024, --http-header-timeout-secs=3, --http-body-timeout-secs=3, --http-answer-timeout-secs=5, the same for gRPC, and
--grpc-handshake-timeout-secs=3. Ends with `N passed, N failed`.
"""

import argparse
import contextlib
import gzip
import json
import random
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

import wire
from abuse_grpc import GrpcAbuse
from bystanders import parsed
from misuse import MB, raise_limit, together

LONGEST = 5000  # ms, for any request of a bystander
MOST_LOG = 200  # lines, for any one case


class Abuse(GrpcAbuse):
    def classification(self) -> None:
        """Of 60 MB, and many of the most that there may be."""
        whole = wire.binary("identity_uint8", "UINT8", bytes(60 * MB), 60 * MB, output={"classification": 1})
        self.expect([self.ask(whole)], 400)
        tensor = random.randbytes(900_000)
        for count in (1, 900_000):
            large = wire.binary("identity_uint8", "UINT8", tensor, len(tensor), output={"classification": count})
            self.expect(together(4, lambda _: self.ask(large)), 200, 503)

    def json_answers(self) -> None:
        """Six of 34 MB, which become 130 MB of text each."""
        request = wire.binary("identity_uint8", "UINT8", b"\xff" * (34 * MB), 34 * MB)
        self.expect(together(6, lambda _: self.ask(request)), 200, 400, 503)

    def json_requests(self) -> None:
        numbers = b",".join([b"123456789.25"] * (20 * MB // 13))
        request = wire.values("plus_one", "FP32", numbers, 20 * MB // 13)
        self.expect(together(4, lambda _: self.ask(request)), 200, 503)

    def compressed(self) -> None:
        """20 MB both ways."""
        tensor = random.randbytes(20 * MB)
        plain = wire.binary("identity_uint8", "UINT8", tensor, len(tensor), output={"binary_data": True})
        top, body = plain.split(b"\r\n\r\n", 1)
        length = [line for line in top.split(b"\r\n") if line.startswith(b"Inference")][0].decode()
        request = wire.infer("identity_uint8", gzip.compress(body, 1), length, "Content-Encoding: gzip",
                             "Accept-Encoding: gzip")
        self.expect(together(3, lambda _: self.ask(request)), 200, 503)

    def slow_gzip_readers(self) -> None:
        tensor = random.randbytes(20 * MB)
        request = wire.binary("identity_uint8", "UINT8", tensor, len(tensor), "Accept-Encoding: gzip",
                              output={"binary_data": True})
        self.unread(4, request)

    def unread_answers(self) -> None:
        request = wire.binary("identity_uint8", "UINT8", bytes(16 * MB), 16 * MB, output={"binary_data": True})
        self.unread(16, request)

    def unread(self, count: int, request: bytes) -> None:
        """Nobody takes the answers: they are cut off within the time for that."""
        connections = [wire.connect(self.http, 60) for _ in range(count)]
        together(count, lambda number: connections[number].sendall(request))
        time.sleep(2)
        # After the limit of 5 s, looked at once a second.
        begin = time.monotonic()
        for connection in connections:
            self.await_end(connection, 20 - (time.monotonic() - begin))

    def many_unread_answers(self) -> None:
        """Of 150 connections, each larger than what the kernel takes of it."""
        before, size = self.memory(), 3_000_000
        request = wire.binary("identity_uint8", "UINT8", bytes(size), size, output={"binary_data": True})
        connections = [wire.connect(self.http, 60, window=4096) for _ in range(150)]
        together(10, lambda number: [self.send(each, request) for each in connections[number::10]])
        # Until they are cut off, since they take nothing.
        self.holding(150, size, before)
        for connection in connections:
            connection.close()
        self.freed(before)

    def pipelined(self) -> None:
        """The second of two requests fails."""
        good = wire.binary("identity_uint8", "UINT8", bytes(64), 64, output={"binary_data": True})
        for bad in (wire.infer("identity_uint8", b"{" * 1000), wire.infer("nobody", b"{}"),
                    wire.binary("identity_uint8", "UINT8", bytes(2 * MB), 2 * MB, output={"classification": 1})):
            with wire.connect(self.http) as connection:
                connection.sendall(good + bad + good)
                self.expect([wire.answer(connection)[0] for _ in range(3)], 200, 400, 404, 500)

    def half_bodies(self) -> None:
        """40 for a route that takes none, and 40 inferences that never go on; all are answered, or cut."""
        begun = wire.head("/v2/repository/index", 60 * MB) + b" " * (4 * MB)
        index = [wire.connect(self.http) for _ in range(40)]
        together(40, lambda number: self.send(index[number], begun))
        self.expect(together(40, lambda number: wire.answer(index[number])[0]), 400)
        load = wire.head("/v2/repository/models/simple/load", 60 * MB) + b" " * (30 * MB)
        whole = wire.binary("identity_uint8", "UINT8", bytes(32 * MB), 32 * MB)
        slow = [wire.connect(self.http) for _ in range(44)]
        together(44, lambda number: self.send(slow[number], load if number < 4 else whole[:1000]))
        self.expect(together(44, lambda number: wire.answer(slow[number])[0]), 408, 503)
        for connection in index + slow:
            connection.close()

    def half_headers(self) -> None:
        """1,000 of them are told so after 3 s."""
        connections = [wire.connect(self.http) for _ in range(1000)]
        for connection in connections:
            connection.sendall(b"GET /v2/health/live HTTP/1.1\r\nHost: te")
        begin, told = time.monotonic(), 0
        for connection in connections:
            connection.settimeout(max(0.1, 12 - (time.monotonic() - begin)))
            told += connection.recv(100).startswith(b"HTTP/1.1 408 ")
            connection.close()
        if told != 1000:
            raise AssertionError(f"{told} of 1000 half requests were answered")

    def greedy_uploads(self) -> None:
        """One address takes all that it can get with uploads that hardly go on, over both protocols; another is served."""
        before, size, announced = self.memory(), 40 * MB, 16
        whole = wire.binary("identity_uint8", "UINT8", bytes(size), size, output={"binary_data": True})
        uploads = [wire.connect(self.http, source="127.0.0.2") for _ in range(announced)]
        calls = wire.connect(self.grpc, source="127.0.0.2")
        calls.sendall(wire.settings())
        body = wire.infer_message("identity_uint8", "UINT8", bytes(size), size)
        over = threading.Event()

        def upload(number: int) -> None:
            """All but the end, which hardly goes on."""
            self.send(uploads[number], whole[:-8 * MB])
            while not over.wait(0.5):
                self.send(uploads[number], bytes(30_000))

        def call() -> None:
            for number in range(announced):
                stream = 2 * number + 1
                self.send(calls, wire.call(stream) + wire.message(stream, body, end=False)[: -8 * MB])
            while not over.wait(0.5):
                for number in range(announced):
                    self.send(calls, wire.frame(wire.DATA, 0, 2 * number + 1, bytes(16_000)) * 2)

        def until_over(action, *arguments) -> None:
            with contextlib.suppress(OSError):  # The connection is closed under it.
                action(*arguments)

        for arguments in [(upload, number) for number in range(announced)] + [(call,)]:
            threading.Thread(target=until_over, args=arguments, daemon=True).start()
        try:
            # Sixteen connections and the calls of one more want 1,024 MB, all that there is; an address gets three quarters.
            self.await_memory("at least 300 MB", lambda now: now - before >= 300 * MB)
            for _ in range(4):
                self.await_memory("at most 800 MB", lambda now: now - before <= 800 * MB, 0)
                self.expect([self.ask(whole, "127.0.0.3")], 200)
                self.expect([self.call(body, size, "127.0.0.3")], 200)
            if not select.select([*uploads, calls], [], [], 0)[0]:
                raise AssertionError("nothing of what is too much was refused")
        finally:
            over.set()
            for connection in [*uploads, calls]:
                connection.close()
        self.freed(before)

    def many_connections(self) -> None:
        """10,000 that are idle, and 2,000 that send a byte now and then."""
        self.room_for(13_000)
        connections = []
        for _ in range(10_000):
            connections.append(wire.connect(self.http))
        slow = [wire.connect(self.http) for _ in range(2000)]
        for piece in b"GET":
            for connection in slow:
                self.send(connection, bytes([piece]))
            time.sleep(0.5)
        alive = connections[::100]
        for connection in alive:
            connection.sendall(wire.head("/v2/health/live", 0, method="GET"))
        self.expect([wire.answer(connection)[0] for connection in alive], 200)
        for connection in connections + slow:
            connection.close()

    def bombs(self) -> None:
        """16 bodies of a few KB that stand for 60 MB of blanks, over both protocols."""
        bomb = gzip.compress(b" " * (60 * MB))
        request = wire.infer("identity_uint8", bomb, "Content-Encoding: gzip")
        self.expect(together(16, lambda _: self.ask(request)), 400, 500, 503)
        strings = gzip.compress(wire.typed_message("identity_bytes", "BYTES", b"\x42\0" * (15 * MB), 15 * MB))
        for body in (bomb, strings):
            with wire.connect(self.grpc) as connection:
                connection.sendall(wire.settings())
                for call in range(8):
                    stream = 2 * call + 1
                    self.send(connection, wire.call(stream, "ModelInfer", ("grpc-encoding", "gzip"))
                              + wire.message(stream, body, packed=True))
                time.sleep(1.5)

    def hold(self) -> None:
        """Connections of every kind, until somebody ends this."""
        whole = wire.binary("identity_uint8", "UINT8", bytes(16 * MB), 16 * MB, output={"binary_data": True})
        held = [wire.connect(self.http) for _ in range(30)]
        for number, connection in enumerate(held):
            self.send(connection, (b"GET /v2", whole[:5000], whole)[number % 3])
        calls = wire.connect(self.grpc)
        calls.sendall(wire.settings(window=0))
        for call in range(50):
            calls.sendall(wire.call(2 * call + 1) + wire.message(
                2 * call + 1, wire.infer_message("identity_uint8", "UINT8", bytes(64), 64)))
        print("held", flush=True)
        time.sleep(60)


CASES = ["classification", "json_answers", "json_requests", "compressed", "slow_gzip_readers", "unread_answers",
         "many_unread_answers", "grpc_without_window", "pipelined", "half_bodies", "half_headers", "many_connections",
         "many_grpc_connections", "greedy_uploads", "bombs", "typed_contents", "cancelled_calls", "slow_calls",
         "unread_streams", "idle_and_half_streams"]


class Watch:
    """What the server takes up, and what its bystanders say."""

    def __init__(self, options):
        self.pid, self.log = options.pid, Path(options.log)
        here = Path(__file__).parent
        self.process = subprocess.Popen(
            [sys.executable, str(here / "bystanders.py"), "--http", "%s:%d" % options.http,
             "--grpc", "%s:%d" % options.grpc, "--metrics", "%s:%d" % options.metrics],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = self.log_lines()

    def log_lines(self) -> int:
        with self.log.open("rb") as log:
            return sum(1 for _ in log)

    def resident(self) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) // 1024
        return 0

    def span(self) -> dict:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def complaints(self) -> list[str]:
        complaints, told = [], []
        for name, span in self.span().items():
            told.append(f"{name} {span['p99']}/{span['worst']}")
            if span["failed"]:
                complaints.append(f"{name}: {span['failed']}")
            if span["worst"] > LONGEST:
                complaints.append(f"{name}: a request took {span['worst']} ms")
            if not span["count"]:
                complaints.append(f"{name}: no request was answered")
        lines = self.log_lines()
        if lines - self.lines > MOST_LOG:
            complaints.append(f"the server has logged {lines - self.lines} lines")
        self.lines = lines
        print("    p99/worst ms: " + ", ".join(told), flush=True)
        return complaints


def settled(abuse: Abuse, watch: Watch, before: int) -> list[str]:
    """What is not back within 30 s: the budget of the heap, and the memory."""
    for _ in range(30):
        budget, now = abuse.gauge("espalier_heap_budget_bytes"), watch.resident()
        if budget == 0 and now <= before + 200:
            break
        time.sleep(1)
    print(f"    resident: {before} MB before, {now} MB after", flush=True)
    complaints = [f"{budget:.0f} bytes of the heap's budget are taken for good"] if budget else []
    if now > before + 200:
        complaints.append(f"the server keeps {now - before} MB")
    errors = abuse.gauge("espalier_internal_errors")
    if errors:
        complaints.append(f"{errors:.0f} internal errors")
    return complaints


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name in ("--http", "--grpc", "--metrics"):
        arguments.add_argument(name, required=True, type=parsed)
    arguments.add_argument("--pid", type=int)
    arguments.add_argument("--log")
    arguments.add_argument("--hold", action="store_true")
    arguments.add_argument("cases", nargs="*")
    options = arguments.parse_args()
    raise_limit()
    abuse = Abuse(options)
    if options.hold:
        abuse.hold()
        return
    watch = Watch(options)
    time.sleep(2)
    before, failed, passed = watch.resident(), 0, 0
    watch.complaints()
    for case in options.cases or CASES:
        begin = time.monotonic()
        complaints = []
        try:
            getattr(abuse, case)()
        except Exception as error:
            complaints.append(f"{type(error).__name__}: {error}")
        print(f"{case} ({time.monotonic() - begin:.1f} s)", flush=True)
        complaints += watch.complaints()
        for complaint in complaints:
            print(f"    FAILED: {complaint}", flush=True)
        failed += bool(complaints)
        passed += not complaints
    # The heap goes back once the server is quiet.
    watch.process.kill()
    complaints = settled(abuse, watch, before)
    for complaint in complaints:
        print(f"    FAILED: {complaint}", flush=True)
    failed += bool(complaints)
    passed += not complaints
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
