"""What configurations ask for beyond inputs and outputs: warm-up, a configuration to choose, notes, readiness."""

import os
import signal
import struct

import pytest
from started import MODELS, PLAIN, library, until

CRASH = MODELS / "ops/crash"
FATAL = 13.0  # the element for which the op of `crash` writes through a null pointer


def warm_up(data: str, name: str = "X", dims: int = 2, more: str = "batch_size: 1 count: 3") -> str:
    inputs = f'inputs {{ key: "{name}" value {{ data_type: TYPE_FP32 dims: {dims} {data} }} }}'
    return f'model_warmup [ {{ name: "first" {more} {inputs} }} ]\n'


def add(repository, name: str, more: str) -> None:
    repository.add_without(name, CRASH, more=more)
    repository.put(repository.library(name), library("crash"))


def answers(server, model: str) -> bool:
    tensor = {"name": "X", "shape": [1], "datatype": "FP32", "data": [1]}
    answer = server.ask("POST", f"/v2/models/{model}/infer", {"inputs": [tensor]})
    return answer.status == 200 and answer.json["outputs"][0]["data"] == [1]


def ready(server) -> int:
    return server.ask("GET", "/v2/health/ready").status


@pytest.mark.parametrize("data", ["zero_data: true", "random_data: true", 'input_data_file: "x"'])
def test_a_warm_model_serves_and_has_counted_nothing(start, repository, data):
    add(repository, "warm", warm_up(data) + "instance_group [ { count: 3 } ]\n")
    repository.put(repository.folder / "warm/warmup/x", struct.pack("<2f", 1, 2))
    server = start()
    server.settled()
    statistics = server.ask("GET", "/v2/models/warm/stats").json["model_stats"][0]
    assert statistics["execution_count"] == 0 and statistics["inference_stats"]["success"]["count"] == 0
    assert answers(server, "warm")


def test_a_sample_that_ends_the_worker_is_the_models_reason(start, repository):
    """Its bytes come from the file: without them nothing would happen."""
    add(repository, "fatal", warm_up('input_data_file: "x"'))
    repository.put(repository.folder / "fatal/warmup/x", struct.pack("<2f", 1, FATAL))
    add(repository, "good", warm_up('input_data_file: "x"'))
    repository.put(repository.folder / "good/warmup/x", struct.pack("<2f", 1, 2))
    server = start()
    server.settled()
    entry = server.index()["fatal", "1"]
    assert entry["state"] == "UNAVAILABLE", entry
    assert "failed to run warmup sample 'first': " in entry["reason"] and "SIGSEGV" in entry["reason"], entry
    assert answers(server, "good")


def test_a_model_is_warmed_up_again_in_its_next_worker(start, repository):
    add(repository, "warm", warm_up("zero_data: true"))
    server = start()
    server.settled()
    worker = server.ask("GET", "/v2/espalier/workers").json["workers"][0]["pid"]
    os.kill(worker, signal.SIGKILL)
    assert answers(server, "warm")
    assert server.ask("GET", "/v2/espalier/workers").json["workers"][0]["pid"] != worker


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (warm_up("zero_data: true", name="Y"), "unexpected inference input 'Y' for model 'cold'"),
        (warm_up("zero_data: true", more="batch_size: 2"), "batch size 2 for 'cold', max allowed is 1"),
        (warm_up('input_data_file: "none"'), "warmup/none"),
    ],
    ids=["wrong input", "batch too large", "no file"],
)
def test_a_sample_that_cannot_be_run_is_the_models_reason(start, repository, sample, reason):
    add(repository, "cold", sample)
    server = start()
    server.settled()
    entry = server.index()["cold", "1"]
    assert entry["state"] == "UNAVAILABLE" and reason in entry["reason"], entry


def test_a_configuration_is_chosen_by_name(start, repository):
    for name in ("chosen", "usual"):
        repository.add_without(name, PLAIN)
    text = (repository.folder / "chosen/config.pbtxt").read_text().replace('name: "plus_one"', "")
    for name in ("chosen", "usual"):
        (repository.folder / name / "config.pbtxt").write_text(text)
    repository.put(repository.folder / "chosen/configs/small.pbtxt", (text + 'metric_tags { key: "size" value: "small" }\n').encode())
    server = start("--model-config-name=small")
    server.settled()
    tags = {name: server.ask("GET", f"/v2/models/{name}/config").json["metric_tags"] for name in ("chosen", "usual")}
    assert tags == {"chosen": {"size": "small"}, "usual": {}}


def test_what_has_no_effect_is_told(start, repository):
    add(repository, "told", "response_cache { enable: true }\n")
    server = start()
    server.settled()
    note = "`response_cache.enable` has no effect here: no answers are cached"
    assert server.ask("GET", "/v2/espalier/models/told").json == {"name": "told", "notes": [note]}
    assert f"model 'told': {note}" in server.log.read_text()


@pytest.mark.parametrize(
    ("flags", "failed", "unreadable"),
    [((), 200, 200), (("--strict-readiness=true",), 400, 200), (("--strict-readiness=false",), 200, 200)],
    ids=["default", "strict", "not strict"],
)
def test_readiness_beside_a_model_that_fails(start, repository, flags, failed, unreadable):
    """As Triton's where strict readiness is wanted: a configuration that cannot be read does not count there."""
    add(repository, "good", "")
    add(repository, "broken", "no_such_field: 1\n")
    server = start(*flags, "--model-control-mode=poll", "--repository-poll-secs=1")
    until(lambda: "The start is complete" in server.log.read_text(), what="the end of the start")
    assert ready(server) == unreadable
    add(repository, "failed", "instance_group [ { gpus: [ 0 ] } ]\n")
    until(lambda: ("failed", "1") in server.index(), what="the model that fails")
    assert ready(server) == failed
