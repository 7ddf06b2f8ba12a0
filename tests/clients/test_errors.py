"""InferenceServerException: status and text of refused requests.

Triton looks at the inputs in the order of a hash table, so where two are wrong either may be named.
"""

import re

import numpy as np
import pytest
from ask import same
from tritonclient.utils import InferenceServerException

NOT_FOUND = ("404", "StatusCode.NOT_FOUND")
INVALID = ("400", "StatusCode.INVALID_ARGUMENT")


def zeros(*shape, kind=np.int32):
    return np.zeros(shape, kind)


def pair(ask, first, second, kind="INT32"):
    return [ask.input("INPUT0", first, kind), ask.input("INPUT1", second, kind)]


def refused(ask, statuses, model, inputs, **options) -> str:
    with pytest.raises(InferenceServerException) as error:
        ask.infer(model, inputs, **options)
    assert error.value.status() == statuses[0 if ask.protocol == "http" else 1]
    return error.value.message()


def test_unknown_model(ask):
    text = refused(ask, NOT_FOUND, "nope", pair(ask, zeros(1, 16), zeros(1, 16)))
    assert text == "Request for unknown model: 'nope' is not found"


def test_unknown_version(ask):
    text = refused(ask, NOT_FOUND, "simple", pair(ask, zeros(1, 16), zeros(1, 16)), model_version="99")
    assert text == "Request for unknown model: 'simple' version 99 is not found"


@pytest.mark.parametrize("question", ["get_model_metadata", "get_model_config"])
def test_unknown_model_in_metadata_and_config(ask, question):
    with pytest.raises(InferenceServerException) as error:
        getattr(ask.client, question)("nope")
    assert error.value.status() in NOT_FOUND
    assert error.value.message() == "Request for unknown model: 'nope' is not found"


def test_wrong_shape_with_batching(ask):
    text = refused(ask, INVALID, "simple", pair(ask, zeros(1, 15), zeros(1, 16)))
    assert "unexpected shape for input 'INPUT0' for model 'simple'. Expected [-1,16], got [1,15]." in text
    assert "NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension" in text


def test_wrong_shape_without_batching(ask):
    text = refused(ask, INVALID, "simple_nobatch", pair(ask, zeros(16), zeros(17)))
    assert "unexpected shape for input 'INPUT1' for model 'simple_nobatch'. Expected [16], got [17]. " in text
    assert "NOTE" not in text


def test_missing_batch_dimension(ask):
    text = refused(ask, INVALID, "simple", pair(ask, zeros(5), zeros(5)))
    assert re.search(r"unexpected shape for input 'INPUT\d' for model 'simple'. Expected \[-1,16\], got \[5\]\.", text)


def test_batch_size_is_looked_at_before_the_shape(ask):
    text = refused(ask, INVALID, "simple", pair(ask, zeros(16), zeros(16)))
    assert text.endswith("inference request batch-size must be <= 8 for 'simple'")


def test_batch_too_large(ask):
    text = refused(ask, INVALID, "simple", pair(ask, zeros(9, 16), zeros(9, 16)))
    assert text.endswith("inference request batch-size must be <= 8 for 'simple'")


def test_batches_of_different_size(ask):
    text = refused(ask, INVALID, "simple", pair(ask, zeros(1, 16), zeros(2, 16)))
    assert re.search(r"input 'INPUT\d' batch size does not match other inputs for 'simple'$", text)


def test_wrong_type(ask):
    floats = zeros(1, 16, kind=np.float32)
    text = refused(ask, INVALID, "simple", pair(ask, floats, floats, "FP32"))
    assert re.search(r"inference input 'INPUT\d' data-type is 'FP32', but model 'simple' expects 'INT32'$", text)


def test_missing_input(ask):
    text = refused(ask, INVALID, "simple", [ask.input("INPUT0", zeros(1, 16), "INT32")])
    assert "expected 2 inputs but got 1 inputs for model 'simple'. Got input(s) ['INPUT0']" in text
    assert "but missing required input(s) ['INPUT1']. Please provide all required input(s)." in text


def test_one_input_too_many(ask):
    inputs = pair(ask, zeros(1, 16), zeros(1, 16)) + [ask.input("OTHER", zeros(1, 16), "INT32")]
    text = refused(ask, INVALID, "simple", inputs)
    assert "expected 2 inputs but got 3 inputs for model 'simple'." in text


def test_unknown_input(ask):
    inputs = [ask.input("INPUT0", zeros(1, 16), "INT32"), ask.input("OTHER", zeros(1, 16), "INT32")]
    text = refused(ask, INVALID, "simple", inputs)
    assert text == "unexpected inference input 'OTHER' for model 'simple'"


def test_same_input_twice(ask):
    inputs = [ask.input("INPUT0", zeros(1, 16), "INT32"), ask.input("INPUT0", zeros(1, 16), "INT32")]
    text = refused(ask, INVALID, "simple", inputs)
    assert text.endswith("input 'INPUT0' already exists in request")


def test_unknown_output(ask):
    inputs = pair(ask, zeros(1, 16), zeros(1, 16))
    text = refused(ask, INVALID, "simple", inputs, outputs=[ask.output("OTHER")])
    assert text == "unexpected inference output 'OTHER' for model 'simple'"


def test_request_id_is_named(ask):
    text = refused(ask, INVALID, "simple", pair(ask, zeros(9, 16), zeros(9, 16)), request_id="r-17")
    assert text == "[request id: r-17] inference request batch-size must be <= 8 for 'simple'"


def test_without_id_the_text_says_so(ask):
    text = refused(ask, INVALID, "simple", pair(ask, zeros(9, 16), zeros(9, 16)))
    assert text.startswith("[request id: <id_unknown>] ")


@pytest.mark.parametrize("version", ["x", "-1"])
def test_grpc_version_that_is_no_number(both, version):
    _, ask = both
    text = refused(ask, INVALID, "simple", pair(ask, zeros(1, 16), zeros(1, 16)), model_version=version)
    assert "version should be an integral value > 0" in text


def test_load_without_explicit_control(ask):
    with pytest.raises(InferenceServerException) as error:
        ask.client.load_model("simple")
    assert error.value.status() in ("503", "StatusCode.UNAVAILABLE")
    assert error.value.message() == "explicit model load / unload is not allowed if polling is enabled"


def test_good_request_after_every_refusal(ask):
    for shape in ((1, 15), (9, 16), (16,)):
        with pytest.raises(InferenceServerException):
            ask.infer("simple", pair(ask, zeros(*shape), zeros(*shape)))
        result, first, second = ask.simple()
        assert same(result.as_numpy("OUTPUT0"), first + second)
