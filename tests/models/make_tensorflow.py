#!/usr/bin/env python3
"""Writes the TensorFlow models of the tests and the examples, with the op libraries of ../ops that they need.

    python tests/models/make_tensorflow.py        (needs tensorflow; 2.21.0 wrote the committed files)

Everything that it writes is committed.
"""

import functools
import pathlib
import shutil

import numpy as np
import tensorflow as tf

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = ROOT / "tests/ops/x86-64"
MODELS = ROOT / "tests/models/tensorflow"
CONFLICT = ROOT / "tests/models/tensorflow_conflict"
FAULTS = ROOT / "tests/models/faults"
TENSORFLOW_FAULTS = ROOT / "tests/models/tensorflow_faults"
EXAMPLES = ROOT / "examples/tensorflow-models"
CUSTOM_BUILD = ROOT / "examples/custom-build/models"
TYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 half bfloat16 float32 float64 string".split()


def spec(dtype: str, *shape: int | None, name: str = "x") -> tf.TensorSpec:
    return tf.TensorSpec(shape, getattr(tf, dtype), name=name)


def fresh(folder: pathlib.Path) -> pathlib.Path:
    """The model's first version, empty."""
    version = folder / "1"
    shutil.rmtree(version, ignore_errors=True)
    version.mkdir(parents=True)
    return version


def saved(folder: pathlib.Path, module: tf.Module, config: str = "", **signatures) -> None:
    """A SavedModel without what only Python can use."""
    version = fresh(folder)
    target = version / "model.savedmodel"
    tf.saved_model.save(module, str(target), signatures=signatures)
    (target / "fingerprint.pb").unlink()
    for empty in ("assets", "variables"):
        if (target / empty).is_dir() and not any((target / empty).iterdir()):
            (target / empty).rmdir()
    (folder / "config.pbtxt").write_text(f'platform: "tensorflow_savedmodel"\n{config}')


def function(compute, *specs: tf.TensorSpec):
    return tf.function(compute, input_signature=specs)


def frozen(
    folder: pathlib.Path, name: str, output: str, dtype: str, shape: list[int | None], config: str, compute
) -> None:
    """A GraphDef with the placeholder `name` and the node `output`."""
    version = fresh(folder)
    with tf.Graph().as_default() as graph:
        result = compute(tf.compat.v1.placeholder(getattr(tf, dtype), shape, name=name))
        tf.identity(result, name=output)
    (version / "model.graphdef").write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))
    (folder / "config.pbtxt").write_text(f'platform: "tensorflow_graphdef"\n{config}')


def frozen_rows(folder: pathlib.Path, name: str, output: str, dtype: str, config: str, compute) -> None:
    """One that takes rows of any length."""
    tensor = f"data_type: TYPE_{config} dims: [ -1 ]"
    declared = (
        f'max_batch_size: 8\ninput [ {{ name: "{name}" {tensor} }} ]\noutput [ {{ name: "{output}" {tensor} }} ]\n'
    )
    frozen(folder, name, output, dtype, [None, None], declared, compute)


def put_library(folder: pathlib.Path, name: str, file_name: str = "") -> None:
    (folder / "1/ops").mkdir(exist_ok=True)
    shutil.copy(LIBRARIES / f"libtf_{name}.so", folder / "1/ops" / file_name)


def op(library: str, name: str):
    return getattr(tf.load_op_library(str(LIBRARIES / f"libtf_{library}.so")), name)


class Memory(tf.Module):
    """Gives what it was given last time, and keeps what it is given."""

    def __init__(self):
        super().__init__()
        self.kept = tf.Variable(tf.zeros([4]))

    @tf.function(input_signature=[spec("float32", 4)])
    def remember(self, x):
        last = tf.identity(self.kept)
        with tf.control_dependencies([last]):
            self.kept.assign(x)
        return {"last": last}


class Words(tf.Module):
    """The same for strings: a table of words by number, and the word that a number had before."""

    def __init__(self):
        super().__init__()
        self.table = tf.lookup.experimental.MutableHashTable(tf.int64, tf.string, default_value="?")

    @tf.function(input_signature=[spec("int64", None, name="number"), spec("string", None, name="word")])
    def define(self, number, word):
        before = self.table.lookup(number)
        with tf.control_dependencies([before]):
            self.table.insert(number, word)
        return {"before": before}


class Plus(tf.Module):
    """Two functions of a variable."""

    def __init__(self):
        super().__init__()
        self.one = tf.Variable(1.0)

    @tf.function(input_signature=[spec("float32", None, 3)])
    def plus(self, x):
        return {"sum": x + self.one, "product": x * 2.0}

    @tf.function(input_signature=[spec("float32", None, 3)])
    def minus(self, x):
        return {"difference": x - self.one}


