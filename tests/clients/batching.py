"""Dynamic batching under 32 clients: few executions, right answers, and no member that harms its neighbours.

    batching.py --http H:P --grpc H:P [--rounds 50]

1. 32 clients ask `mlp` at the same time: by the server's statistics at most a quarter as many executions as requests,
   and every answer equal to the one that the same image got alone.
2. The same while others cancel their gRPC calls, and again others close their sockets half-way through the body.
"""

import concurrent.futures
import json
import socket
import sys
import threading

import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from ask import tensor
from traffic import addresses, verdict

CLIENTS = 32
TOLERANCE = 1e-5
MODEL = "mlp"


class Check:
    """Counts what held and tells what did not."""

    def __init__(self):
        self.passed = self.failed = 0

    def that(self, holds: bool, text: str) -> None:
        print(("ok      " if holds else "FAILED  ") + text)
        self.passed += holds
        self.failed += not holds


class Client:
    """One client with a connection of its own; even numbers speak gRPC, odd ones HTTP."""

    def __init__(self, options, number: int):
        self.module = httpclient if number % 2 else grpcclient
        address = options.http if number % 2 else options.grpc
        # Without its own channel arguments every gRPC client of a process shares one connection.
        more = {} if number % 2 else {"channel_args": [("grpc.use_local_subchannel_pool", 1)]}
        self.client = self.module.InferenceServerClient(address, **more)

    def ask(self, image: np.ndarray) -> np.ndarray:
        return self.client.infer(MODEL, [tensor(self.module, "INPUT0", image[None], "FP32")]).as_numpy("OUTPUT0")[0]

    def close(self) -> None:
        self.client.close()


def statistics(options) -> tuple[int, int]:
    with httpclient.InferenceServerClient(options.http) as client:
        entry = client.get_inference_statistics(MODEL)["model_stats"][0]
    return entry["inference_count"], entry["execution_count"]


def far(answer: np.ndarray, expected: np.ndarray) -> bool:
    return not np.allclose(answer, expected, rtol=TOLERANCE, atol=TOLERANCE * np.abs(expected).max())


def crowd(options, images: np.ndarray, alone: np.ndarray, rounds: int) -> tuple[int, list[str]]:
    """Every client asks about `rounds` images, its own ones; how many answers were wrong, and what failed."""
    start = threading.Barrier(CLIENTS)

    def one(number: int) -> tuple[int, list[str]]:
        client, wrong, errors = Client(options, number), 0, []
        start.wait()
        try:
            for index in range(number * rounds, (number + 1) * rounds):
                try:
                    wrong += far(client.ask(images[index]), alone[index])
                except Exception as failure:  # noqa: BLE001  whatever a client can raise is a failed request
                    errors.append(repr(failure))
        finally:
            client.close()
        return wrong, errors

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        outcomes = list(pool.map(one, range(CLIENTS)))
    return sum(wrong for wrong, _ in outcomes), [error for _, errors in outcomes for error in errors]


def disturbed(disturb, *arguments):
    """`crowd` while two threads keep calling `disturb`."""
    over = threading.Event()
    counts = []

    def keep_on() -> None:
        count = 0
        while not over.is_set():
            disturb(arguments[0])
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=keep_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        return *crowd(*arguments), counts
    finally:
        over.set()
        for thread in threads:
            thread.join()


def cancel(options) -> None:
    """A handful of calls that are cancelled at different moments."""
    image = np.full((1, 784), 1e30, np.float32)
    with grpcclient.InferenceServerClient(options.grpc) as client:
        done = threading.Semaphore(0)
        for wait in (0, 0.001, 0.003):
            call = client.async_infer(
                MODEL, [tensor(grpcclient, "INPUT0", image, "FP32")], callback=lambda result, error: done.release()
            )
            done.acquire(timeout=wait)
            call.cancel()


def half_upload(options) -> None:
    """A member whose tensor stops half-way."""
    document = json.dumps(
        {"inputs": [{"name": "INPUT0", "shape": [1, 784], "datatype": "FP32", "parameters": {"binary_data_size": 3136}}]}
    ).encode()
    head = (
        f"POST /v2/models/{MODEL}/infer HTTP/1.1\r\nHost: test\r\nContent-Length: {len(document) + 3136}\r\n"
        f"Inference-Header-Content-Length: {len(document)}\r\n\r\n"
    ).encode()
    host, port = options.http.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head + document + b"\x7f" * 1500)


def main() -> int:
    parser = addresses(__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    images = np.random.default_rng(5).random((CLIENTS * options.rounds, 784), np.float32)
    check = Check()

    single = Client(options, 0)
    alone = np.stack([single.ask(image) for image in images])
    single.close()

    before = statistics(options)
    wrong, errors = crowd(options, images, alone, options.rounds)
    requests, executions = (b - a for a, b in zip(before, statistics(options)))
    check.that(not errors, f"every request answered ({len(errors)} failed: {errors[:1]})")
    check.that(wrong == 0, f"answers equal to unbatched ones ({wrong} of {len(images)} differ)")
    check.that(requests == len(images), f"statistics count every request ({requests} of {len(images)})")
    check.that(executions * 4 <= requests, f"at most a quarter of executions ({executions} for {requests} requests)")

    for name, disturb in (("cancelled", cancel), ("half-uploaded", half_upload)):
        wrong, errors, counts = disturbed(disturb, options, images, alone, options.rounds)
        check.that(sum(counts) > 0, f"members were {name} meanwhile ({sum(counts)} times)")
        check.that(not errors, f"beside {name} members every request is answered ({len(errors)} failed: {errors[:1]})")
        check.that(wrong == 0, f"beside {name} members every answer is right ({wrong} of {len(images)} differ)")
    return verdict(check.passed, check.failed)


if __name__ == "__main__":
    sys.exit(main())
