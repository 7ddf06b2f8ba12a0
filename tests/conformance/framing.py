"""HTTP/1 by the letter: sends the shapes of framing.csv, and compares what ours answers, and what a real Triton does,
with what stands there.

    framing.py --http A [--oracle-http B]
    framing.py --record --oracle-http B      writes Triton's columns anew

An answer is a status and what becomes of the connection: the status of a plain request that follows on it, `closed`, or
`silent` where there is neither an answer nor an end within five seconds (ours lingers for two).
"""

import argparse
import pathlib
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

from compare import declared

TABLE = pathlib.Path(__file__).resolve().parent / "framing.csv"
FOLLOWS = b"GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n"
SIGNS = {"|": "\r\n", "~": "\r", "^": "\n", "_": " ", "%": ";"}
COLUMNS = 6  # ours, then; Triton's, then; the id of the difference; the shape


def request(shape: str) -> bytes:
    return "".join(SIGNS.get(sign, sign) for sign in shape).encode()


def status(stream) -> str:
    """That of the next answer, which is read to its end."""
    try:
        line = stream.readline()
        if not line:
            return "closed"
        length = 0
        while header := stream.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        stream.read(length)
        return line.split()[1].decode() if line.startswith(b"HTTP/") else "nonsense"
    except TimeoutError:
        return "silent"
    except ConnectionError:
        return "closed"


def answer(address: str, shape: str) -> tuple[str, str]:
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        stream = connection.makefile("rb")
        connection.sendall(request(shape))
        first = status(stream)
        if first in ("closed", "silent"):
            return first, first
        try:
            connection.sendall(FOLLOWS)
        except ConnectionError:
            return first, "closed"
        return first, status(stream)


def rows() -> list[list[str]]:
    """The fields of each shape."""
    found = []
    for line in TABLE.read_text().splitlines():
        fields = [field.strip() for field in line.split(";", COLUMNS - 1)]
        if not line.startswith("#"):
            if len(fields) != COLUMNS:
                raise ValueError(f"{TABLE.name}: '{line}' has {len(fields)} fields (expected: {COLUMNS})")
            found.append(fields)
    return found


def record(shapes: list[list[str]], answers: list[tuple[str, str]]) -> None:
    head = [line for line in TABLE.read_text().splitlines() if line.startswith("#")]
    lines = [
        "%-3s; %-6s; %-6s; %-6s; %-14s; %s" % (*fields[:2], *seen, *fields[4:])
        for fields, seen in zip(shapes, answers, strict=True)
    ]
    TABLE.write_text("\n".join(head + lines) + "\n")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("http", "grpc", "metrics", "oracle-http", "oracle-grpc", "oracle-metrics"):
        arguments.add_argument(f"--{name}")
    arguments.add_argument("--record", action="store_true")
    options = arguments.parse_args()
    shapes, documented = rows(), declared()
    with ThreadPoolExecutor(16) as pool:
        ours = pool.map(lambda fields: options.http and answer(options.http, fields[-1]), shapes)
        theirs = pool.map(lambda fields: options.oracle_http and answer(options.oracle_http, fields[-1]), shapes)
        ours, theirs = list(ours), list(theirs)
    if options.record:
        record(shapes, theirs)
        return 0
    failed = 0
    for fields, our_answer, their_answer in zip(shapes, ours, theirs, strict=True):
        difference, shape = fields[4:]
        problems = []
        for name, seen, expected in (("ours", our_answer, fields[:2]), ("Triton", their_answer, fields[2:4])):
            if seen and list(seen) != expected:
                problems.append(f"{name} answers {', then '.join(seen)} (expected: {', then '.join(expected)})")
        if (fields[:2] != fields[2:4]) != bool(difference):
            problems.append(f"declared to differ: '{difference}' (expected: an id exactly where the answers differ)")
        if difference and difference not in documented:
            problems.append(f"difference '{difference}' does not stand in docs/differences.md")
        for problem in problems:
            print(f"FAILED {shape}\n  {problem}")
        failed += bool(problems)
    print(f"{len(shapes) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
