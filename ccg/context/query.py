"""Reads an issue: its words by where they stand, and the names, paths and tracebacks in it; no I/O."""

import re
from collections import Counter
from dataclasses import dataclass

from ccg.context.words import LONGEST_WORD, STOP_WORDS, WORD, parts

LONGEST_ISSUE = 60_000
"""Characters that are read; what is beyond is a log."""
LONGEST_PATH = 200
"""Characters of a path or a dotted name."""
MOST_WORDS = 400
"""Different words that are looked for, the most frequent and first ones."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_URL = re.compile(r"https?://[^\s)>\]]+")
_INDENTED = re.compile(r"^(?: {4}|\t|>>> |\.\.\. |In \[).*$", re.MULTILINE)
_FRAME = re.compile(r'File "([^"\n]+)", line (\d+)(?:, in (\S+))?')
_PYTEST_FRAME = re.compile(r"^([\w./\\-]+\.py):(\d+):(?: in (\S+))?", re.MULTILINE)
_IPYTHON_FRAME = re.compile(r"^([\w./\\~-]+\.py) in (\w+)\(", re.MULTILINE)
# Possessive and begun at a word's edge: no text makes these take quadratic time.
_PATH = re.compile(r"([\w./\\~+-]++)(?:#L(\d{1,9})(?:-L?(\d{1,9}))?)?")
_DOTTED = re.compile(r"\b[^\W\d]\w*+(?:\.[^\W\d]\w*+)+")


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a traceback."""

    path: str
    function: str
    line: int


@dataclass(frozen=True, slots=True)
class Query:
    """What an issue says, as far as it can point to a place."""

    title: Counter[str]
    """Stems of the first line."""
    prose: Counter[str]
    code: Counter[str]
    """Stems within code fences, indented code and back quotes."""
    words: Counter[str]
    """All words as they are written."""
    title_words: frozenset[str]
    code_words: frozenset[str]
    dotted: frozenset[str]
    """Names with dots, as they are written."""
    paths: tuple[tuple[str, int, int], ...]
    """(path, first line, last line) of files that are named; 0 when no line is."""
    frames: tuple[Frame, ...]
    """Outermost first."""


def read_issue(text: str) -> Query:
    """Return what an issue's text says; any text is one."""
    text = _COMMENT.sub(" ", text[:LONGEST_ISSUE].replace("\r\n", "\n"))
    title, _, body = text.strip().partition("\n")
    frames = _frames(text)
    paths = _paths(text)
    without_links = _URL.sub(" ", body)
    prose = _INLINE.sub(" ", _INDENTED.sub(" ", _FENCE.sub(" ", without_links)))
    code = "\n".join(_code_in(without_links))
    words = Counter(_words(title + "\n" + without_links))
    kept = Counter(dict(words.most_common(MOST_WORDS)))
    return Query(
        _stems(_words(title)),
        _stems(_words(prose)),
        _stems(_words(code)),
        kept,
        frozenset(WORD.findall(title)),
        frozenset(WORD.findall(code)),
        _dotted(title + "\n" + without_links),
        paths,
        frames,
    )


def _words(text: str) -> list[str]:
    return [
        word
        for word in WORD.findall(text)
        if len(word) <= LONGEST_WORD and word.lower() not in STOP_WORDS
    ]


def _stems(words: list[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for word in words:
        found.update(parts(word))
    return Counter(dict(found.most_common(MOST_WORDS)))


def _code_in(text: str) -> list[str]:
    found = [match[0] for match in _FENCE.finditer(text)]
    rest = _FENCE.sub(" ", text)
    found += [match[0] for match in _INDENTED.finditer(rest)]
    found += [match[1] for match in _INLINE.finditer(rest)]
    return found


def _frames(text: str) -> tuple[Frame, ...]:
    found = [
        (match.start(), Frame(match[1], match[3] or "", int(match[2][:9])))
        for pattern in (_FRAME, _PYTEST_FRAME)
        for match in pattern.finditer(text)
    ]
    found += [
        (match.start(), Frame(match[1], match[2], 0)) for match in _IPYTHON_FRAME.finditer(text)
    ]
    return tuple(frame for _, frame in sorted(found, key=lambda each: each[0]))


def _paths(text: str) -> tuple[tuple[str, int, int], ...]:
    found = []
    for match in _PATH.finditer(text):
        path = match[1].rstrip(".")
        if path.endswith(".py") and len(path) <= LONGEST_PATH:
            found.append((path, int(match[2] or 0), int(match[3] or match[2] or 0)))
    return tuple(dict.fromkeys(found))


def _dotted(text: str) -> frozenset[str]:
    found = _DOTTED.findall(text)
    return frozenset(name for name in found if len(name) <= LONGEST_PATH)
