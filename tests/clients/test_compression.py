"""Request and response compression."""

import numpy as np
import pytest
from ask import same

ALGORITHMS = ["gzip", "deflate"]
VALUES = np.tile(np.arange(100, dtype=np.float32), 500)


@pytest.mark.parametrize("response", [None, *ALGORITHMS])
@pytest.mark.parametrize("request_", [None, *ALGORITHMS])
@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_http(both, request_, response, binary):
    ask, _ = both
    result = ask.infer(
        "plus_one",
        [ask.input("INPUT0", VALUES, "FP32", binary_data=binary)],
        outputs=[ask.output("OUTPUT0", binary_data=binary)],
        request_compression_algorithm=request_,
        response_compression_algorithm=response,
    )
    assert same(result.as_numpy("OUTPUT0"), VALUES + np.float32(1))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_http_mixed_inputs(both, algorithm):
    ask, _ = both
    ones, twos = np.ones((1, 16), np.int32), np.full((1, 16), 2, np.int32)
    inputs = [ask.input("INPUT0", ones, "INT32", binary_data=False), ask.input("INPUT1", twos, "INT32")]
    outputs = [ask.output("OUTPUT0", binary_data=True), ask.output("OUTPUT1", binary_data=False)]
    result = ask.infer(
        "simple",
        inputs,
        outputs=outputs,
        request_compression_algorithm=algorithm,
        response_compression_algorithm=algorithm,
    )
    assert same(result.as_numpy("OUTPUT0"), ones + twos)
    assert same(result.as_numpy("OUTPUT1"), ones - twos)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_http_async(both, algorithm):
    ask, _ = both
    pending = ask.client.async_infer(
        "plus_one",
        [ask.input("INPUT0", VALUES, "FP32")],
        request_compression_algorithm=algorithm,
        response_compression_algorithm=algorithm,
    )
    assert same(pending.get_result().as_numpy("OUTPUT0"), VALUES + np.float32(1))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_grpc(both, algorithm):
    _, ask = both
    inputs = [ask.input("INPUT0", VALUES, "FP32")]
    result = ask.infer("plus_one", inputs, compression_algorithm=algorithm)
    assert same(result.as_numpy("OUTPUT0"), VALUES + np.float32(1))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_grpc_large_and_hard_to_compress(both, algorithm):
    _, ask = both
    values = np.random.default_rng(3).standard_normal(500_000).astype(np.float32)
    result = ask.infer("plus_one", [ask.input("INPUT0", values, "FP32")], compression_algorithm=algorithm)
    assert same(result.as_numpy("OUTPUT0"), values + np.float32(1))
