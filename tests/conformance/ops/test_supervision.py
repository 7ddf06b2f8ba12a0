"""What becomes of a model whose worker dies too often, or cannot load it again."""

import json
import os
import signal
import socket
import time

import numpy
import pytest
import tritonclient.grpc as triton
from started import ADD, MODELS, library, until

EXPLICIT = ("--model-control-mode=explicit", "--load-model=*")
POLL = ("--model-control-mode=poll", "--repository-poll-secs=1")
FATAL = 13  # the element for which the op of `crash` writes through a null pointer


def add_crash(repository, name: str) -> None:
    repository.add_without(name, MODELS / "ops/crash")
    repository.put(repository.library(name), library("crash"))


def ask(server, model: str, datatype: str, *data):
    tensor = {"name": "X", "shape": [len(data)], "datatype": datatype, "data": data}
    return server.ask("POST", f"/v2/models/{model}/infer", {"inputs": [tensor]})


def crash(server, model: str) -> None:
    answer = ask(server, model, "FP32", FATAL)
    assert answer.status == 503 and "was ended by SIGSEGV" in answer.text, answer.text


def answers(server, model: str) -> bool:
    answer = ask(server, model, "FP32", 1)
    return answer.status == 200 and answer.json["outputs"][0]["data"] == [1]


def worker(server, model: str) -> dict:
    workers = server.ask("GET", "/v2/espalier/workers").json["workers"]
    return next(each for each in workers if model in each["models"])


def quarantined(server, model: str) -> str:
    """Waits for the model's quarantine; the reason."""
    entry = until(
        lambda: next(
            (entry for entry in [server.index()[model, "1"]] if entry["state"] == "UNAVAILABLE"), None
        ),
        what="the quarantine",
    )
    assert not answers(server, model)
    return entry["reason"]


def test_quarantine_and_release_by_a_load_request(start, repository):
    add_crash(repository, "bad")
    repository.add("good", library("conflict_c_add"))
    server = start(*EXPLICIT, "--quarantine-after=3")
    server.settled()
    other = worker(server, "good")["pid"]
    for _ in range(2):
        crash(server, "bad")
        assert answers(server, "bad")
    crash(server, "bad")
    reason = quarantined(server, "bad")
    assert reason.startswith("in quarantine after 3 deaths of its worker within 60 s, the last: "), reason
    assert "was ended by SIGSEGV" in reason and "libop.so" in reason, reason
    assert server.result("good") == ADD and worker(server, "good")["pid"] == other
    answer = server.load("bad")
    assert answer.status == 200, answer.text
    # The deaths before do not count any more.
    for _ in range(2):
        crash(server, "bad")
        assert answers(server, "bad")


def over_grpc(server, model: str):
    tensor = triton.InferInput("X", [1], "FP32")
    tensor.set_data_from_numpy(numpy.ones(1, numpy.float32))
    with triton.InferenceServerClient(f"127.0.0.1:{server.grpc}") as client:
        return client.infer(model, [tensor])


def upload(server, model: str):
    """A request of which one byte is missing: the connection and the byte."""
    body = json.dumps({"inputs": [{"name": "X", "shape": [1], "datatype": "FP32", "data": [1]}]}).encode()
    connection = socket.create_connection(("127.0.0.1", server.http), timeout=60)
    head = f"POST /v2/models/{model}/infer HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body[:-1])
    return connection, body[-1:]


def binary_upload(server, model: str):
    """The same with a binary tensor, which has its place in memory by then."""
    head = json.dumps(
        {"inputs": [{"name": "X", "shape": [2], "datatype": "FP32", "parameters": {"binary_data_size": 8}}]}
    ).encode()
    connection = socket.create_connection(("127.0.0.1", server.http), timeout=60)
    lines = (
        f"POST /v2/models/{model}/infer HTTP/1.1\r\nHost: x\r\nInference-Header-Content-Length: {len(head)}\r\n"
        f"Content-Length: {len(head) + 8}\r\n\r\n"
    )
    connection.sendall(lines.encode() + head + b"\0" * 7)
    return connection, b"\0"


