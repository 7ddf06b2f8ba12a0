"""Op libraries that come, change and go under traffic: cases C6 to C10 and C12 of the conformance list."""

import json
import time

from started import ADD, CONFLICT, SUB, Traffic, library, until

EXPLICIT = "--model-control-mode=explicit"
POLL = ("--model-control-mode=poll", "--repository-poll-secs=1")
CONFIG = {
    "backend": "onnxruntime",
    "input": [{"name": name, "data_type": "TYPE_FP32", "dims": [3]} for name in ("X", "Y")],
    "output": [{"name": "Z", "data_type": "TYPE_FP32", "dims": [3]}],
}


def loaded(server, model: str = "m") -> None:
    answer = server.load(model)
    assert answer.status == 200, answer.text


def test_c06_upgrade_under_load(start, repository, kit):
    """Switches while requests are in flight: none fails, and none is answered by both or by the old one late."""
    add, sub = kit.conflict_libraries()
    repository.add("m", add)
    server = start(EXPLICIT)
    loaded(server)
    memories = server.shared_memories()
    with Traffic(server, "m", clients=64) as traffic:
        for switch in range(kit.switches):
            build, right = ((sub, SUB), (add, ADD))[switch % 2]
            repository.library("m").write_bytes(build)
            traffic.asked(64)
            # The new one may answer before the client hears that it is loaded.
            traffic.expected = None
            loaded(server)
            traffic.from_now_on(right)
            traffic.asked(64)
    assert not traffic.wrong, traffic.wrong[:3]
    assert traffic.seen["add"] > 25 * kit.switches and traffic.seen["sub"] > 25 * kit.switches, traffic.seen
    until(lambda: len(server.workers()) == 1, what="the end of the last worker but one")
    until(lambda: server.shared_memories() <= memories, what="the return of their memory")


def test_c06_upgrade_by_polling(start, repository):
    repository.add("m", library("conflict_c_add"))
    server = start(*POLL)
    with Traffic(server, "m") as traffic:
        repository.rename_over(repository.library("m"), library("conflict_c_sub"))
        until(lambda: server.result("m") == SUB, what="the new library's answer")
        traffic.from_now_on(SUB)
        traffic.asked(200)
    assert not traffic.wrong, traffic.wrong[:3]


def test_c06_model_and_library_in_one_request(start, repository):
    """What comes with a load request is switched to as a whole, and the repository is not touched."""
    repository.add("m", library("conflict_c_add"))
    server = start(EXPLICIT)
    loaded(server)
    model = (CONFLICT / "1/model.onnx").read_bytes()
    with Traffic(server, "m") as traffic:
        files = {"7/model.onnx": model, "7/ops/libop.so": library("conflict_c_sub")}
        answer = server.load_files("m", CONFIG, files)
        assert answer.status == 200, answer.text
        traffic.from_now_on(SUB)
        traffic.asked(100)
        assert server.infer("m").json["model_version"] == "7"
        # One of the two is broken: neither is taken.
        files = {"8/model.onnx": model, "8/ops/libop.so": library("undefined")}
        assert server.load_files("m", CONFIG, files).status == 400
        assert server.infer("m").json["model_version"] == "7"
        traffic.asked(100)
        traffic.expected = None
        loaded(server)
        traffic.from_now_on(ADD)
        traffic.asked(100)
    assert not traffic.wrong, traffic.wrong[:3]


