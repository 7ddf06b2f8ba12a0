#!/usr/bin/env python3
"""From a worker's death to its model's next answer, cold and with a standby:

    recovery.py [--deaths 100]

A null pointer ends the worker; the clock runs from the moment at which its request is told so, until a request that is
sent then is answered. Beside it, the same for `kill -9`, from the signal on.
"""

import argparse
import os
import signal
import time

from server import FAULTY, NULL_DEREFERENCE, Server, ask, floats, percentile

BENIGN = floats(1, 2, 3)
POISON = floats(1, NULL_DEREFERENCE, 3)
REST_SECONDS = 0.2


def await_standby(server: Server) -> None:
    while not server.worker(FAULTY)["standby_pid"]:
        time.sleep(0.05)
    time.sleep(1)  # it loads its models


def measure(deaths: int, *flags: str) -> None:
    standby = "--worker-standby" in flags
    by_cause: dict[str, list[float]] = {"null pointer": [], "kill -9": []}
    with Server(*flags, models=(FAULTY,)) as server:
        connection = server.connect()
        for number in range(deaths):
            if standby:
                await_standby(server)
            cause = list(by_cause)[number % 2]
            if cause == "kill -9":
                os.kill(server.worker(FAULTY)["pid"], signal.SIGKILL)
            else:
                status, body = ask(connection, FAULTY, POISON)
                assert status == 503, (status, body)
            began = time.monotonic()
            status, body = ask(connection, FAULTY, BENIGN)
            assert status == 200, (status, body)
            by_cause[cause].append((time.monotonic() - began) * 1000)
            time.sleep(REST_SECONDS)
    for cause, times in by_cause.items():
        print(f"{'standby' if standby else 'cold':8} {cause:13} {len(times):4} deaths:"
              f" p50 {percentile(times, 50):7.1f} ms, p99 {percentile(times, 99):7.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deaths", type=int, default=100)
    deaths = parser.parse_args().deaths
    measure(deaths)
    measure(deaths, "--worker-standby")


if __name__ == "__main__":
    main()
