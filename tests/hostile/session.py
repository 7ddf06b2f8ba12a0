"""A server that is attacked, a batch of attacks at a time, and what is seen of it meanwhile."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import watch
from arena import BYSTANDERS, MEMORY_MB, MODEL, ROOT, Place, Server
from started import until

HERE = pathlib.Path(__file__).resolve().parent
ALL_FLAGS = [f"--worker-memory-mb={MEMORY_MB}", "--worker-disk-mb=1024", "--model-control-mode=explicit", "--execution-timeout-ms=8000", "--exit-timeout-secs=5", *(f"--load-model={b[0]}" for b in BYSTANDERS)]
SLOWEST_BYSTANDER = 5.0
# What the server may use more at its peak than before.
PEAK_MB = 400
CLEARS_UP_WITHIN = 60.0  # a worker that does not end by itself is killed after seconds, of which a busy machine makes many


@dataclass
class Attempt:
    """One attack on one server: what was answered, and what was broken."""

    attack: "Attack"  # noqa: F821  of table.py
    server: Server
    place: Place
    answers: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    @property
    def name(self) -> str:
        return self.attack.name

    def names(self) -> list[str]:
        return self.attack.names()

    def load(self, name: str = "") -> tuple[int, str]:
        try:
            answer = self.server.load(name or self.name)
        except OSError as failure:
            self.broken.append(f"loading {name or self.name}: no answer ({failure})")
            return -1, str(failure)
        self.answers.append(answer.text)
        return answer.status, answer.text

    def request(self, values: list[float], name: str = "") -> tuple[int, str]:
        status, text = self.server.request(name or self.name, values)
        self.answers.append(text)
        return status, text

    def must(self, holds: object, otherwise: str) -> None:
        if not holds:
            self.broken.append(otherwise)

    def log(self) -> str:
        return self.server.log.read_text(errors="replace")


class Bystanders:
    """The process that asks models which are not attacked."""

    def __init__(self, server: Server):
        command = [sys.executable, str(HERE / "bystanders.py"), f"--http=127.0.0.1:{server.http}"]
        command += [f"--grpc=127.0.0.1:{server.grpc}", f"--token={server.place.token}"]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "tests/clients")}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def seen(self) -> dict:
        """What they have seen since the last call."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


