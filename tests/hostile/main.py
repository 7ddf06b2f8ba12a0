"""Attacks a server with hostile op libraries, and tells what held:

    run.sh [--server TRTSERVER] [--as root|user|both] [--side-by-side N] [--verbose] [ATTACK...]
"""

import argparse
import os
import subprocess
import sys
import time

from arena import NOBODY, ROOT, Ground, Place
from build import Builder, can_be_built
from session import Session, kill_tree
from table import ATTACKS, FILES, lacking


class Mode:
    """All attacks on a server that one user has started."""

    def __init__(self, name: str, place: Place, libraries: dict, options: argparse.Namespace, known: str):
        self.name, self.place, self.libraries, self.options, self.known = name, place, libraries, options, known
        self.session: Session | None = None
        self.broken: dict[str, list[str]] = {}
        self.declared: dict[str, str] = {}
        self.untried: dict[str, str] = {}
        self.times: list[tuple[float, float]] = []
        self.seconds = 0.0

    def open(self) -> Session:
        if self.session is None:
            self.session = Session(self.place, self.libraries, (), self.known)
        return self.session

    def end(self) -> list[str]:
        """Ends the server; what is wrong with that."""
        session, self.session = self.session, None
        if session is None:
            return []
        complaints = session.close()
        if complaints:
            kill_tree(session.server.process.pid)
        return complaints

    def run(self) -> None:
        began = time.monotonic()
        waiting = self.to_try()
        while waiting:
            most = self.options.side_by_side
            size = next((n for n, attack in enumerate(waiting[:most]) if attack.ends_server), most)
            batch, waiting = waiting[: max(1, size)], waiting[max(1, size) :]
            self.judge(batch)
        self.broken["the end of the server"] = self.end()
        self.seconds = time.monotonic() - began

    def to_try(self) -> list:
        """The attacks of which this machine gives what must withstand them."""
        missing, found = self.open().missing(), []
        bare = len(lacking(FILES, missing)) == len(FILES)
        for attack in self.options.attacks:
            layers = FILES if bare else lacking(attack.needs, missing)
            if layers:
                self.untried[attack.name] = f"this machine does not give workers: {', '.join(layers)}"
            else:
                found.append(attack)
        return found

    def judge(self, batch: list, again: bool = False) -> None:
        began = time.monotonic()
        session = self.open()
        attempts, shared, seen = session.run(batch)
        if shared or batch[0].ends_server:
            shared += self.end()
            self.place.clean()
        if shared and len(batch) > 1:
            self.tell_apart(batch, shared, again)
            return
        for attempt in attempts:
            self.tell(attempt, [*attempt.broken, *shared], seen, session.quiet, time.monotonic() - began)

    def tell_apart(self, batch: list, shared: list[str], again: bool) -> None:
        """Whose doing it is shows one after the other, on servers of their own; or twice, that it takes all of them."""
        names = "+".join(attack.name for attack in batch)
        if again:
            self.broken[names] = shared
            print(f"broke {self.name}/{names}: together, and none of them alone", *shared, sep="\n      ", flush=True)
            return
        print(f"      {self.name}/{names}: {'; '.join(shared)[:300]}; now one after the other", flush=True)
        for attack in batch:
            self.judge([attack])
        if not any(self.broken.get(attack.name) or attack.name in self.declared for attack in batch):
            self.judge(batch, again=True)

    def tell(self, attempt, broken: list[str], seen: dict, quiet: dict, seconds: float) -> None:
        attack = attempt.attack
        declared = attack.declared if self.name in attack.declared_as else ""
        if declared and not broken:
            broken = [f"it holds, and is declared not to ({declared}): take that out of table.py"]
        elif declared:
            self.declared[attack.name] = declared
        if not declared or attack.name not in self.declared:
            self.broken[attack.name] = broken
        self.times.append((quiet["p99"], seen["p99"]))
        figures = f"{seconds:.0f} s, bystanders p99 {seen['p99'] * 1000:.0f} ms (quiet: {quiet['p99'] * 1000:.0f})"
        print(f"{'broke' if broken else 'held '} {self.name}/{attack.name}: {attack.tries} ({figures})")
        for text in [*broken, *attempt.told, *([f"declared: {declared}"] if declared and broken else [])]:
            print(f"      {text}")
        if self.options.verbose:
            print(f"      said: {attempt.answers}")
        sys.stdout.flush()


def modes(asked: str) -> tuple[list[tuple[str, int]], list[str]]:
    """Who starts the server, and whom nobody can be."""
    own = os.getuid()
    if own != 0:
        return ([("user", own)] if asked != "root" else []), (["as root: the suite does not run as root"] if asked != "user" else [])
    return [(name, user) for name, user in (("root", 0), ("user", NOBODY)) if asked in (name, "both")], []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=str(ROOT / "dist/espalier/bin/trtserver"))
    parser.add_argument("--as", dest="user", choices=("root", "user", "both"), default="both")
    parser.add_argument("--side-by-side", type=int, default=6, help="attacks on one server at a time (6)")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("attacks", nargs="*", metavar="ATTACK")
    options = parser.parse_args()
    names = [attack.name for attack in ATTACKS]
    for name in options.attacks:
        if name not in names:
            parser.error(f"no attack '{name}' (known: {', '.join(names)})")
    options.attacks = [attack for attack in ATTACKS if not options.attacks or attack.name in options.attacks]
    options.server = os.path.abspath(options.server)
    reason = can_be_built()
    if reason:
        print(f"not tried: {reason}\n0 passed, 0 failed")
        return 0
    known = subprocess.run([options.server, "--help"], capture_output=True, text=True, timeout=60).stdout
    tried, untried = modes(options.user)
    modes_done: list[Mode] = []
    ground = Ground()
    # An attack that gets out finds nobody's work in the server's working directory.
    os.chdir(ground.folder)
    try:
        wanted = [library for attack in options.attacks for library in attack.libraries()]
        libraries = Builder(ground.folder, ground.constants()).libraries(wanted)
        for name, user in tried:
            mode = Mode(name, Place(ground, user, options.server), libraries, options, known)
            modes_done.append(mode)
            try:
                mode.run()
            finally:
                mode.end()
                mode.place.clean()
    finally:
        ground.close()
    return verdict(modes_done, untried)


def verdict(modes_done: list[Mode], untried: list[str]) -> int:
    held, broken, declared = 0, 0, 0
    for mode in modes_done:
        if mode.times:
            quiet, attacked = (sorted(times) for times in zip(*mode.times))
            middle = len(attacked) // 2
            print(f"{mode.name}: bystanders' p99, middle and worst of all batches: {attacked[middle] * 1000:.0f} and "
                  f"{attacked[-1] * 1000:.0f} ms (quiet: {quiet[middle] * 1000:.0f} ms), {mode.seconds:.0f} s")  # fmt: skip
        for name, reason in mode.declared.items():
            print(f"{mode.name}/{name} is declared to break: {reason}")
        untried += [f"{mode.name}/{name}: {reason}" for name, reason in mode.untried.items()]
        declared += len(mode.declared)
        held += sum(1 for reasons in mode.broken.values() if not reasons)
        broken += sum(1 for reasons in mode.broken.values() if reasons)
        for name, reasons in mode.broken.items():
            if reasons:
                print(f"{mode.name}/{name} broke: {'; '.join(reasons)}")
    for text in untried:
        print(f"not tried {text}")
    print(f"{held} held, {broken + declared} broken ({declared} of them declared), {len(untried)} not tried")
    print(f"{held} passed, {broken} failed")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
