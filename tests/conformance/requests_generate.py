"""Requests in the form of flat JSON: `generate` and `generate_stream`."""

import gzip
import json

from exchange import Http
from requests import Case, Differs

ROW = list(range(16))
WRONG_KIND = {"x": [1]}


def generate(name: str, model: str, body, route="generate", differs: Differs | None = None, **options) -> Case:
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode()
    path = model if model.startswith("/") else f"/v2/models/{model}/{route}"
    return Case(f"{route} {name}", Http(options.pop("verb", "POST"), path, body, **options), differs)


def streamed(name: str, model: str, body, **options) -> Case:
    return generate(name, model, body, "generate_stream", **options)


def values(kind: str, *given) -> list[Case]:
    """An array, a single value, and an empty array."""
    model = f"identity_{kind.lower()}"
    return [
        generate(f"an array of {kind}", model, {"INPUT0": list(given)}),
        generate(f"one {kind}", model, {"INPUT0": given[0]}),
        generate(f"an array of one {kind}", model, {"INPUT0": [given[0]]}),
        generate(f"no {kind}", model, {"INPUT0": []}),
    ]


VALUES = [
    *values("BOOL", True, False),
    *values("INT8", -128, 127),
    *values("UINT64", 2**64 - 1, 0),
    *values("INT32", 1, -2, 3),
    *values("FP32", 1.5, 2, -0.25),
    *values("FP64", 1e300, 0.1),
    *values("BYTES", "a", "Gr\u00fc\u00dfe \U0001f33f\n\"", ""),
    generate("FP16", "identity_fp16", {"INPUT0": [1]}),
    generate("BF16", "identity_bf16", {"INPUT0": 1}),
    generate("what JSON lacks", "identity_fp32", '{"INPUT0":[NaN,Infinity,-Infinity]}'),
    generate("a scalar", "scalar", {"INPUT0": 1}),
    generate("escapes", "identity_bytes", '{"INPUT0":"a\\u00e9\\"\\n"}'),
]

SHAPES = [
    generate("two dimensions that vary", "matrix", {"INPUT0": [1, 2, 3, 4]}),
    generate("nested values", "matrix", {"INPUT0": [[1, 2], [3, 4]]}),
    generate("values nested one by one", "identity_int32", {"INPUT0": [[1], [2]]}),
    generate("a row", "simple", {"INPUT0": ROW, "INPUT1": ROW}),
    generate("two rows", "simple", {"INPUT0": ROW * 2, "INPUT1": ROW * 2}),
    generate("nested rows", "simple", {"INPUT0": [ROW, ROW], "INPUT1": [ROW, ROW]}),
    generate("a part of a row", "simple", {"INPUT0": ROW[:3], "INPUT1": ROW}),
    generate("nine rows", "simple", {"INPUT0": ROW * 9, "INPUT1": ROW * 9}),
    generate("no rows", "simple", {"INPUT0": [], "INPUT1": []}, differs=Differs("empty-batch", "400 .*batch-size must be >= 1 for 'simple', got 0")),
    generate("too many for a fixed shape", "simple_nobatch", {"INPUT0": ROW + [1], "INPUT1": ROW}),
]  # fmt: skip

MEMBERS = [
    generate("an id", "simple", {"INPUT0": ROW, "INPUT1": ROW, "id": "x"}),
    generate("an empty id", "identity_int32", {"INPUT0": 1, "id": ""}),
    generate("an id that is a number", "identity_int32", {"INPUT0": 1, "id": 7}),
    generate("parameters", "identity_int32", {"INPUT0": 1, "a": 1, "b": "x", "c": True, "d": 1.5}),
    generate("nested parameters", "identity_int32", {"INPUT0": 1, "parameters": {"a": 1, "b": "x"}}),
    generate("inputs among the parameters", "identity_int32", {"parameters": {"INPUT0": 1}}),
    generate("parameters of another type", "identity_int32", {"INPUT0": 1, "parameters": 5}),
    generate("a parameter that is null", "identity_int32", {"INPUT0": 1, "x": None}),
    generate("a parameter that is an array", "identity_int32", {"INPUT0": 1} | WRONG_KIND),
    generate("a parameter that is an object", "identity_int32", {"INPUT0": 1, "x": {"y": 1}}),
    generate("a nested parameter that is an array", "identity_int32", {"INPUT0": 1, "parameters": WRONG_KIND}),
    generate("an input twice", "identity_int32", '{"INPUT0":1,"INPUT0":2}'),
    generate("an input missing", "simple", {"INPUT0": ROW}),
    generate("nothing", "simple", {}),
]

WRONG = [
    generate("a string for a number", "identity_int32", {"INPUT0": "1"}),
    generate("a fraction for a whole number", "identity_int32", {"INPUT0": 1.5}),
    generate("null for a number", "identity_fp32", {"INPUT0": None}),
    generate("an object for a number", "identity_fp32", {"INPUT0": {"a": 1}}),
    generate("a number for a string", "identity_bytes", {"INPUT0": 5}),
    generate("a number for a boolean", "identity_bool", {"INPUT0": 1}),
    generate("a number out of range", "identity_int8", {"INPUT0": 300}, differs=Differs("integer-range", "400 .*300")),
    generate("an array", "simple", [1]),
    generate("a number", "simple", "5"),
    generate("noise", "simple", "xx"),
    generate("no body", "simple", ""),
    generate("a text cut short", "simple", '{"INPUT0":[1,'),
    generate("more than one value", "identity_int32", '{"INPUT0":1} 5'),
    generate("an unknown model", "nope", {"a": 1}),
    generate("an unknown model and noise", "nope", "xx"),
    generate("a broken model", "broken", {"INPUT0": 1}),
    generate("an unknown version", "/v2/models/many/versions/9/generate", {"INPUT0": 1}),
    generate("a version", "/v2/models/many/versions/1/generate", {"INPUT0": 1}),
    generate("a version of a word", "/v2/models/many/versions/x/generate", {"INPUT0": 1}),
    generate("a get", "simple", "", verb="GET"),
    generate("gzip", "simple", gzip.compress(b"{}", mtime=0), headers=(("Content-Encoding", "gzip"),)),
    generate("a header length", "identity_int32", {"INPUT0": 1}, headers=(("Inference-Header-Content-Length", "3"),)),
]

STREAMED = [
    streamed("a row", "simple", {"INPUT0": ROW, "INPUT1": ROW}),
    streamed("an id", "identity_int32", {"INPUT0": [1, 2], "id": "x"}),
    streamed("one string", "identity_bytes", {"INPUT0": "a\n\nb"}),
    streamed("a number for a string", "identity_bytes", {"INPUT0": 5}),
    streamed("an unknown model", "nope", {"a": 1}),
    streamed("noise", "simple", "xx"),
    streamed("an input missing", "simple", {"INPUT0": ROW}),
    streamed("a get", "simple", "", verb="GET"),
    streamed("a decoupled model", "decoupled_int32", {"INPUT0": [1, 2]}),
    generate("a decoupled model", "decoupled_int32", {"INPUT0": [1, 2]}),
]

CASES = VALUES + SHAPES + MEMBERS + WRONG + STREAMED
