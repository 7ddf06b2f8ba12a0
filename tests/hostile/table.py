"""The attacks: what each tries, where it runs, and what must hold."""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import watch
from session import Attempt, folder_of
from started import until

WANTED = -1.0  # the element that asks an op to attack


def probe(attempt: Attempt) -> None:
    """The library attacks when the probe opens it; its last words stand in the model's state."""
    status, text = attempt.load()
    attempt.must(status == 400, f"a model whose library ends its probe was loaded: {text}")


def run(attempt: Attempt) -> None:
    """The op attacks when it is asked to."""
    status, text = attempt.load()
    if status != 200:
        attempt.broken.append(f"the model cannot be loaded: {text}")
        return
    attempt.request([WANTED, attempt.server.process.pid, bystander(attempt)])


def bystander(attempt: Attempt) -> int:
    """The process of another model's worker."""
    return next(worker["pid"] for worker in attempt.server.listed() if "healthy" in worker["models"])


def lasting(seconds: float) -> Callable[[Attempt], None]:
    """The op attacks on a thread that lives on for a while."""

    def drive(attempt: Attempt) -> None:
        run(attempt)
        time.sleep(seconds)

    return drive


def unsaid(attempt: Attempt) -> None:
    """A thread of the op goes on when the request has been answered, and says in the log that it could."""
    run(attempt)
    time.sleep(8)
    said = [line for line in attempt.log().split("\n") if attempt.name in line and "hostile: BROKE" in line]
    attempt.must(not said, f"it could: {said}"[:300])


def another(attempt: Attempt) -> None:
    """Another model must load nevertheless, with the same engine."""
    run(attempt)
    began = time.monotonic()
    status, text = attempt.load("another")
    attempt.must(status == 200 and time.monotonic() - began < 10, f"another model: {status} {text[:200]}, {time.monotonic() - began:.0f} s")
    attempt.server.unload("another")


def log_lines(attempt: Attempt) -> None:
    """No control character gets into the log."""
    run(attempt)
    words = ("clears the screen", "forged", "overwritten", "next line")
    lines = [line for line in attempt.log().split("\n") if any(f"hostile: {word}" in line for word in words)]
    attempt.must(lines, "its lines are not in the log")
    bad = [line for line in lines if any(not char.isprintable() and char != "\t" for char in line)]
    attempt.must(not bad and "\r" not in attempt.log(), f"control characters in the log: {bad[:2]!r}"[:300])
    attempt.must(all("worker " in line for line in lines), f"a forged line of the log: {lines}"[:300])


def steals(attempt: Attempt) -> None:
    """What the server says gets lost: a second model in this worker has an answer nevertheless."""
    run(attempt)
    second = f"{attempt.name}_second"
    repository = attempt.server.repository.folder
    shutil.copytree(repository / attempt.name, repository / second)
    try:
        status, text = attempt.load(second)
        attempt.must(status in (200, 400), f"the second model: {status} {text[:200]}")
        attempt.server.unload(second)
    finally:
        shutil.rmtree(repository / second)


def long_reason(attempt: Attempt) -> None:
    status, text = attempt.load()
    reason = attempt.server.reason(attempt.name)
    attempt.must(status == 400 and 0 < len(reason) < 20_000, f"the reason has {len(reason)} characters ({status})")
    attempt.must(len(text) < 30_000, f"the answer has {len(text)} characters")
    attempt.answers.clear()
    attempt.answers.append(f"hostile: {attempt.name}: was refused")


def dies(attempt: Attempt) -> None:
    """The op ends its worker, or must be ended; another one comes."""
    run(attempt)
    until(lambda: attempt.request([1.0])[0] == 200, 25, "the next worker")


def removed(attempt: Attempt) -> None:
    """The worker ends, and its folder is gone whatever it holds."""
    attempt.load()
    folder = folder_of(next(worker["pid"] for worker in attempt.server.listed() if attempt.name in worker["models"]))
    attempt.request([WANTED, 0])
    until(lambda: attempt.request([1.0])[0] == 200, 25, "the next worker")
    try:
        until(lambda: not folder.exists(), 10, f"the end of {folder}")
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=False)


