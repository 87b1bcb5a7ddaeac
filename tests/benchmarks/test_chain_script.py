"""The script that makes a real commit: its edits lead to upstream's bytes, and only once."""

import pytest

from benchmarks.chain.commit import Change
from benchmarks.chain.script import exact_edits, script

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


def test_script__what_cannot_be_edited_only_once_is_written_whole() -> None:
    appended = Change("src/a.py", "a\n", "a\nb\n")
    made = script(subject="Append", changes=[appended])
    calls = next(
        reply["calls"]
        for reply in made["replies"]
        if reply["agent"] == "DEVELOPER" and reply["turn"] == 2
    )
    assert calls == [{"name": "write", "args": {"path": "src/a.py", "content": "a\nb\n"}}]
