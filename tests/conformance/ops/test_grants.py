"""What a model's worker may use beyond its own files: by the server's options, and by a model's own where the operator
lets it."""

import pytest
from started import ADD, library

FILE = "conflict_c_file"
READ = [value + 5 for value in ADD]

EXPLICIT = ("--model-control-mode=explicit", "--strict-readiness=false", "--worker-environment=ESPALIER_TEST_FILE")


def asks(**parameters: str) -> str:
    return "".join(
        f'\nparameters {{ key: "{name}" value {{ string_value: "{value}" }} }}' for name, value in parameters.items()
    )


@pytest.fixture
def words(tmp_path):
    """A file with a number, which every user may read."""
    folder = tmp_path / "words"
    folder.mkdir(mode=0o755)
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(parent.stat().st_mode | 0o011)
    file = folder / "number"
    file.write_text("5")
    return file


def add(repository, name: str, more: str = "") -> None:
    repository.add_without(name, more=more)
    repository.put(repository.library(name), library(FILE))


def assert_kept(server, model: str, file) -> None:
    """The op's own words, and what to do about them."""
    answer = server.infer(model)
    assert answer.status == 500
    hint = f"workers are kept from {file}; --worker-read={file} lets them read it"
    assert f"cannot open {file}: " in answer.text and hint in answer.text


def test_what_the_server_allows_all_may_use(start, repository, words):
    add(repository, "m")
    server = start(*EXPLICIT, f"--worker-read={words.parent}", ESPALIER_TEST_FILE=str(words))
    assert server.load("m").status == 200 and server.result("m") == READ


def test_a_model_gets_what_it_asks_for_where_the_operator_lets_it(start, repository, words, tmp_path):
    """The other model has the same op library, and is not let."""
    grants = tmp_path / "grants"
    grants.write_text(f"# who may read what\ngranted read {words.parent}\n")
    add(repository, "granted", asks(worker_read=str(words)))
    add(repository, "silent")
    add(repository, "greedy", asks(worker_read=str(words)))
    server = start(*EXPLICIT, f"--worker-grant-file={grants}", ESPALIER_TEST_FILE=str(words))
    for model in ("granted", "silent"):
        assert server.load(model).status == 200
    assert server.result("granted") == READ
    assert_kept(server, "silent", words)
    reason = server.refusal("greedy")
    assert f"model 'greedy', parameter 'worker_read': '{words}'" in reason
    assert f"in {grants} there would be a line 'greedy read {words}'" in reason


def test_without_the_operators_file_nothing_is_granted(start, repository, words):
    add(repository, "m", asks(worker_network="true"))
    server = start(*EXPLICIT, ESPALIER_TEST_FILE=str(words))
    assert "start the server with --worker-grant-file and a line 'm network'" in server.refusal("m")