def inventory(attempt: Attempt) -> None:
    """Nothing that one worker has is another one's, too."""
    run(attempt)
    workers = {worker["models"][0]: watch.shared_things(worker["pid"]) for worker in attempt.server.listed() if worker["models"]}
    others = set().union(*(things for model, things in workers.items() if model != attempt.name))
    attempt.must(workers[attempt.name], "the worker has nothing in common with the server")
    for thing in sorted(workers[attempt.name] & others):
        attempt.broken.append(f"another worker has it, too: {thing}")


def fake_reports(attempt: Attempt) -> None:
    run(attempt)
    attempt.must("hostile: is still heard" in attempt.log(), "the worker's output is not read any more")
    # It stands still: the server must see that, end it, and have another one.
    until(lambda: attempt.request([1.0])[0] == 200, 25, "the next worker")


def hangs(attempt: Attempt) -> None:
    """Loads that never end, as many as the server has permits for; then one that must get through."""
    loads = [threading.Thread(target=attempt.load, args=(name,)) for name in attempt.names()]
    for load in loads:
        load.start()
    time.sleep(2)
    began = time.monotonic()
    status, text = attempt.load("another")
    attempt.must(status == 200, f"another model cannot be loaded meanwhile: {text}")
    attempt.told.append(f"another model had to wait {time.monotonic() - began:.1f} s")
    for load in loads:
        load.join()
    for name in attempt.names():
        attempt.must(attempt.server.reason(name), f"{name} has no reason")
    attempt.server.unload("another")


def refused(attempt: Attempt) -> None:
    """The library is read as a file, and refused with a reason."""
    began = time.monotonic()
    status, text = attempt.load()
    attempt.must(status == 400 and attempt.server.reason(attempt.name), f"no reason: {status} {text[:200]}")
    attempt.must(len(text) < 20_000, f"the reason has {len(text)} characters")
    attempt.must(time.monotonic() - began < 10, f"it took {time.monotonic() - began:.0f} s")
    attempt.answers.append(f"hostile: {attempt.name}: was refused")


def fat(attempt: Attempt) -> None:
    """Large libraries, all at once: each is served, or has a reason not to be."""
    for name in attempt.names():
        os.truncate(attempt.server.repository.library(name), 400 << 20)
    loads = [threading.Thread(target=attempt.load, args=(name,)) for name in attempt.names()]
    for load in loads:
        load.start()
    for load in loads:
        load.join()
    for name in attempt.names():
        served = attempt.request([1.0], name)[0] == 200
        attempt.must(served or attempt.server.reason(name), f"{name} is not served and has no reason")
    attempt.answers.append(f"hostile: {attempt.name}: was tried")


def quarantine(attempt: Attempt) -> None:
    """Two models whose op aborts, until both are in quarantine: from then on every request is answered with that."""
    upload = None
    for name in attempt.names():
        attempt.load(name)
    for _ in range(12):
        if upload is None:
            upload = half_a_request(attempt, attempt.name)
        for name in attempt.names():
            attempt.request([WANTED, 0], name)
    for name in attempt.names():
        attempt.must("quarantine" in attempt.server.reason(name), f"{name} is not in quarantine: {attempt.server.reason(name)}")
        for _ in range(20):
            status, text = attempt.request([1.0], name)
            attempt.must(status == 503 and "quarantine" in text, f"{name} in quarantine: {status} {text[:200]}")
    answer = the_other_half(upload)
    # Where all this has taken too long it was given up before.
    attempt.must(answer[:13] in (b"HTTP/1.1 503 ", b"HTTP/1.1 408 "), f"an upload in flight was answered: {answer[:100]!r}")


BODY = b'{"inputs":[{"name":"X","shape":[1],"datatype":"FP32","data":[1.0]}]}'


