"""A client that truncates, rewrites and removes its regions while it uses them: each request is right or refused, and
neither the server nor a worker notices.

    regions.py --http H:P --grpc H:P [--requests 1000]

The server was started with --allow-client-shm. A vandal rewrites the file of one region all the time, as whole numbers
that it has been told to: what comes back over the wire, or in a region that is left alone, must be made of these, or of
the zeros of a hole. Then it does the same to the region of the outputs.
"""

import contextlib
import json
import os
import pathlib
import random
import re
import sys
import threading
import urllib.request

import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from tritonclient.utils import InferenceServerException
from traffic import addresses, verdict

COUNT = 64 << 10
SIZE = 4 * COUNT
FOLDER = pathlib.Path("/dev/shm")
WORDS = tuple(np.full(COUNT, number, np.int32).tobytes() for number in (7, 11, 13))
REFUSED = re.compile(r"shared memory region '(in|out)'|Unable to (find|open) shared memory region|invalid args")


class Vandal(threading.Thread):
    """Does to a file what its owner may."""

    def __init__(self, path: pathlib.Path):
        super().__init__(daemon=True)
        self.path, self.over = path, threading.Event()

    def run(self) -> None:
        chance = random.Random(3)
        while not self.over.is_set():
            action = chance.choice((self.truncate, self.cut, self.rewrite, self.rewrite, self.rewrite, self.replace))
            with contextlib.suppress(FileNotFoundError):
                action(chance)
        self.rewrite(chance)

    def truncate(self, _) -> None:
        os.truncate(self.path, 0)

    def cut(self, chance: random.Random) -> None:
        os.truncate(self.path, chance.randrange(SIZE))

    def rewrite(self, chance: random.Random) -> None:
        with open(self.path, "r+b") as file:
            file.write(chance.choice(WORDS))

    def replace(self, chance: random.Random) -> None:
        """Another file of its name: the region is the old one until it is registered again."""
        self.path.unlink()
        self.path.write_bytes(chance.choice(WORDS))


class Regions:
    """The two regions of a client, which asks for one to be copied to the other."""

    def __init__(self, options):
        self.clients = (
            (httpclient.InferenceServerClient(options.http), httpclient),
            (grpcclient.InferenceServerClient(options.grpc), grpcclient),
        )
        self.paths = {name: FOLDER / f"espalier-{os.getpid()}-{name}" for name in ("in", "out")}
        for path in self.paths.values():
            path.write_bytes(WORDS[0])
        for name in self.paths:
            self.register(0, name)
        self.seen = {"right": 0, "refused": 0}
        self.wrong = []

    def register(self, which: int, name: str) -> None:
        client, _ = self.clients[which]
        client.unregister_system_shared_memory(name)
        client.register_system_shared_memory(name, f"/{self.paths[name].name}", SIZE)

    def ask(self, number: int, vandalized: str) -> None:
        """Once over one of the protocols; now and then, the region is registered anew."""
        which = number % 2
        client, module = self.clients[which]
        source = module.InferInput("INPUT0", [COUNT], "INT32")
        source.set_shared_memory("in", SIZE)
        target = module.InferRequestedOutput("OUTPUT0")
        target.set_shared_memory("out", SIZE)
        to_region = number % 4 < 2 or vandalized == "out"
        try:
            if number % 10 == 0:
                self.register(which, vandalized)
            result = client.infer("identity_int32", [source], outputs=[target] if to_region else None)
        except InferenceServerException as refusal:
            self.seen["refused"] += 1
            if not REFUSED.search(str(refusal.message())):
                self.wrong.append(f"{vandalized} {number}: {refusal}")
            return
        self.seen["right"] += 1
        if vandalized == "in":
            values = np.fromfile(self.paths["out"], np.int32) if to_region else result.as_numpy("OUTPUT0")
            strange = set(np.unique(values)) - {0, 7, 11, 13}
            if strange or len(values) != COUNT:
                self.wrong.append(f"{vandalized} {number}: {len(values)} values, among them {strange}")

    def suffer(self, vandalized: str, requests: int) -> None:
        vandal = Vandal(self.paths[vandalized])
        vandal.start()
        for number in range(requests):
            self.ask(number, vandalized)
        vandal.over.set()
        vandal.join()
        self.register(0, vandalized)

    def close(self) -> None:
        for path in self.paths.values():
            path.unlink(missing_ok=True)
        self.clients[0][0].unregister_system_shared_memory()


def workers(http: str) -> list:
    """The workers' processes and how often they have died."""
    with urllib.request.urlopen(f"http://{http}/v2/espalier/workers", timeout=10) as answer:
        return sorted((str(worker.get("pid")), worker.get("deaths")) for worker in json.load(answer)["workers"])


def main() -> int:
    arguments = addresses(__doc__)
    arguments.add_argument("--requests", type=int, default=1000)
    options = arguments.parse_args()
    before = workers(options.http)
    regions = Regions(options)
    try:
        for vandalized in regions.paths:
            regions.seen = {"right": 0, "refused": 0}
            regions.suffer(vandalized, options.requests)
            print(f"{vandalized}: {regions.seen['right']} right, {regions.seen['refused']} refused")
            if not all(regions.seen.values()):
                regions.wrong.append(f"{vandalized}: {regions.seen} (expected: some of each)")
        regions.seen = {"right": 0, "refused": 0}
        regions.ask(0, "in")
        if regions.seen["right"] != 1:
            regions.wrong.append("a region that is left alone is refused")
    finally:
        regions.close()
    if workers(options.http) != before:
        regions.wrong.append(f"the workers are others: {workers(options.http)} (expected: {before})")
    print("\n".join(f"FAILED {line}" for line in regions.wrong[:10]))
    return verdict(2 * options.requests + 1 - len(regions.wrong), len(regions.wrong))


if __name__ == "__main__":
    sys.exit(main())
