"""The developer's tools: short answers, and errors as text."""

from pathlib import Path
from typing import Any

import pytest

from ccg.build import build_graph
from worker.model.interface import ToolCall
from worker.tools import MAX_ANSWER, MAX_LINES, SPECS, ToolBench
from worker.workspace import Workspace


@pytest.fixture
def bench(tmp_path: Path) -> ToolBench:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("one\ntwo\nthree\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("two\n", encoding="utf-8")
    return ToolBench(
        Workspace(tmp_path),
        run=lambda command: f"ran {command}",
        graph=lambda: build_graph(tmp_path),
    )


def ask(bench: ToolBench, name: str, arguments: Any = None, **more: Any) -> str:
    call = ToolCall(id="1", name=name, arguments=more if arguments is None else arguments)
    return bench.answer(call).text


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("list", {}, "b.txt\nsrc/a.py"),
        ("list", {"path": "src/"}, "src/a.py"),
        ("list", {"path": "none"}, "no files there"),
        ("read", {"path": "src/a.py"}, "src/a.py, lines 1 to 3 of 3:\none\ntwo\nthree\n"),
        (
            "read",
            {"path": "src/a.py", "first_line": 2, "last_line": 2},
            "src/a.py, lines 2 to 2 of 3:\ntwo\n",
        ),
        ("search", {"text": "two"}, "b.txt:1: two\nsrc/a.py:2: two"),
        ("search", {"text": "two", "path": "src"}, "src/a.py:2: two"),
        (
            "search",
            {"text": "t[wh]", "regex": True, "path": "src"},
            "src/a.py:2: two\nsrc/a.py:3: three",
        ),
        ("search", {"text": "one\ntwo"}, "src/a.py:1: one"),
        ("search", {"text": "absent"}, "nothing found"),
        ("edit", {"path": "src/a.py", "old": "two", "new": "2"}, "edited src/a.py"),
        ("write", {"path": "c.py", "content": "x"}, "wrote c.py"),
        ("delete", {"path": "b.txt"}, "deleted b.txt"),
        ("move", {"path": "b.txt", "to": "src/b.txt"}, "moved b.txt to src/b.txt"),
        ("run", {"command": "ls"}, "ran ls"),
        ("done", {"summary": "did it"}, "noted"),
    ],
)
def test_answer__does_what_is_asked(
    bench: ToolBench, name: str, arguments: dict[str, Any], said: str
) -> None:
    assert ask(bench, name, arguments) == said


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("shell", {}, "there is no tool 'shell'"),
        ("read", None, "arguments are not a JSON object"),
        ("read", {}, "path: Field required"),
        ("read", {"path": "a", "mode": "w"}, "Extra inputs"),
        ("read", {"path": "/proc/self/environ"}, "absolute"),
        ("read", {"path": "../x"}, "refused"),
        ("list", {"path": "../.."}, "refused"),
        ("search", {"text": "x", "path": ".."}, "refused"),
        ("search", {"text": "(", "regex": True}, "pattern cannot be used"),
        ("edit", {"path": "b.txt", "old": "no", "new": "x"}, "does not stand"),
        ("write", {"path": "x", "content": "\ud800"}, "not valid Unicode"),
        ("run", {"command": ""}, "at least 1"),
        ("graph", {"question": "authors", "symbol": "x"}, "question: Input should be"),
        ("graph", {"question": "callers", "symbol": "thre"}, "there is no 'thre' in the graph"),
    ],
)
def test_answer__says_what_is_wrong(bench: ToolBench, name: str, arguments: Any, said: str) -> None:
    call = ToolCall(id="1", name=name, arguments=arguments)
    text = bench.answer(call).text
    assert text.startswith("error: ")
    assert said in text


def test_edit__a_mismatch_shows_the_nearest_lines(bench: ToolBench) -> None:
    said = ask(bench, "edit", path="src/a.py", old="two \nthre", new="x")
    assert "the nearest are lines 2 to 3, which read\ntwo\nthree\n" in said


def test_answer__tells_of_a_call_that_fails_again_and_again(bench: ToolBench) -> None:
    arguments = {"path": "b.txt", "old": "no", "new": "x"}
    said = [ask(bench, "edit", arguments) for _ in range(4)]
    assert said[0] == said[1]
    assert "This very call has failed 3 times" in said[2]
    assert not bench.repeats.is_stuck
    # Another call, and one that succeeds, are no repetition.
    ask(bench, "edit", path="b.txt", old="nope", new="x")
    for _ in range(9):
        ask(bench, "read", path="b.txt")
    assert not bench.repeats.is_stuck
    ask(bench, "edit", arguments)
    assert bench.repeats.is_stuck


def test_refusals__name_refused_paths_not_failed_matches(bench: ToolBench) -> None:
    ask(bench, "edit", path="b.txt", old="no", new="x")
    ask(bench, "write", path=".github/workflows/a.yml", content="x")
    ask(bench, "write", path=".github/workflows/a.yml", content="x")
    ask(bench, "move", path="b.txt", to=".github/workflows/b.yml")
    ask(bench, "move", path="CODEOWNERS", to="b.txt")
    refused = [".github/workflows/a.yml", ".github/workflows/b.yml", "CODEOWNERS"]
    assert [item.path for item in bench.refusals] == refused


def test_read__is_capped(bench: ToolBench) -> None:
    ask(bench, "write", path="long.txt", content="x\n" * 5000)
    assert ask(bench, "read", path="long.txt").count("\n") == MAX_LINES + 1


def test_p17__a_listing_of_endless_names_is_cut(bench: ToolBench, tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / (f"{number:03}" + "\u200b" * 80)).touch()
    answer = ask(bench, "list")
    assert len(answer) < MAX_ANSWER + 100
    assert answer.endswith(f"[cut at {MAX_ANSWER} characters]")


def test_p04__what_a_tool_shows_hides_nothing_and_edits_find_it(
    bench: ToolBench, tmp_path: Path
) -> None:
    (tmp_path / "b.txt").write_text("ad\u200bmin = \u202e1\n", encoding="utf-8")
    assert "ad\\u{200b}min = \\u{202e}1" in ask(bench, "read", path="b.txt")
    assert "ad\\u{200b}min" in ask(bench, "search", text="min")
    edited = ask(bench, "edit", path="b.txt", old="ad\\u{200b}min = \\u{202e}1", new="admin = 1")
    assert edited == "edited b.txt"
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == "admin = 1\n"


def test_m20__an_edit_of_another_version_is_refused_whole(bench: ToolBench, tmp_path: Path) -> None:
    for old in ("one\nTWO", "one \ntwo", "one\r\ntwo", "\tone"):
        assert ask(bench, "edit", path="src/a.py", old=old, new="x").startswith("error: ")
    assert (tmp_path / "src/a.py").read_text(encoding="utf-8") == "one\ntwo\nthree\n"
    assert bench.workspace.changes() == ()


def test_specs__declare_each_tool_once() -> None:
    names = [spec.name for spec in SPECS]
    assert names == [
        "list",
        "read",
        "search",
        "graph",
        "edit",
        "write",
        "delete",
        "move",
        "run",
        "done",
    ]
    assert all(spec.parameters["additionalProperties"] is False for spec in SPECS)


def test_m06__a_search_with_endless_hits_is_bounded(bench: ToolBench) -> None:
    line = "x" * 5000 + "\n"
    for number in range(4):
        (bench.workspace.root / f"long{number}.txt").write_text(line * 120, encoding="utf-8")
    text = ask(bench, "search", {"text": "x+", "regex": True})
    assert "[cut at 100 lines]" in text
    assert len(text) < 50_000
