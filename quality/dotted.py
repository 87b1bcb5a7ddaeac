"""The dotted names that expressions stand for, by a file's imports alone; no I/O."""

import ast
from collections.abc import Mapping

from ccg.source import Source


def imported_names(source: Source) -> dict[str, str]:
    """Return what each name that an import binds, anywhere in the file, stands for.

    A relative import is named without its dots: nothing outside of the tree has such a name.
    """
    names: dict[str, str] = {}
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            prefix = f"{node.module}." if node.module else ""
            for alias in node.names:
                names[alias.asname or alias.name] = prefix + alias.name
    return names


def dotted_name(node: ast.expr, names: Mapping[str, str]) -> str:
    """Return the dotted name of `a.b.c`, its first part as imported; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])
