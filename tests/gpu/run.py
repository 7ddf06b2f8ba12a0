"""TensorRT plans with custom layers on a real GPU: prints `N passed, N failed`.

run.py PLANS LIBRARIES FOLDER [PART...]   see README.md; `trtserver` is the one on PATH, FOLDER is emptied
"""
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback

from client import Refused
from server import Models, Server

PLANS, LIBRARIES, FOLDER = sys.argv[1:4]
passed, failed = 0, 0


def check(what, good, seen=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok   " if good else "FAIL ") + what + ("" if good else f": {seen}"), flush=True)


def models():
    return Models(FOLDER, PLANS, LIBRARIES)


def x(rows, values, width=8):
    return ("x", "FP32", [rows, width], values)


def gives(client, model, wanted, *inputs, within=0.0):
    """Checks each output that `wanted` names: (shape, first values)."""
    try:
        outputs = client.infer(model, *inputs)
        good = all(
            outputs[name][0] == shape
            and all(abs(a - b) <= within for a, b in zip(outputs[name][1], values))
            and len(outputs[name][1]) >= len(values)
            for name, (shape, values) in wanted.items())
        check(f"{model} gives its values", good, outputs)
    except (Refused, KeyError) as refusal:
        check(f"{model} gives its values", False, refusal)


def refuses(client, model, text, *inputs):
    try:
        check(f"{model} refuses", False, client.infer(model, *inputs))
    except Refused as refusal:
        check(f"{model} refuses: {refusal}", text in str(refusal), f"(expected: {text})")


class Load:
    """Requests from many threads, each answer checked."""

    def __init__(self, server, model, threads, factors):
        self.server, self.model, self.factors = server, model, factors
        self.right, self.wrong, self.errors, self.stopped = 0, 0, [], False
        self.slowest = 0.0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(threads)]

    def run(self, number):
        client = self.server.client()
        round_ = 0
        while not self.stopped:
            round_ += 1
            values = [float((number * 31 + round_ * 7 + i) % 1000) for i in range(8 * (1 + round_ % 4))]
            begun = time.monotonic()
            try:
                got = client.infer(self.model, x(1 + round_ % 4, values))["y"][1]
                good = any(got == [factor * value for value in values] for factor in self.factors)
                with self.lock:
                    self.right, self.wrong = self.right + good, self.wrong + (not good)
                    self.slowest = max(self.slowest, time.monotonic() - begun)
            except (Refused, OSError) as refusal:
                with self.lock:
                    self.errors.append(str(refusal))
                client = self.server.client()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        for thread in self.threads:
            thread.join()

    def until(self, count, seconds=60):
        end = time.monotonic() + seconds
        while self.right + self.wrong + len(self.errors) < count and time.monotonic() < end:
            time.sleep(0.01)

    def told(self):
        return (f"{self.right} right, {self.wrong} wrong, {len(self.errors)} failed"
                f" {self.errors[:2]}, slowest {self.slowest * 1000:.0f} ms")

    def check(self, what):
        check(f"{what}: {self.told()}", self.right > 0 and not self.wrong and not self.errors)