def test_quarantine_answers_every_request_with_the_reason(start, repository):
    """Over both protocols, with and without a version, and those whose bytes were on their way."""
    add_crash(repository, "bad")
    add_crash(repository, "worse")
    server = start(*EXPLICIT, "--quarantine-after=1")
    server.settled()
    uploads = [make(server, model) for make in (upload, binary_upload) for model in ("bad", "worse")]
    for model in ("bad", "worse"):
        crash(server, model)
        quarantined(server, model)
    for model in ("bad", "worse"):
        reason = f"model '{model}' version 1 is not available: in quarantine after 1 deaths"
        for path in (f"{model}/infer", f"{model}/versions/1/infer"):
            answer = server.ask("POST", f"/v2/models/{path}", {"inputs": []})
            assert answer.status == 503 and reason in answer.text, answer.text
        for path in (model, f"{model}/config", f"{model}/versions/1"):
            answer = server.ask("GET", f"/v2/models/{path}")
            assert answer.status == 503 and reason in answer.text, answer.text
        with pytest.raises(triton.InferenceServerException, match="in quarantine after 1 deaths") as refusal:
            over_grpc(server, model)
        assert refusal.value.status() == "StatusCode.UNAVAILABLE"
    for connection, rest in uploads:
        with connection:
            connection.sendall(rest)
            answer = connection.recv(4096).decode()
            assert " 503 " in answer.splitlines()[0] and "in quarantine" in answer, answer
    assert server.unload("bad").status == 200
    assert ask(server, "bad", "FP32", 1).status == 404


def test_no_quarantine_where_it_is_switched_off(start, repository):
    add_crash(repository, "bad")
    server = start(*EXPLICIT, "--quarantine-after=0")
    server.settled()
    for _ in range(12):
        crash(server, "bad")
    assert answers(server, "bad")


def test_deaths_outside_of_the_window_do_not_count(start, repository):
    add_crash(repository, "bad")
    server = start(*EXPLICIT, "--quarantine-after=2", "--quarantine-window-secs=1")
    server.settled()
    for _ in range(3):
        crash(server, "bad")
        counted = time.monotonic()
        assert answers(server, "bad")
        until(lambda: time.monotonic() > counted + 1.2)


def test_release_by_a_changed_file(start, repository):
    """Other changes release nothing."""
    add_crash(repository, "bad")
    server = start(*POLL, "--quarantine-after=1")
    server.settled()
    for change in (
        lambda: repository.library("bad").touch(),
        lambda: repository.rename_over(repository.library("bad"), library("crash")),
        lambda: (repository.folder / "bad/config.pbtxt").open("a").write("# changed\n"),
    ):
        crash(server, "bad")
        quarantined(server, "bad")
        change()
        until(lambda: answers(server, "bad"), what="the release")
    crash(server, "bad")
    quarantined(server, "bad")
    repository.add("new", library("conflict_c_add"))
    until(lambda: ("new", "1") in server.index() and server.infer("new").status == 200, what="a look at the files")
    quarantined(server, "bad")


def laid(server, name):
    """The files of models that workers read: links to the server's copies, in a folder of each worker's host."""
    copies = server.state / "espalier/models"
    return {file for file in copies.rglob(name) if "models" in file.relative_to(copies).parts}


def test_a_model_that_cannot_be_loaded_again_is_tried_until_it_can(start, repository):
    """Its neighbour in the same worker serves meanwhile."""
    add_crash(repository, "near")
    server = start(*EXPLICIT, "--quarantine-after=0")
    server.settled()
    [before] = laid(server, "model.onnx")
    add_crash(repository, "lost")
    assert server.load("lost").status == 200
    [file] = laid(server, "model.onnx") - {before}
    first = worker(server, "near")["pid"]
    assert worker(server, "lost")["pid"] == first
    away = file.rename(file.with_name("away"))
    os.kill(first, signal.SIGKILL)
    until(lambda: server.log.read_text().count("has not loaded it again") >= 4, what="the attempts")
    assert answers(server, "near") and worker(server, "near")["state"] == "serving"
    answer = ask(server, "lost", "FP32", 1)
    assert answer.status == 503 and "has not loaded it again" in answer.text, answer.text
    second = worker(server, "near")["pid"]
    away.rename(file)
    until(lambda: answers(server, "lost"), what="the model")
    assert worker(server, "lost")["pid"] == worker(server, "near")["pid"] == second


def test_a_model_may_run_longer_than_the_servers_limit(start, repository):
    for name, more in (("limited", ""), ("own", "5000"), ("unlimited", "0")):
        parameter = f'parameters {{ key: "execution_timeout_ms" value {{ string_value: "{more}" }} }}\n'
        repository.add_without(name, MODELS / "ops/busy", more=parameter if more else "")
        repository.put(repository.library(name), library("busy"))
    server = start(*EXPLICIT, "--execution-timeout-ms=500")
    server.settled()
    for name in ("own", "unlimited"):
        assert ask(server, name, "INT64", 1000).status == 200
    answer = ask(server, "limited", "INT64", 60_000)
    assert answer.status == 503 and "gave no answer within 500 ms" in answer.text, answer.text
