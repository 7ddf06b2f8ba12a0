"""Health, metadata, configuration, statistics and metrics."""

import re
import urllib.request

import numpy as np
import pytest
from tritonclient.utils import InferenceServerException

EXTENSIONS = [
    "classification",
    "sequence",
    "model_repository",
    "model_repository(unload_dependents)",
    "schedule_policy",
    "model_configuration",
    "system_shared_memory",
    "cuda_shared_memory",
    "binary_tensor_data",
    "parameters",
    "statistics",
    "trace",
    "logging",
]
NEEDED = {"classification", "schedule_policy", "model_configuration", "binary_tensor_data", "parameters", "statistics"}


def as_dict(ask, method: str, *arguments) -> dict:
    options = {} if ask.protocol == "http" else {"as_json": True}
    return getattr(ask.client, method)(*arguments, **options)


def config_of(ask, model: str, version: str = "") -> dict:
    answer = as_dict(ask, "get_model_config", model, version)
    return answer if ask.protocol == "http" else answer["config"]


def numbers(values) -> list[int]:
    """int64 is a number in HTTP's JSON and a string in protobuf's."""
    return [int(value) for value in values]


def test_server_is_live_and_ready(ask):
    assert ask.client.is_server_live() is True
    assert ask.client.is_server_ready() is True


@pytest.mark.parametrize(
    "model, version, ready",
    [
        ("simple", "", True),
        ("simple", "1", True),
        ("many", "1", True),
        ("many", "3", True),
        ("many", "2", False),
        ("simple", "99", False),
        ("nope", "", False),
    ],
)
def test_model_ready(ask, model, version, ready):
    assert ask.client.is_model_ready(model, version) is ready


def test_server_metadata(ask):
    metadata = as_dict(ask, "get_server_metadata")
    assert metadata["name"] == "triton"
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", metadata["version"])
    offered = metadata["extensions"]
    assert set(offered) >= NEEDED
    assert offered == [extension for extension in EXTENSIONS if extension in offered]


def tensors(entries) -> list[tuple]:
    return [(entry["name"], entry["datatype"], numbers(entry["shape"])) for entry in entries]


@pytest.mark.parametrize(
    "model, inputs, outputs",
    [
        (
            "simple",
            [("INPUT0", "INT32", [-1, 16]), ("INPUT1", "INT32", [-1, 16])],
            [("OUTPUT0", "INT32", [-1, 16]), ("OUTPUT1", "INT32", [-1, 16])],
        ),
        (
            "simple_nobatch",
            [("INPUT0", "INT32", [16]), ("INPUT1", "INT32", [16])],
            [("OUTPUT0", "INT32", [16]), ("OUTPUT1", "INT32", [16])],
        ),
        ("identity_bytes", [("INPUT0", "BYTES", [-1])], [("OUTPUT0", "BYTES", [-1])]),
        ("identity_bf16", [("INPUT0", "BF16", [-1])], [("OUTPUT0", "BF16", [-1])]),
        ("matrix", [("INPUT0", "FP32", [-1, -1])], [("OUTPUT0", "FP32", [-1, -1])]),
        ("scalar_batch", [("INPUT0", "FP32", [-1, 1])], [("OUTPUT0", "FP32", [-1, 1])]),
        ("mlp", [("INPUT0", "FP32", [-1, 784])], [("OUTPUT0", "FP32", [-1, 10])]),
    ],
)
def test_model_metadata(ask, model, inputs, outputs):
    metadata = as_dict(ask, "get_model_metadata", model)
    assert metadata["name"] == model
    assert metadata["versions"] == ["1"]
    assert tensors(metadata["inputs"]) == inputs
    assert tensors(metadata["outputs"]) == outputs


@pytest.mark.parametrize("version, versions", [("", ["1", "3"]), ("1", ["1"]), ("3", ["3"])])
def test_metadata_names_versions(ask, version, versions):
    assert sorted(as_dict(ask, "get_model_metadata", "many", version)["versions"]) == versions


