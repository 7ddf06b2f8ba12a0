"""What clients that misbehave are made of."""

import resource
import select
import socket
import threading
import time

import wire

MB = 1 << 20


def raise_limit(wanted: int = 40_000) -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
    return max(soft, limit)


def together(count: int, action) -> list:
    """Runs `action` in so many threads; what each returned or raised."""
    results = [None] * count

    def one(number: int) -> None:
        try:
            results[number] = action(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


class Misuse:
    """What the cases have in common."""

    def __init__(self, options):
        self.http, self.grpc, self.metrics = options.http, options.grpc, options.metrics

    def ask(self, request: bytes, source: str = "") -> int:
        """The status of an answer that is read as it comes."""
        with wire.connect(self.http, 60, source=source) as connection:
            try:
                connection.sendall(request)
            except (BrokenPipeError, ConnectionResetError):
                pass  # It is answered before it is read.
            return wire.answer(connection)[0]

    def expect(self, statuses: list, *allowed: int) -> None:
        wrong = [status for status in statuses if status not in allowed]
        if wrong:
            raise AssertionError(f"{wrong[:5]} ({len(wrong)} of {len(statuses)}; expected: one of {allowed})")

    def gauge(self, name: str) -> float:
        with wire.connect(self.metrics) as connection:
            connection.sendall(wire.head("/metrics", 0, method="GET"))
            text = wire.answer(connection, 10 * MB)[1].decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))

    def await_end(self, connection: socket.socket, patience: float) -> None:
        """Waits without reading until the other side has closed the connection."""
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        if not poll.poll(max(0.0, patience) * 1000):
            raise AssertionError("a client that takes nothing is still connected")
        connection.close()

    def memory(self) -> float:
        """What tensors of requests and answers take up."""
        return self.gauge("espalier_request_memory_bytes")

    def await_memory(self, what: str, enough, seconds: float = 20) -> float:
        end = time.monotonic() + seconds
        while not enough(now := self.memory()):
            if time.monotonic() > end:
                raise AssertionError(f"{now:.0f} bytes of request memory are in use (expected: {what})")
            time.sleep(0.1)
        return now

    def holding(self, count: int, size: int, before: float) -> None:
        """So many answers that nobody reads are there all at once, and count."""
        held = count * size + before
        self.await_memory(f"at least {held:.0f}", lambda now: now >= held)
        # Bystanders of the same model have some seconds to fail in.
        time.sleep(2)
        self.await_memory(f"at most {1.5 * held:.0f} and 64 MB", lambda now: now <= 1.5 * held + 64 * MB, 0)

    def freed(self, before: float) -> None:
        """The bystanders' own, which come and go, stay."""
        self.await_memory(f"at most {before:.0f} and 4 MB", lambda now: now <= before + 4 * MB)

    @staticmethod
    def send(connection: socket.socket, data: bytes) -> None:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def call(self, body: bytes, size: int, source: str) -> int:
        """200 where a call is answered with so many bytes."""
        with wire.connect(self.grpc, 60, source=source) as connection:
            wide = wire.frame(wire.WINDOW_UPDATE, 0, 0, (1 << 30).to_bytes(4, "big"))
            connection.sendall(wire.settings(window=1 << 30) + wide + wire.call(1))
            sending = threading.Thread(target=self.send, args=(connection, wire.message(1, body)), daemon=True)
            sending.start()
            got = 0
            while True:
                kind, flags, stream, payload = wire.read_frame(connection)
                got += len(payload) if kind == wire.DATA and stream == 1 else 0
                if stream == 1 and (kind == wire.RST_STREAM or flags & wire.END_STREAM):
                    sending.join(20)
                    return 200 if got >= size else 503

    @staticmethod
    def room_for(connections: int) -> None:
        if raise_limit() < connections:
            raise AssertionError(f"the limit of open files is below {connections} (see ulimit -Hn)")