def plain() -> None:
    plus = Plus()
    saved(MODELS / "plus", plus, serving_default=plus.plus, minus=plus.minus)
    specs = [spec(dtype, None, name=f"in_{dtype}") for dtype in TYPES]
    types = tf.Module()
    types.all = function(lambda *x: {f"out_{t}": tf.identity(v) for t, v in zip(TYPES, x)}, *specs)
    saved(MODELS / "types", types, serving_default=types.all)
    memory = Memory()
    saved(MODELS / "memory", memory, serving_default=memory.remember)
    words = Words()
    saved(MODELS / "words", words, serving_default=words.define)
    frozen_rows(MODELS / "plus_graphdef", "x", "sum", "float32", "FP32", lambda x: x + np.float32(1))


def with_op(folder: pathlib.Path, compute, dtype: str, x: str, y: str) -> None:
    """A SavedModel of one op that takes rows of any length."""
    module = tf.Module()
    module.run = function(lambda value: {y: compute(value)}, spec(dtype, None, None, name=x))
    saved(folder, module, "max_batch_size: 8\n", serving_default=module.run)


def of_three(folder: pathlib.Path, names: str, compute) -> None:
    """A SavedModel of vectors of three numbers, declared as the ONNX models of the same ops are."""
    module = tf.Module()
    # The parameters' names are those that clients know.
    compute_named = {"X": lambda X: {"Z": compute(X)}, "XY": lambda X, Y: {"Z": compute(X, Y)}}[names]  # noqa: N803
    module.run = function(compute_named, *(spec("float32", 3, name=name) for name in names))
    tensor = "data_type: TYPE_FP32 dims: [ 3 ]"
    declared = [f'input [ {{ name: "{name}" {tensor} }} ]\n' for name in names]
    saved(folder, module, "".join([*declared, f'output [ {{ name: "Z" {tensor} }} ]\n']), serving_default=module.run)


def faulty() -> None:
    """The models of tests/chaos, from ops with the same faults as in the ONNX models and with their configurations."""
    deaths = [f"fault_{name}" for name in "null_dereference abort exit exception uncaught_exception".split()]
    stalls = [f"fault_{name}" for name in "endless_loop allocation thread_leak exit_handler".split()]
    meddling = [f"fault_{name}" for name in "closed_descriptors truncation signal_handlers surroundings".split()]
    for name, plus, names in (
        ("deaths", 1, deaths),
        ("deaths_batched", 2, deaths),
        ("stalls", 3, stalls),
        ("meddling", 4, meddling),
        ("healthy", 5, ["twice"]),
        ("healthy_batched", 6, ["twice"]),
    ):
        ops = [op(each, each) for each in names]
        shape = [None, None] if name.endswith("_batched") else [None]
        _, config = (FAULTS / name / "config.pbtxt").read_text().split("\n", 1)
        compute = lambda x: functools.reduce(lambda y, run: run(y), ops, x) + plus  # noqa: B023, E731
        frozen(TENSORFLOW_FAULTS / name, "X", "Z", "float32", shape, config, compute)


def custom() -> None:
    zero_out, add_one = op("zero_out", "zero_out"), op("add_one", "add_one")
    with_op(EXAMPLES / "tf_zero_out", zero_out, "int32", "to_zero", "zeroed")
    put_library(EXAMPLES / "tf_zero_out", "zero_out")
    with_op(EXAMPLES / "tf_add_one", add_one, "int32", "x", "y")
    put_library(EXAMPLES / "tf_add_one", "add_one")
    frozen_rows(MODELS / "zero_out_graphdef", "to_zero", "zeroed", "int32", "INT32", zero_out)
    put_library(MODELS / "zero_out_graphdef", "zero_out")
    # Without its library, which comes with the server.
    frozen_rows(CUSTOM_BUILD / "tf_zero_out", "to_zero", "zeroed", "int32", "INT32", zero_out)
    for name, dtype in (("add_one", "int32"), ("busy", "int64")):
        frozen_rows(MODELS / f"{name}_graphdef", "x", "y", dtype, dtype.upper(), op(name, name))
        put_library(MODELS / f"{name}_graphdef", name)
    for name, dtype in (("busy", "int64"), ("failing", "float32")):
        with_op(MODELS / name, op(name, name), dtype, "x", "y")
        put_library(MODELS / name, name)
    for name, library in (("one", "zero_out"), ("two", "keep_two")):
        with_op(CONFLICT / f"zero_out_{name}", zero_out, "int32", "to_zero", "zeroed")
        put_library(CONFLICT / f"zero_out_{name}", library, "libop.so")
    custom_op = op("conflict_add", "custom_op")
    for name in ("add", "sub"):
        of_three(CONFLICT / f"custom_{name}", "XY", custom_op)
        put_library(CONFLICT / f"custom_{name}", f"conflict_{name}", "libop.so")
    faulty()
    twice, thrice = op("twice", "twice"), op("thrice", "thrice")
    of_three(MODELS / "twice_and_thrice", "X", lambda x: thrice(twice(x)))
    for name in ("twice", "thrice"):
        put_library(MODELS / "twice_and_thrice", name)
    # Last: from here on this process's Mul is the library's.
    with_op(MODELS / "triple", op("multiply", "triple"), "float32", "x", "y")
    put_library(MODELS / "triple", "multiply")


if __name__ == "__main__":
    plain()
    custom()