def test_config(ask):
    config = config_of(ask, "simple")
    assert config["name"] == "simple"
    assert config["max_batch_size"] == 8
    for field, names in (("input", ["INPUT0", "INPUT1"]), ("output", ["OUTPUT0", "OUTPUT1"])):
        assert [(t["name"], t["data_type"], numbers(t["dims"])) for t in config[field]] == [
            (name, "TYPE_INT32", [16]) for name in names
        ]
    assert [(group["kind"], group["count"]) for group in config["instance_group"]] == [("KIND_CPU", 1)]


def test_config_of_a_batching_model(ask):
    config = config_of(ask, "mlp")
    assert config["max_batch_size"] == 32
    assert int(config["dynamic_batching"]["max_queue_delay_microseconds"]) == 5000
    assert numbers(config["dynamic_batching"]["preferred_batch_size"]) == [32]
    assert "sequence_batching" not in config and "ensemble_scheduling" not in config


def test_config_keeps_reshape(ask):
    config = config_of(ask, "scalar_batch")
    assert numbers(config["input"][0]["dims"]) == [1]
    assert numbers(config["input"][0]["reshape"].get("shape", [])) == []


def test_config_of_versions(ask):
    assert config_of(ask, "many", "1")["version_policy"] == {"all": {}}
    assert config_of(ask, "many")["name"] == "many"


def test_http_config_writes_defaults_out(both):
    ask, _ = both
    config = config_of(ask, "simple")
    assert config["version_policy"] == {"latest": {"num_versions": 1}}
    assert config["input"][0] == {
        "name": "INPUT0",
        "data_type": "TYPE_INT32",
        "format": "FORMAT_NONE",
        "dims": [16],
        "is_shape_tensor": False,
        "allow_ragged_batch": False,
        "optional": False,
        "is_non_linear_format_io": False,
    }
    assert config["cc_model_filenames"] == config["metric_tags"] == config["parameters"] == {}
    assert config["model_warmup"] == []


def test_both_protocols_tell_the_same(both):
    over_http, over_grpc = ([t["name"] for t in config_of(ask, "simple")["input"]] for ask in both)
    assert over_http == over_grpc
    pairs = [as_dict(ask, "get_model_metadata", "simple") for ask in both]
    assert tensors(pairs[0]["inputs"]) == tensors(pairs[1]["inputs"])
    assert pairs[0]["platform"] == pairs[1]["platform"]


def statistics(ask, model: str = "simple", version: str = "") -> dict:
    entries = as_dict(ask, "get_inference_statistics", model, version)["model_stats"]
    assert len(entries) == 1
    return entries[0]


def count(entry: dict, name: str) -> int:
    return int(entry["inference_stats"][name].get("count", 0))


def test_statistics_count_requests_inferences_and_executions(ask):
    before = statistics(ask, "simple_nobatch")
    for _ in range(5):
        ask.simple("simple_nobatch")
    after = statistics(ask, "simple_nobatch")
    grown = lambda name: int(after[name]) - int(before.get(name, 0))  # noqa: E731
    assert (grown("inference_count"), grown("execution_count")) == (5, 5)
    assert int(after["last_inference"]) > 1_600_000_000_000
    for name in ("success", "queue", "compute_input", "compute_infer", "compute_output"):
        assert count(after, name) - count(before, name) == 5, name
        assert int(after["inference_stats"][name]["ns"]) > 0, name
    assert count(after, "fail") == count(before, "fail")


def test_statistics_count_batch_members(ask):
    before = statistics(ask)
    ask.simple(batch=8)
    after = statistics(ask)
    assert int(after["inference_count"]) - int(before.get("inference_count", 0)) == 8
    assert int(after["execution_count"]) - int(before.get("execution_count", 0)) == 1
    sizes = {int(entry["batch_size"]): entry for entry in after["batch_stats"]}
    assert int(sizes[8]["compute_infer"]["count"]) >= 1
    assert set(sizes[8]) >= {"batch_size", "compute_input", "compute_infer", "compute_output"}


