"""Which tests a change brings, from the texts of its test files before and after; no I/O."""

import ast
import re
import warnings
from pathlib import PurePosixPath

from quality.definitions import Defined, definitions

_PLAIN = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*\.py", re.ASCII)


def brought_tests(path: str, before: str | None, after: str) -> list[str]:
    """Return the ids of the tests that are new in a file or read otherwise than before.

    Args:
        path: the file's path from the root, as pytest names it.
        before: its text without the change, None where it was not there.
        after: its text with the change.
    """
    known = _tests(before or "")
    module = module_of(path)
    return [
        f"{module}{prefix}::{name}"
        for (prefix, name), text in _tests(after).items()
        if known.get((prefix, name)) != text
    ]


def module_of(path: str) -> str:
    """Return the name that pytest's report gives a test file."""
    return ".".join(PurePosixPath(path).with_suffix("").parts)


def can_be_named(path: str) -> bool:
    """Tell whether a path is an argument of pytest that means just this file."""
    return _PLAIN.fullmatch(path) is not None


def _tests(text: str) -> dict[tuple[str, str], str]:
    """Return the code of each test by its class (with a dot before it) and its name."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the tests' code, not about ours
            items = list(definitions(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    classes = {item.name for item in items if isinstance(item.node, ast.ClassDef)}
    return {
        _place(item.name): ast.dump(item.node)
        for item in items
        if item.node.name.startswith("test") and _is_collected(item, classes)
    }


def _is_collected(item: Defined, classes: set[str]) -> bool:
    outer = item.name.rpartition(".")[0]
    return not isinstance(item.node, ast.ClassDef) and (not outer or outer in classes)


def _place(name: str) -> tuple[str, str]:
    outer, _, own = name.rpartition(".")
    return (f".{outer}" if outer else "", own)
