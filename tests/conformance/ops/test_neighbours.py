"""What an op library finds by its own place comes along, is part of it, and is all that its worker sees of files."""

import hashlib
import os
import pathlib

import pytest

from started import ADD, PLAIN, TWICE_AND_THRICE, library

EXPLICIT = "--model-control-mode=explicit"
SIXFOLD = [30.0, 42.0, 54.0]


def sha256(name: str) -> str:
    return hashlib.sha256(library(name)).hexdigest()


def identity(server) -> str:
    """That of the library that needs another one."""
    libraries = server.ask("GET", "/v2/espalier/ops").json["libraries"]
    return next(each["sha256"] for each in libraries if each["name"] == "libtwice.so")


def add(repository, place: str = "m/1/ops/") -> pathlib.Path:
    """A model with a library of its own, and one in `place` that needs what lies beside it."""
    repository.add_without("m", TWICE_AND_THRICE)
    repository.put(repository.folder / "m/1/ops/libthrice.so", library("thrice"))
    return repository.put(repository.folder / place / "libtwice.so", library("twice_beside"))


@pytest.mark.parametrize("place", ["m/1/ops/", "m/ops/", ".ops/", ".ops/vendor/2/"])
@pytest.mark.parametrize("below", ["", "lib/"])
def test_a_part_lies_beside_its_library(start, repository, place, below):
    """A helper among op libraries is no mistake; and with another helper it is another library."""
    twice = add(repository, place)
    helper = repository.put(twice.parent / below / "libbeside.so", library("beside"))
    server = start(EXPLICIT)
    assert server.load("m").status == 200, server.refusal("m")
    assert server.result("m", ("X",)) == SIXFOLD
    before = identity(server)
    assert before != sha256("twice_beside")
    repository.rename_over(helper, library("beside") + b"\0")
    assert server.load("m").status == 200
    assert server.result("m", ("X",)) == SIXFOLD
    assert identity(server) not in (before, sha256("twice_beside"))


def test_a_librarys_part_comes_along_from_elsewhere(start, repository, tmp_path):
    add(repository, "../server")
    repository.put(tmp_path / "server/lib/libbeside.so", library("beside"))
    server = start(EXPLICIT, f"--op-library={tmp_path / 'server/libtwice.so'}")
    assert server.load("m").status == 200, server.refusal("m")
    assert server.result("m", ("X",)) == SIXFOLD


def test_each_part_must_be_allowed(start, repository, tmp_path):
    twice = add(repository)
    repository.put(twice.parent / "libbeside.so", library("beside"))
    allowed = tmp_path / "allowed"
    allowed.write_text(f"{sha256('twice_beside')}\n{sha256('thrice')}\n")
    reason = start(EXPLICIT, f"--op-allow={allowed}").refusal("m")
    assert f"has a part, libbeside.so, with SHA-256 {sha256('beside')}" in reason, reason
    with allowed.open("a") as more:
        more.write(f"{sha256('beside')}\n")
    server = start(EXPLICIT, f"--op-allow={allowed}")
    assert server.load("m").status == 200, server.refusal("m")


def test_what_is_no_file_is_not_opened(start, repository, tmp_path):
    """To open a FIFO waits for its other end: among the op libraries, on the shelf, as a model, as a configuration."""
    repository.add("good", library("conflict_c_add"))
    (repository.folder / ".ops").mkdir()
    os.mkfifo(repository.folder / ".ops/libpipe.so")
    (repository.folder / ".ops/libendless.so").symlink_to("/dev/zero")
    for name in ("library", "beside"):
        repository.add(name, library("conflict_c_add"))
    os.mkfifo(repository.folder / "library/1/ops/libpipe.so")
    os.mkfifo(repository.folder / "beside/1/ops/pipe.txt")
    repository.add("model", library("conflict_c_add"))
    repository.model("model").unlink()
    os.mkfifo(repository.model("model"))
    repository.add("config", library("conflict_c_add"))
    (repository.folder / "config/config.pbtxt").unlink()
    os.mkfifo(repository.folder / "config/config.pbtxt")
    server = start(EXPLICIT)
    assert "it is a pipe, a socket or a device" in server.load("library").json["error"]
    assert "failed to stat file" in server.load("model").json["error"]
    assert "is a pipe, a socket or a device" in server.load("config").json["error"]
    for name in ("good", "beside"):
        assert server.load(name).status == 200
        assert server.result(name) == ADD


def test_an_engine_is_no_op_library(start, repository, command):
    """Beside op libraries it is passed over, as it is in LD_PRELOAD: neither the server nor a worker gets a second one."""
    engines = pathlib.Path(command).resolve().parents[1] / "engines"
    onnxruntime = next(engines.glob("onnxruntime-*/amd64/libonnxruntime.so"))
    repository.add("m", library("conflict_c_add"))
    (repository.folder / "m/1/ops/libonnxruntime.so").symlink_to(onnxruntime)
    repository.add_without("plus_one", PLAIN)
    server = start(LD_PRELOAD=str(onnxruntime))
    server.settled()
    assert server.result("m") == ADD
    assert server.index()["plus_one", "1"]["state"] == "READY"
    assert "is ONNX Runtime itself, which each worker has already" in server.log.read_text()
    assert "libonnxruntime" not in pathlib.Path(f"/proc/{server.process.pid}/maps").read_text()
    engines = []
    for worker in server.workers():
        maps = pathlib.Path(f"/proc/{worker}/maps").read_text().splitlines()
        engines.append(len({line.split()[-1] for line in maps if "libonnxruntime.so" in line}))
    assert max(engines) == 1, engines


def test_the_state_folder_is_the_servers(start, repository, tmp_path):
    """What workers read lies below it, and goes with the model."""
    repository.add("m", library("conflict_c_add"))
    server = start(EXPLICIT)
    assert server.load("m").status == 200
    state = tmp_path / "espalier"
    assert all(folder.stat().st_mode & 0o777 == 0o700 for folder in (state, *state.glob("*")) if folder.name != "aot")
    laid = [file for file in state.glob("models/*/*/*/models/*/model.onnx")]
    assert len(laid) == 1 and laid[0].stat().st_nlink == 2, laid
    assert server.unload("m").status == 200
    server.load("m")
    assert len([file for file in state.glob("models/*/*/*/models/*/model.onnx")]) == 1
