#!/usr/bin/env python3
"""A healthy model's throughput while its neighbour's worker crashes once a second, against undisturbed:

    neighbour.py [--rounds 5] [--seconds 10] [--connections 4]

Both are measured in turn in each round, and the ratio is taken within the round. The CPU of the restarts is that
of all processes but the server and the healthy worker. Needs wrk.
"""

import argparse
import re
import statistics
import subprocess
import tempfile
import threading
import time

from server import FAULTY, HEALTHY, NULL_DEREFERENCE, Server, ask, cpu, floats

BODY = '{"inputs":[{"name":"X","datatype":"FP32","shape":[3],"data":[1,2,3]}]}'


def load(server: Server, seconds: int, connections: int) -> float:
    """Answers a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"wrk.method = 'POST'\nwrk.body = '{BODY}'\n")
        script.flush()
        said = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script.name,
             f"http://127.0.0.1:{server.port}/v2/models/{HEALTHY}/infer"],
            capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"a healthy model failed:\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))


class Crashes:
    """Crashes the faulty model once a second until it is closed."""

    def __init__(self, server: Server):
        self.server = server
        self.ended = threading.Event()
        self.count = 0
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        connection = self.server.connect()
        due = time.monotonic()
        while not self.ended.is_set():
            status, body = ask(connection, FAULTY, floats(NULL_DEREFERENCE))
            assert status == 503, (status, body)
            self.count += 1
            due += 1
            self.ended.wait(max(0, due - time.monotonic()))

    def close(self) -> None:
        self.ended.set()
        self.thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    with Server() as server:
        load(server, 5, options.connections)
        ratios = []
        for _ in range(options.rounds):
            undisturbed = load(server, options.seconds, options.connections)
            before = cpu_of_restarts(server)
            crashes = Crashes(server)
            disturbed = load(server, options.seconds, options.connections)
            crashes.close()
            cores = (cpu_of_restarts(server) - before) / options.seconds
            ratios.append(disturbed / undisturbed)
            print(f"undisturbed {undisturbed:.0f}/s, beside {crashes.count} crashes {disturbed:.0f}/s:"
                  f" {ratios[-1]:.3f}; the restarts took {cores:.2f} cores")
        print(f"median ratio {statistics.median(ratios):.3f}")


def cpu_of_restarts(server: Server) -> float:
    return server.cpu_of_all() - cpu(server.process.pid) - cpu(server.worker(HEALTHY)["pid"])


if __name__ == "__main__":
    main()