class Session:
    def __init__(self, place: Place, libraries: dict[str, pathlib.Path], flags: tuple[str, ...], options: str):
        self.place, self.libraries = place, libraries
        tokens = [f"--auth-token-file={place.state}/tokens"]
        # The attacked build may be older than an option.
        flags = [flag for flag in ["--model-load-timeout-secs=6", *flags] if flag.split("=")[0] in options]
        self.server = Server(place, [*ALL_FLAGS, *tokens, *flags])
        # A probe's findings are kept by content: an attack that is tried again must be probed again.
        shutil.rmtree(place.state / "espalier", ignore_errors=True)
        self.server.__enter__()
        self.bystanders = Bystanders(self.server)
        try:
            self.begin()
        except BaseException:
            self.bystanders.close()
            kill_tree(self.server.process.pid)
            raise

    def begin(self) -> None:
        until(lambda: self.bystanders.seen()["asked"], 60, "the bystanders")
        self.secrets()
        # The first answers are slow: nothing is compiled yet.
        time.sleep(1)
        self.bystanders.seen()
        time.sleep(0.5)
        self.quiet = self.bystanders.seen()

    def secrets(self) -> None:
        """Puts canaries where workers may not look."""
        state = self.place.state / "espalier"
        for folder in (state, state / "deaths"):
            self.place.secret("the state folder", folder / "canary")
            os.chown(folder, self.place.user, self.place.user)
        for worker in self.server.listed():
            self.place.secret("another worker's folder", folder_of(worker["pid"]) / "canary")

    def missing(self) -> str:
        """What this machine does not give workers, in the server's words."""
        return " ".join(sorted({worker["confinement"].partition("not there: ")[2] for worker in self.server.listed()}))

    def run(self, attacks: list) -> tuple[list[Attempt], list[str], dict]:
        """Attacks side by side: each with what it has broken, and what cannot be told whose doing it is."""
        server, pid = self.server, self.server.process.pid
        rights, before = watch.Rights.of(pid), watch.Footprint.of(pid)
        watch.forget_peak(pid)
        peak = watch.peak_mb(pid)
        self.bystanders.seen()
        attempts = [Attempt(attack, server, self.place) for attack in attacks]
        threads = [threading.Thread(target=self.attempt, args=(attempt,)) for attempt in attempts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(0.3)
        seen = self.bystanders.seen()
        broken = self.bystanders_verdict(seen)
        if attacks[0].ends_server:
            return attempts, [], seen
        if not server.alive():
            return attempts, [*broken, f"the server ended with {server.process.returncode}"], seen
        broken += watch.settled(pid, before, CLEARS_UP_WITHIN)
        try:
            broken += watch.Rights.of(pid).differences(rights)
        except OSError:
            return attempts, [*broken, "the server is gone"], seen
        if watch.peak_mb(pid) > peak + PEAK_MB:
            broken.append(f"the server's memory went up to {watch.peak_mb(pid)} MB (before: {peak})")
        broken += [f"{len(left)} processes are left" for left in [watch.processes_named(self.place.mark)] if left]
        broken += self.place.listeners.nameless() + self.place.dropped()
        try:
            said = [server.log.read_text(errors="replace"), json.dumps(server.listed()), str(server.index()), server.metric_text()]
            broken += self.place.taken([*said, *(text for attempt in attempts for text in attempt.answers)])
        except OSError as failure:
            broken.append(f"the server does not answer: {failure}")
        return attempts, broken, seen

    def attempt(self, attempt: Attempt) -> None:
        attack = attempt.attack
        try:
            for name in attack.names():
                self.lay(name, attack.more)
            attack.drive(attempt)
        except Exception as failure:  # noqa: BLE001  the server cannot be asked, or not as it should
            attempt.broken.append(f"{type(failure).__name__}: {failure}"[:300])
        try:
            # Whatever went wrong: a model that stays has a worker that stays.
            for name in attack.names() if attempt.server.alive() else ():
                attempt.answers.append(attempt.server.reason(name))
                attempt.server.unload(name)
        except Exception as failure:  # noqa: BLE001
            attempt.broken.append(f"unloading: {type(failure).__name__}: {failure}"[:300])
        finally:
            for name in attack.names():
                shutil.rmtree(self.place.repository / name, ignore_errors=True)
        attempt.broken += [text[text.index("BROKE") :][:300] for text in attempt.answers if "BROKE" in text][:1]
        attempt.broken += self.place.listeners.by(attack.name)
        if not any(f"hostile: {attack.name}" in text for text in [attempt.log(), *attempt.answers]):
            attempt.broken.append(f"the attack did not begin: {attempt.answers}"[:400])

    def lay(self, name: str, more: str) -> None:
        """A model with an attack's library."""
        self.server.repository.add_without(name, MODEL, more=more)
        target = self.server.repository.library(name)
        target.parent.mkdir()
        shutil.copyfile(self.libraries[name], target)

    @staticmethod
    def bystanders_verdict(seen: dict) -> list[str]:
        broken = []
        if seen["failed"] or seen["wrong"]:
            broken.append(f"bystanders: {seen['failed']} failed, {seen['wrong']} wrong {seen['complaints'][:1]}"[:300])
        if seen["slowest"] > SLOWEST_BYSTANDER:
            broken.append(f"a bystander waited {seen['slowest']:.1f} s")
        if not seen["asked"]:
            broken.append("the bystanders could not ask")
        return broken

    def close(self) -> list[str]:
        """Ends the server as an operator would; what is wrong with that."""
        self.bystanders.close()
        if not self.server.alive():
            return []
        try:
            self.server.__exit__()
            return []
        except Exception as failure:  # noqa: BLE001
            self.server.process.kill()
            return [f"the server did not end: {failure}"[:200]]


def folder_of(pid: int) -> pathlib.Path:
    """A worker's own folder, which has the same path outside."""
    folder = pathlib.Path(os.readlink(f"/proc/{pid}/cwd"))
    if not folder.name.startswith("espalier-worker-") or not folder.is_dir():
        raise RuntimeError(f"worker {pid} is in {folder} (expected: a folder espalier-worker-...)")
    return folder


def kill_tree(pid: int) -> None:
    for child in watch.children(pid):
        kill_tree(child)
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
