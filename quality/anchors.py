"""What a finding at a place of a file is known again by: the statement there, as Python reads it; no I/O."""

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from ccg.comments import Comment
from ccg.nodes import said, walk
from ccg.source import Source
from quality.definitions import statements
from quality.finding import digest, line_anchor
from quality.remembered import remembered
from quality.unparsed import written

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases", "decorator_list")
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")
_MASK = ["text"]

Place = tuple[int, int]
"""A line, from 1, and a column in bytes of UTF-8, as a syntax tree counts them."""
_Node = ast.stmt | ast.expr | ast.excepthandler | ast.match_case


@dataclass
class _Unit:
    """A simple statement, the header of a compound one, a handler, a case or a decorator."""

    start: Place
    end_line: int
    """The last line, of a compound statement that of its block."""
    node: _Node

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Return its nodes, without those of blocks, which are units of their own."""
        header = self.node
        if not isinstance(header, ast.expr):
            header = copy(header)
            for name in _BLOCKS:
                if hasattr(header, name):
                    setattr(header, name, [])
        return walk(header)

    @cached_property
    def form(self) -> str:
        """Return digits for what it says: no comment, layout, bracket or quote makes a difference."""
        return _form(self.nodes)

    @cached_property
    def masked_form(self) -> str:
        """Return the same without the texts in it."""
        return _form(self.nodes, with_texts=False)

    @cached_property
    def starts(self) -> list[Place]:
        """Return where parts of it begin, in their order, which stays when its lines are broken."""
        # A tuple begins at its bracket, if it has one.
        parts = (node for node in self.nodes if not isinstance(node, ast.Tuple))
        places = ((getattr(n, "lineno", 0), getattr(n, "col_offset", 0)) for n in parts)
        return sorted({place for place in places if place[0]})

    def part(self, place: Place) -> int:
        """Return the number of the part that begins at a place, or last before it."""
        return bisect_right(self.starts, place)


class Anchors:
    """Gives places of a file their anchors; each statement is read once, however many ask for it."""

    def __init__(self, source: Source) -> None:
        self._lines = source.lines
        self._units = sorted(_units(source.tree), key=lambda unit: unit.start)
        self._starts = [unit.start for unit in self._units]
        every = enumerate(self._lines, start=1)
        self._commented = {line for line, text in every if text.lstrip().startswith("#")}
        self._bytes: dict[int, list[int]] = {}

    def at(self, line: int, column: int, *, with_texts: bool = True) -> str:
        """Return the anchor of what begins at a place: digits for the statement and the part of it.

        Where no statement stands it is the text of the line.

        Args:
            line: from 1.
            column: from 0, in bytes of UTF-8.
            with_texts: another text in quotes makes another anchor; a guess at a password shows none.
        """
        unit = self._unit((line, column))
        if unit is not None:
            form = unit.form if with_texts else unit.masked_form
            return digest(f"{form} {unit.part((line, column))}")
        if with_texts:
            return line_anchor(self._lines, line)
        return line_anchor(
            [_LITERAL.sub("'***'", text) for text in self._lines[line - 1 : line]], 1
        )

    def in_characters(self, line: int, column: int, *, with_texts: bool = True) -> str:
        """Return the same for a column, from 0, that is counted in characters."""
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        if not text.isascii():
            if line not in self._bytes:
                sizes = (len(each.encode("utf-8", "surrogatepass")) for each in text)
                self._bytes[line] = list(accumulate(sizes, initial=0))
            column = self._bytes[line][min(column, len(text))]
        return self.at(line, column, with_texts=with_texts)

    def of_comment(self, comment: Comment, told: str) -> str:
        """Return the anchor of what a comment tells: behind code it is that of the statements there, too.

        In a row within a statement of several lines the row counts as well.
        """
        line, text = comment.line, self._lines[comment.line - 1]
        if not text[: comment.column].strip():
            return digest(told)
        first = bisect_right(self._starts, (line, -1))
        last = bisect_right(self._starts, (line + 1, -1))
        if first < last:
            forms = " ".join(unit.form for unit in self._units[first:last])
            return digest(f"{forms}  {told}")
        end = (line, len(text) * 4)
        unit = self._unit(end)
        if unit is None:
            return line_anchor(self._lines, line)
        part = unit.part(end)
        return digest(f"{unit.form} {part if part < len(unit.starts) else ''} {told}")

    def _unit(self, place: Place) -> _Unit | None:
        number = bisect_right(self._starts, place)
        unit = self._units[number - 1] if number else None
        if unit is None or unit.end_line < place[0] or place[0] in self._commented:
            return None
        return unit


@remembered
def anchors(source: Source) -> Anchors:
    """Return the anchors of a file."""
    return Anchors(source)


def _units(tree: ast.Module) -> Iterator[_Unit]:
    for node in statements(tree):
        yield _unit(node)
        for decorator in getattr(node, "decorator_list", ()):
            yield _unit(decorator)
        for handler in getattr(node, "handlers", ()):
            yield _unit(handler)
        for case in getattr(node, "cases", ()):
            pattern = case.pattern
            yield _Unit((pattern.lineno, pattern.col_offset), case.body[-1].end_lineno or 0, case)


def _unit(node: ast.stmt | ast.expr | ast.excepthandler) -> _Unit:
    return _Unit((node.lineno, node.col_offset), node.end_lineno or node.lineno, node)


def _form(nodes: list[ast.AST], *, with_texts: bool = True) -> str:
    parts: list[object] = []
    for node in nodes:
        if isinstance(node, ast.Constant):
            is_text = isinstance(node.value, str | bytes)
            # The prefix `u` says nothing.
            parts += _MASK if is_text and not with_texts else [(type(node.value), node.value)]
        else:
            parts += said(node)
    return digest(written(parts))
