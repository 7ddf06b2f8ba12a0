"""Addresses of the server under test, from the command line or the environment, and clients for them."""

import os
import pathlib
import sys

import pytest
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from ask import Ask  # noqa: E402

ADDRESSES = {"http": "127.0.0.1:8000", "grpc": "127.0.0.1:8001", "metrics": "127.0.0.1:8002"}


def pytest_addoption(parser):
    for name, address in ADDRESSES.items():
        variable = f"ESPALIER_{name.upper()}"
        parser.addoption(f"--{name}", default=os.environ.get(variable, address), help=f"host:port (or {variable})")


@pytest.fixture(scope="session")
def addresses(request):
    return {name: request.config.getoption(f"--{name}") for name in ADDRESSES}


@pytest.fixture
def http(addresses):
    with httpclient.InferenceServerClient(addresses["http"], concurrency=8) as client:
        yield client


@pytest.fixture
def grpc(addresses):
    with grpcclient.InferenceServerClient(addresses["grpc"]) as client:
        yield client


@pytest.fixture(params=["http", "grpc"])
def ask(request):
    """The same question over either protocol."""
    client = request.getfixturevalue(request.param)
    return Ask(request.param, client, httpclient if request.param == "http" else grpcclient)


@pytest.fixture
def both(http, grpc):
    return Ask("http", http, httpclient), Ask("grpc", grpc, grpcclient)