def test_statistics_of_every_version(ask):
    entries = as_dict(ask, "get_inference_statistics", "many")["model_stats"]
    assert sorted((entry["name"], entry["version"]) for entry in entries) == [("many", "1"), ("many", "3")]
    assert statistics(ask, "many", "3")["version"] == "3"


def test_statistics_of_all_models(ask):
    entries = as_dict(ask, "get_inference_statistics")["model_stats"]
    assert {"simple", "mlp", "identity_fp32", "many"} <= {entry["name"] for entry in entries}


@pytest.mark.parametrize("model, version", [("nope", ""), ("many", "9")])
def test_statistics_of_what_is_not_there(ask, model, version):
    with pytest.raises(InferenceServerException) as refused:
        ask.client.get_inference_statistics(model, version)
    assert refused.value.status() in ("400", "StatusCode.INVALID_ARGUMENT")
    assert "is not available" in refused.value.message()


def metrics(server) -> dict[tuple, float]:
    with urllib.request.urlopen(f"http://{server.metrics_address}/metrics", timeout=10) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        lines = answer.read().decode().splitlines()
    samples = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, labels, number = re.fullmatch(r"([a-z_:A-Z0-9]+)(\{.*\})? (\S+)(?: \d+)?", line).groups()
            pairs = tuple(sorted(re.findall(r'(\w+)="([^"]*)"', labels or "")))
            samples[(name, *pairs)] = float(number)
    return samples


PER_MODEL = [
    "nv_inference_request_success",
    "nv_inference_count",
    "nv_inference_exec_count",
    "nv_inference_request_duration_us",
    "nv_inference_queue_duration_us",
    "nv_inference_compute_input_duration_us",
    "nv_inference_compute_infer_duration_us",
    "nv_inference_compute_output_duration_us",
]


def of_model(samples: dict, name: str, model: str = "simple_nobatch", **labels: str) -> float:
    wanted = {"model": model, "version": "1", **labels}
    found = [value for key, value in samples.items() if key[0] == name and wanted.items() <= dict(key[1:]).items()]
    assert len(found) == 1, f"{name} of {model}: {len(found)} samples"
    return found[0]


@pytest.mark.parametrize("name", PER_MODEL)
def test_metrics_count_requests(ask, server, name):
    before = metrics(server)
    for _ in range(3):
        ask.simple("simple_nobatch")
    grown = of_model(metrics(server), name) - of_model(before, name)
    assert grown > 0 if name.endswith("_us") else grown == 3


@pytest.mark.parametrize("reason", ["REJECTED", "CANCELED", "BACKEND", "OTHER"])
def test_metrics_have_failures_by_reason(server, reason):
    assert of_model(metrics(server), "nv_inference_request_failure", reason=reason) >= 0


def test_metrics_of_queue_and_machine(server):
    samples = metrics(server)
    assert of_model(samples, "nv_inference_pending_request_count") == 0
    assert samples[("nv_cpu_memory_total_bytes",)] > samples[("nv_cpu_memory_used_bytes",)] > 0
    assert 0 <= samples[("nv_cpu_utilization",)] <= 1


def test_metrics_name_every_model(server):
    models = {dict(key[1:]).get("model") for key in metrics(server) if key[0] == "nv_inference_request_success"}
    assert {"simple", "simple_nobatch", "mlp", "many", "identity_fp32"} <= models


def test_repository_index_lists_models(ask):
    answer = as_dict(ask, "get_model_repository_index")
    entries = answer if ask.protocol == "http" else answer["models"]
    states = {(entry["name"], entry.get("version")): entry.get("state") for entry in entries}
    assert states[("simple", "1")] == "READY"
    assert states[("many", "1")] == states[("many", "3")] == "READY"


def test_values_do_not_leak_between_models(ask):
    for kind, value in (("INT8", np.int8(1)), ("INT64", np.int64(2)), ("FP64", np.float64(3))):
        answer = ask.identity(kind, np.array([value])).as_numpy("OUTPUT0")
        assert answer.tolist() == [value]
