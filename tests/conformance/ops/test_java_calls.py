"""Models in Java that call other models of the server: what comes of it, whatever the other one does."""

import json
import socket
import threading

import pytest
from java_jars import SOURCE, Jars
from started import ADD, library, until

EXPLICIT = "--model-control-mode=explicit"
JAVA = 'backend: "java"\n'

# Passes X and Y on to the model that its parameter 'target' names, and Z back.
CALLER = """
package test;

import dev.espalier.sdk.*;
import dev.espalier.tensor.*;
import java.lang.foreign.*;
import java.util.*;

public class M implements Model {
    private String target;
    private ModelContext context;

    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("X", DataType.FP32, -1), TensorSpec.of("Y", DataType.FP32, -1)),
                List.of(TensorSpec.of("Z", DataType.FP32, -1)));
    }

    @Override
    public void load(ModelContext context) {
        this.context = context;
        target = context.parameters().getOrDefault("target", "");
    }

    @Override
    public void run(List<Request> requests, Answers answers) throws Exception {
        for (Request request : requests) {
            try {
                BEFORE
                Call call = request.call(target).input("X", request.input("X")).input("Y", request.input("Y"));
                try (CallAnswer called = call.send()) {
                    Tensor z = called.output("Z");
                    Answer answer = answers.to(request);
                    answer.output("Z", z.memory(), z.shape());
                    answer.sendLast();
                }
            } catch (CallException failure) {
                context.logger().log(System.Logger.Level.INFO, "told " + failure.failure());
                answers.fail(request, failure.failure() + ": " + failure.getMessage());
            }
        }
    }
}
"""

# Sends a tensor of each type to 'echo', and answers with how many have come back as they were.
TYPES = """
                Call each = request.call("echo");
                byte[] content = new byte[96];
                new Random(7).nextBytes(content);
                for (int i = 0; i < content.length; i++) content[i] &= 1;
                for (DataType type : DataType.values()) {
                    if (type == DataType.BYTES) {
                        each.strings("BYTES", List.of("", "\\u00fcber", "x".repeat(100_000)), 3);
                    } else {
                        MemorySegment part = MemorySegment.ofArray(content).asSlice(0, 3L * type.elementSize());
                        each.input(type.name(), type, part, 3);
                    }
                }
                try (CallAnswer called = each.send()) {
                    int same = 0;
                    for (DataType type : DataType.values()) {
                        Tensor back = called.output(type.name());
                        boolean equal = type == DataType.BYTES
                            ? back.bytes().string(1).equals("\\u00fcber") && back.bytes().get(2).length == 100_000
                            : back.memory().mismatch(MemorySegment.ofArray(content).asSlice(0, 3L * type.elementSize())) < 0;
                        same += equal && back.type() == type && Arrays.equals(back.shape(), new long[] {3}) ? 1 : 0;
                    }
                    Answer answer = answers.to(request);
                    answer.output("Z", 1).floats().set(0, same);
                    answer.sendLast();
                }
                if (!request.isCancelled()) continue;
"""

ECHO = """
package test;

import dev.espalier.sdk.*;
import dev.espalier.tensor.*;
import java.util.*;

public class M implements Model {
    @Override
    public Signature signature() {
        List<TensorSpec> all = new ArrayList<>();
        for (DataType type : DataType.values()) all.add(TensorSpec.of(type.name(), type, -1));
        return new Signature(all, all);
    }

    @Override
    public void run(List<Request> requests, Answers answers) {
        for (Request request : requests) {
            Answer answer = answers.to(request);
            for (DataType type : DataType.values()) {
                Tensor given = request.input(type.name());
                answer.output(type.name(), given.memory(), given.shape());
            }
            answer.sendLast();
        }
    }
}
"""

TWICE = """
                for (int i = 0; i < COUNT; i++) {
                    CallAnswer kept = request.call(target).input("X", request.input("X")).input("Y", request.input("Y")).send();
                    CLOSE
                }
"""


@pytest.fixture
def jars(command, tmp_path):
    return Jars(command, tmp_path / "jars")


def parameter(name: str, value: str) -> str:
    return f'parameters {{ key: "{name}" value {{ string_value: "{value}" }} }}\n'


@pytest.fixture
def add(repository, jars):
    def add(name: str, source: str, target: str = "", more: str = "", before: str = "") -> None:
        repository.put(repository.folder / name / "1/model.jar", jars.model(before=before, source=source))
        calls = parameter("calls", target) + parameter("target", target) if target else ""
        (repository.folder / name / "config.pbtxt").write_text(JAVA + calls + more)

    return add