def values():
    """Every kind of plan and plug-in, by what it gives; configurations that are completed."""
    m = models()
    m.shelf("libacme.so")
    m.add("double", "scale_dyn", "libscale2.so")
    m.add("triple", "scale_dyn", "libscale3.so")
    m.add("static", "scale_dyn", "libstatic3.so")
    m.add("fixed", "scale", "libscale2.so")
    m.add("compatible", "scale_vc", "libscale3.so")
    m.add("acme", "acme")
    m.add("two_plugins", "two_plugins", "libscale3.so")
    m.add("add_one", "add_one_v2", "libv2.so")
    m.add("positive", "positive", "libpositive.so")
    for plan in "plain", "nonzero", "two_in_two_out", "types", "shape_input", "deep":
        m.add(plan, plan)
    m.add("profiles", "profiles")
    m.add("second_profile", "profiles", config='instance_group { kind: KIND_GPU profile: "1" }')
    m.add("no_profile", "profiles", config='instance_group { profile: "2" }')
    m.add("too_large", "scale_dyn", "libscale2.so", config="max_batch_size: 65 "
          'input { name: "x" data_type: TYPE_FP32 dims: 8 } output { name: "y" data_type: TYPE_FP32 dims: 8 }')
    m.add("on_cpu", "plain", config="instance_group { kind: KIND_CPU }")
    m.add("unprovided", "add_one_v2")
    m.add("several", "plain", config="instance_group { count: 3 }")
    with Server(FOLDER) as server:
        print(f"ready after {server.seconds:.2f} s")
        client = server.client()
        row = [1.0, 2.0, 3.0, 4.0]
        gives(client, "double", {"y": ([2, 8], [2, 4, 6, 8])}, x(2, row))
        gives(client, "triple", {"y": ([64, 8], [3, 6, 9, 12])}, x(64, row))
        gives(client, "static", {"y": ([2, 8], [3, 6, 9, 12])}, x(2, row))
        gives(client, "fixed", {"y": ([4, 8], [2, 4, 6, 8])}, x(4, row))
        gives(client, "compatible", {"y": ([2, 8], [3, 6, 9, 12])}, x(2, row))
        gives(client, "acme", {"y": ([2, 8], [5, 10, 15, 20])}, x(2, row))
        gives(client, "two_plugins", {"y": ([2, 8], [15, 30, 45, 60])}, x(2, row))
        gives(client, "add_one", {"y": ([2, 8], [2, 3, 4, 5])}, x(2, row))
        gives(client, "plain", {"y": ([2, 8], [2, 4, 6, 8])}, x(2, row))
        gives(client, "several", {"y": ([2, 8], [2, 4, 6, 8])}, x(2, row))
        gives(client, "positive", {"y": ([8], [1, 3, 1, 3]), "count": ([], [8])}, x(2, [1.0, -2.0, 3.0, -4.0]))
        gives(client, "positive", {"count": ([], [0])}, x(2, [-1.0]))
        gives(client, "nonzero", {"y": ([2, 4], [0, 1, 2, 3, 0, 1, 2, 3])},
              x(4, [5.0] + [0.0] * 8 + [5.0] + [0.0] * 8 + [5.0] + [0.0] * 8 + [5.0] + [0.0] * 4))
        gives(client, "two_in_two_out", {"sum": ([1, 4], [5, 6, 7, 8]), "difference": ([1, 4], [-3, -2, -1, 0])},
              ("a", "FP32", [1, 4], row), ("b", "FP32", [1, 4], [4.0]))
        gives(client, "types",
              {"half2": ([2, 4], [2, 4, 6, 8]), "bf16_2": ([2, 4], [2, 4, 6, 8]),
               "int32_2": ([2, 4], [2, 4, 6, 8]), "int64_2": ([2, 4], [2, 4, 6, 8]),
               "not": ([2, 4], [False, True]), "float_of_uint8": ([2, 4], [1, 2, 3, 4])},
              ("half", "FP16", [2, 4], row), ("bf16", "BF16", [2, 4], row),
              ("int32", "INT32", [2, 4], [1, 2, 3, 4]), ("int64", "INT64", [2, 4], [1, 2, 3, 4]),
              ("bool", "BOOL", [2, 4], [True, False]), ("uint8", "UINT8", [2, 4], [1, 2, 3, 4]))
        for shape in [3, 4], [6, 2], [1, 12]:
            gives(client, "shape_input", {"y": (shape, [2, 4, 6, 2])},
                  ("x", "FP32", [2, 6], [1.0, 2.0, 3.0]), ("shape", "INT32", [2], shape))
        refuses(client, "shape_input", "TensorRT says",
                ("x", "FP32", [2, 6], [1.0]), ("shape", "INT32", [2], [7, 7]))
        gives(client, "deep", {"y": ([2, 32], [0.4316, 0.6816, 0.7962, 1.27, 1.154, 0.8323])},
              ("x", "FP32", [2, 3, 28, 28], [0.1, 0.2, 0.3]), within=1e-2)
        for rows in 1, 4, 5, 64, 2, 33:
            gives(client, "profiles", {"y": ([rows, 8], [2, 4, 6, 8])}, x(rows, row))
        gives(client, "second_profile", {"y": ([5, 8], [2, 4, 6, 8])}, x(5, row))
        refuses(client, "second_profile", "profile 1: 'x' [5..64,8]", x(4, row))
        refuses(client, "plain", "64", x(65, row))
        for name, text in {
            "no_profile": "profile: 2 (expected: one of the plan's, 0 to 1)",
            "too_large": "maximum batch size 65 for 'too_large', the model takes at most 64",
            "on_cpu": "has kind KIND_CPU",
            "unprovided": "op AddOne@1 is provided by no op library",
        }.items():
            check(f"{name} is refused: {server.reason(name)}", text in server.reason(name), f"(expected: {text})")
        config = client.json("GET", "/v2/models/double/config")
        check("a configuration is completed",
              config["max_batch_size"] == 64 and "dynamic_batching" in config
              and config["input"][0]["dims"] == [8] and config["instance_group"][0]["kind"] == "KIND_GPU", config)
        check("a plan without batches has none", client.json("GET", "/v2/models/positive/config")["max_batch_size"] == 0)


