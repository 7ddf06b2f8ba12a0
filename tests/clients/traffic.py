"""What conflict.py, batching.py and kill.py share: one asynchronous question over either protocol, and its answer."""

import argparse
import os
from dataclasses import dataclass

import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.grpc.aio as grpcaio
import tritonclient.http as httpclient
import tritonclient.http.aio as httpaio
from ask import tensor
from tritonclient.utils import InferenceServerException, np_to_triton_dtype


def addresses(description: str) -> argparse.ArgumentParser:
    """A parser with the addresses, as conftest.py takes them."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, address in (("http", "127.0.0.1:8000"), ("grpc", "127.0.0.1:8001"), ("metrics", "127.0.0.1:8002")):
        parser.add_argument(f"--{name}", default=os.environ.get(f"ESPALIER_{name.upper()}", address))
    return parser


@dataclass(frozen=True)
class Refusal:
    """A request that was answered with an error."""

    status: str
    text: str


class Clients:
    """One asynchronous client a protocol; `async with` them inside the event loop."""

    def __init__(self, options: argparse.Namespace):
        self.options = options

    async def __aenter__(self):
        self.clients = {
            "http": (httpaio.InferenceServerClient(self.options.http, conn_limit=256), httpclient),
            "grpc": (grpcaio.InferenceServerClient(self.options.grpc), grpcclient),
        }
        return self

    async def __aexit__(self, *failure):
        for client, _ in self.clients.values():
            await client.close()

    async def infer(
        self, protocol: str, model: str, inputs: dict[str, np.ndarray], output: str, request_id: str
    ) -> np.ndarray | Refusal:
        """The named output of a model; the id must come back with it."""
        client, module = self.clients[protocol]
        tensors = [tensor(module, name, array, np_to_triton_dtype(array.dtype)) for name, array in inputs.items()]
        try:
            result = await client.infer(model, tensors, request_id=request_id)
        except InferenceServerException as refusal:
            return Refusal(str(refusal.status()), str(refusal.message()))
        response = result.get_response()
        echoed = response["id"] if protocol == "http" else response.id
        if echoed != request_id:
            return Refusal("mixed up", f"answer {echoed!r} came for request {request_id!r}")
        return result.as_numpy(output)


def verdict(passed: int, failed: int) -> int:
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
