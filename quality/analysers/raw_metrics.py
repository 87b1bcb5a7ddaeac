"""Radon's raw metrics (`radon.raw.analyze`, radon 6) from one pass over a file's tokens; no I/O.

Radon reads each line by itself, and once more for each line that a statement goes on for. The
numbers here are the same; where Python and radon cut a text into lines in different ways, radon
counts. A text that ends in a continued line, which radon refuses, is counted here.
"""

import io
import tokenize
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from radon.raw import analyze

_END = (tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER)
_BETWEEN = (tokenize.INDENT, tokenize.DEDENT)


@dataclass(frozen=True, slots=True)
class RawMetrics:
    """Counts of lines and comments, named as radon names them."""

    sloc: int
    """Lines that are neither blank, nor a comment or a string alone."""
    lloc: int
    """Logical lines: statements, and one more for what follows a colon on the same line."""
    comments: int
    multi: int
    """Lines of strings that stand alone and have several lines."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """The lines from the end of the statement before to the end of this one, stripped."""

    tokens: list[tokenize.TokenInfo]
    lines: list[str]


def raw_metrics(text: str) -> RawMetrics:
    """Count a file's lines.

    Raises:
        SyntaxError: radon cannot count them; other errors of its are not caught either.
    """
    lines = text.splitlines()
    if lines == text.removesuffix("\n").split("\n"):
        with suppress(tokenize.TokenError):
            return _count(_statements(text, [line.strip() for line in lines]))
    found = analyze(text)
    return RawMetrics(found.sloc, found.lloc, found.comments, found.multi)


def _count(statements: Iterable[_Statement]) -> RawMetrics:
    sloc = lloc = comments = multi = 0
    for statement in statements:
        filled = sum(map(bool, statement.lines))
        lloc += _logical_lines(statement.tokens)
        comments += sum(token.type == tokenize.COMMENT for token in statement.tokens)
        alone = _alone(statement.tokens)
        if alone is None:
            sloc += filled
        elif alone.type == tokenize.STRING and alone.start[0] != alone.end[0]:
            multi += filled
    return RawMetrics(sloc, lloc, comments, multi)


def _statements(text: str, lines: list[str]) -> Iterator[_Statement]:
    """Cut the tokens where a statement, a comment or a blank line ends."""
    tokens: list[tokenize.TokenInfo] = []
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _BETWEEN:
            continue
        tokens.append(token)
        is_end = token.type == tokenize.NEWLINE or (
            token.type == tokenize.NL and all(each.type == tokenize.COMMENT for each in tokens[:-1])
        )
        if is_end:
            last = token.start[0]
            yield _Statement(tokens, lines[first:last])
            tokens, first = [], last


def _alone(tokens: list[tokenize.TokenInfo]) -> tokenize.TokenInfo | None:
    """Return the only token, if it is a comment or a string."""
    if tokens[0].type not in {tokenize.COMMENT, tokenize.STRING}:
        return None
    return tokens[0] if all(token.type in _END for token in tokens[1:]) else None


def _logical_lines(tokens: list[tokenize.TokenInfo]) -> int:
    """Count as radon does: by semicolons, and by whether the last colon is followed by anything."""
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token.type == tokenize.OP and token.string == ";":
            parts.append([])
        elif token.type != tokenize.COMMENT and token.type not in _END:
            parts[-1].append(":" if token[:2] == (tokenize.OP, ":") else "")
    *before, last = parts
    # Radon takes the last token of the line for its end, also where a semicolon ends it.
    return sum(_logical(part, end=1) for part in before) + _logical(last, end=0)


def _logical(part: list[str], *, end: int) -> int:
    if not part:
        return 0
    if ":" not in part:
        return 1
    after = part[::-1].index(":")
    return 1 if after == end else 2
