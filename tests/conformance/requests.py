"""The requests that ours and a real Triton must answer alike: one table, in files by subject."""

from dataclasses import dataclass

from exchange import Grpc, Http, Stream


@dataclass(frozen=True)
class Differs:
    """A deliberate difference: its id in docs/differences.md and what ours answers (a pattern over status and text)."""

    id: str
    ours: str


@dataclass(frozen=True)
class Case:
    """A named request; `differs` where ours deliberately answers otherwise."""

    name: str
    request: Http | Grpc | Stream
    differs: Differs | None = None


def all_cases() -> list[Case]:
    import requests_binary
    import requests_generate
    import requests_grpc
    import requests_json
    import requests_kinds
    import requests_regions
    import requests_routes
    import requests_settings
    import requests_streams

    files = (requests_routes, requests_json, requests_binary, requests_grpc, requests_kinds, requests_generate,
             requests_streams, requests_settings, requests_regions)
    cases = [case for file in files for case in file.CASES]
    names = [case.name for case in cases]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"two cases of one name: {sorted(repeated)}")
    return cases
