"""Reads the files behind a graph, as bytes or as text; what cannot be read is None."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

from ccg.source import MAX_BYTES, read_regular

Read = Callable[[str], bytes | None]
"""Returns the bytes of a file by its path in the graph; None where it cannot be read."""

ReadText = Callable[[str], str | None]
"""Returns the text of a file by its path in the graph; None where it cannot be read."""


def reader(root: Path) -> Read:
    """Return a function that reads plain files below a folder; links are not followed."""

    def read(path: str) -> bytes | None:
        try:
            return read_regular(root, path, limit=MAX_BYTES)
        except OSError:
            return None

    return read


def text_reader(root: Path) -> ReadText:
    """Return a function that decodes Python files below a folder as Python would."""
    read = reader(root)

    def read_text(path: str) -> str | None:
        content = read(path)
        try:
            return None if content is None else importlib.util.decode_source(content)
        except (SyntaxError, UnicodeError, LookupError):
            return None

    return read_text
