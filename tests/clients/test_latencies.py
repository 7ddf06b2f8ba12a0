"""Summaries and histograms of latencies, on a server with --metrics-config=summary_latencies=true,
histogram_latencies=true, counter_latencies=false and the quantiles 0.5 and 0.99."""

import numpy
import pytest
import tritonclient.http as httpclient
from test_metrics import read

STEPS = ("request", "queue", "compute_input", "compute_infer", "compute_output")
REQUESTS = 50


@pytest.fixture(scope="module")
def page(server):
    with server.http() as client:
        one = httpclient.InferInput("INPUT0", [1], "FP32")
        one.set_data_from_numpy(numpy.ones(1, numpy.float32))
        for _ in range(REQUESTS):
            client.infer("plus_one", [one])
    return read(server)


def of(page, name: str, **labels) -> list[float]:
    return [s.value for s in page[1] if s.name == name and labels.items() <= s.labels.items()]


@pytest.mark.parametrize("step", STEPS)
def test_summaries_have_quantiles_sums_and_counts(page, step):
    name = f"nv_inference_{step}_summary_us"
    assert page[0][name] == "summary"
    assert of(page, f"{name}_count", model="plus_one") == [REQUESTS]
    [total] = of(page, f"{name}_sum", model="plus_one")
    [half] = of(page, name, model="plus_one", quantile="0.5")
    [most] = of(page, name, model="plus_one", quantile="0.99")
    assert 0 <= half <= most <= max(total, 1)


def test_a_model_nobody_asks_has_no_quantiles(page):
    [value] = of(page, "nv_inference_request_summary_us", model="identity_fp64", quantile="0.5")
    assert value != value


def test_counters_of_latencies_are_left_out(page):
    assert "nv_inference_request_duration_us" not in page[0]
    assert of(page, "nv_inference_request_success", model="plus_one") == [REQUESTS]


def test_first_answers_of_plain_models_are_not_told(page):
    assert page[0]["nv_inference_first_response_histogram_ms"] == "histogram"
    assert of(page, "nv_inference_first_response_histogram_ms_count", model="plus_one") == []
