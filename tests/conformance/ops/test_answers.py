"""A model in Java that answers many times: what its clients get, also when its process dies under them."""

import http.client
import json
import os
import queue
import signal

import numpy as np
import pytest
import tritonclient.grpc as triton
from java_jars import example
from started import until
from tritonclient.utils import InferenceServerException

PATIENCE = 60


@pytest.fixture
def server(start, repository):
    example(repository.folder, "repeat_int32")
    return start("--quarantine-after=1000")


class Stream:
    """A stream of a client of its own. Each of its requests is for the numbers from `first` on, one an answer."""

    def __init__(self, server):
        self.client = triton.InferenceServerClient(f"127.0.0.1:{server.grpc}")
        self.said = queue.Queue()
        self.client.start_stream(lambda result, error: self.said.put((result, error)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def ask(self, name: str, first: int, count: int, delay: int = 0, **options) -> None:
        inputs = []
        for tensor, values, datatype in (
            ("IN", np.arange(first, first + count, dtype=np.int32), "INT32"),
            ("DELAY", np.full(count, delay, np.uint32), "UINT32"),
            ("WAIT", np.zeros(1, np.uint32), "UINT32"),
        ):
            inputs.append(triton.InferInput(tensor, list(values.shape), datatype))
            inputs[-1].set_data_from_numpy(values)
        self.client.async_stream_infer("repeat_int32", inputs, request_id=name, **options)

    def next(self):
        answer, error = self.said.get(timeout=PATIENCE)
        if error is not None:
            raise error
        return answer


def number(answer) -> int:
    return int(answer.as_numpy("OUT")[0])


def test_answers_of_one_request_come_in_order(server):
    with Stream(server) as stream:
        stream.ask("r", 7, 1000, enable_empty_final_response=True)
        assert [number(stream.next()) for _ in range(1000)] == list(range(7, 1007))
        final = stream.next().get_response()
        assert final.id == "r" and not final.outputs
        assert final.parameters["triton_final_response"].bool_param


def test_requests_do_not_wait_for_each_other(server):
    with Stream(server) as stream:
        stream.ask("slow", 0, 3, delay=500)
        stream.ask("fast", 100, 50)
        order = [stream.next() for _ in range(53)]
    names = [answer.get_response().id for answer in order]
    assert names.index("slow") > 0 and names[-1] == "slow"
    for name, first in ("slow", 0), ("fast", 100):
        numbers = [number(answer) for answer in order if answer.get_response().id == name]
        assert numbers == list(range(first, first + len(numbers)))


def test_each_stream_ends_with_what_came_and_one_error(server):
    """Ten streams; the process is killed in the midst of them, three times."""
    for _ in range(3):
        streams = [Stream(server) for _ in range(10)]
        for each in streams:
            each.ask("r", 0, 1000, delay=5)
        until(lambda: all(each.said.qsize() >= 20 for each in streams), PATIENCE, "20 answers a stream")
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        for each in streams:
            numbers = []
            with pytest.raises(InferenceServerException) as told:
                while True:
                    numbers.append(number(each.next()))
            assert numbers == list(range(len(numbers)))
            assert f"after {len(numbers)} answers" in str(told.value), told.value
            assert each.said.empty()
            each.client.close()
        until(lambda: server.ask("GET", "/v2/models/repeat_int32/ready").status == 200, PATIENCE, "the next process")
        with Stream(server) as stream:
            stream.ask("again", 0, 5)
            assert [number(stream.next()) for _ in range(5)] == list(range(5))


def test_events_over_http(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.http, timeout=PATIENCE)
    body = json.dumps({"IN": [3, 4, 5], "DELAY": [0, 0, 0], "WAIT": 0})
    connection.request("POST", "/v2/models/repeat_int32/generate_stream", body)
    answer = connection.getresponse()
    assert answer.status == 200 and answer.getheader("Content-Type").startswith("text/event-stream")
    events = [json.loads(event.removeprefix("data: ")) for event in answer.read().decode().split("\n\n") if event]
    assert [event["OUT"] for event in events] == [3, 4, 5]


def test_methods_with_one_answer_refuse_it(server):
    inputs = [
        {"name": "IN", "shape": [1], "datatype": "INT32", "data": [1]},
        {"name": "DELAY", "shape": [1], "datatype": "UINT32", "data": [0]},
        {"name": "WAIT", "shape": [1], "datatype": "UINT32", "data": [0]},
    ]
    refused = server.ask("POST", "/v2/models/repeat_int32/infer", {"inputs": inputs})
    assert refused.status >= 400 and "decoupled" in refused.text, refused.text
