"""h2spec's cases of HTTP/2 and HPACK against the gRPC port:

    h2spec.py --tool H2SPEC --grpc HOST:PORT

Those that are known to end otherwise stand in `KNOWN`, each with its reason; one that is not there fails, and one that is
there and passes fails, too. Ends with `N passed, N failed`.
"""

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

SECONDS = 2  # that a case waits for what it expects

# By section and description. All three end the call or stream concerned, and Netty's HTTP/2 is what says so.
KNOWN = {
    ("http2/5.1", "half closed (remote): Sends a HEADERS frame"):
        "the stream is reset as PROTOCOL_ERROR, since a second block of headers is read as trailers first",
    ("http2/5.1", "closed: Sends a HEADERS frame"):
        "a stream error and not one of the connection: nobody remembers streams that have ended",
    ("http2/5.1.1", "Sends stream identifier that is numerically smaller than previous"):
        "a stream error and not one of the connection: a number below the highest may have been used",
}


def outcomes(report: str) -> dict[tuple[str, str], str]:
    """What went wrong in each case; empty where nothing did."""
    found = {}
    for case in xml.parse(report).iter("testcase"):
        trouble = ""
        for kind in ("failure", "error", "skipped"):
            for each in case.iter(kind):
                trouble = f"{kind}: " + " | ".join((each.text or "").split("\n"))
        found[case.get("package", ""), case.get("classname", "")] = trouble
    return found


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tool", required=True)
    arguments.add_argument("--grpc", required=True)
    options, _ = arguments.parse_known_args()
    host, port = options.grpc.rsplit(":", 1)
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        subprocess.run([options.tool, "-h", host, "-p", port, "-o", str(SECONDS), "-j", report.name, "generic", "http2",
                        "hpack"], stdout=subprocess.DEVNULL, timeout=300)
        cases = outcomes(report.name)
    passed = failed = 0
    for key, trouble in cases.items():
        if bool(trouble) == (key in KNOWN):
            passed += 1
            continue
        failed += 1
        told = trouble or f"passes, though it is known not to: {KNOWN[key]}"
        print(f"FAILED {key[0]} {key[1]}: {told}")
    for key in KNOWN.keys() - cases.keys():
        failed += 1
        print(f"FAILED {key[0]} {key[1]}: there is no such case")
    print(f"{len(KNOWN)} of {len(cases)} cases are known to end otherwise")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
