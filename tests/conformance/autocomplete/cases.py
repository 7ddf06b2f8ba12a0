"""The table of auto-complete cases: which ONNX signature, which config.pbtxt, which server flags.

    python cases.py            writes <case>/1/model.onnx and <case>/config.pbtxt beside this file

A case folder is a model folder as it stands in a repository; `oracle.json` in it is written by record.py.
Needs onnx (see ../requirements.txt); the files are small and committed, so only a change here needs it.
"""

import pathlib
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent

DEFAULT = ()
MAX_8 = ("--backend-config=default-max-batch-size=8",)
MAX_1 = ("--backend-config=default-max-batch-size=1",)
MAX_0 = ("--backend-config=default-max-batch-size=0",)
BACKEND_16 = ("--backend-config=onnxruntime,default-max-batch-size=16",)
OFF = ("--disable-auto-complete-config",)
STRICT = ("--strict-model-config=true",)


@dataclass(frozen=True)
class Case:
    """One model folder: what stands in it and under which flags the server sees it."""

    name: str
    onnx: str | None  # a key of SIGNATURES, None: no model file at all, bytes given in RAW
    config: str | None = None  # None: no config.pbtxt
    flags: tuple[str, ...] = DEFAULT
    file: str = "1/model.onnx"
    more: dict[str, str] = field(default_factory=dict)  # further files: path -> signature


# name -> (inputs, outputs); a tensor is (name, type, dims); a dim is a number, a symbol, or None (no value, no symbol);
# dims None: no shape at all. Every output is fed by an Identity or a Cast of the first input, see build().
F, I, L, S, B = "FLOAT", "INT32", "INT64", "STRING", "BOOL"
SIGNATURES = {
    "fixed_n": ([("x", F, [3])], [("y", F, [3])]),
    "fixed_2x3": ([("x", F, [2, 3])], [("y", F, [2, 3])]),
    "n": ([("x", F, ["n"])], [("y", F, ["n"])]),
    "unnamed_n": ([("x", F, [None])], [("y", F, [None])]),
    "batch_3": ([("x", F, ["batch", 3])], [("y", F, ["batch", 3])]),
    "unnamed_3": ([("x", F, [None, 3])], [("y", F, [None, 3])]),
    "batch_t": ([("x", F, ["batch", "t"])], [("y", F, ["batch", "t"])]),
    "batch_t_4": ([("x", F, ["batch", "t", 4])], [("y", F, ["batch", "t", 4])]),
    "three_t": ([("x", F, [3, "t"])], [("y", F, [3, "t"])]),
    "one_3": ([("x", F, [1, 3])], [("y", F, [1, 3])]),
    "scalar": ([("x", F, [])], [("y", F, [])]),
    "rank_unknown": ([("x", F, None)], [("y", F, None)]),
    "output_rank_unknown": ([("x", F, ["batch", 3])], [("y", F, None)]),
    "scalar_output": ([("x", F, ["batch", 3])], [("y", F, []), ("z", F, ["batch", 3])]),
    "negative_dim": ([("x", F, [-1, 3])], [("y", F, [-1, 3])]),
    "zero_dim": ([("x", F, [0, 3])], [("y", F, [0, 3])]),
    "mixed_inputs": ([("x", F, ["batch", 3]), ("w", F, [4])], [("y", F, ["batch", 3])]),
    "mixed_outputs": ([("x", F, ["batch", 3])], [("y", F, ["batch", 3]), ("z", F, [3])]),
    "different_symbols": ([("x", F, ["a", 3]), ("w", F, ["b", 4])], [("y", F, ["a", 3])]),
    "string": ([("x", S, ["batch", 1])], [("y", S, ["batch", 1])]),
    "string_n": ([("x", S, ["n"])], [("y", S, ["n"])]),
    "unordered_names": (
        [("zeta", F, ["b", 1]), ("alpha", I, ["b", 2]), ("mid", L, ["b", 3])],
        [("omega", F, ["b", 1]), ("beta", F, ["b", 1]), ("kappa", F, ["b", 1])],
    ),
    "two_io": (
        [("x", F, ["batch", 3]), ("w", F, ["batch", 4])],
        [("y", F, ["batch", 3]), ("z", F, ["batch", 3])],
    ),
    "types": (
        [
            (t.lower(), t, ["batch", 2])
            for t in (
                "FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 BFLOAT16".split()
            )
        ],
        [("y", F, ["batch", 2])],
    ),
    "supported_types": (
        [
            (t.lower(), t, ["batch", 2])
            for t in "FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64".split()
        ],
        [("y", F, ["batch", 2])],
    ),
    "complex": ([("x", "COMPLEX64", ["batch", 2])], [("y", "COMPLEX64", ["batch", 2])]),
    "float8": ([("x", "FLOAT8E4M3FN", ["batch", 2])], [("y", "FLOAT8E4M3FN", ["batch", 2])]),
    "int4": ([("x", "INT4", ["batch", 2])], [("y", "INT4", ["batch", 2])]),
    "sequence_input": "special",
    "default_input": "special",  # a graph input that an initializer also provides
    "unused_input": ([("x", F, ["batch", 3]), ("unused", I, ["batch", 1])], [("y", F, ["batch", 3])]),
    "no_inputs": "special",
    "custom_op": "special",
    "garbage": "raw",
    "empty_file": "raw",
    "truncated": "raw",
}

