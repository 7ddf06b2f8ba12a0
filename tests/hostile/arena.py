"""The server under attack, with all that an attack is measured by: canaries, listeners, bystanders."""

import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import watch
from listeners import Listeners

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/conformance/ops"))

import started  # noqa: E402
from started import Answer, Repository, Started  # noqa: E402

started.READY_WITHIN = 180.0  # an attack has just been here, and others may be

NOBODY = 65534
ANSWERS_WITHIN = 25.0
LOADS_WITHIN = 240.0  # a load may have to wait for others, and a busy machine makes much of a large one
MEMORY_MB = 768  # that a worker may have
BYSTANDERS = (("healthy", "faults/healthy", "scale_by_2"), ("conflict_c_add", "conflict/conflict_c_add", "conflict_c_add"))
MODEL = ROOT / "tests/models/hostile/attack"


class Ground:
    """Where a run lies: paths and addresses that the attacks' libraries are built with, the same for each mode."""

    def __init__(self):
        self.mark = "hst-" + secrets.token_hex(5)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="espalier-hostile-"))
        self.folder.chmod(0o755)
        self.state, self.drop, self.repository = (self.folder / name for name in ("state", "drop", "repository"))
        self.listeners = Listeners(self.folder, self.mark)

    def constants(self) -> dict[str, str | int]:
        return {
            "RUN": self.mark,
            "TOKENS": str(self.state / "tokens"),
            "KEY": str(self.state / "key.pem"),
            "PRIVATE": str(self.state / "private"),
            "STATE": str(self.state),
            "REPOSITORY": str(self.repository),
            "DROP": str(self.drop),
            "LIMIT_MB": MEMORY_MB,
            **self.listeners.constants(),
        }

    def close(self) -> None:
        self.listeners.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Place:
    """What a server of one mode, root's or an ordinary user's, has, and everything in it that must not be taken."""

    def __init__(self, ground: Ground, user: int, server: str):
        self.user, self.mark, self.folder, self.listeners = user, ground.mark, ground.folder, ground.listeners
        self.state, self.drop, self.repository = ground.state, ground.drop, ground.repository
        for folder in (self.state, self.drop):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            os.chown(folder, user, user)
        self.canaries: dict[str, str] = {}
        self.token = self.canary("the tokens")
        self.secret("the tokens", self.state / "tokens", self.token + " admin\n")
        self.secret("the key", self.state / "key.pem")
        self.secret("the private file", self.state / "private")
        self.environment = {"HOSTILE_SECRET": self.canary("the server's environment")}
        if "JAVA_HOME" in os.environ:
            self.environment["JAVA_HOME"] = os.environ["JAVA_HOME"]
        self.command = self.command_for(server)

    def canary(self, what: str) -> str:
        return self.canaries.setdefault(what, "canary-" + secrets.token_hex(8))

    def secret(self, what: str, path: pathlib.Path, content: str = "") -> None:
        """A file that only the server's user may read."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content or self.canary(what) + "\n")
        path.chmod(0o600)
        os.chown(path, self.user, self.user)

    def command_for(self, server: str) -> str:
        """The server's command, as the mode's user; what that user cannot read is copied."""
        if self.user == os.getuid():
            return server
        home = pathlib.Path(server).resolve().parents[1]
        if not self.reads(home / "lib"):
            copy = self.folder / "dist"
            without = shutil.ignore_patterns("tensorflow-*")
            shutil.copytree(home, copy, symlinks=True, ignore=without)
            home = copy
        jdk = self.environment.get("JAVA_HOME")
        if jdk and not self.reads(pathlib.Path(jdk) / "bin/java"):
            shutil.copytree(jdk, self.folder / "jdk", symlinks=True)
            self.environment["JAVA_HOME"] = str(self.folder / "jdk")
        script = self.folder / "serve"
        script.write_text(f'#!/bin/sh\nexec {" ".join(self.becoming())} {home}/bin/trtserver "$@"\n')
        script.chmod(0o755)
        return str(script)

    def becoming(self) -> list[str]:
        return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", "--inh-caps=-all"]

    def reads(self, path: pathlib.Path) -> bool:
        return subprocess.run([*self.becoming(), "test", "-r", str(path)]).returncode == 0

    def taken(self, texts: list[str]) -> list[str]:
        """Which canaries stand in what an attack has left behind anywhere."""
        for folder, names, files in os.walk(self.drop):
            texts = texts + [pathlib.Path(folder, name).read_text(errors="replace") for name in files]
        return [f"{what} was taken" for what, canary in self.canaries.items() if any(canary in text for text in texts)]

    def dropped(self) -> list[str]:
        found = [str(entry) for folder in (self.drop, "/tmp", "/dev/shm", "/var/tmp", self.repository, self.state / "espalier")
                 for entry in pathlib.Path(folder).glob(f"hostile-{self.mark}*")]  # fmt: skip
        return [f"wrote {entry}" for entry in found]

    def clean(self) -> None:
        """Takes away what attacks that broke out have left."""
        for pid in watch.processes_named(self.mark):
            os.kill(pid, signal.SIGKILL)
        for entry in self.dropped():
            pathlib.Path(entry.removeprefix("wrote ")).unlink(missing_ok=True)
        self.listeners.heard.clear()


def repository(place: Place) -> Repository:
    """The bystanders' models; the attacks come and go."""
    shutil.rmtree(place.repository, ignore_errors=True)
    made = Repository(place.repository)
    for name, model, library in BYSTANDERS:
        made.add_without(name, ROOT / "tests/models" / model)
        made.put(made.library(name), (ROOT / f"tests/ops/x86-64/lib{library}.so").read_bytes())
    made.add_without("another", ROOT / "examples/models/plus_one")
    place.secret("the repository", place.repository / "healthy/canary")
    return made


class Server(Started):
    """A server that knows its one token."""

    def __init__(self, place: Place, flags: list[str]):
        super().__init__(place.command, repository(place), place.state, *flags, **place.environment)
        self.place = place

    def ask(self, method: str, path: str, body: object = None, token: str = "") -> Answer:
        headers = {"Authorization": f"Bearer {token or self.place.token}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}", data, headers, method=method)
        try:
            within = LOADS_WITHIN if path.endswith("/load") else ANSWERS_WITHIN
            with urllib.request.urlopen(request, timeout=within) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.read())

    def request(self, model: str, values: list[float]) -> tuple[int, str]:
        """The status and the text of an answer; -1 where none comes."""
        tensor = {"name": "X", "shape": [len(values)], "datatype": "FP32", "data": values}
        try:
            answer = self.ask("POST", f"/v2/models/{model}/infer", {"inputs": [tensor]})
            return answer.status, answer.text
        except OSError as failure:
            return -1, f"no answer: {failure}"

    def reason(self, model: str) -> str:
        return " ".join(entry.get("reason", "") for (name, _), entry in self.index().items() if name == model)

    def listed(self) -> list[dict]:
        return self.ask("GET", "/v2/espalier/workers").json["workers"]

    def alive(self) -> bool:
        return self.process.poll() is None
