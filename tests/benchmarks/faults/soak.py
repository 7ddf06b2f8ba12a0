#!/usr/bin/env python3
"""What a server holds at the start and at the end of a long run with load and crashes:

    soak.py [--minutes 10] [--pause 2]

Four clients ask a healthy model all the time, and the faulty one's worker crashes every `--pause` seconds. Looked at
after a minute and at the end, each time after a collection: heap, RSS, descriptors and threads. Needs the JDK's jcmd on
the PATH or in JAVA_HOME.
"""

import argparse
import os
import re
import shutil
import subprocess
import threading
import time

from server import FAULTY, HEALTHY, NULL_DEREFERENCE, Server, ask, floats

BODY = floats(*range(1024))
SETTLE_SECONDS = 60


class Counts:
    def __init__(self) -> None:
        self.answers = 0
        self.crashes = 0
        self.ended = threading.Event()


def jcmd(server: Server, *command: str) -> str:
    home = os.environ.get("JAVA_HOME")
    tool = f"{home}/bin/jcmd" if home else shutil.which("jcmd")
    return subprocess.run([tool, str(server.process.pid), *command], capture_output=True, text=True, check=True).stdout


def look(server: Server, when: str, counts: Counts) -> None:
    jcmd(server, "GC.run")
    used = sum(int(k) for k in re.findall(r"(?:total \d+K, used) (\d+)K", jcmd(server, "GC.heap_info")))
    print(f"{when:>8}: heap {used / 1024:6.1f} MB, RSS {server.status('VmRSS') / 1024:6.1f} MB,"
          f" {server.descriptors()} descriptors, {server.status('Threads')} threads"
          f" after {counts.answers} answers and {counts.crashes} crashes", flush=True)


def load(server: Server, counts: Counts) -> None:
    connection = server.connect()
    while not counts.ended.is_set():
        status, body = ask(connection, HEALTHY, BODY)
        assert status == 200, (status, body)
        counts.answers += 1


def crash(server: Server, counts: Counts, pause: float) -> None:
    connection = server.connect()
    while not counts.ended.wait(pause):
        status, body = ask(connection, FAULTY, floats(NULL_DEREFERENCE))
        assert status == 503, (status, body)
        counts.crashes += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--pause", type=float, default=2)
    options = parser.parse_args()
    counts = Counts()
    with Server() as server:
        threads = [threading.Thread(target=load, args=(server, counts), daemon=True) for _ in range(4)]
        threads.append(threading.Thread(target=crash, args=(server, counts, options.pause), daemon=True))
        for thread in threads:
            thread.start()
        time.sleep(min(SETTLE_SECONDS, options.minutes * 30))
        look(server, "start", counts)
        time.sleep(max(0, options.minutes * 60 - SETTLE_SECONDS))
        look(server, "end", counts)
        counts.ended.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
