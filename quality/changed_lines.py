"""Which lines of a file a change brought; no I/O."""

from collections.abc import Sequence
from difflib import SequenceMatcher


def changed_lines(old: Sequence[str], new: Sequence[str]) -> frozenset[int]:
    """Return the numbers, from 1, of the new file's lines that are not in the old one."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return frozenset(
        line
        for tag, _, _, start, end in matcher.get_opcodes()
        if tag in {"insert", "replace"}
        for line in range(start + 1, end + 1)
    )