def names():
    """One name, two libraries, two models."""
    m = models()
    m.add("double", "scale_dyn", "libscale2.so")
    m.add("triple", "scale_dyn", "libscale3.so")
    with Server(FOLDER) as server:
        begun = time.monotonic()
        with Load(server, "double", 32, [2]) as double, Load(server, "triple", 32, [3]) as triple:
            double.until(5000)
            triple.until(5000)
        seconds = time.monotonic() - begun
        double.check("x2, 32 in flight")
        triple.check(f"x3, 32 in flight beside it, {seconds:.1f} s")


def preload():
    """The command line that users know."""
    m = models()
    m.add("scale", "scale_dyn")
    static2, static3 = m.library("libstatic2.so"), m.library("libstatic3.so")
    with Server(FOLDER, preload=static2) as server:
        gives(server.client(), "scale", {"y": ([2, 8], [2, 4])}, x(2, [1.0, 2.0]))
    with Server(FOLDER, preload=static2 + ":" + static3) as server:
        reason = server.reason("scale")
        check(f"A:B is refused: {reason}", "libstatic2.so" in reason and "libstatic3.so" in reason)
    with Server(FOLDER, f"--backend-config=tensorrt,plugins={m.library('libscale3.so')}") as server:
        gives(server.client(), "scale", {"y": ([2, 8], [3, 6])}, x(2, [1.0, 2.0]))


def graphs():
    """CUDA graphs: the same values, in whatever order shapes come; what cannot be recorded runs as without."""
    m = models()
    on = "optimization { cuda { graphs: true } } instance_group { kind: KIND_GPU count: 1 }"
    m.add("scale", "scale_dyn", "libscale3.so", config=on)
    m.add("profiles", "profiles", config=on)
    m.add("two_in_two_out", "two_in_two_out", config=on)
    m.add("positive", "positive", "libpositive.so", config=on)
    m.add("shape_input", "shape_input", config=on)
    m.add("faulty", "faulty", "libfaulty.so", config=on)
    with Server(FOLDER) as server:
        client = server.client()
        for model, factor in ("scale", 3.0), ("profiles", 2.0):
            right, asked = 0, 0
            for round_ in range(12):
                for rows in 1, 2, 64, 5, *range(7, 64 if round_ == 3 else 9):
                    values = [float((round_ * 13 + rows * 7 + i) % 100) for i in range(8 * rows)]
                    got = client.infer(model, x(rows, values))["y"]
                    asked += 1
                    right += got == ([rows, 8], [factor * value for value in values])
            check(f"{model}: {right} of {asked} answers are right, more shapes than are kept", right == asked)
        for i in range(4):
            gives(client, "two_in_two_out", {"sum": ([1, 4], [5.0 + i]), "difference": ([1, 4], [i - 3.0])},
                  ("a", "FP32", [1, 4], [1.0 + i]), ("b", "FP32", [1, 4], [4.0]))
            gives(client, "positive", {"y": ([8], [1, 3, 1, 3]), "count": ([], [8])}, x(2, [1.0, -2.0, 3.0, -4.0]))
            gives(client, "shape_input", {"y": ([3, 4], [2, 4, 6, 2])},
                  ("x", "FP32", [2, 6], [1.0, 2.0, 3.0]), ("shape", "INT32", [2], [3, 4]))
            refuses(client, "faulty", "TensorRT says", x(63, [1.0]))
            gives(client, "faulty", {"y": ([1, 8], [2.0, 4.0])}, x(1, [1.0, 2.0]))
        with Load(server, "scale", 16, [3]) as load:
            load.until(5000)
        load.check("x3 from graphs, 16 in flight")
        metrics = server.metrics()
        for name in ("nv_gpu_utilization", "nv_gpu_memory_total_bytes", "nv_gpu_memory_used_bytes",
                     "nv_gpu_power_usage", "nv_gpu_power_limit", "nv_energy_consumption"):
            lines = [line for line in metrics.splitlines() if line.startswith(name + "{gpu_uuid=")]
            check(f"the metrics tell {lines}", len(lines) >= 1)


FAULTS = {
    "trap": (1, 1001.0, "CUDA_ERROR_LAUNCH_FAILED"),
    "illegal address": (1, 1002.0, "CUDA_ERROR_ILLEGAL_ADDRESS"),
    "endless kernel": (1, 1003.0, "no answer within"),
    "SIGSEGV": (60, 1.0, "SIGSEGV"),
    "abort": (61, 1.0, "SIGABRT"),
    "exit": (62, 1.0, "exited with 3"),
    "sleep for ever": (64, 1.0, "no answer within"),
}


