"""Cuts a Python file into pieces (functions, parts of classes and of the module); no I/O.

It reads lines and indentation instead of a syntax tree: ten times as fast, and a file that this
interpreter cannot parse (another Python's, or broken) still comes out in pieces. On code that
parses, functions and classes get the names and lines that `ast` gives them.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum

LONGEST_PIECE = 40
"""Lines after which a stretch of statements outside functions is cut at the next statement."""

# Strings come first so that a `#` in one is no comment, comments so that a quote in one is none.
_MASKED = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'(?:[^'\\\n]++|\\.)*+'?"
    r"|#[^\n]*",
    re.DOTALL,
)
_DEFINITION = re.compile(r"(?:async[ \t]+)?(def|class)[ \t]+(\w+)")
BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
_INSIDE = "\1"  # begins a line that a string goes on in
_NO_STATEMENT = _INSIDE + ")]}"


class Kind(IntEnum):
    """What a piece is a piece of."""

    FUNCTION = 0
    CLASS = 1
    """A class's header, docstring and attributes: what is in none of its methods."""
    MODULE = 2
    IMPORTS = 3
    """Module-level statements that are mostly imports."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of a file that are read together; all pieces of a file cover it without overlap."""

    name: str
    """The qualified name of the function or of the class around; empty at module level."""
    kind: Kind
    start: int
    """The first line, from 1: of the comments above a function, else of its decorators."""
    end: int
    """The last line, the blank lines that follow included."""


@dataclass(slots=True)
class _Block:
    name: str
    is_function: bool
    indent: int
    start: int
    end: int
    counted: int
    """The first line whose brackets are not in `open` yet."""
    open: list[int]
    """How many more of `(`, `[`, `{` there are than of their counterparts."""


@dataclass(slots=True)
class _Reader:
    lines: list[str]
    stack: list[_Block] = field(default_factory=list)
    blocks: list[_Block] = field(default_factory=list)
    statements: list[tuple[int, str]] = field(default_factory=list)
    """(line, name of the class around) of each statement outside functions, inner ones too."""
    decorated: tuple[int, int] | None = None
    """(line, indent) of the first decorator of a definition to come."""
    last: int = 0

    def read(self) -> None:
        continued = False
        for number, line in enumerate(self.lines, 1):
            rest = line.lstrip()
            if not rest:
                continue
            if not continued and rest[0] not in _NO_STATEMENT:
                self._statement(number, rest, len(line) - len(rest))
            self.last = number
            continued = rest.endswith("\\")
        self._close(-1)

    def _statement(self, number: int, rest: str, indent: int) -> None:
        stack = self.stack
        if stack and indent <= stack[-1].indent:
            if self._in_brackets(stack[-1], number):
                return
            self._close(indent)
        if stack and stack[-1].is_function:
            return
        if rest[0] == "@":
            self.decorated = self.decorated or (number, indent)
        elif found := _DEFINITION.match(rest):
            self._define(found, number, indent)
        elif self.decorated and indent <= self.decorated[1]:
            self.decorated = None
        if not (stack and stack[-1].is_function) and not self.decorated:
            self.statements.append((number, stack[-1].name if stack else ""))

    def _define(self, found: re.Match[str], number: int, indent: int) -> None:
        outer = f"{self.stack[-1].name}." if self.stack else ""
        start = self.decorated[0] if self.decorated else number
        self.decorated = None
        block = _Block(
            outer + found[2], found[1] == "def", indent, start, number, number, [0, 0, 0]
        )
        self.stack.append(block)
        self.blocks.append(block)

    def _in_brackets(self, block: _Block, number: int) -> bool:
        between = "\n".join(self.lines[block.counted - 1 : number - 1])
        block.counted = number
        for pair, (left, right) in enumerate(BRACKETS):
            block.open[pair] += between.count(left) - between.count(right)
        return max(block.open) > 0

    def _close(self, indent: int) -> None:
        while self.stack and self.stack[-1].indent >= indent:
            self.stack.pop().end = self.last


def mask(text: str) -> str:
    """Return the text without comments and the content of strings, with the same lines."""
    return _MASKED.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    token = found[0]
    if token[0] == "#":
        return ""
    newlines = token.count("\n")
    return '"' + f"\n{_INSIDE}" * newlines if newlines else '""'


def definitions(masked: str) -> list[tuple[str, int, int, bool]]:
    """Return (qualified name, first line, last line, whether a function) by order of appearance.

    Functions within functions belong to the outer one. Lines are as `ast` counts them, decorators
    included.
    """
    reader = _Reader(masked.split("\n"))
    reader.read()
    return [(block.name, block.start, block.end, block.is_function) for block in reader.blocks]


def cut(text: str, masked: str) -> list[Piece]:
    """Return the pieces of a file from top to bottom; they cover every line once.

    Args:
        text: the file's; its line ends are single newlines.
        masked: what `mask` made of it.
    """
    lines = text.split("\n")
    masked_lines = masked.split("\n")
    reader = _Reader(masked_lines)
    reader.read()
    marks = [(b.start, b.name, Kind.FUNCTION) for b in reader.blocks if b.is_function]
    marks += _loose(reader.statements, reader.blocks, masked_lines)
    if not marks:
        return []
    marks.sort()
    starts = [_with_comments(lines, mark[0]) for mark in marks]
    ends = [start - 1 for start in starts[1:]] + [len(lines)]
    starts[0] = 1
    return [
        Piece(name, kind, start, end)
        for (_, name, kind), start, end in zip(marks, starts, ends, strict=True)
        if start <= end
    ]


def _loose(
    statements: list[tuple[int, str]], blocks: list[_Block], lines: list[str]
) -> list[tuple[int, str, Kind]]:
    """Return where pieces outside functions begin: after a function, in another class, when long."""
    functions = sorted(block.end for block in blocks if block.is_function)
    marks: list[tuple[int, str, Kind]] = []
    last = (-1, "", Kind.MODULE)
    passed = 0
    body: dict[str, int] = {}
    for number, name in statements:
        line = lines[number - 1]
        indent = len(line) - len(line.lstrip())
        between = passed
        while passed < len(functions) and functions[passed] < number:
            passed += 1
        kind = _kind(name, line)
        outermost = indent <= body.setdefault(name, indent)
        new = passed != between or name != last[1] or last[0] < 0
        longer = outermost and (number - last[0] >= LONGEST_PIECE or kind != last[2])
        if new or longer:
            last = (number, name, kind)
            marks.append(last)
    return marks


def _kind(name: str, line: str) -> Kind:
    if name:
        return Kind.CLASS
    imports = line.lstrip().startswith(("import ", "from "))
    return Kind.IMPORTS if imports else Kind.MODULE


def _with_comments(lines: list[str], start: int) -> int:
    while start > 1 and lines[start - 2].lstrip().startswith("#"):
        start -= 1
    return start


def class_header(lines: list[str], piece: Piece) -> tuple[int, int] | None:
    """Return the first and last line of a class's `class ...:`, decorators not included.

    Args:
        lines: the file's.
        piece: the class's first piece.
    """
    last_name = piece.name.rpartition(".")[2]
    for first in range(piece.start, piece.end + 1):
        found = _DEFINITION.match(lines[first - 1].lstrip())
        if found and found[1] == "class" and found[2] == last_name:
            for last in range(first, min(first + LONGEST_PIECE, piece.end) + 1):
                if _header_ends(mask("\n".join(lines[first - 1 : last]))):
                    return first, last
            return first, first
    return None


def _header_ends(header: str) -> bool:
    return ":" in header and all(header.count(a) <= header.count(b) for a, b in BRACKETS)