def half_a_request(attempt: Attempt, model: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", attempt.server.http), 10)
    head = f"POST /v2/models/{model}/infer HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {attempt.place.token}\r\n"
    connection.sendall(head.encode() + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:30])
    return connection


def the_other_half(connection: socket.socket) -> bytes:
    try:
        connection.sendall(BODY[30:])
        return connection.recv(1000)
    except OSError as failure:
        return repr(failure).encode()
    finally:
        connection.close()


def outlived(attempt: Attempt) -> None:
    """The server is killed; nothing of the worker, and nothing that it has started, stays."""
    run(attempt)
    family = watch.descendants(attempt.server.process.pid)
    attempt.server.process.kill()
    attempt.server.process.wait()
    left = watch.gone(family, attempt.place.mark, 10)
    attempt.must(not left, f"10 s after a kill -9 of the server there are still {left}")


def stopped_start(attempt: Attempt) -> None:
    """A worker stands still between its connection and its first word; then the server is to end."""
    stopped: list[int] = []
    known = set(watch.descendants(attempt.server.process.pid))

    def stop() -> None:
        end = time.monotonic() + 20
        while not stopped and time.monotonic() < end:
            for pid in set(watch.descendants(attempt.server.process.pid)) - known:
                # Its starter and keeper, whom no worker can stop, have its command line for a moment.
                if not stopped and watch.program(pid) == "java" and b"WorkerMain" in watch.command_line(pid) and watch.has_socket(pid):
                    os.kill(pid, signal.SIGSTOP)
                    stopped.append(pid)

    stopping = threading.Thread(target=stop)
    loading = threading.Thread(target=attempt.load)
    stopping.start()
    loading.start()
    stopping.join()
    attempt.must(stopped, "no worker was there to be stopped")
    attempt.server.process.terminate()  # with a load in flight, which need not be answered
    try:
        attempt.server.process.wait(45)
    except subprocess.TimeoutExpired:
        attempt.broken.append("the server did not end within 45 s of a SIGTERM")
        attempt.server.process.kill()
    loading.join()
    attempt.broken = [text for text in attempt.broken if not text.startswith("loading ")]
    left = watch.gone(stopped, attempt.place.mark, 10)
    attempt.must(not left, f"the stopped worker is left: {left}")
    attempt.answers.append(f"hostile: {attempt.name}: was tried")


def lacking(layers: tuple[str, ...], missing: str) -> list[str]:
    """Which layers are among those that are missing."""
    return [layer for layer in layers if re.search(rf"(^|, ){re.escape(layer)}( \(|,|$)", missing)]


@dataclass(frozen=True)
class Attack:
    name: str
    tries: str
    drive: Callable[[Attempt], None] = run
    source: str = ""  # where it is not NAME.c
    flags: tuple[str, ...] = ()  # of the compiler
    models: int = 1  # each with a library of its own
    more: str = ""  # in the model's configuration
    ends_server: bool = False
    needs: tuple[str, ...] = ()  # layers without which it is not tried, as the server names those that are not there
    declared: str = ""  # that it still breaks, and why
    declared_as: tuple[str, ...] = ("root", "user")  # whose servers it breaks

    def names(self) -> list[str]:
        return [self.name, *(f"{self.name}_{n}" for n in range(2, self.models + 1))]

    def libraries(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(name, self.source or f"{self.name}.c", self.flags) for name in self.names()]


def sort_of(source: str, kind: str, *flags: str) -> dict:
    """One of the attacks of a source."""
    return {"source": f"{source}.c", "flags": (f"-D{kind}", *flags)}


SHORT = 'parameters { key: "execution_timeout_ms" value { string_value: "1000" } }\n'
REGISTRATION, LOAD, PROBE, RUN = (f"-DPLACE=IN_{place}" for place in ("REGISTRATION", "LOAD", "PROBE", "RUN"))

FILES = ("Landlock", "namespaces")  # without both, an attack is one on this machine's files
PROCESSES = ("namespace of processes", "namespaces")
SIGNALS = ("Landlock's scopes", "Landlock")
NETWORK = ("Landlock's network", "Landlock", "system call filter")
ANOTHER_USER = ("user of its own",)
CALLS = ("system call filter",)
TREE = ("memory limit for what it starts",)