def faults():
    """Each fault, beside a model that goes on."""
    m = models()
    m.add("neighbour", "scale_dyn", "libscale2.so")
    m.add("faulty", "faulty", "libfaulty.so", config="instance_group { count: 1 }")
    rounds = int(os.environ.get("ROUNDS", "3"))
    with Server(FOLDER, "--execution-timeout-ms=2000", "--quarantine-after=1000") as server:
        client = server.client()
        with Load(server, "neighbour", 8, [2]) as neighbour:
            for name, (rows, value, text) in FAULTS.items():
                times = []
                for _ in range(rounds):
                    gives(client, "faulty", {"y": ([1, 8], [2.0, 4.0])}, x(1, [1.0, 2.0]))
                    try:
                        check(f"{name} is told", False, client.infer("faulty", x(rows, [value])))
                    except Refused as refusal:
                        check(f"{name} is told: {refusal}", text in str(refusal), f"(expected: {text})")
                    begun = time.monotonic()
                    client.infer("faulty", x(1, [1.0]))
                    times.append(time.monotonic() - begun)
                print(f"{name}: the next answer after {' '.join(f'{t * 1000:.0f}' for t in sorted(times))} ms")
            refuses(client, "faulty", "TensorRT says", x(63, [1.0]))
            gives(client, "faulty", {"y": ([1, 8], [2.0, 4.0])}, x(1, [1.0, 2.0]))
        neighbour.check("the neighbour")


def upgrade():
    """A plug-in is replaced under load."""
    m = models()
    m.add("scale", "scale_dyn", "libscale2.so")
    target = os.path.join(FOLDER, "models/scale/ops/libscale2.so")
    with Server(FOLDER, "--model-control-mode=explicit", "--load-model=scale") as server:
        client = server.client()
        with Load(server, "scale", 8, [2, 3]) as load:
            load.until(200)
            for library in "libscale3.so", "libscale2.so", "libscale3.so":
                shutil.copy(m.library(library), target + ".new")
                os.replace(target + ".new", target)
                client.call("POST", "/v2/repository/models/scale/load")
                factor = float(library[8])
                check(f"after {library} is loaded", client.infer("scale", x(1, [1.0]))["y"][1] == [factor] * 8)
        load.check("x2, x3, x2, x3 under load")


def used_mb():
    return int(subprocess.run(
        ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"],
        capture_output=True, text=True, check=True).stdout.split()[0])


def settled_mb(most):
    """What is in use, once that is no more than `most`, or after five seconds: a process's end takes a moment."""
    end = time.monotonic() + 5
    while (used := used_mb()) > most and time.monotonic() < end:
        time.sleep(0.1)
    return used


def memory():
    """What is taken is given back."""
    before = used_mb()
    m = models()
    m.add("stays", "plain")
    m.add("scale", "scale_dyn", "libscale2.so")
    m.add("comes", "plain")
    with Server(FOLDER, "--model-control-mode=explicit", "--load-model=stays", "--quarantine-after=1000") as server:
        client = server.client()
        loads = int(os.environ.get("LOADS", "50"))
        for round_ in range(10 + loads):
            client.call("POST", "/v2/repository/models/comes/load")
            client.infer("comes", x(8, [1.0]))
            client.call("POST", "/v2/repository/models/comes/unload")
            if round_ == 9:
                first, resident = used_mb(), server.resident_mb()
        used = settled_mb(first + 8)
        check(f"{loads} loads in a living worker: {first} -> {used} MB of the GPU", used <= first + 8)
        print(f"resident, server and workers: {resident} -> {server.resident_mb()} MB")
        starts = loads // 10
        for round_ in range(starts):
            if round_ == 1:
                resident = server.resident_mb()
            client.call("POST", "/v2/repository/models/scale/load")
            client.infer("scale", x(8, [1.0]))
            client.call("POST", "/v2/repository/models/scale/unload")
        used = settled_mb(first + 8)
        check(f"{starts} loads with a worker's start: {first} -> {used} MB of the GPU", used <= first + 8)
        print(f"resident, server and workers: {resident} -> {server.resident_mb()} MB")
        with Load(server, "stays", 4, [2]) as load:
            end = time.monotonic() + int(os.environ.get("KILL_SECONDS", "5"))
            kills = 0
            while time.monotonic() < end:
                for worker in client.json("GET", "/v2/espalier/workers").get("workers", []):
                    if worker.get("pid"):
                        os.kill(worker["pid"], 9)
                        kills += 1
                time.sleep(0.7)
        print(f"{kills} workers killed: {load.told()}")
        check("none is wrong after kills", not load.wrong and load.right)
    used = settled_mb(before + 8)
    check(f"after the server's end: {before} -> {used} MB", used <= before + 8)


PARTS = [values, names, preload, graphs, faults, upgrade, memory]

for part in PARTS:
    if sys.argv[4:] and part.__name__ not in sys.argv[4:]:
        continue
    print(f"--- {part.__name__}: {part.__doc__}", flush=True)
    try:
        part()
    except Exception:
        failed += 1
        traceback.print_exc()
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
