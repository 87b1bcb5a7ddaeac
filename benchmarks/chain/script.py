"""A model's script that makes a real commit's change with the agents' tools.

The agents' replies say what the commit's message says; every edit goes through the same exact-match
tool that a model uses, so the script proves the road, not the model.
"""

import difflib
import json
import re
from collections.abc import Sequence
from typing import Any

from benchmarks.chain.commit import Change

CALLS_PER_TURN = 10
"""Of the developer's tools; the product answers twenty."""


def script(*, subject: str, changes: Sequence[Change]) -> dict[str, Any]:
    """Return a script in which the developer makes the source changes and the tester the tests.

    What a tester cannot do, moving and deleting, the developer does for the tests too; a commit
    that changes nothing but tests is the developer's altogether.
    """
    tests = [one for one in changes if one.is_test and one.after is not None and not one.old_path]
    sources = [one for one in changes if one not in tests] or list(changes)
    tests = [one for one in tests if one not in sources]
    route = {"kind": "bugfix", "title": subject, "summary": subject}
    plan = {
        "task": subject,
        "acceptance_criteria": ["The project's own tests pass."],
        "steps": [f"Change {one.path}." for one in sources],
        "files": [one.path for one in changes],
    }
    edits = [{"path": one.path, "content": one.after} for one in tests]
    return {
        "format": "p2a-script/1",
        "replies": [
            _says("COORDINATOR", route),
            _says("PLANNER", plan),
            *_developer(subject, sources),
            _says("REVIEWER", {"verdict": "approve", "summary": "It fits.", "findings": []}),
            _says("TESTER", {"summary": "The tests that came with the fix.", "edits": edits}),
            _says("DOCUMENTER", {"summary": "Nothing became untrue.", "edits": []}),
            _says("QUALITY", {"feedback": "A small change.", "recommendations": []}),
        ],
    }


def _developer(subject: str, sources: Sequence[Change]) -> list[dict[str, Any]]:
    reads = [_call("read", path=one.old_path or one.path) for one in sources if one.before]
    makes = [call for one in sources for call in calls_of(one)]
    turns = [
        [_call("search", text=_landmark(sources[0]))],
        *_portions(reads),
        *_portions(makes),
        [_call("run", command="python --version")],
        [_call("done", summary=subject)],
    ]
    return [
        {"agent": "DEVELOPER", "turn": number, "calls": calls, "thought": True}
        for number, calls in enumerate(turns)
    ]


def calls_of(change: Change) -> list[dict[str, Any]]:
    """Return the calls of tools that make a change."""
    path = change.path
    if change.after is None:
        return [_call("delete", path=path)]
    if change.before is None:
        return [_call("write", path=path, content=change.after)]
    moved = [_call("move", path=change.old_path, to=path)] if change.old_path else []
    edits = exact_edits(change.before, change.after)
    if any(old in new for old, new in edits):
        return [*moved, _call("write", path=path, content=change.after)]
    return [*moved, *(_call("edit", path=path, old=old, new=new) for old, new in edits)]


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


def _portions(calls: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [calls[first : first + CALLS_PER_TURN] for first in range(0, len(calls), CALLS_PER_TURN)]


def _landmark(change: Change) -> str:
    """Return a word of the text that is changed, as somebody would search for it."""
    if change.before is None or change.after is None or change.before == change.after:
        return "def"
    old, _ = exact_edits(change.before, change.after)[0]
    words = re.findall(r"[A-Za-z_]{4,40}", old)
    return max(words, key=len) if words else "def"


def _says(agent: str, outcome: dict[str, Any]) -> dict[str, Any]:
    return {"agent": agent, "turn": 0, "text": json.dumps(outcome)}


def _call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "args": arguments}
