"""The server's start: ports that answer while models load, and what ends it."""

import shutil
import signal
import socket
import time

import pytest
import tritonclient.grpc as triton
from started import PLAIN, READY_WITHIN, Started, library, until
from tritonclient.utils import InferenceServerException

COMPLETE = "The start is complete"
PORTS = ("http", "grpc", "metrics")


class Starting(Started):
    """A server whose first models need not have been loaded."""

    def loading(self) -> list[dict]:
        return []


class Ending(Starting):
    """A server that ends by itself."""

    def live(self) -> bool:
        return True

    def __exit__(self, *failure):
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def slow(repository):
    """A model that is served at once, and one whose op library hangs for the ten seconds that it has."""
    repository.add_without("plus_one", PLAIN)
    repository.add("slow", library("opening_hangs"))
    return repository


def status_of(server, path: str) -> int:
    return server.ask("GET", path).status


def plus_one(server) -> int:
    tensor = {"name": "INPUT0", "shape": [1], "datatype": "FP32", "data": [1]}
    return server.ask("POST", "/v2/models/plus_one/infer", {"inputs": [tensor]}).status


@pytest.mark.timeout(120)
def test_ports_answer_while_models_load(command, slow, tmp_path):
    with Starting(command, slow, tmp_path, "--strict-readiness=false") as server:
        assert COMPLETE not in server.log.read_text()
        assert status_of(server, "/v2/health/ready") == 400
        assert {entry["name"] for entry in server.index().values()} == {"plus_one", "slow"}
        assert server.index()["slow", ""] == {"name": "slow", "state": "LOADING"}

        # Models do not wait for each other.
        until(lambda: plus_one(server) == 200, READY_WITHIN, "the good model")
        assert COMPLETE not in server.log.read_text()
        assert status_of(server, "/v2/models/plus_one/ready") == 200
        assert status_of(server, "/v2/models/slow/ready") == 400

        # In Triton's words for a model that loads.
        for path, status, words in (
            ("slow", 404, "Request for unknown model: 'slow' has no available versions"),
            ("slow/versions/1", 503, "Request for unknown model: 'slow' version 1 is not at ready state"),
        ):
            answer = server.ask("POST", f"/v2/models/{path}/infer", {"inputs": []})
            assert (answer.status, answer.json["error"]) == (status, words)
        with triton.InferenceServerClient(f"127.0.0.1:{server.grpc}") as client:
            assert client.is_server_live() and not client.is_server_ready()
            states = {model.name: model.state for model in client.get_model_repository_index().models}
            assert states == {"plus_one": "READY", "slow": "LOADING"}
            with pytest.raises(InferenceServerException, match="'slow' version 1 is not at ready state"):
                client.get_model_metadata("slow", "1")
        assert "espalier_" in server.metric_text()

        until(lambda: COMPLETE in server.log.read_text(), READY_WITHIN, "the end of the start")
        assert status_of(server, "/v2/health/ready") == 200
        assert server.index()["slow", "1"]["state"] == "UNAVAILABLE"


@pytest.mark.timeout(60)
def test_a_signal_ends_a_server_whose_models_load(command, slow, tmp_path):
    server = Starting(command, slow, tmp_path).__enter__()
    try:
        until(lambda: plus_one(server) == 200, READY_WITHIN, "the good model")
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert time.monotonic() - begun < 8, "it waited for its models"
    finally:
        server.process.kill()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("port", PORTS)
def test_a_port_that_is_taken_ends_the_start(command, slow, tmp_path, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]

        class OnTakenPort(Ending):
            def ports(self) -> list[int]:
                return [number if name == port else free for name, free in zip(PORTS, super().ports())]

        begun = time.monotonic()
        with OnTakenPort(command, slow, tmp_path) as server:
            assert server.process.wait(20) == 1
            assert time.monotonic() - begun < 8, "it waited for its models"
            assert f"the server cannot start: cannot listen on 127.0.0.1:{number}" in server.log.read_text()


@pytest.mark.timeout(60)
def test_exit_on_error_ends_a_start_with_a_model_that_cannot_be_served(command, repository, tmp_path):
    repository.add_without("plus_one", PLAIN)
    repository.add("bad", library("plain"))
    with Ending(command, repository, tmp_path, "--exit-on-error=true") as server:
        assert server.process.wait(40) == 1
        assert "a model cannot be served, and --exit-on-error is true: stopping" in server.log.read_text()
        assert COMPLETE not in server.log.read_text()


@pytest.mark.timeout(120)
def test_forty_models_that_do_not_fit_hold_up_nobody(command, repository, tmp_path):
    """They are refused by the worker that loads the good one, too."""
    repository.add_without("plus_one", PLAIN)
    for number in range(40):
        name = f"other_{number}"
        shutil.copytree(PLAIN, repository.folder / name)
        config = repository.folder / name / "config.pbtxt"
        config.write_text(config.read_text().replace("plus_one", name).replace("-1", "-1, 3"))
    begun = time.monotonic()
    with Started(command, repository, tmp_path, "--strict-readiness=false") as server:
        until(lambda: status_of(server, "/v2/health/ready") == 200, READY_WITHIN, "readiness")
        took = time.monotonic() - begun
        print(f"ready after {took:.2f} s")
        states = {name: entry["state"] for (name, _), entry in server.index().items()}
        assert states.pop("plus_one") == "READY" and set(states.values()) == {"UNAVAILABLE"} and len(states) == 40
        assert plus_one(server) == 200
    assert took < 12, "a quiet machine takes three seconds"
