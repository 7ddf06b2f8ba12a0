"""Op libraries in LD_PRELOAD, as NVIDIA's pages have had it since 2019: they serve, and no process preloads them."""

import pathlib

import pytest

from started import ADD, LIBRARIES, PLAIN, library


def path(name: str) -> str:
    return str(LIBRARIES / f"lib{name}.so")


@pytest.fixture(autouse=True)
def is_ours(need):
    """Others hand LD_PRELOAD to the loader, whatever is in it."""
    need("--op-library")


def environment(pid: int) -> dict[str, str]:
    """What a process was started with."""
    texts = pathlib.Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(text.split("=", 1) for text in texts if text)


def test_serves_every_model_that_needs_it(start, repository):
    """Any model may use it, no other model meets it, and it is in no process before a model needs it."""
    repository.add_without("first")
    repository.add_without("second")
    repository.add_without("plus_one", PLAIN)
    server = start(LD_PRELOAD=path("conflict_c_add"))
    server.settled()
    assert server.result("first") == server.result("second") == ADD
    assert server.index()["plus_one", "1"]["state"] == "READY"
    assert "LD_PRELOAD" not in environment(server.process.pid)
    assert not server.mapped_libraries(server.process.pid)
    assert sorted(map(len, map(server.mapped_libraries, server.workers()))) == [0, 1]
    assert "has ops for ONNX Runtime" in server.log.read_text()


def test_needs_no_library_path_for_an_engines_libraries(start, repository):
    """A library that needs TensorFlow's would end a shell, and a JVM, before its first line."""
    repository.add_without("m")
    server = start(LD_PRELOAD=f"{path('marked_tensorflow')}:{path('conflict_c_add')}")
    server.settled()
    assert server.result("m") == ADD
    assert f"has ops for TensorFlow: {path('marked_tensorflow')} is for all models" in server.log.read_text()


def test_leaves_other_libraries_to_the_server_alone(start, repository):
    """An allocator or a profiler is the server's; a flag gives it to workers, too."""
    repository.add_without("m")
    preload = f"{path('plain')} {path('conflict_c_add')}"
    server = start(LD_PRELOAD=preload)
    server.settled()
    assert server.result("m") == ADD
    assert server.mapped_libraries(server.process.pid) == {"libplain.so"}
    assert [server.mapped_libraries(pid) for pid in server.workers()] == [{"libconflict_c_add.so"}]
    assert "is in the server's process, and not in workers" in server.log.read_text()


def test_leaves_other_libraries_to_workers_where_asked(start, repository):
    repository.add_without("m")
    server = start(
        "--worker-sandbox=off",
        "--worker-environment=LD_PRELOAD",
        LD_PRELOAD=f"{path('conflict_c_add')}:{path('plain')}",
    )
    server.settled()
    assert server.result("m") == ADD
    assert [server.mapped_libraries(pid) for pid in server.workers()] == [{"libconflict_c_add.so", "libplain.so"}]


def test_finds_bare_names_as_the_loader_does(start, repository):
    repository.add_without("m")
    server = start(LD_PRELOAD="libconflict_c_add.so", LD_LIBRARY_PATH=f"/nowhere:{LIBRARIES}")
    server.settled()
    assert server.result("m") == ADD


def test_warns_of_what_is_missing_and_goes_on(start, repository):
    repository.add_without("m")
    server = start(LD_PRELOAD=f"libnone.so:{path('truncated')}:{path('conflict_c_add')}")
    server.settled()
    assert server.result("m") == ADD
    log = server.log.read_text()
    assert "object 'libnone.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored" in log
    assert "libtruncated.so' from LD_PRELOAD cannot be preloaded (is truncated: " in log


def test_refuses_by_name_what_two_libraries_provide(start, repository):
    """Only the models that need the op are refused, and one that says which library it means is not."""
    repository.add_without("m")
    repository.add_without("plus_one", PLAIN)
    repository.add("own", library("conflict_c_add"))
    server = start("--strict-readiness=false", LD_PRELOAD=f"{path('conflict_c_add')}:{path('conflict_c_sub')}")
    server.settled()
    states = {name: entry["state"] for (name, _), entry in server.index().items()}
    assert states == {"m": "UNAVAILABLE", "own": "READY", "plus_one": "READY"}
    reason = server.index()["m", "1"]["reason"]
    for named in ("test.custom:CustomOp", "libconflict_c_add.so@", "libconflict_c_sub.so@"):
        assert named in reason, f"{named} is not in: {reason}"
    assert server.result("own") == ADD
