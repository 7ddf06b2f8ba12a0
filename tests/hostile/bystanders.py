"""Clients of models that are not attacked; they ask the whole time, in a process of their own.

    bystanders.py --http H:P --grpc H:P --token T

Each line of standard input asks for what has been seen since the last one, as JSON.
"""

import argparse
import asyncio
import itertools
import json
import sys
import time

import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from ask import tensor
from connect import Server

PAUSE = 0.01
GIVES_UP_AFTER = 60.0
# By model: its inputs, and what is right for them. The op sets differ.
MODELS = {
    "healthy": (("X",), lambda x: 2 * x + 5),
    "conflict_c_add": (("X", "Y"), lambda x, y: x + y),
}


class Bystanders:
    def __init__(self, server: Server):
        self.server = server
        self.forget()
        self.waiting: dict[int, float] = {}

    def forget(self) -> None:
        self.times: list[float] = []
        self.failed, self.wrong, self.complaints = 0, 0, []

    async def run(self) -> None:
        clients = {"http": (self.server.aio("http"), httpclient), "grpc": (self.server.aio("grpc"), grpcclient)}
        tasks = [
            asyncio.create_task(self.ask(number, *clients[protocol], model))
            for number, (protocol, model) in enumerate(itertools.product(clients, MODELS))
        ]
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while await lines.readline():
            print(json.dumps(self.told()), flush=True)
        for task in tasks:
            task.cancel()

    def told(self) -> dict:
        now = time.monotonic()
        # Who still waits has waited so long at least.
        times = sorted(self.times + [now - begun for begun in self.waiting.values() if now - begun > 1])
        told = {
            "asked": len(self.times),
            "failed": self.failed,
            "wrong": self.wrong,
            "p50": times[len(times) // 2] if times else 0,
            "p99": times[len(times) * 99 // 100] if times else 0,
            "slowest": times[-1] if times else 0,
            "complaints": self.complaints[:3],
        }
        self.forget()
        return told

    async def ask(self, number: int, client, module, model: str) -> None:
        names, right = MODELS[model]
        for question in itertools.count():
            values = [np.arange(question % 1000, question % 1000 + 3, dtype=np.float32) + i for i in range(len(names))]
            inputs = [tensor(module, name, value, "FP32") for name, value in zip(names, values)]
            begun = self.waiting[number] = time.monotonic()
            try:
                result = await asyncio.wait_for(client.infer(model, inputs), GIVES_UP_AFTER)
                answer = result.as_numpy("Z")
                if not np.array_equal(answer, right(*values)):
                    self.wrong += 1
                    self.complaints.append(f"{model}: {answer} (expected {right(*values)})")
            except Exception as failure:  # noqa: BLE001  whatever it is, the bystander has no answer
                self.failed += 1
                self.complaints.append(f"{model}: {failure!r}"[:300])
            self.times.append(time.monotonic() - begun)
            del self.waiting[number]
            await asyncio.sleep(PAUSE)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("http", "grpc", "token"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    asyncio.run(Bystanders(Server(options.http, options.grpc, "", token=options.token)).run())
