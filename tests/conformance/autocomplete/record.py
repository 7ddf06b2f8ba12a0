"""Records what a real Triton makes of every auto-complete case, into <case>/oracle.json.

    python record.py --server TRITONSERVER --backends FOLDER [--port 18010] [CASE ...]

FOLDER needs Triton's onnxruntime backend, which no package registry carries: build it from its public sources.
One server is started for each case, so a case can neither see nor end another. oracle.json holds the flags, the
state of the model in the repository index, GET /config and GET metadata (or their errors), and, where the model
never got as far as a state, the error lines of the server's log.
"""

import argparse
import http.client
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from cases import CASES, HERE, Case


def ask(port: int, verb: str, path: str) -> tuple[int, object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(verb, path)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    return answer.status, json.loads(body) if body else None


def wait(port: int, process: subprocess.Popen) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            if ask(port, "GET", "/v2/health/live")[0] == 200:
                return True
        except OSError:
            time.sleep(0.02)
    return False


def errors(log: str, repository: str) -> list[str]:
    """The texts of the log's error lines without time, place and the temporary folder."""
    lines = re.findall(r"^(?:E\d{4} |\[libprotobuf ERROR )[^\]]*\] (.*)$", log, re.MULTILINE)
    noise = ("CudaDriverHelper", "Internal: failed to load all models")
    return [line.strip('"').replace(repository, "<repository>") for line in lines if not line.strip('"').startswith(noise)]


def record(case: Case, server: str, backends: str, port: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        repository = f"{folder}/repository"
        shutil.copytree(HERE / case.name, f"{repository}/{case.name}", ignore=shutil.ignore_patterns("oracle.json", ".keep"))
        command = [
            server, f"--model-repository={repository}", f"--backend-directory={backends}", "--exit-on-error=false",
            "--strict-readiness=false", "--allow-grpc=false", "--allow-metrics=false", "--http-address=127.0.0.1",
            f"--http-port={port}", *case.flags,
        ]  # fmt: skip
        with open(f"{folder}/log", "w+") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                alive = wait(port, process)
                result = {"flags": list(case.flags)}
                if alive:
                    result |= answers(case, port)
            finally:
                process.terminate()
                process.wait(30)
            log.seek(0)
            text = log.read()
        if not alive:
            result["server"] = f"did not start, exit {process.returncode}"
        if result.get("index", {}).get("state") != "READY":
            result["log"] = errors(text, repository)
        return json.loads(json.dumps(result).replace(repository, "<repository>"))


def text(result: dict) -> str:
    """One line a member: short enough to read, and a change shows where it is."""
    return "{\n" + ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in result.items()) + "\n}\n"


def answers(case: Case, port: int) -> dict:
    index = [entry for entry in ask(port, "POST", "/v2/repository/index")[1] if entry["name"] == case.name]
    status, config = ask(port, "GET", f"/v2/models/{case.name}/config")
    metadata = ask(port, "GET", f"/v2/models/{case.name}")[1]
    return {
        "index": index[0] if len(index) == 1 else index[-1] if index else {},
        **({"index_all": index} if len(index) > 1 else {}),
        "config_status": status,
        "config": config,
        "metadata": metadata,
    }


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--server", required=True)
    arguments.add_argument("--backends", required=True)
    arguments.add_argument("--port", type=int, default=18010)
    arguments.add_argument("cases", nargs="*")
    options = arguments.parse_args()
    count = {"READY": 0}
    for case in CASES:
        if options.cases and case.name not in options.cases:
            continue
        result = record(case, options.server, options.backends, options.port)
        (HERE / case.name / "oracle.json").write_text(text(result))
        state = result.get("index", {}).get("state", "never loaded")
        count[state] = count.get(state, 0) + 1
        print(f"{case.name}: {state}", flush=True)
    print(", ".join(f"{number} {state}" for state, number in count.items()))
    print(f"{sum(count.values())} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
