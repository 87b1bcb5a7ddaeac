"""A file as a row of units, one for each statement or header, equal up to layout; no I/O."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ccg.source import Source
from quality.definitions import Definition

_COMMENT = re.compile(
    r"""("{3}.*?"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\#[^\n]*""", re.DOTALL
)
_SPACE = re.compile(r"(\w)\s+(?=\w)|\s+")
_PLAIN = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)


_VALUES = (ast.Attribute, ast.Constant, ast.Dict, ast.List, ast.Name, ast.Set, ast.Tuple)


@dataclass(slots=True)
class Unit:
    """A simple statement, or what stands before the block of a compound one."""

    text: str
    """Without comments and layout."""
    start_line: int
    end_line: int
    depth: int
    """Of nested blocks around it."""
    scope: str
    """The qualified name of the function or class it stands in."""
    is_logic: bool
    """It does more than to declare, to name a value that stands there, or to pass on a name."""


def units(source: Source) -> Iterator[Unit]:
    """Yield the units of a file from the top; imports, `pass` and bare strings are none."""
    yield from _Reader(source).read(source.tree.body, 0, "", is_run=False)


class _Reader:
    def __init__(self, source: Source) -> None:
        self._lines = source.lines

    def read(
        self, block: list[ast.stmt], depth: int, scope: str, *, is_run: bool
    ) -> Iterator[Unit]:
        """Yield the units of a block; what is run stands in a function, the rest declares.

        A unit's text is that of its lines, so statements that share a line are one.
        """
        read_to = 0
        for node in block:
            if node.lineno <= read_to:
                continue
            read_to = node.end_lineno or node.lineno
            body: list[ast.stmt] | None = getattr(node, "body", None)
            if not (body or isinstance(node, ast.Match)):
                if not (isinstance(node, _PLAIN) or _is_text(node)):
                    is_logic = _is_logic(node, is_run=is_run)
                    yield self._unit(node.lineno, read_to, depth, scope, is_logic=is_logic)
                continue
            cases: list[ast.match_case] = getattr(node, "cases", [])
            first = body[0] if body else cases[0].pattern
            yield self._unit(node.lineno, _before(node.lineno, first), depth, scope)
            inner, is_run_inside = scope, is_run
            if isinstance(node, Definition):
                inner = f"{scope}.{node.name}" if scope else node.name
                is_run_inside = not isinstance(node, ast.ClassDef)
            yield from self._blocks(node, depth + 1, inner, is_run=is_run_inside)

    def _blocks(self, node: Any, depth: int, scope: str, *, is_run: bool) -> Iterator[Unit]:
        if isinstance(node, ast.Match):
            for case in node.cases:
                end = _before(case.pattern.lineno, case.body[0])
                yield self._unit(case.pattern.lineno, end, depth, scope)
                yield from self.read(case.body, depth + 1, scope, is_run=is_run)
            return
        yield from self.read(node.body, depth, scope, is_run=is_run)
        for handler in getattr(node, "handlers", ()):
            yield self._unit(handler.lineno, _before(handler.lineno, handler.body[0]), depth, scope)
            yield from self.read(handler.body, depth, scope, is_run=is_run)
        orelse = getattr(node, "orelse", [])
        is_elif = len(orelse) == 1 and isinstance(node, ast.If) and isinstance(orelse[0], ast.If)
        yield from self.read(orelse, depth - is_elif, scope, is_run=is_run)
        yield from self.read(getattr(node, "finalbody", []), depth, scope, is_run=is_run)

    def _unit(self, start: int, end: int, depth: int, scope: str, *, is_logic: bool = True) -> Unit:
        text = "\n".join(self._lines[start - 1 : end])
        if "#" in text:
            text = _COMMENT.sub(lambda found: found[1] or "", text)
        text = _SPACE.sub(_one_blank, text.strip())
        return Unit(text.replace(",)", ")").replace(",]", "]"), start, end, depth, scope, is_logic)


def _before(start: int, first: ast.stmt | ast.pattern) -> int:
    """Return the last line of a header, whose block may begin on the same line."""
    decorators: list[ast.expr] = getattr(first, "decorator_list", [])
    return max(start, min(each.lineno for each in (first, *decorators)) - 1)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_logic(node: ast.stmt, *, is_run: bool) -> bool:
    """Tell whether a simple statement is more than a declaration or a table's row."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return True
    return is_run and not (node.value is None or isinstance(node.value, _VALUES))


def _one_blank(found: re.Match[str]) -> str:
    """Keep a blank between two words, and no other."""
    return f"{found[1]} " if found[1] else ""
