"""Which op libraries a model gets, and why it gets none: cases C1 to C5, C11, C13 and C14 of the conformance list."""

import pytest

from started import ADD, LIBRARIES, PLAIN, SUB, TWICE_AND_THRICE, library, until

EXPLICIT = "--model-control-mode=explicit"
BUILDS = {"add": library("conflict_c_add"), "sub": library("conflict_c_sub")}


def builds(kit) -> dict[str, bytes]:
    return dict(zip(("add", "sub"), kit.conflict_libraries()))


def served(server, model: str) -> list[float]:
    answer = server.load(model)
    assert answer.status == 200, answer.text
    return server.result(model)


def refused(server, model: str) -> str:
    answer = server.load(model)
    assert answer.status != 200, f"{model} is served"
    assert server.infer(model).status != 200
    return answer.json["error"]


def test_c01_same_op_in_two_models(start, repository, kit):
    """The same op from two libraries, in two models: both right, at once and in turns."""
    for name, build in builds(kit).items():
        repository.add(name, build)
    server = start()
    server.settled()
    for _ in range(20):
        assert (server.result("add"), server.result("sub")) == (ADD, SUB)
    assert len(server.workers()) == 2


@pytest.mark.parametrize("place", ["1/ops", "ops"])
def test_c02_same_op_twice_at_one_distance(start, repository, kit, place):
    """The model is refused by name; each of the ways that the message names ends it."""
    repository.add_without("m")
    for name, build in builds(kit).items():
        repository.put(repository.folder / "m" / place / f"lib{name}.so", build)
    server = start(EXPLICIT)
    reason = server.refusal("m")
    for named in (kit.op, "libadd.so@", "libsub.so@", "op_library_filename", "nearer" if place == "ops" else "farther"):
        assert named in reason, f"{named} is not in: {reason}"
    config = repository.folder / "m/config.pbtxt"
    written = config.read_text()
    config.write_text(f'{written}model_operations {{ op_library_filename: "{place}/libsub.so" }}\n')
    assert served(server, "m") == SUB
    config.write_text(written)
    (repository.folder / "m" / place / "libsub.so").unlink()
    assert served(server, "m") == ADD


def test_c02_same_bytes_twice_are_one(start, repository, kit):
    repository.add("m", builds(kit)["add"])
    repository.put(repository.folder / "m/1/ops/libanother.so", builds(kit)["add"])
    server = start(EXPLICIT)
    assert served(server, "m") == ADD


def test_c02_two_libraries_of_one_domain(start, repository, kit):
    """Different ops of the same domain may come from two libraries."""
    repository.add_without("m", kit.twice_and_thrice)
    for name in ("twice", "thrice"):
        repository.put(repository.folder / f"m/1/ops/lib{name}.so", kit.library(name))
    server = start()
    server.settled()
    assert server.result("m", ("X",)) == [30.0, 42.0, 54.0]


def test_c03_nearer_shadows_farther(start, repository, kit, need):
    """The version's own before the model's, the model's before the shelf's, the shelf's before the server's; it is told."""
    need("--op-library")
    repository.add_without("m")
    add, sub = builds(kit).values()
    folder = repository.folder
    from_far = repository.put(folder.parent / "server/libserver.so", add)
    server = start(EXPLICIT, f"--op-library={kit.engine}:{from_far}")
    assert served(server, "m") == ADD
    repository.put(folder / ".ops/libshelf.so", sub)
    assert served(server, "m") == SUB
    repository.put(folder / "m/ops/libmodel.so", add)
    assert served(server, "m") == ADD
    repository.put(folder / "m/1/ops/libversion.so", sub)
    assert served(server, "m") == SUB
    told = [line for line in server.log.read_text().splitlines() if "libversion.so@" in line and "nearer" in line]
    assert told and "libmodel.so@" in told[-1], server.log.read_text()[-2000:]


def test_c04_all_missing_ops_are_named(start, repository, kit):
    """Not only the first; and what was probably meant."""
    twice, thrice = kit.other_ops
    repository.add_without("m", kit.twice_and_thrice)
    server = start(EXPLICIT)
    reason = server.refusal("m")
    assert f"op {twice}" in reason and f"op {thrice}" in reason, reason
    repository.put(repository.folder / "m/1/ops/libtwice.so", kit.library("twice"))
    reason = server.refusal("m")
    assert f"op {thrice}" in reason, reason
    assert f"did you mean {twice} (libtwice.so@" in reason, reason


