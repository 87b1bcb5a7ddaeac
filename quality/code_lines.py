"""How many lines count for a score: blank lines, comments and docstrings cannot fill it up; no I/O."""

import ast
from itertools import accumulate

from ccg.source import Source
from quality.definitions import statements

MOST = 10
"""Lines that count for each line of code: far more than people write, in any file that was looked at."""


class CodeLines:
    """Knows which lines of a file are code: not blank, no comment, of a statement that is no docstring."""

    def __init__(self, source: Source) -> None:
        lines = source.lines
        self._total = len(lines)
        is_in_statement = bytearray(self._total + 2)
        for node in source.tree.body:
            _fill(is_in_statement, node, b"\1")
        for node in statements(source.tree):
            if isinstance(node, ast.Expr) and _is_text(node.value):
                _fill(is_in_statement, node, b"\0")
        code = (
            bool(is_inside) and line.lstrip()[:1] not in {"", "#"}
            for line, is_inside in zip(lines, is_in_statement[1:], strict=False)
        )
        self._until = list(accumulate(code, initial=0))

    def counted(self, first: int = 1, last: int | None = None) -> int:
        """Return how many lines count from one to another, both included; by default of the file.

        At most `MOST` for each line of code; a part without any counts as if it had one.
        """
        last = self._total if last is None else last
        code = self._until[last] - self._until[first - 1]
        return min(last - first + 1, MOST * max(1, code))


def _fill(marks: bytearray, node: ast.stmt, mark: bytes) -> None:
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
    last = node.end_lineno or first
    marks[first : last + 1] = mark * (last + 1 - first)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
