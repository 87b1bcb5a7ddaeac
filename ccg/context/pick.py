"""Chooses what goes into a prompt: whole functions and their classes' headers, within a budget."""

from collections.abc import Callable
from dataclasses import dataclass

from ccg.context.index import Index
from ccg.context.pieces import Kind, class_header
from ccg.context.rank import Ranked

CHARACTERS_PER_TOKEN = 4
FILE_TOKENS = 2
"""What naming a file costs besides its path."""

ReadText = Callable[[str], str | None]
"""Returns a file's text with `\\n` line ends by its path, None when it cannot be read."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Lines of a file that belong into the context."""

    path: str
    symbol: str | None
    """The qualified name of the function that these lines are; None for other lines."""
    start: int
    """The first line, from 1."""
    end: int
    score: float
    why: str
    """One phrase."""
    text: str
    """The lines."""


def pick_context(
    ranking: list[Ranked],
    index: Index,
    *,
    budget: int,
    read_text: ReadText,
    largest: float = 1.0,
) -> list[Pick]:
    """Return what fits into the budget, best first; what does not fit is passed over.

    A method is followed by the header of its class, unless that is there already. A line is
    never in two picks.

    Args:
        ranking: what `rank` returned.
        index: the index that it ranked.
        budget: in tokens of 4 characters, paths included.
        read_text: gives the files' texts; it must be those of the index.
        largest: the share of the budget that one pick may take; a larger one is passed over.
    """
    chosen = _Chosen(index, budget * CHARACTERS_PER_TOKEN, read_text, largest=largest)
    for ranked in ranking:
        if chosen.left <= 0:
            break
        chosen.add(ranked)
    return chosen.picks


class _Chosen:
    def __init__(
        self, index: Index, characters: int, read_text: ReadText, *, largest: float
    ) -> None:
        self.index = index
        self.left = float(characters)
        self._largest = characters * largest
        self.picks: list[Pick] = []
        self._read_text = read_text
        self._lines: dict[str, list[str] | None] = {}
        self._taken: dict[str, set[int]] = {}

    def add(self, ranked: Ranked) -> None:
        piece = self.index.pieces[ranked.piece]
        path = self.index.paths[self.index.file_of[ranked.piece]]
        lines = self._file(path)
        if lines is None or piece.end > len(lines):
            return  # changed since it was indexed
        is_function = piece.kind is Kind.FUNCTION
        symbol = piece.name if is_function else None
        if self._take(path, symbol, (piece.start, piece.end), ranked.score, ranked.why):
            for name in _outer(piece.name, is_function):
                self._add_header(ranked, name)

    def _add_header(self, ranked: Ranked, name: str) -> None:
        file = self.index.file_of[ranked.piece]
        path = self.index.paths[file]
        for piece in self.index.facts[file].pieces:
            if piece.kind is Kind.CLASS and piece.name == name:
                span = class_header(self._lines[path] or [], piece)
                if span and span[0] not in self._taken[path]:
                    self._take(path, None, span, ranked.score, f"the class around: {name}")
                return

    def _take(
        self, path: str, symbol: str | None, span: tuple[int, int], score: float, why: str
    ) -> bool:
        lines, taken = self._lines[path] or [], self._taken.get(path, set())
        start, end = span
        while start < end and start in taken:
            start += 1  # a class's header that came with a method
        text = "\n".join(lines[start - 1 : end])
        naming = 0 if path in self._taken else len(path) + FILE_TOKENS * CHARACTERS_PER_TOKEN
        cost = len(text) + 1 + naming
        if cost > min(self.left, self._largest):
            return False
        self.left -= cost
        self._taken.setdefault(path, set()).update(range(start, end + 1))
        self.picks.append(Pick(path, symbol, start, end, score, why, text))
        return True

    def _file(self, path: str) -> list[str] | None:
        if path not in self._lines:
            text = self._read_text(path)
            self._lines[path] = None if text is None else text.split("\n")
        return self._lines[path]


def _outer(name: str, is_function: bool) -> list[str]:  # noqa: FBT001
    names = name.split(".")
    depth = len(names) - 1 if is_function else len(names)
    return [".".join(names[:count]) for count in range(depth, 0, -1)]
