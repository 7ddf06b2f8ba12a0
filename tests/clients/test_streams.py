"""Inference over streams: order, errors that leave a stream open, its end, cancellation, large tensors, many at once."""

import asyncio
import queue
import threading

import numpy as np
import pytest
import tritonclient.grpc as grpcclient
import tritonclient.grpc.aio as grpcaio
from ask import tensor
from tritonclient.utils import InferenceServerException

PATIENCE = 60


class Stream:
    """A stream of a client of its own; what comes back is kept in order."""

    def __init__(self, server, **options):
        self.client = server.grpc()
        self.answers = queue.Queue()
        self.client.start_stream(lambda result, error: self.answers.put((result, error)), **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def ask(self, model, *inputs, **options):
        self.client.async_stream_infer(model, list(inputs), **options)

    def plus_one(self, value, **options):
        self.ask("plus_one", tensor(grpcclient, "INPUT0", np.full(3, value, np.float32), "FP32"), **options)

    def next(self):
        result, error = self.answers.get(timeout=PATIENCE)
        if error is not None:
            raise error
        return result

    def end(self):
        """Half-closes; returns when the server has answered all."""
        self.client.stop_stream()


@pytest.fixture
def stream(server):
    with Stream(server) as started:
        yield started


def parameters(result) -> dict:
    return {name: value.bool_param for name, value in result.get_response().parameters.items()}


def test_answers_come_in_the_order_of_their_requests(stream):
    wide = np.arange(8 * 16, dtype=np.int32).reshape(8, 16)
    for number in range(200):
        if number % 3:
            stream.plus_one(number, request_id=str(number))
        else:
            inputs = [tensor(grpcclient, name, wide, "INT32") for name in ("INPUT0", "INPUT1")]
            stream.ask("simple", *inputs, request_id=str(number))
    for number in range(200):
        result = stream.next()
        response = result.get_response()
        assert response.id == str(number)
        assert parameters(result) == {"triton_final_response": True}
        expected = 2 * wide if number % 3 == 0 else np.full(3, number + 1)
        assert (result.as_numpy("OUTPUT0") == expected).all()


def test_a_refused_request_leaves_the_stream_open(stream):
    stream.plus_one(1, request_id="a")
    stream.ask("nope", tensor(grpcclient, "INPUT0", np.zeros(3, np.float32), "FP32"), request_id="b")
    stream.ask("plus_one", tensor(grpcclient, "INPUT0", np.zeros(3, np.int32), "INT32"), request_id="c")
    stream.plus_one(2, request_id="d")
    assert stream.next().get_response().id == "a"
    with pytest.raises(InferenceServerException, match="unknown model: 'nope' is not found"):
        stream.next()
    with pytest.raises(InferenceServerException, match="data-type is 'INT32', but model 'plus_one' expects 'FP32'"):
        stream.next()
    assert stream.next().get_response().id == "d"


def test_everything_is_answered_after_a_half_close(stream):
    for number in range(50):
        stream.plus_one(number, request_id=str(number))
    stream.end()
    assert [stream.next().get_response().id for _ in range(50)] == [str(number) for number in range(50)]
    assert stream.answers.empty()


def test_a_cancelled_stream_ends_at_once(stream):
    large = tensor(grpcclient, "INPUT0", np.zeros(4 << 20, np.float32), "FP32")
    for _ in range(4):
        stream.ask("plus_one", large)
    stream.client.stop_stream(cancel_requests=True)
    errors = []
    while not stream.answers.empty():
        result, error = stream.answers.get()
        errors += [error] if error else []
    assert [error.status() for error in errors] == ["StatusCode.CANCELLED"]


def test_tensors_of_16_mb_each_way(stream):
    values = np.random.default_rng(1).integers(0, 255, 16 << 20, dtype=np.uint8)
    for number in range(6):
        stream.ask("identity_uint8", tensor(grpcclient, "INPUT0", values, "UINT8"), request_id=str(number))
        stream.ask("identity_uint8", tensor(grpcclient, "INPUT0", values[:number], "UINT8"))
    for number in range(6):
        result = stream.next()
        assert result.get_response().id == str(number)
        assert (result.as_numpy("OUTPUT0") == values).all()
        assert (stream.next().as_numpy("OUTPUT0") == values[:number]).all()


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_compressed_requests(server, algorithm):
    values = np.arange(300_000, dtype=np.int32)
    with Stream(server, compression_algorithm=algorithm) as stream:
        for _ in range(3):
            stream.ask("identity_int32", tensor(grpcclient, "INPUT0", values, "INT32"))
            stream.plus_one(4)
        for _ in range(3):
            assert (stream.next().as_numpy("OUTPUT0") == values).all()
            assert (stream.next().as_numpy("OUTPUT0") == 5).all()


def test_ten_streams_at_once(server):
    streams = [Stream(server) for _ in range(10)]
    try:
        wrong = []

        def ask(number, stream):
            for value in range(100):
                stream.plus_one(1000 * number + value, request_id=f"{number} {value}")
            for value in range(100):
                result = stream.next()
                right = (result.as_numpy("OUTPUT0") == 1000 * number + value + 1).all()
                if result.get_response().id != f"{number} {value}" or not right:
                    wrong.append(result.get_response())

        threads = [threading.Thread(target=ask, args=each) for each in enumerate(streams)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
        assert wrong == []
    finally:
        for stream in streams:
            stream.client.close()


def test_a_client_may_send_many_requests_before_it_reads(server):
    with Stream(server) as stream:
        for number in range(2000):
            stream.plus_one(number)
        for number in range(2000):
            assert stream.next().as_numpy("OUTPUT0")[0] == number + 1


def test_aio(server):
    async def requests():
        for number in range(100):
            values = np.full(3, number, np.float32)
            yield {
                "model_name": "plus_one" if number != 50 else "nope",
                "inputs": [tensor(grpcaio, "INPUT0", values, "FP32")],
                "request_id": str(number),
            }

    async def talk():
        async with server.aio("grpc") as client:
            return [answer async for answer in client.stream_infer(requests())]

    answers = asyncio.run(talk())
    assert len(answers) == 100
    for number, (result, error) in enumerate(answers):
        if number == 50:
            assert "unknown model: 'nope' is not found" in str(error)
        else:
            assert error is None and result.get_response().id == str(number)
            assert (result.as_numpy("OUTPUT0") == number + 1).all()
