"""Infer over HTTP with JSON alone: structure, types, shapes, outputs, parameters."""

import json

from exchange import Http
from requests import Case, Differs

ROW = list(range(16))


def tensor(name="INPUT0", shape=(1, 16), datatype="INT32", data=ROW, **more) -> dict:
    made = {"name": name, "shape": list(shape), "datatype": datatype, "data": data} | more
    return {key: value for key, value in made.items() if value is not ...}


FIRST, SECOND = tensor(), tensor("INPUT1")
PAIR = [FIRST, SECOND]


def infer(name: str, model: str, body: bytes | dict | list | str, differs: Differs | None = None, **options) -> Case:
    if isinstance(body, str):
        body = body.encode()
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return Case(f"infer {name}", Http("POST", f"/v2/models/{model}/infer", body, **options), differs)


def simple(name: str, inputs=PAIR, differs: Differs | None = None, **more) -> Case:
    return infer(name, "simple", {"inputs": inputs} | more, differs)


DECOUPLED = [
    infer("decoupled model", "decoupled_int32", {"inputs": [tensor(shape=[1], data=[1])]}),
    infer("decoupled model and noise", "decoupled_int32", "xx"),
    infer("decoupled model without inputs", "decoupled_int32", {}),
    infer("decoupled model in a version that is not there", "decoupled_int32/versions/9", {"inputs": []}),
]


def one(name: str, model: str, shape, data, datatype="FP32", differs: Differs | None = None, **more) -> Case:
    return infer(name, model, {"inputs": [tensor(shape=shape, datatype=datatype, data=data, **more)]}, differs)


HEALTHY = [
    simple("two inputs"),
    simple("inputs in the other order", [SECOND, FIRST]),
    simple("id", id="a-1"),
    simple("empty id", id=""),
    simple("id with quotes and umlauts", id='"\u00e4"\\'),
    simple("one output", outputs=[{"name": "OUTPUT1"}]),
    simple("outputs in the other order", outputs=[{"name": "OUTPUT1"}, {"name": "OUTPUT0"}]),
    simple("empty list of outputs", outputs=[]),
    simple("nested data", [tensor(data=[ROW]), tensor("INPUT1", data=[[[v] for v in ROW]])]),
    simple("unknown members", PAIR, colour="red"),
    simple("unknown members in an input", [tensor(colour="red"), SECOND]),
    simple("parameters of every kind", parameters={"a": 1, "b": "x", "c": True, "d": 1.5}),
    simple("priority and timeout", parameters={"priority": 1, "timeout": 10_000_000}),
    simple("batch of 8", [tensor(shape=(8, 16), data=ROW * 8), tensor("INPUT1", shape=(8, 16), data=ROW * 8)]),
    infer("version in the path", "many/versions/1", {"inputs": [tensor(shape=[2], datatype="FP32", data=[1, 2])]}),
    infer("without version", "many", {"inputs": [tensor(shape=[2], datatype="FP32", data=[1, 2])]}),
    infer("white space everywhere", "plus_one", b' \n{ "inputs" :\t[ {"name":"INPUT0","shape":[1],"datatype":"FP32","data":[ 1 ] } ] }\r\n '),
    infer("members in another order", "plus_one", b'{"inputs":[{"data":[1,2],"datatype":"FP32","shape":[2],"name":"INPUT0"}]}'),
    one("empty tensor", "plus_one", [0], []),
    one("empty matrix", "matrix", [0, 3], []),
    one("matrix nested", "matrix", [2, 3], [[1, 2, 3], [4, 5, 6]]),
    one("matrix nested otherwise than its shape", "matrix", [2, 3], [[1, 2], [3, 4], [5, 6]]),
    one("scalar", "scalar", [1], [4]),
    one("scalar in a batch", "scalar_batch", [2, 1], [4, 5]),
    one("bool", "identity_bool", [2], [True, False], "BOOL"),
    one("int8", "identity_int8", [3], [-128, 0, 127], "INT8"),
    one("uint8", "identity_uint8", [2], [0, 255], "UINT8"),
    one("int16", "identity_int16", [2], [-32768, 32767], "INT16"),
    one("uint16", "identity_uint16", [2], [0, 65535], "UINT16"),
    one("int64", "identity_int64", [2], [-(2**63), 2**63 - 1], "INT64"),
    one("uint32", "identity_uint32", [2], [0, 2**32 - 1], "UINT32"),
    one("uint64", "identity_uint64", [2], [0, 2**64 - 1], "UINT64"),
    one("fp32", "identity_fp32", [4], [0.1, -1e-30, 3.4e38, 16777217], "FP32"),
    one("fp64", "identity_fp64", [3], [0.1, -1e-300, 1.7e308], "FP64"),
    infer("negative zero", "identity_fp32", '{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":[-0.0]}]}'),
    one("strings", "identity_bytes", [3], ["", "a", "\u00e4\U0001f33f\"\\\n"], "BYTES"),
    infer("escaped surrogate pair", "identity_bytes", b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"BYTES","data":["\\ud83c\\udf3f"]}]}'),
    infer("NaN and Infinity", "identity_fp32", b'{"inputs":[{"name":"INPUT0","shape":[3],"datatype":"FP32","data":[NaN,Infinity,-Infinity]}]}'),
]

