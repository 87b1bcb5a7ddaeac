"""The modules of a project that an installer makes commands and plugins of; no I/O."""

import ast
import configparser
import re
from collections.abc import Iterator
from typing import Any

from quality.toml_tables import read_toml, table

_OBJECT = re.compile(r"(?:.*=)?\s*(?P<module>[\w.]+)\s*(?::|\[|$)", re.DOTALL)
"""`shop.cart:run [extra]`, also with `name =` before it.

https://packaging.python.org/en/latest/specifications/entry-points/
"""

_QUOTED = re.compile(r"""["']([^"']*)["']""")


def of_project(text: str) -> Iterator[tuple[str, int]]:
    """Yield the modules that a pyproject.toml names, and the lines."""
    data = read_toml(text)
    project = table(data, "project")
    poetry = table(data, "tool", "poetry")
    tables = [table(project, key) for key in ("scripts", "gui-scripts", "entry-points")]
    lines = _lines(text)
    for value in _texts([*tables, table(poetry, "scripts"), table(poetry, "plugins")]):
        yield from ((module, lines.get(value.strip(), 1)) for module in _module(value))


def of_setup_file(text: str) -> Iterator[tuple[str, int]]:
    """Yield the modules that a setup.cfg names, and the lines."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    section, lines = "options.entry_points", _lines(text)
    for _, value in parser.items(section) if parser.has_section(section) else ():
        for row in value.split("\n"):
            yield from ((module, lines.get(row.strip(), 1)) for module in _module(row))


def of_setup_script(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the modules that a setup.py names in literals, and the lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "entry_points":
            for inner in ast.walk(node.value):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    for row in inner.value.split("\n"):
                        yield from ((module, inner.lineno) for module in _module(row))


def _lines(text: str) -> dict[str, int]:
    """Return the first line of each value, which these forms do not tell: quoted, or the rest of a line."""
    found: dict[str, int] = {}
    for number, row in enumerate(text.split("\n"), start=1):
        for value in (row, row.partition("=")[2], *_QUOTED.findall(row)):
            found.setdefault(value.strip(), number)
    return found


def _module(value: str) -> tuple[str, ...]:
    found = _OBJECT.match(value.strip())
    return (found["module"],) if found else ()


def _texts(value: Any) -> Iterator[str]:
    """Yield the strings in tables and lists, which may have keys of their own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