X = 'input [ { name: "x" data_type: TYPE_FP32 dims: [ 3 ] } ]\n'
Y = 'output [ { name: "y" data_type: TYPE_FP32 dims: [ 3 ] } ]\n'
ORT = 'backend: "onnxruntime"\n'
PLATFORM = 'platform: "onnxruntime_onnx"\n'


def one(name: str, dims: str, kind: str = "TYPE_FP32", more: str = "") -> str:
    return f'[ {{ name: "{name}" data_type: {kind} dims: [ {dims} ] {more} }} ]\n'


NO_CONFIG = [
    Case(f"none_{s}", s)
    for s in SIGNATURES
]

PARTIAL = [
    Case("partial_empty", "batch_3", ""),
    Case("partial_name_only", "batch_3", 'name: "partial_name_only"\n'),
    Case("partial_other_name", "batch_3", 'name: "different"\n'),
    Case("partial_platform_only", "batch_3", PLATFORM),
    Case("partial_backend_only", "batch_3", ORT),
    Case("partial_backend_and_platform", "batch_3", ORT + PLATFORM),
    Case("partial_unknown_backend", "batch_3", 'backend: "nonesuch"\n'),
    Case("partial_unknown_platform", "batch_3", 'platform: "nonesuch_plan"\n'),
    Case("partial_max_8", "batch_3", ORT + "max_batch_size: 8\n"),
    Case("partial_max_1", "batch_3", ORT + "max_batch_size: 1\n"),
    Case("partial_max_0", "batch_3", ORT + "max_batch_size: 0\n"),
    Case("partial_max_negative", "batch_3", ORT + "max_batch_size: -1\n"),
    Case("partial_max_8_fixed", "fixed_2x3", ORT + "max_batch_size: 8\n"),
    Case("partial_max_8_n", "n", ORT + "max_batch_size: 8\n"),
    Case("partial_max_8_scalar", "scalar", ORT + "max_batch_size: 8\n"),
    Case("partial_max_8_mixed", "mixed_inputs", ORT + "max_batch_size: 8\n"),
    Case("partial_max_8_rank_unknown", "rank_unknown", ORT + "max_batch_size: 8\n"),
    Case("partial_dynamic_batching", "batch_3", ORT + "dynamic_batching { max_queue_delay_microseconds: 100 }\n"),
    Case("partial_dynamic_batching_fixed", "fixed_2x3", ORT + "dynamic_batching { }\n"),
    Case("partial_preferred", "batch_3", ORT + "max_batch_size: 8\ndynamic_batching { preferred_batch_size: [ 4, 8 ] }\n"),
    Case("partial_preferred_too_large", "batch_3", ORT + "dynamic_batching { preferred_batch_size: [ 16 ] }\n"),
    Case("partial_sequence_batching", "batch_3", ORT + "max_batch_size: 4\nsequence_batching { }\n"),
    Case("partial_instance_group", "batch_3", ORT + "instance_group [ { count: 2 kind: KIND_CPU } ]\n"),
    Case("partial_instance_group_auto", "batch_3", ORT + "instance_group [ { count: 3 } ]\n"),
    Case("partial_instance_group_names", "batch_3", ORT + 'instance_group [ { count: 1 }, { name: "mine" kind: KIND_CPU } ]\n'),
    Case("partial_parameters", "batch_3", ORT + 'parameters { key: "intra_op_thread_count" value { string_value: "1" } }\n'),
    Case("partial_version_all", "batch_3", ORT + "version_policy { all { } }\n", more={"2/model.onnx": "batch_t"}),
    Case("partial_version_latest_2", "batch_3", ORT + "version_policy { latest { num_versions: 2 } }\n", more={"5/model.onnx": "batch_t"}),
    Case("partial_version_specific", "batch_3", ORT + "version_policy { specific { versions: [ 7 ] } }\n", more={"7/model.onnx": "n"}),
    Case("partial_version_missing", "batch_3", ORT + "version_policy { specific { versions: [ 9 ] } }\n"),
    Case("partial_warmup", "batch_3", ORT + 'model_warmup [ { name: "w" batch_size: 1 inputs { key: "x" value { data_type: TYPE_FP32 dims: [ 3 ] zero_data: true } } } ]\n'),
    # inputs and outputs
    Case("partial_input_only", "batch_3", ORT + X),
    Case("partial_output_only", "batch_3", ORT + Y),
    Case("partial_input_only_max_2", "batch_3", ORT + "max_batch_size: 2\n" + X),
    Case("partial_input_output", "batch_3", ORT + X + Y),
    Case("partial_input_output_full_dims", "batch_3", ORT + "input " + one("x", "-1, 3") + "output " + one("y", "-1, 3")),
    Case("partial_input_output_max_2", "batch_3", ORT + "max_batch_size: 2\n" + X + Y),
    Case("partial_input_output_no_backend", "batch_3", "max_batch_size: 2\n" + X + Y),
    Case("partial_one_of_two_inputs", "two_io", ORT + "max_batch_size: 2\n" + X),
    Case("partial_one_of_two_outputs", "two_io", ORT + "max_batch_size: 2\n" + Y),
    Case("partial_one_of_two_each", "two_io", ORT + "max_batch_size: 2\n" + X + Y),
    Case("partial_all_inputs_one_output", "two_io", ORT + "max_batch_size: 2\ninput [ { name: \"w\" data_type: TYPE_FP32 dims: [ 4 ] }, { name: \"x\" data_type: TYPE_FP32 dims: [ 3 ] } ]\n" + Y),
    Case("partial_input_no_dims", "batch_3", ORT + 'max_batch_size: 2\ninput [ { name: "x" data_type: TYPE_FP32 } ]\n' + Y),
    Case("partial_input_no_type", "batch_3", ORT + 'max_batch_size: 2\ninput [ { name: "x" dims: [ 3 ] } ]\n' + Y),
    Case("partial_input_name_only", "batch_3", ORT + 'input [ { name: "x" } ]\n'),
    Case("partial_output_name_only", "batch_3", ORT + 'output [ { name: "y" } ]\n'),
    Case("partial_both_name_only", "batch_3", ORT + 'input [ { name: "x" } ]\noutput [ { name: "y" } ]\n'),
    Case("partial_output_label_file", "batch_3", ORT + 'max_batch_size: 2\noutput [ { name: "y" data_type: TYPE_FP32 dims: [ 3 ] label_filename: "labels.txt" } ]\n'),
    Case("partial_wrong_input_name", "batch_3", ORT + "max_batch_size: 2\ninput " + one("q", "3") + Y),
    Case("partial_wrong_output_name", "batch_3", ORT + "max_batch_size: 2\n" + X + "output " + one("q", "3")),
    Case("partial_wrong_input_only_name", "batch_3", ORT + "max_batch_size: 2\ninput " + one("q", "3")),
    Case("partial_wrong_input_type", "batch_3", ORT + "max_batch_size: 2\ninput " + one("x", "3", "TYPE_INT32") + Y),
    Case("partial_wrong_output_type", "batch_3", ORT + "max_batch_size: 2\n" + X + "output " + one("y", "3", "TYPE_INT64")),
    Case("partial_wrong_input_dims", "batch_3", ORT + "max_batch_size: 2\ninput " + one("x", "4") + Y),
    Case("partial_wrong_output_dims", "batch_3", ORT + "max_batch_size: 2\n" + X + "output " + one("y", "4")),
    Case("partial_wrong_input_rank", "batch_3", ORT + "max_batch_size: 2\ninput " + one("x", "1, 3") + Y),
    Case("partial_extra_input", "batch_3", ORT + "max_batch_size: 2\ninput [ { name: \"x\" data_type: TYPE_FP32 dims: [ 3 ] }, { name: \"extra\" data_type: TYPE_FP32 dims: [ 3 ] } ]\n" + Y),
    Case("partial_variable_over_fixed", "batch_3", ORT + "max_batch_size: 2\ninput " + one("x", "-1") + "output " + one("y", "-1")),
    Case("partial_fixed_over_variable", "batch_t", ORT + "max_batch_size: 2\ninput " + one("x", "5") + "output " + one("y", "5")),
    Case("partial_max_2_fixed_full", "fixed_2x3", ORT + "max_batch_size: 2\n" + X + Y),
    Case("partial_fixed_full", "fixed_2x3", ORT + "input " + one("x", "2, 3") + "output " + one("y", "2, 3")),
    Case("partial_batch_of_one", "one_3", ORT + "max_batch_size: 1\n" + X + Y),
    Case("partial_reshape", "batch_t_4", ORT + "max_batch_size: 2\ninput " + one("x", "8", more="reshape { shape: [ 2, 4 ] }") + "output " + one("y", "8", more="reshape { shape: [ 2, 4 ] }")),
    Case("partial_reshape_mismatch", "batch_t_4", ORT + "max_batch_size: 2\ninput " + one("x", "9", more="reshape { shape: [ 2, 4 ] }") + "output " + one("y", "-1, 4")),
    Case("partial_scalar_reshape", "n", ORT + "max_batch_size: 2\ninput " + one("x", "1", more="reshape { shape: [ ] }") + "output " + one("y", "1", more="reshape { shape: [ ] }")),
    Case("partial_n_dims_1", "n", ORT + "max_batch_size: 2\ninput " + one("x", "1") + "output " + one("y", "1")),
    Case("partial_scalar_dims_1", "scalar", ORT + "input " + one("x", "1") + "output " + one("y", "1")),
    Case("partial_scalar_empty_dims", "scalar", ORT + "input " + one("x", "") + "output " + one("y", "")),
    Case("partial_rank_unknown_given", "rank_unknown", ORT + "input " + one("x", "-1") + "output " + one("y", "-1")),
    Case("partial_optional_input", "two_io", ORT + 'max_batch_size: 2\ninput [ { name: "x" data_type: TYPE_FP32 dims: [ 3 ] }, { name: "w" data_type: TYPE_FP32 dims: [ 4 ] optional: true } ]\n'),
    Case("partial_zero_dim", "batch_3", ORT + "max_batch_size: 2\ninput " + one("x", "0") + Y),
    Case("partial_dim_minus_2", "batch_3", ORT + "max_batch_size: 2\ninput " + one("x", "-2") + Y),
    Case("partial_unknown_field", "batch_3", ORT + "colour: 3\n"),
    Case("partial_bad_enum", "batch_3", ORT + "input " + one("x", "3", "TYPE_FLOAT")),
    Case("partial_broken_text", "batch_3", ORT + "input [ {\n"),
    # files
    Case("file_other_name", "batch_3", ORT + 'default_model_filename: "net.onnx"\n', file="1/net.onnx"),
    Case("file_other_name_no_config", "batch_3", file="1/net.onnx"),
    Case("file_other_name_platform", "batch_3", PLATFORM, file="1/net.onnx"),
    Case("file_missing_named", "batch_3", ORT + 'default_model_filename: "net.onnx"\n'),
    Case("file_missing", None, ORT),
    Case("file_no_version", "batch_3", ORT, file="model.onnx"),
    Case("file_version_01", "batch_3", ORT, file="01/model.onnx"),
    Case("file_two_versions", "batch_3", more={"2/model.onnx": "fixed_2x3"}),
]


