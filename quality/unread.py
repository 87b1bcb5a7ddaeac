"""Files that nothing here can analyse and that a change leaves as they were."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from ccg.graph import NotAnalysed
from ccg.source import MAX_BYTES, read_regular
from quality.change import Change


def unread_before(
    now: Iterable[NotAnalysed],
    before: Iterable[NotAnalysed],
    *,
    tree: Path,
    change: Change,
    judged: Collection[str],
) -> tuple[str, ...]:
    """Return the paths of which the base says the same, and to which the change does nothing.

    A link is one of them where it ends at the same place as on the base, inside of the folder, and
    what lies there is the same or is judged under its own name.

    Args:
        now: what could not be analysed after the change.
        before: the same of the base.
        tree: the folder that is judged.
        change: the base, and the files that differ from it.
        judged: paths of the product's files that were analysed after the change.
    """
    every, known, changed = set(now), set(before), set(change.paths)
    mine = changed.union(item.path for item in every - known)
    return tuple(
        path
        for path in sorted({item.path for item in every} - mine)
        if _leads_as_before(path, tree, change.root, judged)
    )


def _leads_as_before(path: str, tree: Path, base: Path, judged: Collection[str]) -> bool:
    end = _end(tree, path)
    if end is None or end != _end(base, path):
        return False
    # Files that are no links are compared when the change is found.
    return end == path or end in judged or _is_same(tree, base, end)


def _end(root: Path, path: str) -> str | None:
    """Return the place in the folder at which all links on the way have led; None is outside."""
    top = os.path.realpath(root)
    end = os.path.realpath(f"{top}/{path}")
    return end.removeprefix(f"{top}/") if end.startswith(f"{top}/") else None


def _is_same(tree: Path, base: Path, path: str) -> bool:
    """Tell whether both hold the same bytes there, or nothing; what is too long may differ."""
    try:
        return _content(tree, path) == _content(base, path)
    except OSError:
        return False


def _content(root: Path, path: str) -> bytes | None:
    try:
        return read_regular(root, path, limit=MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