STRUCTURE = [
    infer("empty object", "simple", b"{}"),
    infer("array instead of an object", "simple", b"[]"),
    infer("string instead of an object", "simple", b'"x"'),
    infer("null instead of an object", "simple", b"null"),
    infer("truncated JSON", "simple", b'{"inputs":[{"name":'),
    infer("text behind the object", "plus_one", b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":[1]}]} x'),
    infer("trailing comma", "plus_one", b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":[1,]}]}'),
    infer("single quotes", "plus_one", b"{'inputs':[]}"),
    infer("comment", "plus_one", b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":[1]}]/*c*/}'),
    infer("control character in a string", "plus_one", b'{"id":"a\x01b","inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":[1]}]}'),
    infer("unknown escape", "plus_one", b'{"id":"\\q","inputs":[]}'),
    infer("number with a leading zero", "plus_one", b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":[01]}]}'),
    infer("number with a plus", "plus_one", b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":[+1]}]}'),
    infer("inputs missing", "simple", {"id": "x"}),
    infer("inputs an object", "simple", {"inputs": {}}),
    infer("inputs null", "simple", {"inputs": None}),
    infer("inputs of numbers", "simple", {"inputs": [1]}),
    infer("inputs empty", "simple", {"inputs": []}),
    simple("name missing", [tensor(name=...), SECOND]),
    simple("name a number", [tensor(name=1), SECOND]),
    simple("shape missing", [{k: v for k, v in FIRST.items() if k != "shape"}, SECOND]),
    simple("shape a number", [FIRST | {"shape": 16}, SECOND]),
    simple("shape of strings", [FIRST | {"shape": ["1", "16"]}, SECOND]),
    simple("shape of floats", [FIRST | {"shape": [1.0, 16.0]}, SECOND]),
    simple("shape negative", [tensor(shape=[-1, 16]), SECOND]),
    simple("shape null", [FIRST | {"shape": None}, SECOND]),
    simple("datatype missing", [tensor(datatype=...), SECOND]),
    simple("datatype a number", [tensor(datatype=3), SECOND]),
    simple("datatype unknown", [tensor(datatype="INT128"), SECOND]),
    simple("datatype in small letters", [tensor(datatype="int32"), SECOND]),
    simple("datatype as in the config", [tensor(datatype="TYPE_INT32"), SECOND]),
    simple("data missing", [tensor(data=...), SECOND]),
    simple("data an object", [tensor(data={}), SECOND]),
    simple("data a string", [tensor(data="x"), SECOND]),
    simple("data null", [tensor(data=None), SECOND]),
    one("data a number", "plus_one", [1], 1),
    simple("id a number", id=7),
    simple("id null", id=None),
    simple("outputs an object", outputs={}),
    simple("outputs of strings", outputs=["OUTPUT0"]),
    simple("output without name", outputs=[{}]),
    simple("parameters an array", parameters=[]),
    simple("parameter null", parameters={"a": None}),
    simple("parameter an object", parameters={"a": {}}),
    simple("parameter an array", parameters={"a": [1]}),
    simple("priority a string", parameters={"priority": "high"}),
    simple("timeout a string", parameters={"timeout": "x"}),
    simple("parameter with a reserved prefix", parameters={"triton_x": 1}),
    simple("parameter binary_data_output a string", parameters={"binary_data_output": "x"}),
    simple("parameter sequence_id of a model without sequences", parameters={"sequence_id": 5, "sequence_start": True}),
]

VALUES = [
    simple("one element too many", [tensor(data=[*ROW, 1]), SECOND]),
    simple("one element too few", [tensor(data=ROW[1:]), SECOND]),
    simple("no elements", [tensor(data=[]), SECOND]),
    simple("string among integers", [tensor(data=["1", *ROW[1:]]), SECOND]),
    simple("float among integers", [tensor(data=[1.5, *ROW[1:]]), SECOND]),
    simple("true among integers", [tensor(data=[True, *ROW[1:]]), SECOND]),
    simple("null among integers", [tensor(data=[None, *ROW[1:]]), SECOND]),
    simple("object among integers", [tensor(data=[{}, *ROW[1:]]), SECOND]),
    one("bool as numbers", "identity_bool", [2], [0, 1], "BOOL"),
    one("string among floats", "plus_one", [1], ["1"]),
    one("bool among floats", "plus_one", [1], [True]),
    one("number among strings", "identity_bytes", [1], [1], "BYTES"),
    one("null among strings", "identity_bytes", [1], [None], "BYTES"),
    one("negative unsigned", "identity_uint8", [1], [-1], "UINT8"),
    one("too large for int64", "identity_int64", [1], [2**63], "INT64"),
    one("too large for uint64", "identity_uint64", [1], [2**64], "UINT64"),
    one("too large for int8", "identity_int8", [1], [300], "INT8", Differs("integer-range", r"(400|500) .*300")),
    one("too small for int16", "identity_int16", [1], [-40000], "INT16", Differs("integer-range", r"(400|500) .*-40000")),
    one("too large for uint16", "identity_uint16", [1], [70000], "UINT16", Differs("integer-range", r"(400|500) .*70000")),
    one("too large for int32", "identity_int32", [1], [2**31], "INT32", Differs("integer-range", r"(400|500) .*2147483648")),
    one("too large for uint32", "identity_uint32", [1], [2**32], "UINT32", Differs("integer-range", r"(400|500) .*4294967296")),
    infer("too large for fp64", "identity_fp64", b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP64","data":[1e400]}]}'),
    one("too large for fp32", "identity_fp32", [1], [1e39]),
    one("fp16", "identity_fp16", [1], [1.5], "FP16"),
    one("bf16", "identity_bf16", [1], [1.5], "BF16"),
    infer("one array too deep", "plus_one", '{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":' + "[" * 101 + "1" + "]" * 101 + "}]}", Differs("json-depth", r"(400|500) .*100")),
    infer("100 arrays deep", "plus_one", '{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":' + "[" * 100 + "1" + "]" * 100 + "}]}"),
    infer("unpaired surrogate", "identity_bytes", b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"BYTES","data":["\\ud83c"]}]}'),
    infer("ragged arrays", "matrix", {"inputs": [tensor(shape=[2, 2], datatype="FP32", data=[[1, 2, 3], [4]])]}),
]

MODEL = [
    infer("unknown model", "nope", {"inputs": PAIR}),
    infer("unknown version", "simple/versions/99", {"inputs": PAIR}),
    infer("broken model", "broken", {"inputs": PAIR}),
    infer("unknown model and malformed JSON", "nope", b"{"),
    simple("input missing", [FIRST]),
    simple("input too many", [*PAIR, tensor("OTHER")], Differs("list-of-inputs", r"400 .*missing required input\(s\) \[\]\. Please")),
    simple("input unknown", [FIRST, tensor("OTHER")]),
    simple("input twice", [FIRST, FIRST]),
    simple("output unknown", outputs=[{"name": "OTHER"}]),
    simple("output twice", outputs=[{"name": "OUTPUT0"}, {"name": "OUTPUT0"}]),
    simple("datatype of another width", [tensor(datatype="INT64"), SECOND]),
    simple("datatype of the same width", [tensor(datatype="FP32"), SECOND]),
    simple("shape too short", [tensor(shape=[1, 15], data=ROW[1:]), SECOND]),
    simple("shape without batch", [tensor(shape=[16]), tensor("INPUT1", shape=[16])]),
    simple("shape empty", [FIRST, tensor("INPUT1", shape=[], data=[1])]),
    simple("shape with a third dimension", [tensor(shape=[1, 1, 16]), SECOND]),
    simple("batch of 9", [tensor(shape=(9, 16), data=ROW * 9), tensor("INPUT1", shape=(9, 16), data=ROW * 9)]),
    simple("batch of 0", [tensor(shape=(0, 16), data=[]), tensor("INPUT1", shape=(0, 16), data=[])], Differs("empty-batch", r"400 .*batch-size must be >= 1 for 'simple', got 0")),
    infer("shape of a model without batching", "simple_nobatch", {"inputs": [tensor(shape=[16]), tensor("INPUT1", shape=[15], data=ROW[1:])]}),
    infer("rank of a model without batching", "simple_nobatch", {"inputs": [tensor(shape=[16]), tensor("INPUT1")]}),
    one("rank of a variable model", "plus_one", [1, 2], [1, 2]),
    one("shape of 2 to the 64", "plus_one", [2**64], [1]),
    simple("id in the error text", [FIRST], id="r-7"),
]

OUTPUTS = [
    simple("binary_data false", outputs=[{"name": "OUTPUT0", "parameters": {"binary_data": False}}]),
    simple("binary_data true", outputs=[{"name": "OUTPUT0", "parameters": {"binary_data": True}}]),
    simple("binary_data true then false", outputs=[{"name": "OUTPUT1", "parameters": {"binary_data": True}}, {"name": "OUTPUT0"}]),
    simple("binary_data_output without outputs", parameters={"binary_data_output": True}),
    simple("binary_data_output with outputs", outputs=[{"name": "OUTPUT0"}], parameters={"binary_data_output": True}),
    simple("binary_data_output against binary_data", outputs=[{"name": "OUTPUT0", "parameters": {"binary_data": False}}], parameters={"binary_data_output": True}),
    simple("binary_data a string", outputs=[{"name": "OUTPUT0", "parameters": {"binary_data": "yes"}}]),
    simple("unknown output parameter", outputs=[{"name": "OUTPUT0", "parameters": {"colour": 1}}]),
    simple("output parameters an array", outputs=[{"name": "OUTPUT0", "parameters": []}]),
    infer("empty output in binary", "plus_one", {"inputs": [tensor(shape=[0], datatype="FP32", data=[])], "outputs": [{"name": "OUTPUT0", "parameters": {"binary_data": True}}]}),
    infer("strings in binary", "identity_bytes", {"inputs": [tensor(shape=[2], datatype="BYTES", data=["a", "\u00e4"])], "outputs": [{"name": "OUTPUT0", "parameters": {"binary_data": True}}]}),
]  # fmt: skip


def classified(name: str, model: str, shape, data, datatype="FP32", k: object = 2) -> Case:
    outputs = [{"name": "OUTPUT0", "parameters": {"classification": k}}]
    return infer(f"classification {name}", model, {"inputs": [tensor(shape=shape, datatype=datatype, data=data)], "outputs": outputs})


CLASSIFICATION = [
    classified("of floats", "identity_fp32", [4], [0.1, 5, -3, 2]),
    classified("of integers", "identity_int32", [3], [1, 3, 2], "INT32"),
    classified("in a batch", "mlp", [1, 784], [0.5] * 784, k=1),
    classified("of more than there are", "identity_fp32", [2], [1, 2], k=9),
    classified("of none", "identity_fp32", [2], [1, 2], k=0),
    classified("negative", "identity_fp32", [2], [1, 2], k=-1),
    classified("a string", "identity_fp32", [2], [1, 2], k="2"),
]

CASES = CLASSIFICATION + HEALTHY + STRUCTURE + VALUES + MODEL + OUTPUTS + DECOUPLED
