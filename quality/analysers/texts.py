"""The text files of a tree that are no Python code, read without following links."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ccg.source import read_regular
from quality.tree import SourceTree

MAX_BYTES = 1024 * 1024
"""A longer file is data that nobody wrote."""
_BINARY_BEGINNING = 8192


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file's path and its text; bytes that are no UTF-8 are replaced."""

    path: str
    text: str


def read_others(
    tree: SourceTree, *, wanted: Callable[[str], bool] = lambda path: True
) -> Iterator[TextFile]:
    """Yield the files of up to `MAX_BYTES` that are text, by path; what cannot be read is left out."""
    for path in tree.others:
        if wanted(path):
            text = read_text(tree, path)
            if text is not None:
                yield TextFile(path, text)


def read_text(tree: SourceTree, path: str) -> str | None:
    """Return a file's text, None where it is a link, binary, too long or not there."""
    try:
        content = read_regular(tree.root, path, limit=MAX_BYTES)
    except (OSError, UnicodeError, ValueError):
        return None
    if b"\0" in content[:_BINARY_BEGINNING]:
        return None
    return content.decode("utf-8", "replace")
