"""The code of a node as one text, however deep it is; no I/O."""

import ast
from collections.abc import Iterable

from ccg.nodes import outline
from quality.finding import digest


def unparsed(node: ast.AST) -> str:
    """Return what `ast.unparse` writes, or the same digits for the same code where that gives up.

    It does of what is nested too deeply, and of numbers that are too long to be written.
    """
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        return digest(written(outline(node)))


def written(outlined: Iterable[object]) -> str:
    """Return an outline as one text."""
    return " ".join(map(_told, outlined))


def _told(item: object) -> str:
    kind, value = item if isinstance(item, tuple) else (None, item)
    return f"{kind} {value:x}" if isinstance(value, int) else repr(item)
