"""The code of a repository as prompts show it: the best pieces that fit, file by file; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccg.export.visible import visible
from worker.records import CodePiece

_FILE = "=== {path}\n"
_LINES = "--- {start}-{end}{symbol}\n"


@dataclass(slots=True)
class _File:
    heading: str
    sections: list[tuple[int, str]]


def render_code(pieces: Sequence[CodePiece], characters: int) -> str:
    """Return pieces with their paths and lines, the best that fit; empty where none does.

    Args:
        pieces: the best first; one that does not fit is passed over for those that do.
        characters: of the whole text, headings included.
    """
    left = characters
    files: dict[str, _File] = {}
    for piece in pieces:
        section = _section(piece)
        file = files.get(piece.path)
        heading = "" if file else _FILE.format(path=visible(piece.path))
        cost = len(heading) + len(section)
        if cost > left:
            continue
        left -= cost
        files.setdefault(piece.path, _File(heading, [])).sections.append((piece.start, section))
    return "".join(
        part
        for file in files.values()
        for part in (file.heading, *(text for _, text in sorted(file.sections)))
    )


def _section(piece: CodePiece) -> str:
    symbol = f" {visible(piece.symbol)}" if piece.symbol else ""
    heading = _LINES.format(start=piece.start, end=piece.end, symbol=symbol)
    return f"{heading}{piece.text}\n"
