"""The server's end by SIGTERM: what has been asked is answered, for as long as it may take."""

import concurrent.futures
import re
import signal
import socket
import time

import numpy
import pytest
import tritonclient.grpc as triton
from started import MODELS, library, until
from tritonclient.utils import InferenceServerException

EXIT_WITHIN = 30


def serve_busy(start, repository, *flags: str):
    """A server with an op that burns a core for as many milliseconds as it is asked to."""
    repository.add_without("busy", MODELS / "ops/busy", more="instance_group [ { count: 1 } ]")
    repository.put(repository.library("busy"), library("busy"))
    server = start(*flags)
    server.settled()
    return server


def over_http(server, milliseconds: int) -> int:
    """The answer's number; where there is none, its status."""
    tensor = {"name": "X", "shape": [1], "datatype": "INT64", "data": [milliseconds]}
    answer = server.ask("POST", "/v2/models/busy/infer", {"inputs": [tensor]})
    return answer.json["outputs"][0]["data"][0] if answer.status == 200 else answer.status


def over_grpc(server, milliseconds: int) -> int:
    tensor = triton.InferInput("X", [1], "INT64")
    tensor.set_data_from_numpy(numpy.array([milliseconds], dtype=numpy.int64))
    with triton.InferenceServerClient(f"127.0.0.1:{server.grpc}") as client:
        return int(client.infer("busy", [tensor]).as_numpy("Z")[0])


def waiting(server) -> int:
    return int(re.search(r"^nv_inference_pending_request_count\{.*\} (\d+)", server.metric_text(), re.M).group(1))


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.timeout(120)
def test_answers_what_it_has_been_asked_and_nothing_more(start, repository):
    server = serve_busy(start, repository)
    with concurrent.futures.ThreadPoolExecutor(3) as clients:
        early = [clients.submit(over_http, server, 1500) for _ in range(2)]
        until(lambda: waiting(server) == 1, what="two requests")
        late = clients.submit(over_grpc, server, 3000)
        until(lambda: waiting(server) == 2, what="the third request")

        server.process.send_signal(signal.SIGTERM)
        until(lambda: not is_open(server.http) and not is_open(server.grpc), what="the end of listening")

        assert not late.done()
        assert [request.result() for request in early] == [1500, 1500]
        assert late.result() == 3000
    assert server.process.wait(EXIT_WITHIN) == 0


@pytest.mark.timeout(120)
def test_waits_no_longer_than_it_may(start, repository):
    server = serve_busy(start, repository, "--exit-timeout-secs=2")
    with concurrent.futures.ThreadPoolExecutor(2) as clients:
        asked = [clients.submit(ask, server, 100_000) for ask in (over_http, over_grpc)]
        until(lambda: waiting(server) == 1, what="both requests")
        told = time.monotonic()

        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(EXIT_WITHIN) == 0
        assert time.monotonic() - told >= 2
        for request in asked:
            assert isinstance(request.exception(), (OSError, InferenceServerException))
