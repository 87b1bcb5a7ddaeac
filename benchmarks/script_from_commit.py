"""A model's script that makes a real commit's change with the developer's tools.

The agents' replies say what the commit's message says; every edit goes through the same exact-match
tool that a model uses, so the script proves the road, not the model.
"""

import difflib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEST_PATH = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")


@dataclass(frozen=True)
class Change:
    """A file of the commit: its text before and after, None where there is none."""

    path: str
    before: str | None
    after: str | None

    @property
    def is_test(self) -> bool:
        """Tell whether the file belongs to the tests."""
        return bool(TEST_PATH.search(self.path))


def git(repository: Path, *arguments: str) -> bytes:
    """Run git on a repository and return its output."""
    return subprocess.run(
        ["git", "-C", str(repository), *arguments],
        check=True,
        capture_output=True,
    ).stdout


def changes_of(repository: Path, commit: str) -> list[Change]:
    """Return what a commit changed against its first parent."""
    names = git(repository, "diff", "--name-only", "--no-renames", "-z", f"{commit}^", commit)
    return [
        Change(path, _text(repository, f"{commit}^", path), _text(repository, commit, path))
        for path in names.decode().split("\0")
        if path
    ]


def message_of(repository: Path, commit: str) -> tuple[str, str]:
    """Return a commit's subject and body."""
    subject, _, body = (
        git(repository, "log", "-1", "--format=%s%n%b", commit).decode().partition("\n")
    )
    return subject.strip(), body.strip()


def script(*, subject: str, changes: list[Change]) -> dict[str, Any]:
    """Return a script in which the developer makes the source changes and the tester the tests."""
    sources = [change for change in changes if not change.is_test]
    tests = [change for change in changes if change.is_test and change.after is not None]
    turns = [
        [_call("search", text=_landmark(sources[0]))],
        [_call("read", path=change.path) for change in sources if change.before is not None],
        [call for change in sources for call in _calls(change)],
        [_call("run", command="git status --short || ls")],
        [_call("done", summary=subject)],
    ]
    route = {"kind": "bugfix", "title": subject, "summary": subject}
    plan = {
        "task": subject,
        "acceptance_criteria": ["The project's own tests pass."],
        "steps": [f"Change {change.path}." for change in sources],
        "files": [change.path for change in changes],
    }
    edits = [{"path": change.path, "content": change.after} for change in tests]
    replies: list[dict[str, Any]] = [
        _says("COORDINATOR", route),
        _says("PLANNER", plan),
        _says("REVIEWER", {"verdict": "approve", "summary": "It fits.", "findings": []}),
        _says("TESTER", {"summary": "The tests that came with the fix.", "edits": edits}),
        _says("DOCUMENTER", {"summary": "Nothing became untrue.", "edits": []}),
        _says("QUALITY", {"feedback": "A small change.", "recommendations": []}),
    ]
    for number, calls in enumerate(turns):
        replies.append({"agent": "DEVELOPER", "turn": number, "calls": calls, "thought": True})
    return {"format": "p2a-script/1", "replies": replies}


def _calls(change: Change) -> list[dict[str, Any]]:
    if change.after is None:
        return [_call("delete", path=change.path)]
    if change.before is None:
        return [_call("write", path=change.path, content=change.after)]
    edits = exact_edits(change.before, change.after)
    if any(old in new for old, new in edits):
        return [_call("write", path=change.path, content=change.after)]
    return [_call("edit", path=change.path, old=old, new=new) for old, new in edits]


def exact_edits(before: str, after: str) -> list[tuple[str, str]]:
    """Return (old, new) pairs that turn one text into the other, each `old` unique when applied.

    No `old` stands in the text that its edit leaves, wherever a widening allows it: a developer who is
    asked again (a test that failed by chance) gets the same calls, and must not insert a second time.
    """
    current, edits = before, []
    while current != after:
        lines, wanted = current.splitlines(keepends=True), after.splitlines(keepends=True)
        matcher = difflib.SequenceMatcher(None, lines, wanted, autojunk=False)
        _, i1, i2, j1, j2 = next(op for op in matcher.get_opcodes() if op[0] != "equal")
        old, new = _widened(current, lines, wanted, (i1, i2, j1, j2))
        edits.append((old, new))
        current = current.replace(old, new, 1)
    return edits


def _widened(
    current: str, lines: list[str], wanted: list[str], span: tuple[int, int, int, int]
) -> tuple[str, str]:
    """Grow a changed block by the equal lines around it until it stands once before, never after."""
    i1, i2, j1, j2 = span
    while not _is_exact(current, "".join(lines[i1:i2]), "".join(wanted[j1:j2])):
        if i1 > 0:
            i1, j1 = i1 - 1, j1 - 1
        if i2 < len(lines) and j2 < len(wanted) and lines[i2] == wanted[j2]:
            i2, j2 = i2 + 1, j2 + 1
        elif i1 == 0:
            return current, "".join(wanted)
    return "".join(lines[i1:i2]), "".join(wanted[j1:j2])


def _is_exact(current: str, old: str, new: str) -> bool:
    return bool(old) and current.count(old) == 1 and old not in current.replace(old, new)


def _landmark(change: Change) -> str:
    if change.before is not None and change.after is not None and change.before != change.after:
        old, _ = exact_edits(change.before, change.after)[0]
        words = re.findall(r"[A-Za-z_]{4,}", old)
        return max(words, key=len) if words else "def"
    return "def"


def _says(agent: str, outcome: dict[str, Any]) -> dict[str, Any]:
    return {"agent": agent, "turn": 0, "text": json.dumps(outcome)}


def _call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "args": arguments}


def _text(repository: Path, revision: str, path: str) -> str | None:
    if not git(repository, "ls-tree", "-z", revision, "--", path):
        return None
    return git(repository, "cat-file", "blob", f"{revision}:{path}").decode()
