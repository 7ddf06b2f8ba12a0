"""Sends every request to ours and compares the answer with a real Triton's, recorded or live.

    compare.py --http A --grpc A --metrics A                          against oracle_answers.json
    compare.py --http A … --oracle-http B --oracle-grpc B --oracle-metrics B    against a running Triton
    compare.py --record --oracle-http B …                             writes oracle_answers.json
Without --grpc only the HTTP cases are sent. Both servers serve the same models and were started with
--strict-readiness=false, see README.md.
"""

import argparse
import json
import pathlib
import re
import sys

import requests_regions
from exchange import Http, Server, masked
from requests import Case, all_cases

HERE = pathlib.Path(__file__).resolve().parent
RECORDED = HERE / "oracle_answers.json"
EVERYWHERE = {"json-parse-text", "error-content-type"}  # differences that exchange.masked() takes out of every answer
DIFFERENCES = HERE.parent.parent / "docs" / "differences.md"


def declared() -> set[str]:
    """The ids in the first column of docs/differences.md."""
    return set(re.findall(r"^\| `([^`]+)` \|", DIFFERENCES.read_text(), re.MULTILINE))


def short(answer: object) -> str:
    """Status and text of an answer on one line, which is what a difference's pattern looks at."""
    if isinstance(answer, dict):
        said = answer.get("code", answer.get("status", answer.get("failure", "")))
        rest = {k: v for k, v in answer.items() if k not in ("code", "status", "failure")}
        body = rest.get("json")
        text = body["error"] if isinstance(body, dict) and "error" in body else rest.get("text")
        return f"{said} {text if text is not None else json.dumps(rest)}".replace("\n", "\\n")
    return json.dumps(answer)


def judge(case: Case, ours: object, theirs: object) -> str | None:
    """Why the case fails, or nothing."""
    if case.differs is None:
        if ours == theirs:
            return None
        return f"expected {json.dumps(theirs, ensure_ascii=False)}\n     got {json.dumps(ours, ensure_ascii=False)}"
    if ours == theirs:
        return f"declared to differ ({case.differs.id}), yet both answer {short(ours)}"
    if not re.match(case.differs.ours, short(ours)):
        return f"differs ({case.differs.id}), but not as declared\nexpected {case.differs.ours}\n     got {short(ours)}"
    return None


def ask(server: Server, case: Case) -> object:
    try:
        return masked(server.send(case.request))
    except (OSError, ValueError, IndexError) as failure:
        return {"failure": f"{type(failure).__name__}: {failure}"}


def record(oracle: Server, cases: list[Case]) -> None:
    answers = {case.name: ask(oracle, case) for case in cases}
    lines = (f" {json.dumps(name)}: {json.dumps(answer, sort_keys=True)}" for name, answer in answers.items())
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(answers)} answers in {RECORDED.name}")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for prefix in ("", "oracle-"):
        for name in ("http", "grpc", "metrics"):
            arguments.add_argument(f"--{prefix}{name}")
    arguments.add_argument("--record", action="store_true", help="write the oracle's answers down")
    arguments.add_argument("--only", default="", help="a pattern over the names of the cases")
    options = arguments.parse_args()
    cases = [case for case in all_cases() if re.search(options.only, case.name)]
    if not options.grpc and not options.record:
        cases = [case for case in cases if isinstance(case.request, Http)]
    oracle = Server(options.oracle_http, options.oracle_grpc, options.oracle_metrics) if options.oracle_http else None
    with requests_regions.files():
        if options.record:
            record(oracle, cases)
            return 0
        return compare(options, oracle, cases)


def compare(options: argparse.Namespace, oracle: Server | None, cases: list[Case]) -> int:
    recorded = {} if oracle else json.loads(RECORDED.read_text())
    server = Server(options.http, options.grpc, options.metrics)
    failed = 0
    documented = declared()
    for missing in EVERYWHERE - documented:
        failed += 1
        print(f"FAILED difference '{missing}' does not stand in docs/differences.md")
    for case in cases:
        if oracle is None and case.name not in recorded:
            problem = "no recorded answer: run compare.py --record"
        elif case.differs and case.differs.id not in documented:
            problem = f"difference '{case.differs.id}' does not stand in docs/differences.md"
        else:
            theirs = ask(oracle, case) if oracle else recorded[case.name]
            problem = judge(case, ask(server, case), theirs)
        if problem:
            failed += 1
            print(f"FAILED {case.name}\n  " + problem.replace("\n", "\n  "))
    print(f"{max(0, len(cases) - failed)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
