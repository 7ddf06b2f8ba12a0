"""What /metrics says, read by Prometheus' own parser, and what the dashboard and the alerts in deploy/ ask of it."""

import json
import math
import pathlib
import re
import urllib.request

import numpy
import pytest
import tritonclient.http as httpclient
from prometheus_client.parser import text_string_to_metric_families

DEPLOY = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy"
NAME = r"\b((?:nv|espalier)_[a-z_]+)\b"


def read(server) -> tuple[dict[str, str], list]:
    """The kinds of metrics by name, and all samples."""
    with urllib.request.urlopen(f"http://{server.metrics_address}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    families = list(text_string_to_metric_families(text))
    # This parser gives each counter the ending `_total`, which another format wants; no name of ours has one.
    samples = [s._replace(name=s.name.removesuffix("_total")) for family in families for s in family.samples]
    return {family.name: family.type for family in families}, samples


@pytest.fixture(scope="module")
def page(server):
    with server.http() as client:
        one = httpclient.InferInput("INPUT0", [1], "FP32")
        one.set_data_from_numpy(numpy.ones(1, numpy.float32))
        client.infer("plus_one", [one])
    return read(server)


def test_each_metric_stands_once_with_its_kind(page):
    kinds, samples = page
    assert set(kinds.values()) <= {"counter", "gauge", "histogram", "summary"}
    assert "unknown" not in kinds.values()
    keys = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in samples]
    assert len(keys) == len(set(keys))


def test_counters_are_numbers_from_zero_on(page):
    kinds, samples = page
    counters = {name for name, kind in kinds.items() if kind == "counter"}
    values = [sample.value for sample in samples if sample.name in counters]
    assert values
    assert all(value >= 0 and math.isfinite(value) for value in values)


def asked_by(text: str) -> set[str]:
    return set(re.findall(NAME, text))


@pytest.mark.parametrize("name", sorted(asked_by((DEPLOY / "grafana" / "espalier.json").read_text())))
def test_the_dashboard_asks_for_what_there_is(page, name):
    assert name in page[0]


@pytest.mark.parametrize("name", sorted(asked_by((DEPLOY / "prometheus" / "espalier.rules.yml").read_text())))
def test_the_alerts_ask_for_what_there_is(page, name):
    assert name in page[0]


def test_the_dashboard_asks_by_labels_that_there_are(page):
    labels = {}
    for sample in page[1]:
        labels.setdefault(sample.name, set()).update(sample.labels)
    dashboard = json.loads((DEPLOY / "grafana" / "espalier.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            for name, matchers in re.findall(NAME + r"\{([^}]*)\}", target["expr"]):
                asked = {matcher.split("=")[0] for matcher in matchers.split(",")} - {"instance"}
                # What has happened to nobody yet has no sample.
                assert asked <= labels.get(name, asked), (panel["title"], name)


def test_models_that_cannot_be_loaded_count(page):
    failed = {s.labels["model"]: s.value for s in page[1] if s.name == "espalier_model_load_failures"}
    assert failed["plus_one"] == 0
    assert failed["broken"] >= 1
