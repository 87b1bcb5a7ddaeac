"""Markdown by others taken apart: sentences that can be judged, and code, marks and space; no I/O."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from p2a.inert import fence_after


class PieceKind(StrEnum):
    """What a piece of a text is."""

    SENTENCE = "sentence"
    WISH = "wish"
    """A sentence of a to-do list's item without its tick: it says what is still to be done."""
    CODE = "code"
    """A fenced block with its fences."""
    MARK = "mark"
    """Space, list marks, headings' marks, the bars of a table."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; all pieces in their order are the text again, character by character."""

    kind: PieceKind
    text: str


_PREFIX = re.compile(
    r"(?:[ \t]*>)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:\[(?P<box>[ xX])\][ \t]+)?(?:#{1,6}[ \t]+)?"
)
_QUOTE_ONLY = re.compile(r"[ \t>]*\Z")
_UNDERLINE = re.compile(r"[ \t]*(?:=+|-+|\*{3,}|_{3,})[ \t]*\n?\Z")
_BAR = re.compile(r"((?<!\\)\|)")
_CODE_SPAN = re.compile(r"(`+)(?!`)([^\n]*?)(?<!`)\1(?!`)")
_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bcf)(?<!\bvs)(?<!\bno)[.!?\u2026]{1,8}[\"'\u201d\u2019)\]*_~`]*(?=\s+[^a-z\s]|\s*\Z)"
    r"|;(?=\s)"
)
_NEW_LINE = re.compile(r"\n(?=[ \t]*[^a-z\s])")


def pieces_of(markdown: str) -> list[Piece]:
    """Take a text apart; line ends are those of `p2a.inert.clean`."""
    return [piece for piece in _Reader().read(markdown) if piece.text]


def lines_of(sentence: str) -> list[str]:
    """Return a sentence without a final stop by its lines, where a new one may begin on each."""
    starts = [0, *(match.end() for match in _NEW_LINE.finditer(sentence))]
    return [sentence[a:b] for a, b in zip(starts, [*starts[1:], len(sentence)], strict=True)]


class _Reader:
    """Reads line by line, as GitHub does: a paragraph goes on until something else begins."""

    def __init__(self) -> None:
        self._block = ""
        self._fence = ""
        self._code = ""
        self._kind = PieceKind.SENTENCE

    def read(self, markdown: str) -> Iterator[Piece]:
        for row in re.findall(r"[^\n]*\n|[^\n]+\Z", markdown):
            after = fence_after(self._fence, row.rstrip("\n"))
            if self._fence or after:
                yield from self._flush()
                self._code += row
                self._fence = after
                if not after:
                    yield self._closed()
            else:
                yield from self._line(row)
        yield from self._flush()
        yield self._closed()

    def _closed(self) -> Piece:
        code, self._code = self._code, ""
        return Piece(PieceKind.CODE, code)

    def _line(self, row: str) -> Iterator[Piece]:
        prefix, is_wish = _prefix(row)
        rest = row[len(prefix) :]
        is_mark = not rest.strip() or _UNDERLINE.match(rest)
        # A fence inside of a list's item: whatever stands between such lines, they stay.
        if is_mark or rest.startswith(("```", "~~~")):
            yield from self._flush()
            yield Piece(PieceKind.MARK, row)
        elif rest.startswith("|"):
            yield from self._flush()
            yield Piece(PieceKind.MARK, prefix)
            yield from _cells(rest)
        elif self._block and _QUOTE_ONLY.match(prefix):
            self._block += row
        else:
            yield from self._flush()
            yield Piece(PieceKind.MARK, prefix)
            self._block = rest
            self._kind = PieceKind.WISH if is_wish else PieceKind.SENTENCE

    def _flush(self) -> Iterator[Piece]:
        block, self._block = self._block, ""
        yield from _sentences(block, self._kind)
        self._kind = PieceKind.SENTENCE


def _prefix(row: str) -> tuple[str, bool]:
    match = _PREFIX.match(row)
    return (match[0], match["box"] == " ") if match else ("", False)


def _cells(row: str) -> Iterator[Piece]:
    for part in _BAR.split(row):
        if part == "|":
            yield Piece(PieceKind.MARK, part)
        else:
            yield from _sentences(part, PieceKind.SENTENCE)


def _sentences(block: str, kind: PieceKind) -> Iterator[Piece]:
    # A full stop in inline code ends no sentence.
    masked = _CODE_SPAN.sub(lambda match: "x" * len(match[0]), block)
    start = 0
    for end in [*(match.end() for match in _END.finditer(masked)), len(block)]:
        text = block[start:end]
        core = text.strip()
        lead = text[: len(text) - len(text.lstrip())]
        yield Piece(PieceKind.MARK, lead)
        yield Piece(kind, core)
        yield Piece(PieceKind.MARK, text[len(lead) + len(core) :])
        start = end
