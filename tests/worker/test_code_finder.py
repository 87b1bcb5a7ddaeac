"""The code that a request is about: found in a process of its own, or a reason why not."""

from dataclasses import replace
from pathlib import Path

import pytest

from ccg.cache import FILE_NAME
from tests.fakes.depot import GOLD, GOLD_PATH, ISSUE, OTHERS, make_depot
from worker.code_finder import TOKENS, CodeFinder, request_text
from worker.code_text import render_code
from worker.records import CodeRecord


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    """Return the folder of a repository."""
    return make_depot(tmp_path / "repo")


@pytest.fixture
def finder(tmp_path: Path) -> CodeFinder:
    """Return a finder with an empty cache."""
    return CodeFinder(tmp_path / "cache")


def find(finder: CodeFinder, root: Path, request: str = ISSUE) -> CodeRecord:
    return finder.find(request, root, seconds=120)


def text_of(found: CodeRecord) -> str:
    return render_code(found.pieces, 10**6)


def test_find__the_function_that_an_issue_only_describes(finder: CodeFinder, depot: Path) -> None:
    found = find(finder, depot)
    assert found.reason == ""
    (gold,) = [piece for piece in found.pieces if piece.symbol == "fill_lorry"]
    assert (gold.path, gold.start, gold.end) == (GOLD_PATH, 4, 14)
    assert gold.text.rstrip() == GOLD.rstrip()
    assert len({piece.path for piece in found.pieces}) < OTHERS


def test_find__the_same_bytes_with_and_without_kept_facts(
    finder: CodeFinder, depot: Path, tmp_path: Path
) -> None:
    first = find(finder, depot)
    assert (tmp_path / "cache" / FILE_NAME).is_file()
    assert find(finder, depot) == first
    assert find(CodeFinder(tmp_path / "other"), depot) == first


def test_find__keeps_to_the_budget(finder: CodeFinder, tmp_path: Path) -> None:
    words = ("parcel", "scale", "apple", "pear", "plum") * 600
    lines = [
        f"def {word}_{number}(): pass  # {'x' * 100}\n\n\n" for number, word in enumerate(words)
    ]
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/many.py").write_text("".join(lines), encoding="utf-8")
    pieces = find(finder, tmp_path / "repo").pieces
    assert TOKENS * 3 < sum(len(piece.text) + 1 for piece in pieces) <= TOKENS * 4


def test_g03__hostile_files_cost_nothing(finder: CodeFinder, depot: Path, tmp_path: Path) -> None:
    expected = find(finder, depot)
    secret = tmp_path / "secret.py"
    secret.write_text(GOLD.replace("lorry", "secret"), encoding="utf-8")
    (depot / "link.py").symlink_to(secret)
    (depot / "folder").symlink_to(tmp_path)
    (depot / "loop.py").symlink_to("loop.py")
    with (depot / "giant.py").open("wb") as giant:
        giant.write(GOLD.encode())
        giant.truncate(1 << 40)
    (depot / "binary.py").write_bytes(b"parcel scale shipment \0\1" * 99)
    (depot / "undecodable.py").write_bytes(b"# parcel scale shipment \xff\xfe\n")
    (depot / "codec.py").write_text("# coding: no-such\n", encoding="utf-8")
    assert find(finder, depot) == expected


def test_find__a_syntax_error_hides_no_other_function(finder: CodeFinder, depot: Path) -> None:
    path = depot / GOLD_PATH
    broken = f"def (:\n    '''\n    class\n\n\n{path.read_text(encoding='utf-8')}"
    (depot / "broken.py").write_text("def (:\n  '''", encoding="utf-8")
    (depot / "half.py").write_text(broken, encoding="utf-8")
    assert GOLD in text_of(find(finder, depot))


def test_find__nothing_of_the_tree_is_imported(finder: CodeFinder, depot: Path) -> None:
    for name in ("sitecustomize.py", "ccg.py", "json.py", "worker.py"):
        (depot / name).write_text("raise SystemExit('foreign code ran')\n", encoding="utf-8")
    assert GOLD in text_of(find(finder, depot))


def test_find__a_broken_cache_costs_nothing(
    finder: CodeFinder, depot: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / FILE_NAME).write_bytes(b"no database" * 99)
    assert GOLD in text_of(find(finder, depot))
    assert GOLD in text_of(find(CodeFinder(Path("/dev/null/cache")), depot))


def test_find__no_python_is_no_failure(finder: CodeFinder, tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/README.md").write_text("parcels", encoding="utf-8")
    assert find(finder, tmp_path / "repo") == CodeRecord()


def test_find__any_text_is_a_request(finder: CodeFinder, depot: Path) -> None:
    for request in ("", "\ud800\0", "x" * 200_000):
        assert find(finder, depot, request).reason == ""


def test_find__too_little_time_is_a_reason(finder: CodeFinder, depot: Path) -> None:
    hasty = replace(finder, seconds=0.0)
    assert find(hasty, depot) == CodeRecord(reason="it took longer than 0 s")
    assert finder.find(ISSUE, depot, seconds=0.0).reason == "it took longer than 0 s"


def test_find__too_little_memory_is_a_reason(finder: CodeFinder, depot: Path) -> None:
    poor = replace(finder, memory_bytes=1)
    assert "its process ended with exit code 1 (MemoryError)" in find(poor, depot).reason


def test_find__a_reason_names_no_path_of_the_machine(finder: CodeFinder, tmp_path: Path) -> None:
    reason = find(finder, tmp_path / "absent").reason
    assert reason == "its process ended with exit code 1 (NothingToRead)"


@pytest.mark.parametrize(
    ("title", "prompt", "body", "expected"),
    [
        ("It fails", "add retry", "Always.", "It fails\n\nadd retry\n\nAlways."),
        ("It fails", "", "", "It fails"),
        ("", "add retry", "", "add retry"),
        ("add retry", "add retry\nto it", "", "add retry\n\nto it"),
    ],
)
def test_request_text__title_command_and_issue(
    title: str, prompt: str, body: str, expected: str
) -> None:
    assert request_text(title=title, prompt=prompt, body=body) == expected
