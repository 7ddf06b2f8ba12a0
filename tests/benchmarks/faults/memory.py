#!/usr/bin/env python3
"""Peak memory of the server while many clients send large tensors at once, against its byte budget:

    memory.py [--clients 64] [--megabytes 16] [--budget 256] [--seconds 20]

What is over the budget is refused with 503 before its body is read; such a client tries again. Memory is the server's
VmHWM, and that of the link beside it (RssShmem), of which the budget speaks.
"""

import argparse
import threading
import time

from server import HEALTHY, Server, ask


def send(server: Server, values: bytes, until: float, answers: dict[int, int], lock: threading.Lock) -> None:
    connection = server.connect()
    while time.monotonic() < until:
        try:
            status, _ = ask(connection, HEALTHY, values)
        except OSError:  # refused while the body was on its way
            status = 503
            connection.close()
            connection = server.connect()
        with lock:
            answers[status] = answers.get(status, 0) + 1
        if status != 200:
            time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--megabytes", type=int, default=16)
    parser.add_argument("--budget", type=int, default=256)
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    values = bytes(options.megabytes << 20)
    answers: dict[int, int] = {}
    lock = threading.Lock()
    shared = 0
    with Server(f"--request-memory-mb={options.budget}", models=(HEALTHY,)) as server:
        before = server.status("VmHWM")
        until = time.monotonic() + options.seconds
        clients = [threading.Thread(target=send, args=(server, values, until, answers, lock))
                   for _ in range(options.clients)]
        for client in clients:
            client.start()
        while time.monotonic() < until:
            shared = max(shared, server.status("RssShmem"))
            time.sleep(0.05)
        for client in clients:
            client.join()
        peak = server.status("VmHWM")
    counts = ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))
    print(f"{options.clients} clients with {options.megabytes} MB each: {counts}")
    print(f"peak {peak >> 10} MB (idle {before >> 10} MB), of which link {shared >> 10} MB; budget {options.budget} MB;"
          f" over it {(peak >> 10) - options.budget} MB (expected: at most 300)")


if __name__ == "__main__":
    main()
