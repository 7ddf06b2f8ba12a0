"""Models in Java: what they answer, what becomes of those that go wrong, and that nobody else notices."""

import shutil
import time

import pytest
from java_jars import SERVICES, SOURCE, Jars, classes, example, sha256
from started import ADD, ROOT, SUB, library, until

EXPLICIT = "--model-control-mode=explicit"
JAVA = 'backend: "java"\n'


@pytest.fixture
def jars(command, tmp_path):
    return Jars(command, tmp_path / "jars")


@pytest.fixture
def add(repository):
    def add(name: str, jar: bytes, more: str = "", **beside: bytes) -> None:
        folder = repository.folder / name
        repository.put(folder / "1/model.jar", jar)
        for library_name, content in beside.items():
            repository.put(folder / f"1/lib/{library_name}.jar", content)
        (folder / "config.pbtxt").write_text(JAVA + more)

    return add


def parameter(name: str, value: str) -> str:
    return f'parameters {{ key: "{name}" value {{ string_value: "{value}" }} }}\n'


def ask(server, model: str, *inputs: dict):
    return server.ask("POST", f"/v2/models/{model}/infer", {"inputs": list(inputs)})


def data(server, model: str, *inputs: dict) -> list:
    answered = ask(server, model, *inputs)
    assert answered.status == 200, answered.text
    return answered.json["outputs"][0]["data"]


def test_the_examples(start, repository):
    for name in ("java_plus_one", "running_total", "tokenizer"):
        example(repository.folder, name)
    shutil.copytree(ROOT / "examples/models/zero_out", repository.folder / "zero_out")
    server = start()
    row = {"name": "X", "shape": [2, 3], "datatype": "FP32", "data": [1, 2, 3, 4, 5, 6]}
    assert data(server, "java_plus_one", row) == [2, 3, 4, 5, 6, 7]
    summand = {"name": "IN", "shape": [2], "datatype": "INT32", "data": [1, 2]}
    assert [data(server, "running_total", summand) for _ in range(3)] == [[103], [106], [109]]
    texts = {"name": "TEXT", "shape": [2, 1], "datatype": "BYTES", "data": ["The cat sat.", "on A mat"]}
    answered = ask(server, "tokenizer", texts)
    assert answered.json["outputs"][0]["shape"] == [2, 3], answered.text
    assert answered.json["outputs"][0]["data"] == [1, 2, 3, 4, 0, 5]
    # By a call of a model with a custom op.
    assert answered.json["outputs"][1]["data"] == [1, 4]


def test_a_jar_alone_is_a_model(start, repository, jars):
    """Without a configuration: the class tells its inputs and outputs."""
    repository.put(repository.folder / "m/1/model.jar", jars.model())
    server = start()
    assert server.result("m") == ADD
    config = server.ask("GET", "/v2/models/m/config").json
    assert config["backend"] == "java"
    assert [each["name"] for each in config["input"]] == ["X", "Y"]
    assert config["output"][0]["dims"] == [-1]


def test_a_new_jar_is_a_new_process(start, repository, jars, add):
    """While it is asked, without a request lost; a library beside it counts as the jar does."""
    add("m", jars.model("+"))
    server = start(EXPLICIT)
    assert server.load("m").status == 200
    before = server.workers()
    assert server.result("m") == ADD
    repository.rename_over(repository.folder / "m/1/model.jar", jars.model("-"))
    assert server.load("m").status == 200
    assert server.result("m") == SUB
    until(lambda: not server.workers() & before, 20, "the end of the old worker")
    second = server.workers()
    add("m", jars.model("-"), other=jars.jar({"text": b"text"}))
    assert server.load("m").status == 200
    until(lambda: not server.workers() & second, 20, "the end of the worker without the library")
    assert server.result("m") == SUB


def test_one_that_throws_fails_its_requests_only(start, jars, add):
    """In its own words, with the place in its source; the worker goes on, and the others do not notice."""
    throws = "if (x.get(0) == 5) throw new IllegalStateException(\"seen \" + x.get(0));"
    add("throws", jars.model(before=throws))
    add("overflows", jars.model(source=SOURCE + "class R { static int r(int i) { return r(i + 1) + i; } }", before="R.r(0);"))
    add("forgets", jars.model(before="if (x.size() > 0) return;"))
    add("good", jars.model())
    server = start()
    workers = server.workers()
    for name, text in {
        "throws": "model 'throws' threw java.lang.IllegalStateException: seen 5.0 (at ",
        "overflows": "model 'overflows' threw java.lang.StackOverflowError",
        "forgets": "model 'forgets' returned from run without a last word",
    }.items():
        for _ in range(2):
            answered = server.infer(name)
            assert answered.status == 500, answered.text
            assert text in answered.json["error"], answered.text
        assert server.result("good") == ADD
    assert server.workers() == workers


def test_one_that_fills_its_heap_gets_a_new_process(start, jars, add):
    add("m", jars.model(before="if (x.size() == 3) while (true) kept.add(new byte[1 << 20]);"), parameter("jvm_memory_mb", "64"))
    add("large", jars.model(before="byte[] large = new byte[300 << 20];"), parameter("jvm_memory_mb", "600"))
    add("good", jars.model())
    server = start()
    assert server.result("large") == ADD
    before = server.workers()
    answered = server.infer("m")
    assert answered.status in (500, 503), answered.text
    assert "'m'" in answered.text
    until(lambda: server.workers() - before, 60, "another worker")
    assert "keeps more of the 6" in server.log.read_text()
    assert server.result("good") == ADD