# What is wrong with the file → what the reason says.
BROKEN = {
    "other_machine": ["is for AArch64", "expected: x86-64"],
    "program": ["is an executable program", "link it with -shared"],
    "truncated": ["is truncated", "copy it again"],
    "undefined": ["needs ", "which no library that it names has"],
    "undefined_cpp": ["interpolate", "which no library that it names has"],
    "missing_library": ["libespalier_vendor.so.7", "not found"],
    "newer_glibc": ["GLIBC_2.99", "libc.so.6", "at most"],
    "newer_glibcxx": ["GLIBCXX_3.4.99", "libstdc++.so.6", "at most"],
    "newer_api": ["op library libop.so@"],
    "newer_api_checked": ["newer engine"],
    "plain": ["is no op library"],
    "opening_crashes": ["SIGSEGV", "static initialiser"],
    "opening_exits": ["exited with 3", "static initialiser"],
    "opening_aborts": ["SIGABRT", "static initialiser"],
    "opening_hangs": ["hangs", "static initialiser"],
    "registering_crashes": ["SIGSEGV", "entry point"],
    "registering_hangs": ["hangs", "entry point"],
}


def test_c05_broken_libraries(start, repository):
    """Each is refused for its reason, before a worker meets it, and nobody else notices."""
    repository.add("good", BUILDS["add"])
    for name in BROKEN:
        repository.add(name, library(name))
    repository.add("text", b"not a library\n")
    repository.add("empty", b"")
    server = start(EXPLICIT)
    assert served(server, "good") == ADD
    workers = server.workers()
    wrong = []
    for name, texts in {**BROKEN, "text": ["is not an ELF file"], "empty": ["libop.so"]}.items():
        reason = server.refusal(name)
        wrong += [f"{name}: {text} is not in: {reason}" for text in [*texts, "libop.so"] if text not in reason]
        assert server.result("good") == ADD
    assert not wrong, "\n".join(wrong)
    assert server.workers() == workers


def test_c11_a_library_for_all_models(start, repository, kit, need):
    """It serves every model that needs it, and is in no process of one that does not."""
    need("--op-library")
    for name in ("m1", "m2"):
        repository.add_without(name)
    repository.add("own", builds(kit)["sub"])
    repository.add_without("plus_one", PLAIN)
    everywhere = [kit.prefix + kit.conflict_names[0], f"{kit.prefix}twice"]
    server = start(*(f"--op-library={LIBRARIES / f'lib{name}.so'}" for name in everywhere))
    server.settled()
    assert [server.result(name) for name in ("m1", "m2", "own")] == [ADD, ADD, SUB]
    assert server.index()["plus_one", "1"]["state"] == "READY"
    assert len(server.workers()) == 3
    mapped = [server.mapped_libraries(pid) for pid in server.workers()]
    assert sorted(map(len, mapped)) == [0, 1, 1], mapped


def test_c13_unique_symbols(start, repository):
    """C++ libraries whose templates the loader would merge in one process, even across dlopen's borders."""
    for name in ("conflict_cpp_add", "conflict_cpp_sub"):
        repository.add(name, library(name))
    server = start(EXPLICIT, "--load-model=*")
    for _ in range(20):
        assert (server.result("conflict_cpp_add"), server.result("conflict_cpp_sub")) == (ADD, SUB)
    # The other way round, in the same places.
    repository.library("conflict_cpp_add").write_bytes(library("conflict_cpp_sub"))
    assert served(server, "conflict_cpp_add") == SUB
    repository.library("conflict_cpp_sub").write_bytes(library("conflict_cpp_add"))
    assert (served(server, "conflict_cpp_sub"), server.result("conflict_cpp_add")) == (ADD, SUB)
    until(lambda: len(server.workers()) == 2, what="the end of the others")


def test_c14_names_that_lead_out(start, repository, tmp_path):
    """Neither `..` nor a link nor an absolute path makes a configuration load what is elsewhere on the machine."""
    outside = repository.put(tmp_path / "outside/libop.so", BUILDS["add"])
    repository.add("other", BUILDS["add"])
    names = ["../other/1/ops/libop.so", "../../outside/libop.so", str(outside), "1/../../other/1/ops/libop.so", "link.so"]
    for number, name in enumerate(names):
        repository.add_without(f"m{number}", more=f'model_operations {{ op_library_filename: "{name}" }}\n')
        (repository.folder / f"m{number}/link.so").symlink_to(outside)
    server = start(EXPLICIT)
    for number, name in enumerate(names):
        reason = refused(server, f"m{number}")
        # From the version's folder, one `..` only leads to the model's, where there is no such file.
        assert name in reason and ("out of the model's folder" in reason or "neither in" in reason), reason


def test_c14_uploads_that_lead_out(start, repository, tmp_path):
    server = start(EXPLICIT)
    for name in ("../evil.so", "1/../../../evil.so", "/tmp/evil.so", "1/ops/../../../evil.so", "a" * 256):
        answer = server.load_files("m", {"backend": "onnxruntime"}, {name: b"x"})
        assert answer.status in (400, 500) and server.live(), f"{name}: {answer.text}"
    assert sorted(tmp_path.rglob("*evil*")) == []
