"""What can be seen of a process from outside, and whether it is itself again."""

import os
import pathlib
import re
import time
from dataclasses import dataclass


def read(pid: int, name: str) -> str:
    try:
        return pathlib.Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""


def number(text: str, field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+)", text, re.M)
    return int(found.group(1)) if found else 0


def children(pid: int) -> list[int]:
    """The living processes right below one."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return [child for child in found if re.search(r"\) [^ZX] ", read(child, "stat"))]


def descendants(pid: int) -> list[int]:
    """All living processes below one."""
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def command_line(pid: int) -> bytes:
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def program(pid: int) -> str:
    """The name of the program's file."""
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return ""


def has_socket(pid: int) -> bool:
    try:
        links = [os.readlink(link) for link in pathlib.Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any(link.startswith("socket:") for link in links)


def shared_things(pid: int) -> set[str]:
    """What a process has open that another one could have, too: memories, event descriptors, pipes, sockets."""
    found = set()
    try:
        links = list(pathlib.Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return found  # it has ended meanwhile, as workers of other attacks do
    for link in links:
        try:
            target, details = os.readlink(link), read(pid, f"fdinfo/{link.name}")
            inode = link.stat().st_ino
        except OSError:
            continue
        bell = re.search(r"eventfd-id:\s*(\d+)", details)
        if bell:
            found.add(f"eventfd {bell.group(1)}")
        elif target.startswith("/memfd:"):
            found.add(f"{target} {inode}")
        elif target.startswith(("pipe:", "socket:")):
            found.add(target)
    return found


def gone(family: list[int], mark: str, within: float) -> list[int]:
    """Which processes are still there after a while."""
    end = time.monotonic() + within
    while True:
        left = [pid for pid in family if re.search(r"\) [^ZX] ", read(pid, "stat"))] + processes_named(mark)
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.05)


def processes_named(mark: str) -> list[int]:
    """Those that have given themselves this name."""
    names = {int(p.parent.name): p for p in pathlib.Path("/proc").glob("[0-9]*/comm")}
    return [pid for pid in names if read(pid, "comm").strip() == mark and " (zombie)" not in read(pid, "status")]


@dataclass(frozen=True)
class Rights:
    """What others could have changed about a process from outside."""

    limits: str
    policy: int
    nice: int
    affinity: frozenset
    oom_score_adj: str
    tracer: int

    @staticmethod
    def of(pid: int) -> "Rights":
        status = read(pid, "status")
        return Rights(
            read(pid, "limits"),
            os.sched_getscheduler(pid),
            os.getpriority(os.PRIO_PROCESS, pid),
            frozenset(os.sched_getaffinity(pid)),
            read(pid, "oom_score_adj"),
            number(status, "TracerPid"),
        )

    def differences(self, other: "Rights") -> list[str]:
        return [f"the server's {name} was changed" for name in self.__dataclass_fields__
                if getattr(self, name) != getattr(other, name)]  # fmt: skip


@dataclass(frozen=True)
class Footprint:
    """How much a process has of what could be left behind."""

    descriptors: int
    threads: int
    memory_mb: int
    children: int

    # What may come and go by itself: a heap that grows, threads of the JVM's compiler, a connection of our own.
    MORE = {"descriptors": 24, "threads": 24, "memory_mb": 250, "children": 0}

    @staticmethod
    def of(pid: int) -> "Footprint":
        status = read(pid, "status")
        return Footprint(
            len(os.listdir(f"/proc/{pid}/fd")),
            number(status, "Threads"),
            (number(status, "RssAnon") + number(status, "RssShmem")) >> 10,
            len(children(pid)),
        )

    def differences(self, before: "Footprint") -> list[str]:
        return [
            f"the server has {getattr(self, name)} {name} (before: {getattr(before, name)})"
            for name, more in self.MORE.items()
            if getattr(self, name) > getattr(before, name) + more
        ]


def settled(pid: int, before: Footprint, within: float) -> list[str]:
    """What is still more than before when there has been time to clear up."""
    end = time.monotonic() + within
    while True:
        try:
            left = Footprint.of(pid).differences(before)
        except OSError as gone:
            return [f"the server is gone ({gone})"]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.1)


def forget_peak(pid: int) -> None:
    """Begins to measure a process's largest memory anew."""
    try:
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        pass


def peak_mb(pid: int) -> int:
    return number(read(pid, "status"), "VmHWM") >> 10
