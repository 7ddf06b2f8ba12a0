"""Models that cannot be served, each for another reason: all are UNAVAILABLE and say why, and their neighbours serve.

    broken.py --make FOLDER            writes the model repository
    broken.py --http H:P --grpc H:P    asks a server on it (--strict-readiness=false)
"""

import json
import pathlib
import re
import shutil
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field

import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from ask import tensor
from traffic import addresses, verdict
from tritonclient.utils import InferenceServerException

MODELS = pathlib.Path(__file__).resolve().parent.parent / "models"
FILE = (MODELS / "repository/plus_one/1/model.onnx").read_bytes()
GOOD = 'backend: "onnxruntime"\ninput [ { name: "INPUT0" data_type: TYPE_FP32 dims: [ -1 ] } ]\n' \
       'output [ { name: "OUTPUT0" data_type: TYPE_FP32 dims: [ -1 ] } ]\n'  # fmt: skip


def message(number: int, content: bytes) -> bytes:
    """A field of a protobuf message."""
    length, size = len(content), b""
    while length > 0x7F:
        size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + content


def nested(depth: int) -> bytes:
    """A graph whose node has a graph whose node …"""
    graph = b""
    for _ in range(depth):
        graph = message(1, message(5, message(6, graph)))
    return b"\x08\x08" + message(7, graph)


@dataclass(frozen=True)
class Broken:
    """A model folder, and what the reason must say (a pattern)."""

    name: str
    reason: str
    config: str | bytes | None = GOOD
    files: dict[str, bytes] = field(default_factory=lambda: {"1/model.onnx": FILE})
    like: str = ""


def onnx(name: str, reason: str, file: bytes, config: str | None = None) -> Broken:
    return Broken(name, reason, config, {"1/model.onnx": file})