ATTACKS = (
    # The probe.
    Attack("probe_reads", "the probe reads tokens, a key, a file of 0600, the server's environment", probe),
    Attack("probe_writes", "the probe writes outside of its folder", probe),
    Attack("probe_traces", "the probe traces the server, reads its memory, takes its descriptors", probe),
    Attack("probe_network", "the probe tries TCP, UDP, raw, netlink, vsock, Unix sockets", probe, needs=NETWORK),
    Attack("probe_leaves_child", "the probe leaves a process with a session of its own", probe, needs=PROCESSES),
    Attack("probe_kills_parents", "the probe kills its parent and the server", probe, needs=SIGNALS),
    Attack("probe_events", "1.5 GB of nothing in each file that the probe writes", probe),
    Attack("probe_line", "600 MB of the probe's output without a line's end", probe, **sort_of("output", "AS_LINE", PROBE)),
    # What server and worker share.
    Attack("doorbells", "fills the event descriptors and makes them block", lasting(2)),
    Attack("descriptors", "sends 20,000 descriptors to the server"),
    Attack("slow_frame", "a control frame of 16 MB, byte by byte", lasting(1)),
    Attack("control_flood", "60 KB of answer to what nobody asked, without end", lasting(1)),
    Attack("scribble", "random bytes over all the memory that the server reads", lasting(2)),
    Attack("rings", "feeds the rings of completions for ever", lasting(2)),
    Attack("forged_rings", "completions of all slots and generations, with answers, leases and members of others", lasting(2), **sort_of("rings", "FORGED")),
    Attack("steals", "reads what the server says to its worker", steals),
    Attack("input_memory", "writes, shortens and seals the memory that only the server may write"),
    Attack("inherited", "looks at the descriptors and variables that it was given", inventory),
    Attack("control_sockets", "connects where the server waits for other workers"),
    # What a worker says about itself.
    Attack("fake_reports", "prints the starter's reports, and then stands still", fake_reports),
    Attack("output_line", "600 MB of output without a line's end", run, **sort_of("output", "AS_LINE", RUN)),
    Attack("output_lines", "600 MB of output in short lines", run, **sort_of("output", "AS_LINES", RUN)),
    Attack("report_pipe", "a pipe where the JVM would report its crash", dies, **sort_of("error_file", "AS_PIPE")),
    Attack("report_numbers", "a crash report of 200,000 frames, on lane 99999999999", dies, **sort_of("error_file", "AS_REPORT")),
    Attack("report_link", "a link to the tokens as a crash report", dies, **sort_of("error_file", "AS_LINK")),
    Attack("report_hole", "a crash report of 2 GB of nothing", dies, **sort_of("error_file", "AS_HOLE")),
    Attack("log_lines", "forges lines of the log, and sends what changes a terminal", log_lines),
    Attack("long_reason", "8 MB of why its model cannot be loaded", long_reason, flags=("-DLENGTH=(8<<20)",)),
    Attack("longer_reason", "40 MB of that", long_reason, "long_reason.c", ("-DLENGTH=(40<<20)",)),
    # The same user on the same machine.
    Attack("locks", "locks all files that it may read", another),
    Attack("reads", "reads as the probe does, and in other workers' folders"),
    Attack("overwrites", "writes to engines, libraries and caches that others run"),
    Attack("traces", "traces the server and another worker, reads their memory"),
    Attack("network", "tries TCP, UDP, raw, netlink, vsock, Unix sockets", needs=NETWORK),
    Attack("changes_server", "changes the server's limits, scheduling, priority, processors", needs=CALLS),
    Attack("signals", "stops the server and another worker", needs=SIGNALS),
    Attack("devices", "devices, raw disks, real-time scheduling, capabilities", needs=ANOTHER_USER),
    Attack("kernel", "io_uring, bpf, perf, keys, namespaces, mounts, modules", needs=CALLS),
    # What it may take up.
    Attack("memory_files", "hides memory in memfds", **sort_of("hoards", "AS_MEMFD"), needs=CALLS),
    Attack("memory_shm", "hides memory in /dev/shm", **sort_of("hoards", "AS_SHM")),
    Attack("memory_system_v", "hides memory in System V segments", **sort_of("hoards", "AS_SYSTEM_V"), needs=CALLS),
    Attack("memory_shared", "hides memory in shared pages that it forgets", **sort_of("hoards", "AS_SHARED"), needs=CALLS),
    Attack("memory_tables", "hides memory in page tables", **sort_of("hoards", "AS_TABLES")),
    Attack("headless", "hides memory behind the end of its first thread", unsaid, "headless.c"),
    Attack("headless_child", "the same in a child", unsaid, "headless.c", ("-DIN_CHILD",), needs=TREE),
    Attack("memory_out", "hides memory among that of its answers", unsaid, "out_hoard.c"),
    Attack("in_flight", "has as many descriptors in flight as it can", another, needs=CALLS),
    Attack("leases", "makes others wait for files that it reads", needs=CALLS),
    Attack("memory_children", "hides memory in forked children", **sort_of("hoards", "AS_CHILDREN"), needs=TREE),
    Attack("threads", "300 threads", **sort_of("multiplies", "AS_THREADS")),
    Attack("processes", "300 processes, each with a session of its own", **sort_of("multiplies", "AS_PROCESSES"), needs=PROCESSES),
    Attack("chain", "a process that is always another one", **sort_of("multiplies", "AS_CHAIN"), needs=PROCESSES),
    Attack("cores", "computes on eight threads", lasting(2)),
    Attack("disk_file", "a file of 2 GB in its folder", **sort_of("disk", "AS_ONE")),
    Attack("disk_files", "2 GB in sixteen files in its folder", **sort_of("disk", "AS_MANY")),
    Attack("folders", "folders that are hard to remove, and links out of its folder", removed),
    # Waiting, and ends.
    Attack("registrations_hang", "four registrations never return", hangs, "hangs.c", (REGISTRATION, "-DHANGING=(void)0"), models=4),
    Attack("loads_hang", "four loads never return", hangs, "hangs.c", (LOAD, "-DHANGING=(void)0"), models=4),
    Attack("loads_stop", "four workers stop while they load", hangs, "hangs.c", (LOAD, "-DHANGING=kill(getpid(),SIGSTOP)"), models=4),
    Attack("aborts", "aborts until quarantine, with two models", quarantine, "ends.c", ("-DENDING=abort()",), models=2),
    Attack("exits", "exits with 0", dies, "ends.c", ("-DENDING=_exit(0)",)),
    Attack("stands_still", "stops itself", dies, "ends.c", ("-DENDING=kill(getpid(),SIGSTOP)",)),
    Attack("loops", "never returns", dies, "ends.c", ("-DENDING=loop()",), more=SHORT),
    Attack("closes", "closes all descriptors", dies, "ends.c", ("-DENDING=close_all()",)),
    # Analysis in the server's process.
    Attack("symbol_doubles", "a symbol of 236 bytes that doubles 46 times", refused, "symbols.c", ("-DSYMBOL=SYMBOL_DOUBLES",)),
    Attack("symbol_deep", "a symbol of 120,000 pointers", refused, "symbols.c", ("-DSYMBOL=SYMBOL_DEEP",)),
    Attack("symbol_long", "a symbol of 200,000 characters", refused, "symbols.c", ("-DSYMBOL=SYMBOL_LONG",)),
    Attack("fat", "four libraries of 400 MB at once", fat, "hangs.c", (RUN, "-DHANGING=(void)0"), models=4),
    # The end.
    Attack("lifeline", "keeps the server's life-line open while the server is killed", outlived, ends_server=True),
    Attack("stopped_start", "a worker stops between its connection and its first word", stopped_start, "hangs.c",
           (RUN, "-DHANGING=(void)0"), ends_server=True),  # fmt: skip
)
