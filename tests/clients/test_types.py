"""Every data type there and back, in binary and JSON, over both protocols."""

import numpy as np
import pytest
from ask import NO_JSON, VALUES, same
from tritonclient.utils import InferenceServerException

JSON_TYPES = [kind for kind in VALUES if kind not in NO_JSON]


@pytest.mark.parametrize("kind", VALUES)
def test_values_come_back_bit_for_bit(ask, kind):
    assert same(ask.identity(kind, VALUES[kind]).as_numpy("OUTPUT0"), VALUES[kind])


@pytest.mark.parametrize("kind", VALUES)
def test_response_names_the_type(ask, kind):
    result = ask.identity(kind, VALUES[kind])
    output = result.get_output("OUTPUT0")
    assert (output["datatype"] if ask.protocol == "http" else output.datatype) == kind
    assert ask.shape(result, "OUTPUT0") == [len(VALUES[kind])]


@pytest.mark.parametrize("kind", VALUES)
def test_empty_tensor_comes_back_empty(ask, kind):
    empty = VALUES[kind][:0]
    result = ask.identity(kind, empty)
    assert ask.shape(result, "OUTPUT0") == [0]
    assert result.as_numpy("OUTPUT0").size == 0


@pytest.mark.parametrize("kind", VALUES)
def test_many_elements_come_back(ask, kind):
    many = np.resize(VALUES[kind][:3] if kind == "BYTES" else VALUES[kind], 20_011)
    assert same(ask.identity(kind, many).as_numpy("OUTPUT0"), many)


def json_values(kind: str) -> np.ndarray:
    if kind == "BYTES":
        return np.array([b"", b"a", "Gr\u00fc\u00dfe \U0001f33f".encode(), b'quote " \\ \n\t \x01'], dtype=np.object_)
    values = VALUES[kind]
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values


@pytest.mark.parametrize("binary_out", [True, False], ids=["binary_out", "json_out"])
@pytest.mark.parametrize("binary_in", [True, False], ids=["binary_in", "json_in"])
@pytest.mark.parametrize("kind", JSON_TYPES)
def test_json_and_binary_mix(both, kind, binary_in, binary_out):
    ask, _ = both
    values = json_values(kind)
    inputs = [ask.input("INPUT0", values, kind, binary_data=binary_in)]
    outputs = [ask.output("OUTPUT0", binary_data=binary_out)]
    answer = ask.infer(f"identity_{kind.lower()}", inputs, outputs=outputs).as_numpy("OUTPUT0")
    if kind == "BYTES" and not binary_out:
        answer = np.array([str(v).encode() for v in answer], dtype=np.object_)
    assert same(answer, values)


@pytest.mark.parametrize("kind", NO_JSON)
def test_json_output_of_half_types_is_refused(both, kind):
    ask, _ = both
    inputs = [ask.input("INPUT0", VALUES[kind], kind)]
    with pytest.raises(InferenceServerException) as refused:
        ask.infer(f"identity_{kind.lower()}", inputs, outputs=[ask.output("OUTPUT0", binary_data=False)])
    assert refused.value.status() == "400"
    assert f"sending {kind} data via JSON is not supported" in refused.value.message()


@pytest.mark.parametrize("kind", VALUES)
def test_both_protocols_give_the_same_answer(both, kind):
    over_http, over_grpc = (ask.identity(kind, VALUES[kind]) for ask in both)
    assert same(over_http.as_numpy("OUTPUT0"), over_grpc.as_numpy("OUTPUT0"))
    shapes = [ask.shape(result, "OUTPUT0") for ask, result in zip(both, (over_http, over_grpc))]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (1, 1000), (1000, 1), (0, 4), (4, 0), (0, 0)], ids=str)
def test_dynamic_shapes(ask, shape):
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    result = ask.infer("matrix", [ask.input("INPUT0", values, "FP32")])
    assert ask.shape(result, "OUTPUT0") == list(shape)
    assert same(result.as_numpy("OUTPUT0").reshape(shape), values)


def test_scalar(ask):
    value = np.array([41], np.float32)
    result = ask.infer("scalar", [ask.input("INPUT0", value, "FP32")])
    assert ask.shape(result, "OUTPUT0") == [1]
    assert same(result.as_numpy("OUTPUT0"), value + np.float32(1))


@pytest.mark.parametrize("batch", [1, 8])
def test_scalar_members_of_a_batch(ask, batch):
    values = np.arange(batch, dtype=np.float32).reshape(batch, 1)
    result = ask.infer("scalar_batch", [ask.input("INPUT0", values, "FP32")])
    assert ask.shape(result, "OUTPUT0") == [batch, 1]
    assert same(result.as_numpy("OUTPUT0"), values + np.float32(1))


def test_sixteen_megabytes(ask):
    values = np.random.default_rng(1).standard_normal(4 << 20).astype(np.float32)
    result = ask.infer("plus_one", [ask.input("INPUT0", values, "FP32")])
    assert same(result.as_numpy("OUTPUT0"), values + np.float32(1))