def counts(server, model: str) -> dict:
    [stats] = server.ask("GET", f"/v2/models/{model}/stats").json["model_stats"]
    return {name: int(each["count"]) for name, each in stats["inference_stats"].items()}


def half_a_request(server, model: str) -> socket.socket:
    """A request whose client can go away before it is answered."""
    tensors = [{"name": name, "shape": [3], "datatype": "FP32", "data": [1, 2, 3]} for name in ("X", "Y")]
    body = json.dumps({"inputs": tensors}).encode()
    client = socket.create_connection(("127.0.0.1", server.http))
    head = f"POST /v2/models/{model}/infer HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    client.sendall(head.encode() + body)
    return client


def test_one_model_asks_the_next(start, repository, add):
    """Through two models in Java to one of another engine, with a custom op; each is counted as any client's request is."""
    repository.add("onnx", library("conflict_c_add"))
    add("middle", CALLER, "onnx")
    add("first", CALLER, "middle")
    server = start()
    assert server.result("first") == ADD
    for model in ("first", "middle", "onnx"):
        assert counts(server, model)["success"] == 1, model
    assert 'espalier_copied_tensor_bytes{protocol="calls",direction="in"} 48' in server.metric_text()


def test_tensors_of_each_type(start, add):
    add("echo", ECHO)
    add("types", CALLER, "echo", before=TYPES)
    server = start()
    for _ in range(3):
        assert server.result("types") == [14.0]


def test_large_tensors(start, add):
    """More than a loop copies itself."""
    add("sum", SOURCE)
    add("caller", CALLER, "sum")
    server = start()
    many = 300_000
    data = [1.0] * many
    tensors = [{"name": name, "shape": [many], "datatype": "FP32", "data": data} for name in ("X", "Y")]
    answered = server.ask("POST", "/v2/models/caller/infer", {"inputs": tensors})
    assert answered.status == 200, answered.text[:300]
    assert answered.json["outputs"][0]["data"] == [2.0] * many


def test_calls_that_may_not_be_made(start, repository, add):
    """In words that say what was expected. The caller's worker goes on."""
    add("sum", SOURCE)
    add("unnamed", CALLER, more=parameter("target", "sum"))
    add("unknown", CALLER, "nobody")
    add("loose", CALLER, "decoupled")
    add("decoupled", SOURCE, more="model_transaction_policy { decoupled: true }\n")
    add("misshapen", CALLER, "one")
    shape = 'input { name: "X" data_type: TYPE_FP32 dims: [ 1 ] } input { name: "Y" data_type: TYPE_FP32 dims: [ 1 ] }\n'
    add("one", SOURCE, more=shape + 'output { name: "Z" data_type: TYPE_FP32 dims: [ -1 ] }\n')
    add("throws", SOURCE, before='if (true) throw new IllegalStateException("not today");')
    add("called", CALLER, "throws")
    server = start()
    workers = server.workers()
    for name, text in {
        "unnamed": "REFUSED: model 'unnamed' calls 'sum' (expected: one that parameter 'calls' of its configuration names: none)",
        "unknown": "NOT_FOUND: Request for unknown model: 'nobody' is not found",
        "loose": "REFUSED: model 'decoupled' is decoupled, and a call has one answer (expected: another model)",
        "misshapen": "REFUSED: [request id: <id_unknown>] unexpected shape for input 'X' for model 'one'. Expected [1], got [3].",
        "called": "FAILED: model 'throws' threw java.lang.IllegalStateException: not today (at ",
    }.items():
        for _ in range(2):
            answered = server.infer(name)
            assert answered.status == 500, answered.text
            assert text in answered.json["error"], answered.text
    assert server.workers() == workers
    assert server.result("sum") == ADD


def test_circles_are_refused_when_they_are_loaded(start, add):
    add("self", CALLER, "self")
    add("a", CALLER, "b")
    add("b", CALLER, "a")
    server = start(EXPLICIT)
    assert "no circle, which is here: self calls self" in server.refusal("self")
    assert server.load("a").status == 200
    assert "no circle, which is here: b calls a calls b" in server.refusal("b")


def test_no_call_in_a_warm_up(start, add):
    """There is nobody yet whom it would be for."""
    zeros = "value { data_type: TYPE_FP32 dims: 1 zero_data: true }"
    inputs = " ".join(f'inputs {{ key: "{name}" {zeros} }}' for name in "XY")
    add("sum", SOURCE)
    add("caller", CALLER, "sum", more=f'model_warmup [ {{ name: "first" batch_size: 1 {inputs} }} ]\n')
    server = start(EXPLICIT)
    assert server.load("sum").status == 200
    refusal = server.refusal("caller")
    assert "failed to run warmup sample 'first': " in refusal
    assert "model 'caller' calls 'sum' while it is warmed up (expected: no call in a warm-up sample)" in refusal


