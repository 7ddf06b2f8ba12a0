"""Requests that end, hang or bloat a server: only ours is asked, and it must refuse each and live on.

    hostile.py --http H:P [--grpc H:P] --metrics H:P --pid SERVER [--only PATTERN]

Without --grpc only HTTP is attacked. Several of these kill a Triton 2.51, so none is compared. After each, a good request over either protocol must answer;
at the end the memory of the server and its children may have grown by 50 MB. `--pid` is the server's process.
"""

import argparse
import pathlib
import re
import struct
import sys
import time

import hostile_grpc
import hostile_http
from exchange import Grpc, Http, Server
from tritonclient.grpc import service_pb2

ALLOWED_GROWTH = 50 << 20
SETTLING = 40.0
PAUSE = 0.25


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, open_ = [], [pid]
    while open_:
        each = open_.pop()
        found.append(each)
        open_ += parents.get(each, [])
    return found


def memory(pid: int) -> int:
    """Resident bytes of server and children, pages that several of them map counted once (PSS)."""
    total = 0
    for each in family(pid):
        try:
            rollup = pathlib.Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE).group(1)) << 10
    return total


def good_http(server: Server, count: int = 3) -> None:
    values = struct.pack(f"<{count}f", *([1.0] * count))
    head = (
        b'{"inputs":[{"name":"INPUT0","shape":[%d],"datatype":"FP32","parameters":{"binary_data_size":%d}}],'
        b'"outputs":[{"name":"OUTPUT0","parameters":{"binary_data":true}}]}' % (count, len(values))
    )
    length = (("Inference-Header-Content-Length", str(len(head))),)
    answer = server.send(Http("POST", "/v2/models/plus_one/infer", head + values, length))
    if answer.get("status") != 200 or answer["binary"] != struct.pack(f"<{count}f", *([2.0] * count)).hex():
        raise AssertionError(f"the next good HTTP request was answered {str(answer)[:300]}")


def good_grpc(server: Server, count: int = 3) -> None:
    tensor = service_pb2.ModelInferRequest.InferInputTensor(name="INPUT0", shape=[count], datatype="FP32")
    message = service_pb2.ModelInferRequest(model_name="plus_one", inputs=[tensor])
    message.raw_input_contents.append(struct.pack(f"<{count}f", *([1.0] * count)))
    answer = server.send(Grpc("ModelInfer", message))
    if answer["code"] != "OK" or answer["message"]["outputs"][0]["shape"] != [str(count)]:
        raise AssertionError(f"the next good gRPC request was answered {str(answer)[:300]}")


def good(server: Server, count: int = 3) -> None:
    good_http(server, count)
    if server.grpc:
        good_grpc(server, count)


def warm(server: Server) -> None:
    """What a healthy load makes the server hold anyway is no growth."""
    for count in (3, 100_000, 4_000_000):
        for _ in range(200 if count == 3 else 5):
            good(server, count)


def settled(pid: int, enough: int = 0) -> int:
    """The lowest of the readings of some seconds, or the first below `enough`: what a quiet server gives back a moment
    later is no growth."""
    lowest = memory(pid)
    for _ in range(int(SETTLING / PAUSE)):
        if lowest <= enough:
            break
        time.sleep(PAUSE)
        lowest = min(lowest, memory(pid))
    return lowest


def run(case, server: Server, pid: int) -> str | None:
    began = time.monotonic()
    try:
        case.attack(server)
        good(server)
    except (AssertionError, OSError, ValueError, KeyError, IndexError) as failure:
        return f"{type(failure).__name__}: {failure}"
    if not pathlib.Path(f"/proc/{pid}").exists():
        return "the server's process is gone"
    took = time.monotonic() - began
    return f"took {took:.1f} s (expected: below {case.seconds} s)" if took > case.seconds else None


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("http", "grpc", "metrics"):
        arguments.add_argument(f"--{name}", required=name != "grpc")
    arguments.add_argument("--pid", type=int, required=True)
    arguments.add_argument("--only", default="")
    options = arguments.parse_args()
    server = Server(options.http, options.grpc, options.metrics)
    all_cases = hostile_http.CASES + (hostile_grpc.CASES if options.grpc else [])
    cases = [c for c in all_cases if re.search(options.only, c.name)]
    warm(server)
    processes, before = family(options.pid), settled(options.pid)
    failed = 0
    for case in cases:
        problem = run(case, server, options.pid)
        if problem:
            failed += 1
            print(f"FAILED {case.name}\n  {problem[:1000]}", flush=True)
        if not pathlib.Path(f"/proc/{options.pid}").exists():
            print(f"FAILED after '{case.name}' there is no server any more; {len(cases) - cases.index(case) - 1} cases left")
            print(f"{cases.index(case)} passed, {len(cases) - cases.index(case)} failed")
            return 1
    grown = settled(options.pid, before + ALLOWED_GROWTH) - before
    print(f"memory: {before >> 20} MB before, {grown / (1 << 20):+.1f} MB after")
    if grown > ALLOWED_GROWTH:
        failed += 1
        print(f"FAILED memory grew by {grown >> 20} MB (expected: at most {ALLOWED_GROWTH >> 20} MB)")
    if set(processes) - set(family(options.pid)):
        failed += 1
        print(f"FAILED processes that were there are gone: {sorted(set(processes) - set(family(options.pid)))}")
    print(f"{len(cases) + 2 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
