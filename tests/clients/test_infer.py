"""Requests and responses: outputs, ids, versions, batches, parameters."""

import concurrent.futures

import numpy as np
import pytest
from ask import Ask, same
from tritonclient.utils import InferenceServerException


@pytest.mark.parametrize("model", ["simple", "simple_nobatch"])
def test_all_outputs_when_none_is_named(ask, model):
    result, first, second = ask.simple(model)
    assert [output["name"] for output in ask.response(result)["outputs"]] == ["OUTPUT0", "OUTPUT1"]
    assert same(result.as_numpy("OUTPUT0"), first + second)
    assert same(result.as_numpy("OUTPUT1"), first - second)


@pytest.mark.parametrize("wanted", [["OUTPUT0"], ["OUTPUT1"], ["OUTPUT0", "OUTPUT1"]], ids=str)
def test_only_the_named_outputs(ask, wanted):
    result, first, second = ask.simple(outputs=[ask.output(name) for name in wanted])
    assert [output["name"] for output in ask.response(result)["outputs"]] == wanted
    expected = {"OUTPUT0": first + second, "OUTPUT1": first - second}
    for name, values in expected.items():
        answer = result.as_numpy(name)
        assert same(answer, values) if name in wanted else answer is None


def test_one_output_json_the_other_binary(both):
    ask, _ = both
    outputs = [ask.output("OUTPUT0", binary_data=False), ask.output("OUTPUT1", binary_data=True)]
    result, first, second = ask.simple(outputs=outputs)
    assert same(result.as_numpy("OUTPUT0"), first + second)
    assert same(result.as_numpy("OUTPUT1"), first - second)
    assert "data" in result.get_output("OUTPUT0")
    assert result.get_output("OUTPUT1")["parameters"] == {"binary_data_size": 64}


def test_one_input_json_the_other_binary(both):
    ask, _ = both
    ones, twos = np.ones((1, 16), np.int32), np.full((1, 16), 2, np.int32)
    inputs = [ask.input("INPUT0", ones, "INT32", binary_data=False), ask.input("INPUT1", twos, "INT32")]
    assert same(ask.infer("simple", inputs).as_numpy("OUTPUT0"), ones + twos)
    assert same(ask.infer("simple", inputs[::-1]).as_numpy("OUTPUT0"), ones + twos)


def test_inputs_in_any_order(ask):
    ones, twos = np.ones((1, 16), np.int32), np.full((1, 16), 2, np.int32)
    inputs = [ask.input("INPUT1", twos, "INT32"), ask.input("INPUT0", ones, "INT32")]
    assert same(ask.infer("simple", inputs).as_numpy("OUTPUT1"), ones - twos)


@pytest.mark.parametrize("request_id", ["7", "a longer id with blanks", "\u00e4\u00f6\u00fc"])
def test_request_id_is_echoed(ask, request_id):
    assert ask.response(ask.simple(request_id=request_id)[0])["id"] == request_id


def test_no_id_without_one(ask):
    assert "id" not in ask.response(ask.simple()[0])


def test_response_names_model_and_version(ask):
    response = ask.response(ask.simple()[0])
    assert (response["model_name"], response["model_version"]) == ("simple", "1")


@pytest.mark.parametrize("version, added", [("", 3), ("1", 1), ("3", 3)], ids=["none", "1", "3"])
def test_version_is_the_highest_or_the_named_one(ask, version, added):
    values = np.arange(5, dtype=np.float32)
    result = ask.infer("many", [ask.input("INPUT0", values, "FP32")], model_version=version)
    assert same(result.as_numpy("OUTPUT0"), values + np.float32(added))
    assert ask.response(result)["model_version"] == str(added)


@pytest.mark.parametrize("batch", [1, 2, 8])
def test_batch_sizes(ask, batch):
    result, first, second = ask.simple(batch=batch)
    assert ask.shape(result, "OUTPUT0") == [batch, 16]
    assert same(result.as_numpy("OUTPUT0"), first + second)


def test_priority_timeout_and_free_parameters_are_taken(ask):
    result, first, second = ask.simple(timeout=5_000_000, parameters={"text": "x", "flag": True, "number": 3})
    assert same(result.as_numpy("OUTPUT0"), first + second)


def test_headers_are_taken(ask):
    result, first, second = ask.simple(headers={"x-anything": "1"})
    assert same(result.as_numpy("OUTPUT0"), first + second)


def test_query_parameters_are_ignored(both):
    ask, _ = both
    result, first, second = ask.simple(query_params={"a": 1, "b": "two"})
    assert same(result.as_numpy("OUTPUT0"), first + second)


def test_grpc_client_timeout_that_suffices(both):
    _, ask = both
    result, first, second = ask.simple(client_timeout=10)
    assert same(result.as_numpy("OUTPUT0"), first + second)


def test_grpc_deadline_that_has_passed(both):
    _, ask = both
    values = np.zeros(4 << 20, np.float32)
    with pytest.raises(InferenceServerException) as expired:
        ask.infer("plus_one", [ask.input("INPUT0", values, "FP32")], client_timeout=0.001)
    assert expired.value.status() == "StatusCode.DEADLINE_EXCEEDED"
    assert same(*[pair[0].as_numpy("OUTPUT0") for pair in (ask.simple(), ask.simple())])


def test_generated_body_is_accepted(server, both):
    """generate_request_body and parse_response_body are what people use who bring their own HTTP client."""
    ask, _ = both
    values = np.arange(4, dtype=np.float32)
    client = ask.module.InferenceServerClient
    body, length = client.generate_request_body([ask.input("INPUT0", values, "FP32")], outputs=[ask.output("OUTPUT0")])
    headers = {"Inference-Header-Content-Length": str(length), "Content-Type": "application/octet-stream"}
    with server.open(server.http_address, "/v2/models/plus_one/infer", body, headers) as answer:
        length = int(answer.headers["Inference-Header-Content-Length"])
        parsed = client.parse_response_body(answer.read(), header_length=length)
    assert same(parsed.as_numpy("OUTPUT0"), values + np.float32(1))


def test_grpc_client_is_shared_by_threads(both):
    _, ask = both

    def question(number: int) -> bool:
        values = np.full(100, number, np.float32)
        answer = ask.infer("plus_one", [ask.input("INPUT0", values, "FP32")]).as_numpy("OUTPUT0")
        return same(answer, values + np.float32(1))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(question, range(200)))


def test_mlp_is_right(ask: Ask):
    def weight(shape, seed):
        i = np.arange(shape[0] * shape[1], dtype=np.int64)
        return (((31 * i + 17) * i + seed) % 10007 - 5003).astype(np.float32).reshape(shape) * np.float32(2**-17)

    images = np.random.default_rng(0).random((5, 784), np.float32)
    expected = np.maximum(images @ weight((784, 256), 1), 0) @ weight((256, 10), 2)
    answer = ask.infer("mlp", [ask.input("INPUT0", images, "FP32")]).as_numpy("OUTPUT0")
    np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-5)
