#!/usr/bin/env python3
"""What a switch of an op library costs those who ask meanwhile.

    tests/clients/run.sh --python tests/conformance/ops/switching.py [--switches 20] [--clients 8] [--server COMMAND]

Prints the latency of requests while nothing else happens, and of those answered while a new library was being loaded,
switched to, and the old worker ended. Both libraries are copied and known before, as in every later switch.
"""

import argparse
import pathlib
import statistics
import tempfile
import time

from started import ROOT, Repository, Started, Traffic, library, until


def percentiles(name: str, seconds: list[float]) -> float:
    cuts = statistics.quantiles(seconds, n=1000)
    p50, p99, p999 = (cuts[at] * 1e3 for at in (499, 989, 998))
    print(f"{name:12} {len(seconds):7} requests   p50 {p50:7.2f} ms   p99 {p99:7.2f} ms   p99.9 {p999:7.2f} ms")
    return p99


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--switches", type=int, default=20)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--quiet-seconds", type=float, default=10.0, help="how long is measured without a switch")
    options.add_argument("--server", default=str(ROOT / "dist/espalier/bin/trtserver"))
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(pathlib.Path(folder) / "repository")
        builds = [library("conflict_c_sub"), library("conflict_c_add")]
        repository.add("m", builds[1])
        with Started(chosen.server, repository, pathlib.Path(folder), "--model-control-mode=explicit") as server:
            switch(server, repository, builds[0])
            switch(server, repository, builds[1])
            with Traffic(server, "m", clients=chosen.clients) as traffic:
                traffic.asked(2000)
                begin = time.monotonic()
                time.sleep(chosen.quiet_seconds)
                end = time.monotonic()
                quiet = [took for at, took in traffic.times if begin < at < end]
                during, durations = [], []
                for number in range(chosen.switches):
                    begin = time.monotonic()
                    switch(server, repository, builds[number % 2])
                    end = time.monotonic()
                    durations.append(end - begin)
                    during += [took for at, took in traffic.times if begin < at < end]
                    time.sleep(0.2)
        before = percentiles("before", quiet)
        ratio = percentiles("switching", during) / before
        print(f"p99 while switching is {ratio:.2f} times that of before; a switch took {statistics.median(durations):.2f} s")
        assert not traffic.wrong, traffic.wrong[:3]


def switch(server: Started, repository: Repository, build: bytes) -> None:
    """From the request to the end of the old worker."""
    repository.rename_over(repository.library("m"), build)
    answer = server.load("m")
    assert answer.status == 200, answer.text
    until(lambda: len(server.workers()) == 1, what="the end of the old worker")


if __name__ == "__main__":
    main()