def test_one_that_ends_its_process(start, jars, add):
    """By System.exit, or by a thread that ends in an exception: the log says which model it was."""
    add("exits", jars.model(before="System.exit(3);"), parameter("idempotent", "false"))
    thread = "Thread t = new Thread(() -> { throw new IllegalStateException(\"from a thread\"); }); t.start(); t.join(); Thread.sleep(5000);"
    add("thread", jars.model(before=thread), parameter("idempotent", "false"))
    add("good", jars.model())
    server = start()
    for name, text in {
        "exits": "model 'exits' called System.exit on thread 'exits (lane",
        "thread": "model 'thread': its thread 'Thread-",
    }.items():
        answered = server.infer(name)
        assert answered.status == 503, answered.text
        assert server.result("good") == ADD
        until(lambda: text in server.log.read_text(), 20, text)


def test_one_that_never_ends_is_ended(start, jars, add):
    add("m", jars.model(before="while (x.size() == 3) {}"), parameter("execution_timeout_ms", "1000"))
    add("good", jars.model())
    server = start()
    begun = time.monotonic()
    answered = server.infer("m")
    assert answered.status in (503, 504), answered.text
    assert time.monotonic() - begun < 30
    assert server.result("good") == ADD


def test_those_that_cannot_be_loaded_say_why(start, repository, jars, add, command):
    content = classes(SOURCE.replace("OPERATOR", "+").replace("BEFORE", ""), jars.lib)
    newer = bytearray(content["test/M.class"])
    newer[7] += 2
    sound = jars.model()
    add("no_jar", sound)
    (repository.folder / "no_jar/1/model.jar").unlink()
    add("text", b"no jar")
    add("truncated", sound[: len(sound) // 2])
    add("no_class", jars.jar(content))
    add("missing_class", jars.jar({SERVICES: b"test.N"}))
    add("two", jars.jar({**content, SERVICES: b"test.M\ntest.N"}))
    add("newer", jars.jar({"test/M.class": bytes(newer), SERVICES: b"test.M"}))
    add("path", jars.jar({**content, SERVICES: b"test.M", "../../escaped": b"x"}))
    add("memory", sound, parameter("jvm_memory_mb", "lots"))
    add("class", sound, parameter("model_class", "test.N"))
    add("library", sound, beside=b"no jar")
    add("shape", sound, 'input { name: "X" data_type: TYPE_INT32 dims: [ -1 ] } input { name: "Y" data_type: TYPE_FP32 dims: [ -1 ] }\n'
        'output { name: "Z" data_type: TYPE_FP32 dims: [ -1 ] }\n')
    add("good", sound)
    server = start(EXPLICIT)
    assert server.load("good").status == 200
    wrong = []
    for name, text in {
        "no_jar": "1/model.jar (expected: the model's file",
        "text": "model.jar is not a whole jar: it has no list of files at its end",
        "truncated": "model.jar is not a whole jar: it has no list of files",
        "no_class": "has no " + SERVICES,
        "missing_class": "has no class test.N, which its",
        "two": "has no class test.N",
        "newer": "was compiled for a newer Java than this one",
        "path": "it has a file '../../escaped' (expected: paths inside the jar)",
        "memory": "parameter 'jvm_memory_mb': 'lots' (expected: a whole number of megabytes, 32..1048576)",
        "class": "parameter 'model_class': 'test.N' (expected: a class that",
        "library": "lib/beside.jar: it has no list of files at its end",
        "shape": "configuration expects datatype TYPE_INT32 for input 'X', model provides TYPE_FP32",
    }.items():
        reason = server.refusal(name)
        wrong += [] if text in reason else [f"{name}: {text} is not in: {reason}"]
        assert server.result("good") == ADD
    assert not wrong, "\n".join(wrong)


def test_only_jars_that_are_allowed(start, tmp_path, jars, add):
    """The list, and the checksum beside it, count for a jar as for any op library, and for what is in lib."""
    good, other, part = jars.model("+"), jars.model("-"), jars.jar({"text": b"text"})
    add("good", good)
    add("other", other)
    add("part", good, beside=part)
    (tmp_path / "allowed").write_text(f"{sha256(good)}  model.jar\n")
    server = start(EXPLICIT, f"--op-allow={tmp_path / 'allowed'}")
    assert server.load("good").status == 200
    assert server.result("good") == ADD
    assert f"has SHA-256 {sha256(other)}, which is not in the list" in server.refusal("other")
    assert "has a part, lib/beside.jar" in server.refusal("part")


def test_the_inventory_knows_jars(start, jars, add):
    add("m", jars.model())
    server = start()
    [entry] = server.ask("GET", "/v2/espalier/ops").json["libraries"]
    assert entry["engine"] == "java"
    assert entry["ops"] == ["test.M"]
    assert entry["sha256"] == sha256(jars.model())


def test_models_with_one_jar_share_a_process_where_they_want_the_same(start, jars, add):
    add("a", jars.model())
    add("b", jars.model())
    add("c", jars.model(), parameter("jvm_memory_mb", "128"))
    server = start()
    assert [server.result(name) for name in "abc"] == [ADD] * 3
    assert len(server.workers()) == 2


def test_beside_other_engines(start, repository, jars, add):
    repository.add("onnx", library("conflict_c_sub"))
    add("m", jars.model("+"))
    server = start()
    assert server.result("m") == ADD
    assert server.result("onnx") == SUB
