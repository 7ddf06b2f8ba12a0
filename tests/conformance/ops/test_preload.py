"""Op libraries in LD_PRELOAD, as NVIDIA's pages have had it since 2019: they serve, and no process preloads them."""

import pathlib

import pytest

from started import ADD, LIBRARIES, PLAIN, SUB, TENSORFLOW, X


def path(name: str) -> str:
    return str(LIBRARIES / f"lib{name}.so")


def conflict_paths(kit) -> list[str]:
    """The libraries that add and subtract."""
    return [path(kit.prefix + name) for name in kit.conflict_names]


@pytest.fixture(autouse=True)
def is_ours(need):
    """Others hand LD_PRELOAD to the loader, whatever is in it."""
    need("--op-library")


def environment(pid: int) -> dict[str, str]:
    """What a process was started with."""
    texts = pathlib.Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(text.split("=", 1) for text in texts if text)


def test_serves_every_model_that_needs_it(start, repository, kit):
    """Any model may use it, no other model meets it, and it is in no process before a model needs it."""
    repository.add_without("first")
    repository.add_without("second")
    repository.add_without("plus_one", PLAIN)
    adds, _ = conflict_paths(kit)
    server = start(LD_PRELOAD=adds)
    server.settled()
    assert server.result("first") == server.result("second") == ADD
    assert server.index()["plus_one", "1"]["state"] == "READY"
    assert "LD_PRELOAD" not in environment(server.process.pid)
    assert not server.mapped_libraries(server.process.pid)
    assert sorted(map(len, map(server.mapped_libraries, server.workers()))) == [0, 1]
    assert f"from LD_PRELOAD has ops for {kit.title}: {adds} is for all models" in server.log.read_text()


def test_serves_models_of_two_engines(start, repository):
    """Without the engines' own libraries in a library path: a shell, and a JVM, would end before the first line."""
    repository.add_without("onnx")
    repository.add_without("tensorflow", TENSORFLOW.conflict)
    server = start(LD_PRELOAD=f"{path('tf_conflict_sub')}:{path('conflict_c_add')}")
    server.settled()
    assert (server.result("onnx"), server.result("tensorflow")) == (ADD, SUB)


def test_keeps_classes_of_one_name_apart(start, repository):
    """Were the first one preloaded, its class would compute for the second one, too: four times X."""
    repository.add_without("m", TENSORFLOW.twice_and_thrice)
    server = start(LD_PRELOAD=f"{path('tf_twice')} {path('tf_thrice')}")
    server.settled()
    assert server.result("m", ("X",)) == [6 * x for x in X]


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


def test_finds_bare_names_as_the_loader_does(start, repository, kit):
    repository.add_without("both", kit.twice_and_thrice)
    names = " ".join(f"lib{kit.prefix}{name}.so" for name in ("twice", "thrice"))
    server = start(LD_PRELOAD=names, LD_LIBRARY_PATH=f"/nowhere:{LIBRARIES}")
    server.settled()
    assert server.result("both", ("X",)) == [6 * x for x in X]


def test_warns_of_what_is_missing_and_goes_on(start, repository):
    repository.add_without("m")
    server = start(LD_PRELOAD=f"libnone.so:{path('truncated')}:{path('conflict_c_add')}")
    server.settled()
    assert server.result("m") == ADD
    log = server.log.read_text()
    assert "object 'libnone.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored" in log
    assert "libtruncated.so' from LD_PRELOAD cannot be preloaded (is truncated: " in log


def test_refuses_by_name_what_two_libraries_provide(start, repository, kit):
    """Only the models that need the op are refused, and one that has a library of its own is not."""
    repository.add_without("m")
    repository.add_without("plus_one", PLAIN)
    repository.add("own", kit.conflict_libraries()[0])
    adds, subtracts = conflict_paths(kit)
    server = start("--strict-readiness=false", LD_PRELOAD=f"{adds}:{subtracts}")
    server.settled()
    states = {name: entry["state"] for (name, _), entry in server.index().items()}
    assert states == {"m": "UNAVAILABLE", "own": "READY", "plus_one": "READY"}
    reason = server.index()["m", "1"]["reason"]
    for named in (kit.op, *(f"{pathlib.Path(file).name}@" for file in (adds, subtracts))):
        assert named in reason, f"{named} is not in: {reason}"
    assert server.result("own") == ADD