def flagged(prefix: str, flags: tuple[str, ...]) -> list[Case]:
    return [
        Case(f"{prefix}_batch_3", "batch_3", flags=flags),
        Case(f"{prefix}_n", "n", flags=flags),
        Case(f"{prefix}_scalar", "scalar", flags=flags),
        Case(f"{prefix}_fixed_2x3", "fixed_2x3", flags=flags),
        Case(f"{prefix}_mixed_inputs", "mixed_inputs", flags=flags),
        Case(f"{prefix}_backend_only", "batch_3", ORT, flags=flags),
        Case(f"{prefix}_platform_only", "batch_3", PLATFORM, flags=flags),
        Case(f"{prefix}_max_0", "batch_3", ORT + "max_batch_size: 0\n", flags=flags),
        Case(f"{prefix}_max_2", "batch_3", ORT + "max_batch_size: 2\n", flags=flags),
        Case(f"{prefix}_max_2_fixed", "fixed_2x3", ORT + "max_batch_size: 2\n", flags=flags),
        Case(f"{prefix}_input_only", "batch_3", ORT + "max_batch_size: 2\n" + X, flags=flags),
        Case(f"{prefix}_input_only_no_max", "batch_3", ORT + "input " + one("x", "-1, 3"), flags=flags),
        Case(f"{prefix}_input_output", "batch_3", ORT + "input " + one("x", "-1, 3") + "output " + one("y", "-1, 3"), flags=flags),
        Case(f"{prefix}_input_output_max_2", "batch_3", ORT + "max_batch_size: 2\n" + X + Y, flags=flags),
        Case(f"{prefix}_preferred_16", "batch_3", ORT + "dynamic_batching { preferred_batch_size: [ 16 ] }\n", flags=flags),
    ]


CASES = (
    NO_CONFIG
    + PARTIAL
    + flagged("default_8", MAX_8)
    + flagged("default_1", MAX_1)
    + flagged("default_0", MAX_0)
    + flagged("backend_16", BACKEND_16)
    + flagged("off", OFF)
    + flagged("strict", STRICT)
)
