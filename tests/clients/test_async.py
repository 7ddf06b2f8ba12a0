"""The asynchronous calls of both clients and their asyncio twins."""

import asyncio
import queue

import numpy as np
import pytest
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from ask import VALUES, same, tensor
from tritonclient.utils import InferenceServerException

ONE = np.float32(1)


def values(number: int) -> np.ndarray:
    return np.full(50 + number, number, np.float32)


def test_http_async_infer(http):
    pending = [
        http.async_infer("plus_one", [tensor(httpclient, "INPUT0", values(i), "FP32")], request_id=str(i))
        for i in range(40)
    ]
    for i, request in enumerate(pending):
        result = request.get_result()
        assert result.get_response()["id"] == str(i)
        assert same(result.as_numpy("OUTPUT0"), values(i) + ONE)


def test_http_async_infer_tells_errors(http):
    request = http.async_infer("nope", [tensor(httpclient, "INPUT0", values(1), "FP32")])
    with pytest.raises(InferenceServerException) as refused:
        request.get_result()
    assert refused.value.status() == "404"


def test_grpc_async_infer(grpc):
    answers = queue.Queue()
    for i in range(40):
        grpc.async_infer(
            "plus_one",
            [tensor(grpcclient, "INPUT0", values(i), "FP32")],
            callback=lambda result, error: answers.put((result, error)),
            request_id=str(i),
        )
    seen = set()
    for _ in range(40):
        result, error = answers.get(timeout=10)
        assert error is None
        number = int(result.get_response().id)
        assert same(result.as_numpy("OUTPUT0"), values(number) + ONE)
        seen.add(number)
    assert seen == set(range(40))


def test_grpc_async_infer_tells_errors(grpc):
    answers = queue.Queue()
    inputs = [tensor(grpcclient, "INPUT0", values(1), "FP32")]
    grpc.async_infer("nope", inputs, callback=lambda result, error: answers.put((result, error)))
    result, error = answers.get(timeout=10)
    assert result is None
    assert error.status() == "StatusCode.NOT_FOUND"


def test_grpc_async_infer_can_be_cancelled(grpc):
    answers = queue.Queue()
    big = np.zeros(1 << 20, np.float32)
    inputs = [tensor(grpcclient, "INPUT0", big, "FP32")]
    call = grpc.async_infer("plus_one", inputs, callback=lambda result, error: answers.put((result, error)))
    call.cancel()
    _, error = answers.get(timeout=10)
    assert error is None or error.status() == "StatusCode.CANCELLED"
    assert grpc.is_server_ready()


MODULES = {"http": httpclient, "grpc": grpcclient}


@pytest.fixture(params=["http", "grpc"])
def aio(request, server):
    def run(question):
        async def inside():
            async with server.aio(request.param) as client:
                return await question(client, MODULES[request.param])

        return asyncio.run(inside())

    return run


def test_aio_infer_at_the_same_time(aio):
    async def question(client, module):
        inputs = [[tensor(module, "INPUT0", values(i), "FP32")] for i in range(40)]
        return await asyncio.gather(*(client.infer("plus_one", each) for each in inputs))

    for i, result in enumerate(aio(question)):
        assert same(result.as_numpy("OUTPUT0"), values(i) + ONE)


@pytest.mark.parametrize("kind", VALUES)
def test_aio_types(aio, kind):
    async def question(client, module):
        return await client.infer(f"identity_{kind.lower()}", [tensor(module, "INPUT0", VALUES[kind], kind)])

    assert same(aio(question).as_numpy("OUTPUT0"), VALUES[kind])


def test_aio_health_and_metadata(aio):
    async def question(client, module):
        return (
            await client.is_server_live(),
            await client.is_server_ready(),
            await client.is_model_ready("simple"),
            await client.get_server_metadata(),
            await client.get_model_metadata("simple"),
            await client.get_model_config("simple"),
            await client.get_inference_statistics("simple"),
        )

    live, ready, model, server, *rest = aio(question)
    assert (live, ready, model) == (True, True, True)
    assert (server["name"] if isinstance(server, dict) else server.name) == "triton"
    assert len(rest) == 3 and all(rest)


def test_aio_tells_errors(aio):
    async def question(client, module):
        await client.infer("nope", [tensor(module, "INPUT0", values(1), "FP32")])

    with pytest.raises(InferenceServerException) as refused:
        aio(question)
    assert refused.value.status() in ("404", "StatusCode.NOT_FOUND")
    assert "Request for unknown model: 'nope' is not found" in refused.value.message()


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_aio_http_compression(server, algorithm):
    async def question():
        async with server.aio("http") as client:
            return await client.infer(
                "plus_one",
                [tensor(httpclient, "INPUT0", values(1000), "FP32")],
                request_compression_algorithm=algorithm,
                response_compression_algorithm=algorithm,
            )

    assert same(asyncio.run(question()).as_numpy("OUTPUT0"), values(1000) + ONE)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_aio_grpc_compression(server, algorithm):
    async def question():
        async with server.aio("grpc") as client:
            inputs = [tensor(grpcclient, "INPUT0", values(1000), "FP32")]
            return await client.infer("plus_one", inputs, compression_algorithm=algorithm)

    assert same(asyncio.run(question()).as_numpy("OUTPUT0"), values(1000) + ONE)
