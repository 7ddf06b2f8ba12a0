"""`kill -9` of workers under load: every request answered once, right or with the worker's death; a new one each time.

    kill.py --http H:P --grpc H:P --pid SERVER [--kills 100] [--clients 16] [--model plus_one]

A worker is a descendant of the server whose command line says so. Requests that meet a death must be answered with
503 / UNAVAILABLE and a text that names it. One worker must serve all models: of others it
cannot be told when they are ready to be killed again, and a worker that dies again and again while it starts is left
alone for a while, on purpose.
"""

import asyncio
import collections
import os
import pathlib
import random
import re
import signal
import sys
import time

import numpy as np
from traffic import Clients, Refusal, addresses, verdict

WORKER = re.compile(rb"espalier-worker|WorkerMain")
DEATH = re.compile(r"worker", re.IGNORECASE)
ANSWER_WITHIN = 30.0
REPLACED_WITHIN = 60.0


def workers(server: int) -> set[int]:
    """The processes below `server` that are workers."""
    parents, lines = {}, {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            lines[int(folder.name)] = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if fields[0] != "Z":
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, open_ = set(), [server]
    while open_:
        for child in parents.get(open_.pop(), []):
            open_.append(child)
            if WORKER.search(lines[child]):
                found.add(child)
    return found


class Load:
    """Clients that ask without a pause until told to stop, and what they were answered."""

    def __init__(self, options, clients: Clients):
        self.options, self.clients = options, clients
        self.over = False
        self.sent = 0
        self.seen = collections.Counter()
        self.complaints = []
        self.right_since = 0

    async def client(self, number: int) -> None:
        protocol = ("http", "grpc")[number % 2]
        while not self.over:
            self.sent += 1
            await self.question(protocol, self.sent)

    async def question(self, protocol: str, number: int) -> None:
        values = np.full(7, number, np.float32)
        try:
            answer = await asyncio.wait_for(
                self.clients.infer(protocol, self.options.model, {"INPUT0": values}, "OUTPUT0", str(number)),
                ANSWER_WITHIN,
            )
        except TimeoutError:
            answer = Refusal("none", f"no answer within {ANSWER_WITHIN:.0f} s")
        except Exception as failure:  # noqa: BLE001  a torn connection is no answer
            answer = Refusal("none", repr(failure))
        if isinstance(answer, Refusal):
            named = answer.status in ("503", "StatusCode.UNAVAILABLE") and DEATH.search(answer.text)
            self.count("death told" if named else "wrong error", f"{protocol}: {answer}")
            if named:
                await asyncio.sleep(0.005)
        elif answer is not None and np.array_equal(answer, values + np.float32(1)):
            self.seen["right"] += 1
            self.right_since += 1
        else:
            self.count("wrong answer", f"{protocol}: {answer} (expected {values[0] + 1})")

    def count(self, outcome: str, text: str) -> None:
        self.seen[outcome] += 1
        if outcome != "death told" and len(self.complaints) < 10:
            self.complaints.append(text)
        if outcome == "death told" and self.seen[outcome] == 1:
            print(f"first death told: {text}")


async def until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


async def kills(options, load: Load) -> tuple[int, list[float]]:
    """Kills one worker after the other; how many were replaced, and the seconds until right answers came again."""
    replaced, pauses = 0, []
    for number in range(options.kills):
        known = workers(options.pid)
        if len(known) != 1:
            print(f"kill {number}: the server {options.pid} has the workers {known} (expected: one)")
            break
        await asyncio.sleep(random.Random(number).uniform(0.02, 0.2))
        (victim,) = known
        os.kill(victim, signal.SIGKILL)
        began = time.monotonic()
        if not await until(lambda: len(workers(options.pid) - {victim}) == 1, REPLACED_WITHIN):
            print(f"kill {number}: no new worker in place of {victim} within {REPLACED_WITHIN:.0f} s")
            break
        load.right_since = 0
        if not await until(lambda: load.right_since >= 20, REPLACED_WITHIN):
            print(f"kill {number}: no right answers within {REPLACED_WITHIN:.0f} s after the new worker began")
            break
        pauses.append(time.monotonic() - began)
        replaced += 1
    return replaced, pauses


async def run(options) -> int:
    async with Clients(options) as clients:
        load = Load(options, clients)
        tasks = [asyncio.create_task(load.client(number)) for number in range(options.clients)]
        if not await until(lambda: load.seen["right"] >= 100, REPLACED_WITHIN):
            print(f"the server does not answer before the first kill: {dict(load.seen)} {load.complaints[:1]}")
        replaced, pauses = await kills(options, load)
        load.over = True
        await asyncio.gather(*tasks)
    for text in load.complaints:
        print("FAILED " + text)
    answered = sum(load.seen.values())
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(load.seen.items()))
    print(f"{load.sent} requests, {answered} answered: {told}")
    if pauses:
        print(f"{replaced} workers replaced; right answers again after {sorted(pauses)[len(pauses) // 2]:.2f} s "
              f"(median), {max(pauses):.2f} s (longest)")  # fmt: skip
    bad = load.seen["wrong answer"] + load.seen["wrong error"] + (load.sent - answered) + (options.kills - replaced)
    return verdict(load.seen["right"] + load.seen["death told"] + replaced, bad)


def main() -> int:
    parser = addresses(__doc__)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--model", default="plus_one")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
