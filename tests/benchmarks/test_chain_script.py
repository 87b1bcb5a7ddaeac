"""The scripted model of a real commit: its calls lead to upstream's bytes, and only once."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chain.commit import Change, changes_of, kinds_of
from benchmarks.chain.script import CALLS_PER_TURN, calls_of, exact_edits, script
from ccg.build import build_graph
from p2a.worktree import scan
from worker.model.interface import ToolCall
from worker.tools import ToolBench
from worker.workspace import Workspace

BEFORE = (
    "def usage(width):\n    text = width\n\n    if text > 20:\n        return 1\n    return 2\n"
)
INSERTED = BEFORE.replace(
    "    if text", "    if not text:\n        return 0\n\n    if text"
)  # ends as the line before it does, so that the place of the insertion looks the same after it

CHANGES = {
    "insertion": (BEFORE, INSERTED),
    "twice the same line": ("a\nb\na\nb\n", "a\nb\na\nc\n"),
    "two places": ("a\nb\nc\nd\ne\nf\n", "a\nB\nc\nd\nE\nf\n"),
    "deletion": ("a\nb\nc\nb\n", "a\nc\nb\n"),
    "CRLF": ("a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"),
    "from CRLF": ("a\r\nb\r\n", "a\nb\n"),
    "no line end": ("a\nb\nc", "a\nb\nd"),
    "form feed": ("a\x0cb\nc\n", "a\x0cB\nc\n"),
    "non-ASCII": ("Grüße\nλ\n", "Grüße\nΛ\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_exact_edits__lead_to_the_wanted_text_and_fit_only_once(name: str) -> None:
    before, after = CHANGES[name]
    text, edits = before, exact_edits(before, after)
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    assert text == after
    assert text.count(edits[0][0]) == 0


def test_calls_of__what_cannot_be_edited_only_once_is_written_whole() -> None:
    appended = Change("src/a.py", "a\n", "a\nb\n")
    assert calls_of(appended) == [
        {"name": "write", "args": {"path": "src/a.py", "content": "a\nb\n"}}
    ]


def test_script__has_no_turn_with_more_calls_than_are_answered() -> None:
    changes = [Change(f"src/{number}.py", "a\n", "b\n") for number in range(25)]
    replies = script(subject="Many", changes=changes)["replies"]
    calls = [len(one["calls"]) for one in replies if one["agent"] == "DEVELOPER"]
    assert max(calls) == CALLS_PER_TURN


# A commit, played with the tools -----------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose last commit edits, writes, deletes and renames, tests among them."""
    folder = tmp_path / "upstream"
    (folder / "tests").mkdir(parents=True)
    files = {
        "crlf.py": "a = 1\r\nb = 2\r\n",
        "gone.txt": "gone\n",
        "tests/test_a.py": "def test_a():\n    pass\n",
        "tests/test_gone.py": "",
        "tool": "".join(f"echo {number}\n" for number in range(20)),
    }
    for path, text in files.items():
        (folder / path).write_bytes(text.encode())
    (folder / "tool").chmod(0o755)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Before")
    (folder / "crlf.py").write_bytes(b"a = 1\r\nb = 3\r\n")
    (folder / "gone.txt").unlink()
    (folder / "tests/test_gone.py").unlink()
    (folder / "tests/test_a.py").write_text("def test_a():\n    assert 'ä'\n", encoding="utf-8")
    (folder / "new.md").write_text("λ\n", encoding="utf-8")
    text = (folder / "tool").read_text(encoding="utf-8").replace("echo 7\n", "echo seven\n")
    (folder / "tool").unlink()
    (folder / "bin").mkdir()
    (folder / "bin/tool").write_text(text, encoding="utf-8")
    (folder / "bin/tool").chmod(0o755)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "After")
    return folder


def played(work: Path, replies: list[dict[str, Any]]) -> list[str]:
    """Play developer and tester on a tree, and return what the tools answered."""
    bench = ToolBench(Workspace(work), run=lambda command: "ran", graph=lambda: build_graph(work))
    answers = []
    for reply in (one for one in replies if one["agent"] == "DEVELOPER"):
        for call in reply["calls"]:
            asked = ToolCall(id="1", name=call["name"], arguments=call["args"])
            answers.append(bench.answer(asked).text)
    return answers


def test_script__makes_the_very_tree_of_the_commit(repository: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    git(tmp_path, "clone", "-q", str(repository), str(work))
    git(work, "checkout", "-q", "HEAD^")
    changes = changes_of(repository, "HEAD")
    assert kinds_of(changes) == ["tests", "new", "deleted", "renamed", "CRLF", "non-ASCII"]
    answers = played(work, script(subject="After", changes=changes)["replies"])
    assert not [one for one in answers if one.startswith("error")]
    # What is left is the tester's: the text of a test that stays where it is.
    (work / "tests/test_a.py").write_bytes((repository / "tests/test_a.py").read_bytes())
    assert scan(work) == scan(repository)
