"""Addresses of this machine that no worker may reach; they remember who has."""

import pathlib
import select
import socket
import threading


class Listeners:
    """What arrives begins with the name of the attack."""

    def __init__(self, folder: pathlib.Path, mark: str):
        self.tcp, self.udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        for each in (self.tcp, self.udp):
            each.bind(("127.0.0.1", 0))
        self.paths = {"STREAM_PATH": str(folder / "stream"), "DATAGRAM_PATH": str(folder / "datagram")}
        self.abstract = {"STREAM_ABSTRACT": f"{mark}-stream", "DATAGRAM_ABSTRACT": f"{mark}-datagram"}
        unix = []
        for name, path in (self.paths | {key: "\0" + value for key, value in self.abstract.items()}).items():
            made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM if "STREAM" in name else socket.SOCK_DGRAM)
            made.bind(path)
            if not path.startswith("\0"):
                pathlib.Path(path).chmod(0o777)
            unix.append((name, made))
        self.sockets = {made: name for name, made in [("TCP", self.tcp), ("UDP", self.udp), *unix]}
        for made in self.sockets:
            if made.type == socket.SOCK_STREAM:
                made.listen(16)
        self.heard: list[tuple[str, str]] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def constants(self) -> dict[str, str | int]:
        ports = {"TCP_PORT": self.tcp.getsockname()[1], "UDP_PORT": self.udp.getsockname()[1]}
        return ports | self.paths | self.abstract

    def listen(self) -> None:
        while not self.over.is_set():
            for ready in select.select(list(self.sockets), [], [], 0.1)[0]:
                self.heard.append((self.sockets[ready], self.name(ready)))

    @staticmethod
    def name(ready: socket.socket) -> str:
        """Who speaks, as far as that is said."""
        if ready.type == socket.SOCK_STREAM:
            connection, _ = ready.accept()
            connection.settimeout(0.5)
        else:
            connection = ready
        try:
            said = connection.recv(4096)
        except OSError:
            said = b""
        finally:
            if connection is not ready:
                connection.close()
        return said.split(b"\0")[0].decode(errors="replace")

    def by(self, attack: str) -> list[str]:
        return [f"{how} reached the suite" for how, name in self.heard if name == attack]

    def nameless(self) -> list[str]:
        return [f"{how} reached the suite, without a name" for how, name in self.heard if not name]

    def close(self) -> None:
        self.over.set()
        self.thread.join()
        for each in self.sockets:
            each.close()
