"""The server under test, from the command line or the environment, and clients for it."""

import os
import pathlib
import sys

import pytest
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from ask import Ask  # noqa: E402
from connect import Server  # noqa: E402

OPTIONS = {
    "http": ("127.0.0.1:8000", "host:port"),
    "grpc": ("127.0.0.1:8001", "host:port"),
    "metrics": ("127.0.0.1:8002", "host:port, always plain"),
    "ca": ("", "certificate to trust: HTTP and gRPC over TLS"),
    "token": ("", "bearer token"),
}


def pytest_addoption(parser):
    for name, (default, text) in OPTIONS.items():
        variable = f"ESPALIER_{name.upper()}"
        parser.addoption(f"--{name}", default=os.environ.get(variable, default), help=f"{text} (or {variable})")


@pytest.fixture(scope="session")
def server(request):
    return Server(*(request.config.getoption(f"--{name}") for name in OPTIONS))


@pytest.fixture
def http(server):
    with server.http() as client:
        yield client


@pytest.fixture
def grpc(server):
    with server.grpc() as client:
        yield client


@pytest.fixture(params=["http", "grpc"])
def ask(request):
    """The same question over either protocol."""
    client = request.getfixturevalue(request.param)
    return Ask(request.param, client, httpclient if request.param == "http" else grpcclient)


@pytest.fixture
def both(http, grpc):
    return Ask("http", http, httpclient), Ask("grpc", grpc, grpcclient)
