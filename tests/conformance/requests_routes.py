"""Routes, verbs, health, readiness, metadata, configuration, statistics, index."""

from exchange import Http
from requests import Case, Differs

SIMPLE = (
    b'{"inputs":[{"name":"INPUT0","shape":[1,16],"datatype":"INT32","data":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]},'
    b'{"name":"INPUT1","shape":[1,16],"datatype":"INT32","data":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]}'
)
ONE = b'{"inputs":[{"name":"INPUT0","shape":[1],"datatype":"FP32","data":[1]}]}'


def get(name: str, path: str, **options) -> Case:
    return Case(f"get {name}", Http("GET", path, **options))


def post(name: str, path: str, body: bytes = b"", **options) -> Case:
    return Case(f"post {name}", Http("POST", path, body, **options))


def verb(name: str, method: str, path: str, body: bytes = b"") -> Case:
    return Case(f"{method.lower()} {name}", Http(method, path, body))


HEALTH = [
    get("live", "/v2/health/live"),
    get("ready", "/v2/health/ready"),
    get("health alone", "/v2/health"),
    get("health other", "/v2/health/other"),
    get("live with a query", "/v2/health/live?verbose=1"),
    post("live", "/v2/health/live"),
]

ROUTES = [
    get("root", "/"),
    get("v3", "/v3"),
    get("v2 with a slash", "/v2/"),
    get("v2 twice a slash", "//v2"),
    get("models alone", "/v2/models"),
    get("unknown route under a model", "/v2/models/simple/forecast"),
    get("empty model name", "/v2/models//ready"),
    get("infer", "/v2/models/simple/infer"),
    verb("infer", "PUT", "/v2/models/simple/infer", SIMPLE),
    verb("infer", "DELETE", "/v2/models/simple/infer"),
    verb("server metadata", "POST", "/v2"),
    verb("server metadata", "HEAD", "/v2"),
    verb("model metadata", "POST", "/v2/models/simple"),
    verb("config", "POST", "/v2/models/simple/config"),
    verb("stats", "POST", "/v2/models/simple/stats"),
    verb("ready", "POST", "/v2/models/simple/ready"),
    verb("index", "GET", "/v2/repository/index"),
    verb("load", "GET", "/v2/repository/models/simple/load"),
    get("infer of a version that is no number", "/v2/models/simple/versions/x/infer"),
    get("ready of a version that is no number", "/v2/models/simple/versions/x/ready"),
    get("version missing after versions", "/v2/models/simple/versions//ready"),
    get("version of 25 digits", "/v2/models/simple/versions/1000000000000000000000000/ready"),
]

NAMES = [
    Case(
        "get percent-encoded unknown name",
        Http("GET", "/v2/models/with%20space"),
        Differs("percent-decoding", r"404 .*'with space'"),
    ),
    Case(
        "get percent-encoded known name",
        Http("GET", "/v2/models/simpl%65/ready"),
        Differs("percent-decoding", r"200"),
    ),
    Case("get name in raw UTF-8", Http(raw="GET /v2/models/grün HTTP/1.1\r\nHost: test\r\n\r\n".encode())),
    get("name with dots", "/v2/models/a.b.c"),
    get("name of 300 characters", "/v2/models/" + "n" * 300),
]

READY = [
    get("model ready", "/v2/models/simple/ready"),
    get("model version ready", "/v2/models/simple/versions/1/ready"),
    get("model version not there ready", "/v2/models/simple/versions/99/ready"),
    get("many version 2 ready", "/v2/models/many/versions/2/ready"),
    get("unknown model ready", "/v2/models/nope/ready"),
    get("broken model ready", "/v2/models/broken/ready"),
]

METADATA = [
    Case("get server metadata", Http("GET", "/v2"), Differs("extensions", r'200 .*"extensions": \["classification", "model_repository", ')),
    get("metadata", "/v2/models/simple"),
    get("metadata of a version", "/v2/models/many/versions/3"),
    get("metadata of all versions", "/v2/models/many"),
    get("metadata of a version not there", "/v2/models/many/versions/2"),
    get("metadata of an unknown model", "/v2/models/nope"),
    get("metadata of a broken model", "/v2/models/broken"),
    get("metadata of a broken model's version", "/v2/models/broken/versions/1"),
    get("metadata bytes", "/v2/models/identity_bytes"),
    get("metadata bf16", "/v2/models/identity_bf16"),
    get("metadata scalar_batch", "/v2/models/scalar_batch"),
]

CONFIG = [
    get("config", "/v2/models/simple/config"),
    get("config of a batching model", "/v2/models/mlp/config"),
    get("config with reshape", "/v2/models/scalar_batch/config"),
    get("config of a version", "/v2/models/many/versions/1/config"),
    get("config of a version not there", "/v2/models/many/versions/2/config"),
    get("config of an unknown model", "/v2/models/nope/config"),
    get("config of a broken model", "/v2/models/broken/config"),
]

STATISTICS = [
    get("stats", "/v2/models/simple/stats"),
    get("stats of a version", "/v2/models/many/versions/1/stats"),
    get("stats of all versions", "/v2/models/many/stats"),
    get("stats of a version not there", "/v2/models/many/versions/9/stats"),
    get("stats of an unknown model", "/v2/models/nope/stats"),
    get("stats of a broken model", "/v2/models/broken/stats"),
]

REPOSITORY = [
    post("index", "/v2/repository/index", b'{"ready":true}'),
    post("index with an empty object", "/v2/repository/index", b"{}"),
    post("index with malformed JSON", "/v2/repository/index", b"{"),
    post("index with ready a number", "/v2/repository/index", b'{"ready":1}'),
    post("index of another repository", "/v2/repository/other/index", b'{"ready":true}'),
    post("load in mode none", "/v2/repository/models/simple/load"),
    post("unload in mode none", "/v2/repository/models/simple/unload"),
    post("load of an unknown model in mode none", "/v2/repository/models/nope/load"),
    post("load with repository name", "/v2/repository/mine/models/simple/load"),
    post("unload with repository name", "/v2/repository/mine/models/simple/unload"),
]

CONNECTION = [
    post("with HTTP/1.0", "/v2/models/plus_one/infer", ONE, version="1.0"),
    post("with Connection: close", "/v2/models/plus_one/infer", ONE, headers=(("Connection", "close"),)),
    post("with Expect: 100-continue", "/v2/models/plus_one/infer", ONE, headers=(("Expect", "100-continue"),)),
    post("with another content type", "/v2/models/plus_one/infer", ONE, headers=(("Content-Type", "text/plain"),)),
    post("with a query", "/v2/models/plus_one/infer?a=1&b=%20", ONE),
    post("with header names in capitals", "/v2/models/plus_one/infer", ONE, headers=(("ACCEPT-ENCODING", "gzip"),)),
    Case(
        "post in chunks",
        Http(
            raw=b"POST /v2/models/plus_one/infer HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (ONE[:20], ONE[20:]))
            + b"0\r\n\r\n"
        ),
    ),
    Case("get metrics of another path", Http("GET", "/other", metrics=True), Differs("metrics-paths", "404 Not Found")),
]

CASES = HEALTH + ROUTES + NAMES + READY + METADATA + CONFIG + STATISTICS + REPOSITORY + CONNECTION
