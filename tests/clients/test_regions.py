"""Tensors in system shared memory, by tritonclient's own helpers, unmodified: a server started with --allow-client-shm."""

import os

import numpy as np
import pytest
import tritonclient.utils.shared_memory as shm
from ask import VALUES, same
from tritonclient.utils import InferenceServerException, serialize_byte_tensor


@pytest.fixture
def region(ask):
    """Makes a region of so many bytes, registered under its name, with these arrays at its begin."""
    made = []

    def make(name: str, size: int, *arrays: np.ndarray):
        key = f"/espalier-{os.getpid()}-{name}"
        handle = shm.create_shared_memory_region(name, key, size)
        made.append((name, handle))
        if arrays:
            shm.set_shared_memory_region(handle, list(arrays))
        ask.client.register_system_shared_memory(name, key, size)
        return handle

    yield make
    for name, handle in made:
        ask.client.unregister_system_shared_memory(name)
        shm.destroy_shared_memory_region(handle)


def serialized(array: np.ndarray) -> np.ndarray:
    return serialize_byte_tensor(array) if array.dtype == np.object_ else array


def size(array: np.ndarray) -> int:
    return len(array.item()) if array.dtype == np.object_ else array.nbytes


def kept(ask, name: str, array: np.ndarray, kind: str, region: str, bytes_: int, offset=0):
    made = ask.module.InferInput(name, list(array.shape), kind)
    made.set_shared_memory(region, bytes_, offset=offset)
    return made


def wanted(ask, name: str, region: str, bytes_: int, offset=0):
    made = ask.output(name)
    made.set_shared_memory(region, bytes_, offset=offset)
    return made


def test_the_server_says_that_it_has_them(ask):
    metadata = ask.client.get_server_metadata()
    extensions = metadata["extensions"] if ask.protocol == "http" else metadata.extensions
    assert "system_shared_memory" in extensions


def test_two_inputs_and_two_outputs_of_one_model(ask, region):
    first, second = np.arange(16, dtype=np.int32).reshape(1, 16), np.full((1, 16), 3, np.int32)
    region("in", 128, first, second)
    out = region("out", 128)
    inputs = [kept(ask, "INPUT0", first, "INT32", "in", 64), kept(ask, "INPUT1", second, "INT32", "in", 64, 64)]
    outputs = [wanted(ask, "OUTPUT0", "out", 64), wanted(ask, "OUTPUT1", "out", 64, 64)]
    result = ask.infer("simple", inputs, outputs=outputs)
    assert ask.shape(result, "OUTPUT0") == [1, 16]
    assert same(shm.get_contents_as_numpy(out, np.int32, [1, 16]), first + second)
    assert same(shm.get_contents_as_numpy(out, np.int32, [2, 16])[1:], first - second)


@pytest.mark.parametrize("kind", VALUES)
def test_every_type_there_and_back(ask, region, kind):
    array = serialized(VALUES[kind])
    bytes_ = size(array)
    region("in", bytes_, array)
    out = region("out", bytes_)
    model = f"identity_{kind.lower()}"
    inputs = [kept(ask, "INPUT0", VALUES[kind], kind, "in", bytes_)]
    ask.infer(model, inputs, outputs=[wanted(ask, "OUTPUT0", "out", bytes_)])
    shape = list(VALUES[kind].shape)
    assert same(shm.get_contents_as_numpy(out, VALUES[kind].dtype, shape), VALUES[kind])


def test_only_in_and_only_out(ask, region):
    values = np.arange(1000, dtype=np.float32)
    region("in", values.nbytes, values)
    out = region("out", values.nbytes)
    result = ask.infer("plus_one", [kept(ask, "INPUT0", values, "FP32", "in", values.nbytes)])
    assert same(result.as_numpy("OUTPUT0"), values + 1)
    inputs = [ask.input("INPUT0", values, "FP32")]
    ask.infer("plus_one", inputs, outputs=[wanted(ask, "OUTPUT0", "out", values.nbytes)])
    assert same(shm.get_contents_as_numpy(out, np.float32, [1000]), values + 1)


def test_sixteen_megabytes(ask, region):
    values = np.random.default_rng(5).integers(0, 1 << 30, 4 << 20, dtype=np.int32)
    region("in", values.nbytes, values)
    out = region("out", values.nbytes)
    inputs = [kept(ask, "INPUT0", values, "INT32", "in", values.nbytes)]
    for _ in range(3):
        ask.infer("identity_int32", inputs, outputs=[wanted(ask, "OUTPUT0", "out", values.nbytes)])
    assert same(shm.get_contents_as_numpy(out, np.int32, [4 << 20]), values)


def test_regions_come_and_go(ask, region):
    region("in", 64)
    status = ask.client.get_system_shared_memory_status("in")
    found = status[0] if ask.protocol == "http" else status.regions["in"]
    byte_size = found["byte_size"] if ask.protocol == "http" else found.byte_size
    assert byte_size == 64
    with pytest.raises(InferenceServerException, match="shared memory region 'in' already in manager"):
        ask.client.register_system_shared_memory("in", "/espalier-any", 64)
    ask.client.unregister_system_shared_memory("in")
    values = np.zeros(16, np.float32)
    with pytest.raises(InferenceServerException, match="Unable to find shared memory region: 'in'"):
        ask.infer("plus_one", [kept(ask, "INPUT0", values, "FP32", "in", 64)])


def test_too_small_a_region_is_told(ask, region):
    region("out", 8)
    values = np.zeros(16, np.float32)
    with pytest.raises(InferenceServerException, match="should be at least 64 bytes to hold the results"):
        ask.infer("plus_one", [ask.input("INPUT0", values, "FP32")], outputs=[wanted(ask, "OUTPUT0", "out", 8)])