def test_no_more_than_eight_deep(start, add):
    add("m9", SOURCE)
    for i in range(9):
        add(f"m{i}", CALLER, f"m{i + 1}")
    server = start()
    assert server.result("m1") == ADD
    answered = server.infer("m0")
    assert answered.status == 500
    assert "m8 calls 'm9'" in answered.text.replace("model 'm8'", "m8"), answered.text
    assert "(expected: at most 8)" in answered.text


def test_answers_that_are_kept_are_bounded(start, add):
    add("sum", SOURCE)
    add("keeps", CALLER, "sum", before=TWICE.replace("COUNT", "300").replace("CLOSE", ""))
    add("closes", CALLER, "sum", before=TWICE.replace("COUNT", "300").replace("CLOSE", "kept.close(); kept.close();"))
    server = start()
    answered = server.infer("keeps")
    assert "has 256 calls open for one request (expected: at most 256" in answered.text
    assert server.result("closes") == ADD


def test_one_that_is_called_dies(start, add):
    """The caller is told, and lives; the next call gets the next worker."""
    once = 'if (x.get(0) == 1) System.exit(3);'
    add("dies", SOURCE, more=parameter("idempotent", "false") + parameter("jvm_memory_mb", "64"), before=once)
    add("caller", CALLER, "dies")
    server = start()
    client = half_a_request(server, "caller")
    answer = client.recv(65536).decode()
    assert " 500 " in answer.splitlines()[0], answer
    assert "UNAVAILABLE: " in answer, answer
    until(lambda: server.infer("caller").status == 200, 30, "the next worker")
    assert server.result("caller") == ADD


def test_one_that_is_called_is_unloaded(start, add):
    """What has been called is finished; what comes later is refused."""
    add("sum", SOURCE, before='if (x.get(0) == 1) { System.err.println("asked"); Thread.sleep(1500); }')
    add("caller", CALLER, "sum")
    server = start(EXPLICIT)
    assert server.load("sum").status == 200
    assert server.load("caller").status == 200
    client = half_a_request(server, "caller")
    until(lambda: "asked" in server.log.read_text(), 10, "the call")
    assert server.unload("sum").status == 200
    assert " 200 " in client.recv(65536).decode().splitlines()[0]
    assert "NOT_FOUND: " in server.infer("caller").text
    assert server.load("sum").status == 200
    assert server.result("caller") == ADD


def test_a_caller_that_dies_gives_up_its_call(start, add):
    """So does one whose client has gone; what is called is told, and everything is free again."""
    waits = """
        if (x.get(0) == 1) System.err.println("asked");
        for (int i = 0; i < 2000 && x.get(0) == 1 && !request.isCancelled(); i++) Thread.sleep(5);
        if (request.isCancelled()) System.err.println("given up");
    """
    dies = 'new Thread(() -> { try { Thread.sleep(500); } catch (InterruptedException e) {} System.exit(3); }).start();'
    add("waits", SOURCE, before=waits)
    add("dies", CALLER, "waits", more=parameter("idempotent", "false") + parameter("jvm_memory_mb", "64"), before="if (request.input(\"X\").floats().get(0) == 1) " + dies)
    add("leaves", CALLER, "waits")
    server = start()
    assert server.result("dies") == ADD
    assert server.result("leaves") == ADD
    client = half_a_request(server, "dies")
    assert " 503 " in client.recv(65536).decode().splitlines()[0]
    until(lambda: server.log.read_text().count("given up") == 1, 20, "the end of the call")
    client = half_a_request(server, "leaves")
    until(lambda: server.log.read_text().count("asked") == 2, 10, "the call")
    client.close()
    until(lambda: server.log.read_text().count("given up") == 2, 20, "the end of the second call")
    until(lambda: "told CANCELLED" in server.log.read_text(), 20, "the caller's news")
    assert server.result("waits") == ADD
    assert server.result("leaves") == ADD


def test_many_at_once(start, add):
    """From several instances, of one model that has fewer."""
    add("sum", SOURCE)
    add("caller", CALLER, "sum", more="instance_group { count: 4 }\n")
    server = start()
    wrong = []

    def ask() -> None:
        for _ in range(50):
            answered = server.infer("caller")
            if answered.status != 200 or answered.json["outputs"][0]["data"] != ADD:
                wrong.append(answered.text)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[:3]
    assert counts(server, "sum")["success"] == 400
