"""What is told of op libraries, and which are trusted: over HTTP, over gRPC, in the metrics."""

import hashlib
import json
import re

import grpc
import pytest
import tritonclient.grpc as triton

from op_service import op_libraries
from started import ADD, CONFLICT, MODELS, PLAIN, SUB, library, until

EXPLICIT = "--model-control-mode=explicit"
CONFIG = {
    "backend": "onnxruntime",
    "input": [{"name": name, "data_type": "TYPE_FP32", "dims": [3]} for name in ("X", "Y")],
    "output": [{"name": "Z", "data_type": "TYPE_FP32", "dims": [3]}],
}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def told(server, model: str = "", what: str = "libraries") -> list[dict]:
    """The libraries, as both protocols tell them."""
    answer = server.ask("GET", f"/v2/espalier/models/{model}/ops" if model else "/v2/espalier/ops")
    if answer.status == 404 and not model:
        pytest.skip("this server does not tell of op libraries")
    assert answer.status == 200, answer.text
    # Numbers of 64 bits are text in protobuf's JSON.
    in_json = re.sub(r'"(pid|deaths|load_us)":(\d+)', r'"\1":"\2"', answer.text)
    assert json.loads(in_json) == op_libraries(server.grpc, model)
    return answer.json[what]


def test_libraries_are_told(start, repository, kit):
    """By content: the same bytes in two models are one library, with one worker."""
    add, sub = kit.conflict_libraries()
    repository.add("m1", add)
    repository.add("m2", add)
    repository.add("other", sub)
    repository.add_without("plus_one", PLAIN)
    server = start(EXPLICIT, "--load-model=*")
    server.settled()
    both, other = sorted(told(server), key=lambda each: -len(each["models"]))
    assert both["sha256"] == sha256(add)
    assert (both["name"], both["engine"]) == ("libop.so", kit.engine)
    assert sorted(both["ops"]) == sorted([kit.op, *kit.more_ops]) and both["shadows"] == []
    assert both["places"] == [str(repository.library(name)) for name in ("m1", "m2")]
    assert both["models"] == [{"name": name, "version": "1"} for name in ("m1", "m2")]
    assert both["load_us"] > 0
    assert {both["workers"][0]["pid"], other["workers"][0]["pid"]} < server.workers()
    assert [each["sha256"] for each in told(server, "other")] == [sha256(sub)]
    assert told(server, "plus_one") == []
    assert server.ask("GET", "/v2/espalier/models/nobody/ops").status == 404
    with pytest.raises(grpc.RpcError) as failure:
        op_libraries(server.grpc, "nobody")
    assert failure.value.code() == grpc.StatusCode.NOT_FOUND
    server.unload("other")
    assert [each["sha256"] for each in told(server)] == [both["sha256"]]


def test_shadows_and_refusals_are_told(start, repository, need):
    need("--op-shelf")
    repository.add("m", library("conflict_c_add"))
    far = repository.put(repository.folder / ".ops/libfar.so", library("conflict_c_sub"))
    repository.add("broken", library("truncated"))
    server = start(EXPLICIT)
    server.load("m")
    server.refusal("broken")
    short = sha256(library("conflict_c_sub"))[:8]
    assert [each["shadows"] for each in told(server)] == [
        [{"op": "test.custom:CustomOp", "library": f"libfar.so@{short}", "place": str(far)}]
    ]
    (refused,) = told(server, what="refused")
    assert refused["place"] == str(repository.library("broken")) and "is truncated" in refused["reason"]
    assert told(server, "broken", "refused") == [refused] and told(server, "m", "refused") == []
    repository.rename_over(repository.library("broken"), library("conflict_c_add"))
    assert server.load("broken").status == 200 and told(server, what="refused") == []


def test_metrics_of_libraries(start, repository):
    """Models, workers, load time and deaths; a library that nobody uses any more is gone."""
    for name in ("m1", "m2"):
        repository.add_without(name, MODELS / "ops/crash")
        repository.put(repository.library(name), library("crash"))
    server = start(EXPLICIT, "--load-model=*")
    server.settled()
    label = f'library="libop.so",sha256="{sha256(library("crash"))}"'

    def value(metric: str) -> float | None:
        found = re.search(rf"^espalier_op_library_{metric}\{{{label}\}} (\S+)$", server.metric_text(), re.MULTILINE)
        return float(found.group(1)) if found else None

    if value("models") is None:
        pytest.skip("this server has no metrics of op libraries")
    assert (value("models"), value("workers"), value("worker_deaths")) == (2, 1, 0)
    assert value("load_duration_us") > 0

    def status(element: float) -> int:
        tensor = {"name": "X", "shape": [1], "datatype": "FP32", "data": [element]}
        return server.ask("POST", "/v2/models/m1/infer", {"inputs": [tensor]}).status

    assert status(13.0) == 503
    until(lambda: value("worker_deaths") == 1, what="the death in the metrics")
    assert status(1.0) == 200  # The next worker is there, and what is told of it stays.
    assert told(server)[0]["workers"][0]["deaths"] == 1
    for name in ("m1", "m2"):
        server.unload(name)
    assert value("models") is None


