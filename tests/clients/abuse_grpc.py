"""Clients that misbehave over gRPC."""

import select
import threading
import time

import wire
from misuse import MB, Misuse


class GrpcAbuse(Misuse):
    def grpc_without_window(self) -> None:
        """2,000 calls over one connection whose answers may not be sent, more than there are slots."""
        before, size = self.memory(), 10_000
        with wire.connect(self.grpc) as connection:
            connection.sendall(wire.settings(window=0))
            body = wire.infer_message("identity_uint8", "UINT8", bytes(size), size)
            for call in range(2000):
                connection.sendall(wire.call(2 * call + 1) + wire.message(2 * call + 1, body))
                if select.select([connection], [], [], 0)[0]:
                    connection.recv(1 << 16)
            self.holding(2000, size, before)
        self.freed(before)

    def many_grpc_connections(self) -> None:
        """The same: idle ones have begun to speak, slow ones send a byte of their message now and then."""
        self.room_for(13_000)
        body = wire.infer_message("identity_uint8", "UINT8", bytes(64), 64)
        begun, message = wire.settings() + wire.call(1), wire.message(1, body)
        connections = []
        for number in range(12_000):
            connections.append(wire.connect(self.grpc))
            connections[-1].sendall(begun + message[:12] if number >= 10_000 else wire.settings())
        for at in range(12, 15):
            for connection in connections[10_000:]:
                # Each in the frame that has begun.
                self.send(connection, message[at:at + 1])
            time.sleep(0.5)
        alive = connections[:10_000:100]
        for connection in alive:
            connection.sendall(wire.call(1) + message)
        for connection in alive:
            while wire.read_frame(connection)[0] != wire.DATA:
                pass
        for connection in connections:
            connection.close()

    def typed_contents(self) -> None:
        """20 MB of numbers in messages, which take up four times as much when they are read."""
        body = wire.typed_message("identity_int64", "INT64", wire.field(3, b"\1" * (20 * MB)), 20 * MB)
        with wire.connect(self.grpc, 60) as connection:
            connection.sendall(wire.settings())

            def read() -> None:
                try:
                    while connection.recv(1 << 20):
                        pass
                except OSError:
                    pass

            threading.Thread(target=read, daemon=True).start()
            for call in range(3):
                self.send(connection, wire.call(2 * call + 1) + wire.message(2 * call + 1, body))
            time.sleep(2)

    def cancelled_calls(self) -> None:
        """500 whose messages break off."""
        with wire.connect(self.grpc) as connection:
            connection.sendall(wire.settings())
            body = wire.infer_message("identity_uint8", "UINT8", bytes(40_000), 40_000)
            try:
                for call in range(500):
                    stream = 2 * call + 1
                    half = wire.message(stream, body, end=False)[:20_000]
                    cut = wire.frame(wire.DATA, wire.END_STREAM, stream, half[9:16_000])
                    connection.sendall(wire.call(stream) + (
                        cut if call % 2 else cut[:4] + b"\0" + cut[5:]
                        + wire.frame(wire.RST_STREAM, 0, stream, b"\0\0\0\x08")))
                    if select.select([connection], [], [], 0)[0]:
                        connection.recv(1 << 16)
            except OSError:
                pass
            time.sleep(1)

    def slow_calls(self) -> None:
        """400 connections with half a message are told so after 3 s, and 400 that say nothing are closed."""
        body = wire.infer_message("identity_uint8", "UINT8", bytes(40_000), 40_000)
        half = wire.settings() + wire.call(1) + wire.message(1, body)[:16_000]
        slow = [wire.connect(self.grpc) for _ in range(400)]
        silent = [wire.connect(self.grpc) for _ in range(400)]
        for connection in slow:
            connection.sendall(half)
        begin, told, closed = time.monotonic(), 0, 0
        for connection in slow:
            connection.settimeout(max(0.1, 30 - (time.monotonic() - begin)))
            kinds = set()
            while wire.HEADERS not in kinds:
                kinds.add(wire.read_frame(connection)[0])
            told += 1
            connection.close()
        for connection in silent:
            connection.settimeout(max(0.1, 30 - (time.monotonic() - begin)))
            try:
                while connection.recv(1000):
                    pass
            except ConnectionResetError:
                pass
            closed += 1
            connection.close()
        if (told, closed) != (400, 400):
            raise AssertionError(f"{told} of 400 were told, {closed} of 400 were closed")

    def unread_streams(self) -> None:
        """20 streams of one connection with 500 requests each whose answers may not be sent: most are not read."""
        before, size, streams = self.memory(), 10_000, 20
        body = wire.infer_message("identity_uint8", "UINT8", bytes(size), size)
        with wire.connect(self.grpc) as connection:
            connection.sendall(wire.settings(window=0) + wire.frame(wire.SETTINGS, 1, 0, b""))
            for stream in range(1, 2 * streams, 2):
                connection.sendall(wire.call(stream, "ModelStreamInfer"))
                connection.sendall(500 * wire.message(stream, body, end=False))
                if select.select([connection], [], [], 0)[0]:
                    connection.recv(1 << 16)
            self.await_memory("at least 5 MB", lambda now: now >= before + 5 * MB)
            time.sleep(2)
            most = before + streams * 6 * MB  # 256 requests of each, what they sent and what they get
            self.await_memory(f"at most {most:.0f}", lambda now: now <= most, 0)
        self.freed(before)

    def idle_and_half_streams(self) -> None:
        """50 that say nothing between two requests for longer than a message may take, and 50 with half a message."""
        body = wire.infer_message("identity_uint8", "UINT8", bytes(100), 100)
        with wire.connect(self.grpc) as idle, wire.connect(self.grpc) as half:
            for connection in (idle, half):
                connection.sendall(wire.settings())
                for stream in range(1, 100, 2):
                    connection.sendall(wire.call(stream, "ModelStreamInfer") + wire.message(stream, body, end=False))
            for stream in range(1, 100, 2):
                half.sendall(wire.frame(wire.DATA, 0, stream, b"\0\0\0"))
            ended = set()
            while len(ended) < 50:
                kind, flags, stream, _ = wire.read_frame(half)
                if kind == wire.RST_STREAM or kind == wire.HEADERS and flags & wire.END_STREAM:
                    ended.add(stream)
            for stream in range(1, 100, 2):
                idle.sendall(wire.message(stream, body))
            answered = {}
            while sum(answered.values()) < 100:
                kind, _, stream, payload = wire.read_frame(idle)
                if kind == wire.RST_STREAM:
                    raise AssertionError(f"stream {stream} was cut off, though it was idle")
                answered[stream] = answered.get(stream, 0) + (kind == wire.DATA and len(payload) > 0)
