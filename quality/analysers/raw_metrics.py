"""Radon's raw metrics (`radon.raw.analyze`, radon 6) from one pass over a file's tokens; no I/O.

Radon reads each line by itself, and once more for each line that a statement goes on for. The
numbers here are the same; where Python and radon cut a text into lines in different ways, radon
counts. A text that ends in a continued line, which radon refuses, is counted here.
"""

import tokenize
from collections.abc import Iterable, Iterator
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


_Counts = tuple[int, int, int, int]
"""What `RawMetrics` counts, in its order, of one statement."""


def raw_metrics(
    text: str, cleaned: str, tokens: Iterable[tokenize.TokenInfo] | None
) -> tuple[RawMetrics, RawMetrics]:
    """Count a file's lines, and those of the same text with comments cut off or cut shorter.

    Args:
        text: the file.
        cleaned: the text without some of its comments.
        tokens: those of the file, None where the tokenizer gave up.

    Raises:
        SyntaxError: radon cannot count them; other errors of its are not caught either.
    """
    lines, left = text.splitlines(), cleaned.splitlines()
    if tokens is not None and lines == _lines(text) and left == _lines(cleaned):
        return _count(tokens, lines, left)
    return _by_radon(text), _by_radon(cleaned)


def _lines(text: str) -> list[str]:
    """Return the lines as Python counts them."""
    return text.removesuffix("\n").split("\n")


def _by_radon(text: str) -> RawMetrics:
    found = analyze(text)
    return RawMetrics(found.sloc, found.lloc, found.comments, found.multi)


def _count(
    every_token: Iterable[tokenize.TokenInfo], lines: list[str], left: list[str]
) -> tuple[RawMetrics, RawMetrics]:
    """Count what is in the lines, and what is left of it: the same but for comments that are gone."""
    every: list[_Counts] = []
    kept: list[_Counts] = []
    for tokens, first, last in _statements(every_token):
        before, after = lines[first:last], left[first:last]
        every.append(_counted(tokens, before))
        if before == after:
            kept.append(every[-1])
        else:
            staying = [token for token in tokens if not _is_gone(token, left)]
            kept.append(_counted(staying, after))
    return _sum(every), _sum(kept)


def _sum(counts: list[_Counts]) -> RawMetrics:
    return RawMetrics(*map(sum, zip(*counts, strict=True))) if counts else RawMetrics(0, 0, 0, 0)


def _is_gone(token: tokenize.TokenInfo, left: list[str]) -> bool:
    line, column = token.start
    return token.type == tokenize.COMMENT and len(left[line - 1]) <= column


def _counted(tokens: list[tokenize.TokenInfo], lines: list[str]) -> _Counts:
    filled = sum(map(bool, map(str.strip, lines)))
    comments = sum(token.type == tokenize.COMMENT for token in tokens)
    sloc, multi = filled, 0
    alone = _alone(tokens)
    if alone is not None:
        is_long = alone.type == tokenize.STRING and alone.start[0] != alone.end[0]
        sloc, multi = 0, filled if is_long else 0
    return sloc, _logical_lines(tokens), comments, multi


def _statements(
    every: Iterable[tokenize.TokenInfo],
) -> Iterator[tuple[list[tokenize.TokenInfo], int, int]]:
    """Cut the tokens where a statement, a comment or a blank line ends.

    The lines from the end of the statement before to the end of this one are given by two indexes.
    """
    tokens: list[tokenize.TokenInfo] = []
    first = 0
    has_code = False
    for token in every:
        if token.type in _BETWEEN:
            continue
        tokens.append(token)
        if token.type == tokenize.NEWLINE or (token.type == tokenize.NL and not has_code):
            last = token.start[0]
            yield tokens, first, last
            tokens, first, has_code = [], last, False
        elif token.type != tokenize.COMMENT:
            has_code = True


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
