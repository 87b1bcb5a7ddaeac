"""Which statements a change touches: of one over several lines, coverage knows the first line alone; no I/O."""

import ast
from collections.abc import Iterable, Iterator

from ccg.source import Source
from quality.definitions import inner_statements, statements


def first_lines(source: Source, lines: Iterable[int]) -> frozenset[int]:
    """Return these lines and, of each that continues a statement or its header, the statement's first one.

    A blank line and one with a comment alone continue nothing.

    Args:
        source: the file.
        lines: from 1.
    """
    begun = _begins(source)
    text = source.lines
    found = set()
    for line in lines:
        found.add(line)
        if line < len(begun) and begun[line] and text[line - 1].strip()[:1] not in {"", "#"}:
            found.add(begun[line])
    return frozenset(found)


def _begins(source: Source) -> list[int]:
    """Return for each line where the statement begins that stands there, 0 for none."""
    begun = [0] * (len(source.lines) + 2)
    for node in statements(source.tree):
        for first, last in _parts(node):
            begun[first : last + 1] = [first] * (last + 1 - first)
    return begun


def _parts(node: ast.stmt) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of a statement, of a compound one of its header; of a decorator, of a case."""
    for decorator in _decorators(node):
        yield decorator.lineno, decorator.end_lineno or decorator.lineno
    if isinstance(node, ast.Match):
        yield node.lineno, node.cases[0].pattern.lineno - 1
        for case in node.cases:
            yield case.pattern.lineno, _first(case.body[0]) - 1
        return
    inner = inner_statements(node)
    yield node.lineno, _first(inner[0]) - 1 if inner else node.end_lineno or node.lineno


def _first(node: ast.stmt) -> int:
    return min([node.lineno, *(item.lineno for item in _decorators(node))])


def _decorators(node: ast.stmt) -> list[ast.expr]:
    found: list[ast.expr] = getattr(node, "decorator_list", [])
    return found