def test_only_listed_libraries_are_loaded(start, repository, tmp_path, need):
    need("--op-allow")
    repository.add("add", library("conflict_c_add"))
    repository.add("sub", library("conflict_c_sub"))
    allowed = tmp_path / "allowed"
    allowed.write_text(f"# reviewed\n{sha256(library('conflict_c_add'))}  libop.so\n")
    server = start(EXPLICIT, "--load-model=*", f"--op-allow={allowed}")
    server.settled()
    assert server.result("add") == ADD
    reason = server.refusal("sub")
    assert "libop.so" in reason and sha256(library("conflict_c_sub")) in reason and "--op-allow" in reason
    # An unlisted library does not come in by the back door either, and the old one goes on.
    answer = server.load_files("add", CONFIG, uploaded("conflict_c_sub"))
    assert answer.status == 400 and "--op-allow" in answer.text, answer.text
    assert server.result("add") == ADD


def test_a_checksum_beside_a_library_counts(start, repository, need):
    need("--op-allow")
    repository.add("m", library("conflict_c_add"))
    checksum = repository.library("m").with_name("libop.so.sha256")
    checksum.write_text(f"{sha256(library('conflict_c_sub'))}  libop.so\n")
    server = start(EXPLICIT)
    reason = server.refusal("m")
    assert "libop.so.sha256" in reason and sha256(library("conflict_c_sub")) in reason, reason
    checksum.write_text(f"{sha256(library('conflict_c_add'))}  libop.so\n")
    assert server.load("m").status == 200 and server.result("m") == ADD


def uploaded(name: str) -> dict[str, bytes]:
    return {"1/model.onnx": (CONFLICT / "1/model.onnx").read_bytes(), "1/ops/libop.so": library(name)}


def test_uploads_of_libraries_can_be_switched_off(start, repository, need):
    need("--allow-op-upload")
    repository.add("m", library("conflict_c_add"))
    plain = {"1/model.onnx": (PLAIN / "1/model.onnx").read_bytes()}
    server = start(EXPLICIT, "--allow-op-upload=false")
    assert server.load("m").status == 200
    answer = server.load_files("m", CONFIG, uploaded("conflict_c_sub"))
    assert answer.status == 400 and "--allow-op-upload" in answer.text and "libop.so" in answer.text, answer.text
    assert server.result("m") == ADD
    assert server.load_files("plain", {"backend": "onnxruntime"}, plain).status == 200


def test_changes_need_a_token_of_scope_admin(start, repository, tmp_path, need):
    """Over both protocols; so does what tells paths of the server's machine, and other reading does not."""
    need("--auth-token-file")
    repository.add("m", library("conflict_c_add"))
    tokens = tmp_path / "tokens"
    tokens.write_text("reader infer\nkeeper admin\n")
    server = start(EXPLICIT, f"--auth-token-file={tokens}")
    for change in ("load", "unload"):
        path = f"/v2/repository/models/m/{change}"
        assert [server.ask("POST", path, {}, token).status for token in ("", "reader", "keeper")] == [401, 403, 200]
    assert [server.ask("GET", "/v2/espalier/ops", None, token).status for token in ("reader", "keeper")] == [403, 200]
    assert server.ask("GET", "/v2", None, "reader").status == 200
    with triton.InferenceServerClient(f"127.0.0.1:{server.grpc}") as client:

        def code(token: str) -> str:
            try:
                client.load_model("m", headers={"authorization": f"Bearer {token}"})
                return "OK"
            except triton.InferenceServerException as refusal:
                return refusal.status()

        assert [code(token) for token in ("reader", "keeper")] == ["StatusCode.PERMISSION_DENIED", "OK"]


def test_models_come_and_go_over_grpc(start, repository):
    """With configuration and files, and refused with the texts of Triton."""
    repository.add("m", library("conflict_c_add"))
    server = start(EXPLICIT)
    files = {f"file:{name}": content for name, content in uploaded("conflict_c_sub").items()}
    with triton.InferenceServerClient(f"127.0.0.1:{server.grpc}") as client:
        client.load_model("m")
        assert client.is_model_ready("m") and server.result("m") == ADD
        client.load_model("m", config=json.dumps(CONFIG), files=files)
        assert server.result("m") == SUB
        assert [(each.name, each.state) for each in client.get_model_repository_index().models] == [("m", "READY")]
        with pytest.raises(triton.InferenceServerException, match="failed to poll from model repository") as refusal:
            client.load_model("nobody")
        assert refusal.value.status() == "StatusCode.INTERNAL"
        client.unload_model("m")
        until(lambda: not client.is_model_ready("m"), what="the unloading")
        client.unload_model("nobody")