CASES = [
    Broken("config_cut", r"config\.pbtxt:3:61: ", GOOD[:-5]),
    Broken("config_unknown_field", r"config\.pbtxt:4:1: .*max_batch_sice", GOOD + "max_batch_sice: 8\n"),
    Broken("config_wrong_type", r"config\.pbtxt:4:17: .*eight", GOOD + 'max_batch_size: "eight"\n'),
    Broken("config_negative_batch", r"'max_batch_size' .* got -1", GOOD + "max_batch_size: -1\n"),
    Broken("config_noise", r"config\.pbtxt is not UTF-8 text", bytes(range(255, 0, -1))),
    Broken("config_deep", r"config\.pbtxt:1:\d+: .*nested too deep", "model_transaction_policy {" * 20_000),
    Broken("config_other_name", r"'config_other_name' for model 'other'", GOOD + 'name: "other"\n'),
    Broken("config_unknown_backend", r"'abacus' .*this server has: onnxruntime", GOOD.replace("onnxruntime", "abacus")),
    Broken("config_other_input", r"'INPUT9', allowed inputs are: INPUT0", GOOD.replace("INPUT0", "INPUT9")),
    Broken("config_other_type", r"TYPE_INT64 for input 'INPUT0', model provides TYPE_FP32", GOOD.replace("TYPE_FP32", "TYPE_INT64")),
    Broken("config_other_rank", r"'INPUT0'.*\[-1\].*\[-1,3\]", GOOD.replace("-1", "-1, 3")),
    Broken("no_version", r"at least one version must be available", GOOD, {}),
    Broken("no_file", r"1/model\.onnx .*default_model_filename", GOOD, {"1/README": b""}),
    onnx("file_empty", r"not a whole ONNX model: no graph", b""),
    onnx("file_cut", r"not a whole ONNX model: .* at byte", FILE[: len(FILE) // 2], GOOD),
    onnx("file_noise", r"not a whole ONNX model: .* at byte", bytes(range(256)) * 16),
    onnx("file_noise_with_config", r"not a whole ONNX model: .* at byte", bytes(range(256)) * 16, GOOD),
    onnx("file_length_beyond_its_end", r"not a whole ONNX model: a length of 2147483647", FILE + b"\x3a\xff\xff\xff\xff\x07"),
    onnx("file_deep", r"more than 64 graphs within each other", nested(5_000)),
    onnx("file_deep_with_config", r"more than 64 graphs within each other", nested(5_000), GOOD),
    Broken("op_missing", r"test.missing:Nope", like="missing_op"),
    Broken("op_library_missing", r"'libraries/libnowhere\.so' .*op_library_missing/1", like="missing_library"),
    Broken("op_library_cannot_be_opened", r"libundefined\.so@.* needs espalier_function_that_nobody_has", like="broken_library"),
    Broken("op_library_without_ops", r"libplain\.so@.* is no op library: .*RegisterCustomOps", like="no_op_library"),
    Broken("op_library_of_the_future", r"libnewer_api\.so@.* is made for a newer engine: .*API 1000", like="newer_api"),
    Broken("op_library_of_noise", r"libnoise\.so@.* is not an ELF file: ", None, {"1/model.onnx": FILE, "1/ops/libnoise.so": b"noise"}),
]  # fmt: skip


def make(folder: pathlib.Path) -> None:
    for name in ("plus_one", "simple"):
        shutil.copytree(MODELS / "repository" / name, folder / name)
    for case in CASES:
        target = folder / case.name
        if case.like:
            shutil.copytree(MODELS / "ops" / case.like, target)
            continue
        target.mkdir()
        if case.config is not None:
            text = case.config
            (target / "config.pbtxt").write_bytes(text.encode() if isinstance(text, str) else text)
        for path, content in case.files.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(content)


def post(http: str, path: str, body: bytes) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(f"http://{http}{path}", body), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def complaints(options, case: Broken, entry: dict | None) -> list[str]:
    """What is wrong with how the server treats a broken model."""
    found = []
    # As with Triton, a model whose configuration cannot be read has no version, and without a version no state.
    if entry is None or entry.get("state", "UNAVAILABLE") != "UNAVAILABLE":
        found.append(f"the index says {entry} (expected: UNAVAILABLE)")
    elif not re.search(case.reason, entry.get("reason", ""), re.DOTALL):
        found.append(f"the reason is {entry.get('reason')!r} (expected: {case.reason})")
    status, text = post(options.http, f"/v2/models/{case.name}/infer", b'{"inputs":[]}')
    if status not in (400, 404, 503) or case.name not in text:
        found.append(f"a request is answered {status} {text[:200]} (expected: 400 with the model's name)")
    with grpcclient.InferenceServerClient(options.grpc) as client:
        try:
            client.infer(case.name, [tensor(grpcclient, "X", np.zeros(1, np.float32), "FP32")])
            found.append("a request over gRPC is answered")
        except InferenceServerException as refusal:
            if case.name not in str(refusal.message()):
                found.append(f"over gRPC a request is answered {refusal}")
    return found


def good(options) -> list[str]:
    """What is wrong with the answers of the neighbours."""
    found = []
    values = np.array([1, 2, 3], np.float32)
    for module, address in ((httpclient, options.http), (grpcclient, options.grpc)):
        with module.InferenceServerClient(address) as client:
            result = client.infer("plus_one", [tensor(module, "INPUT0", values, "FP32")]).as_numpy("OUTPUT0")
            if not np.array_equal(result, values + 1):
                found.append(f"plus_one answers {result}")
            if not client.is_model_ready("simple"):
                found.append("'simple' is not ready")
    return found


def main() -> int:
    parser = addresses(__doc__)
    parser.add_argument("--make", type=pathlib.Path)
    options = parser.parse_args()
    if options.make:
        options.make.mkdir(parents=True)
        make(options.make)
        return 0
    index = {entry["name"]: entry for entry in json.loads(post(options.http, "/v2/repository/index", b"")[1])}
    failed = 0
    for case in CASES:
        problems = complaints(options, case, index.get(case.name)) + good(options)
        failed += bool(problems)
        for problem in problems:
            print(f"FAILED {case.name}: {problem}")
    return verdict(len(CASES) - failed, failed)


if __name__ == "__main__":
    sys.exit(main())