def test_c07_failed_upgrade_keeps_the_old(start, repository, kit):
    add, _ = kit.conflict_libraries()
    repository.add("m", add)
    server = start(EXPLICIT)
    loaded(server)
    model = repository.model("m").read_bytes()
    config = repository.folder / "m/config.pbtxt"
    written = config.read_text()
    refused = {
        "a library that lacks a symbol": lambda: repository.library("m").write_bytes(kit.library(kit.undefined)),
        "a library that is none": lambda: repository.library("m").write_text("not a library"),
        "a library without the op": lambda: repository.library("m").write_bytes(kit.library("busy")),
        "no library": lambda: repository.library("m").unlink(),
        "a broken model": lambda: repository.model("m").write_bytes(model[: len(model) // 2]),
        "no model": lambda: repository.model("m").unlink(),
        "a configuration that cannot be read": lambda: config.write_text("max_batch_size: many"),
        "a configuration of another model": lambda: config.write_text(written.replace(*kit.misfit)),
    }
    with Traffic(server, "m") as traffic:
        traffic.from_now_on(ADD)
        for what, spoil in refused.items():
            spoil()
            answer = server.load("m")
            assert answer.status in (400, 500) and "m" in answer.json["error"], f"{what}: {answer.text}"
            entry = server.index()["m", "1"]
            assert entry["state"] == "READY" and entry["reason"], f"{what}: {entry}"
            repository.library("m").write_bytes(add)
            repository.model("m").write_bytes(model)
            config.write_text(written)
        traffic.asked(200)
        loaded(server)
        assert "reason" not in server.index()["m", "1"]
    assert not traffic.wrong, traffic.wrong[:3]
    assert "failed to load 'm'" in server.log.read_text()


def test_c08_rollback(start, repository):
    """To the library of before, to the version of before, and from what a request brought to the repository."""
    repository.add("m", library("conflict_c_add"))
    server = start(EXPLICIT)
    loaded(server)
    with Traffic(server, "m") as traffic:
        for name, right in (("conflict_c_sub", SUB), ("conflict_c_add", ADD)):
            repository.rename_over(repository.library("m"), library(name))
            traffic.expected = None
            loaded(server)
            traffic.from_now_on(right)
            traffic.asked(50)
        traffic.expected = None
        repository.add("next", library("conflict_c_sub"), version=2)
        (repository.folder / "next/2").rename(repository.folder / "m/2")
        loaded(server)
        assert server.infer("m").json["model_version"] == "2" and server.result("m") == SUB
        (repository.folder / "m/2").rename(repository.folder / ".withdrawn")
        loaded(server)
        traffic.from_now_on(ADD)
        assert server.infer("m").json["model_version"] == "1"
        traffic.asked(50)
        traffic.expected = None
        override = dict(CONFIG, instance_group=[{"count": 3, "kind": "KIND_CPU"}])
        assert server.load("m", config=json.dumps(override)).status == 200
        groups = server.ask("GET", "/v2/models/m/config").json["instance_group"]
        assert groups[0]["count"] == 3
        loaded(server)
        assert server.ask("GET", "/v2/models/m/config").json["instance_group"][0]["count"] == 2
    assert not traffic.wrong, traffic.wrong[:3]


def test_c09_unload_ends_the_process(start, repository, kit):
    add, sub = kit.conflict_libraries()
    repository.add("m", add)
    repository.add("other", sub)
    server = start(EXPLICIT, "--load-model=*")
    assert (server.result("m"), server.result("other")) == (ADD, SUB)
    assert len(server.workers()) == 2
    memories = server.shared_memories()
    with Traffic(server, "other") as traffic:
        for _ in range(3):
            assert server.unload("m").status == 200
            until(lambda: server.index()["m", "1"].get("reason") == "unloaded", what="the unloading")
            until(lambda: len(server.workers()) == 1, what="the worker's end")
            until(lambda: server.shared_memories() < memories, what="the memory's return")
            assert server.infer("m").status == 404
            assert server.ask("GET", "/v2/models/m/ready").status != 200
            loaded(server)
            assert server.result("m") == ADD and len(server.workers()) == 2
        assert server.unload("nobody").status == 200
    assert set(traffic.seen) == {"sub"}, traffic.wrong[:3]
    assert server.shared_memories() <= memories


def test_c10_half_written_file(start, repository):
    """Files that are written slowly, cut or left half do not disturb what serves, and are taken when complete."""
    repository.add("m", library("conflict_c_add"))
    server = start(*POLL)
    new = library("conflict_c_sub")
    model = repository.model("m").read_bytes()
    with Traffic(server, "m") as traffic:
        traffic.from_now_on(ADD)
        with repository.library("m").open("wb") as file:
            for at in range(0, len(new), len(new) // 12):
                file.write(new[at : at + len(new) // 12])
                file.flush()
                time.sleep(0.4)
                # On a busy machine a pause may last two looks: then the half is refused, and the old one goes on.
                assert server.index()["m", "1"]["state"] == "READY"
            traffic.expected = None
        until(lambda: server.result("m") == SUB, what="the complete library's answer")
        traffic.from_now_on(SUB)
        # A file that stays half is refused, by name, and only once.
        for file, whole in ((repository.library("m"), new), (repository.model("m"), model)):
            file.write_bytes(whole[: len(whole) // 2])
            reason = until(lambda: server.index()["m", "1"].get("reason"), what="the reason")
            assert "1" in reason
            file.write_bytes(b"")
            traffic.asked(200)
            file.write_bytes(whole)
            until(lambda: "reason" not in server.index()["m", "1"], what="the complete file")
    assert not traffic.wrong, traffic.wrong[:3]


def test_c10_models_that_come_and_go(start, repository):
    repository.add("m", library("conflict_c_add"))
    server = start(*POLL)
    repository.add("new", library("conflict_c_sub"))
    until(lambda: server.infer("new").status == 200, what="the new model")
    assert server.result("new") == SUB and len(server.workers()) == 2
    (repository.folder / "new").rename(repository.folder / ".gone")
    until(lambda: server.infer("new").status == 404, what="the model's end")
    until(lambda: len(server.workers()) == 1, what="the worker's end")
    assert server.result("m") == ADD
    assert server.load("m").json["error"].startswith("explicit model load / unload is not allowed")


def test_c12_one_library_ten_models_one_worker(start, repository, kit):
    add, sub = kit.conflict_libraries()
    names = [f"m{number}" for number in range(10)]
    for name in names:
        repository.add(name, add)
    server = start(EXPLICIT, "--load-model=*")
    assert [server.result(name) for name in names] == [ADD] * 10
    workers = server.workers()
    assert len(workers) == 1
    repository.library("m3").write_bytes(sub)
    loaded(server, "m3")
    assert [server.result(name) for name in names] == [SUB if name == "m3" else ADD for name in names]
    assert len(server.workers()) == 2 and workers < server.workers()
    repository.library("m3").write_bytes(add)
    loaded(server, "m3")
    until(lambda: server.workers() == workers, what="the second worker's end")
    assert server.result("m3") == ADD
