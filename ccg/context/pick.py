"""Chooses what goes into a prompt: whole functions and their classes' headers, within a budget."""

from collections.abc import Callable
from dataclasses import dataclass

from ccg.context.index import Index
from ccg.context.pieces import Kind, class_header
from ccg.context.rank import HEAD, Ranked

CHARACTERS_PER_TOKEN = 4
FILE_TOKENS = 2
"""What naming a file costs besides its path."""
IMPORTS = "the imports of this file"
LONGEST_IMPORTS = 1_200
"""Characters of the imports that come with a file's functions; longer ones tell less than code does."""

ReadText = Callable[[str], str | None]
"""Returns a file's text with `\\n` line ends by its path, None when it cannot be read."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """How a budget is shared out among the picks."""

    largest: float = 1.0
    """The share of the budget that one pick may take; a larger one is passed over."""
    best: float = 1.0
    """The same for the best of all, which is the likeliest by far."""
    imports: int = 0
    """Of how many files, those of the best picks, the imports follow the head of the ranking."""


WHOLE = Sharing()
"""Whatever fits."""


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
    sharing: Sharing = WHOLE,
) -> list[Pick]:
    """Return what fits into the budget, best first; what does not fit is passed over.

    A method is followed by the header of its class, unless that is there already. A line is
    never in two picks.

    Args:
        ranking: what `rank` returned.
        index: the index that it ranked.
        budget: in tokens of 4 characters, paths included.
        read_text: gives the files' texts; it must be those of the index.
        sharing: what keeps one pick from taking the place of several others.
    """
    characters = budget * CHARACTERS_PER_TOKEN
    chosen = _Chosen(index, characters, read_text)
    for place, ranked in enumerate(ranking):
        if chosen.left <= 0:
            break
        if place == HEAD:
            chosen.add_imports(sharing.imports)
        share = sharing.largest if place else sharing.best
        chosen.add(ranked, largest=characters * share)
    return chosen.picks


class _Chosen:
    def __init__(self, index: Index, characters: int, read_text: ReadText) -> None:
        self.index = index
        self.left = float(characters)
        self.picks: list[Pick] = []
        self._read_text = read_text
        self._lines: dict[str, list[str] | None] = {}
        self._taken: dict[str, set[int]] = {}

    def add(self, ranked: Ranked, *, largest: float) -> None:
        piece = self.index.pieces[ranked.piece]
        path = self.index.paths[self.index.file_of[ranked.piece]]
        lines = self._file(path)
        if lines is None or piece.end > len(lines):
            return  # changed since it was indexed
        is_function = piece.kind is Kind.FUNCTION
        symbol = piece.name if is_function else None
        pick = self._pick(path, symbol, (piece.start, piece.end), ranked.score, ranked.why)
        if self._take(pick, largest):
            for name in _outer(piece.name, is_function):
                self._add_header(ranked, name)

    def add_imports(self, files: int) -> None:
        """Add the imports of the files that were picked first: what can be named there."""
        first: dict[str, Pick] = {}
        for pick in self.picks:
            first.setdefault(pick.path, pick)
        for path, pick in list(first.items())[:files]:
            pieces = self.index.facts[self.index.paths.index(path)].pieces
            imports = next((each for each in pieces if each.kind is Kind.IMPORTS), None)
            if imports:
                span = (imports.start, imports.end)
                self._take(self._pick(path, None, span, pick.score, IMPORTS), LONGEST_IMPORTS)

    def _add_header(self, ranked: Ranked, name: str) -> None:
        file = self.index.file_of[ranked.piece]
        path = self.index.paths[file]
        for piece in self.index.facts[file].pieces:
            if piece.kind is Kind.CLASS and piece.name == name:
                span = class_header(self._lines[path] or [], piece)
                if span and span[0] not in self._taken[path]:
                    why = f"the class around: {name}"
                    self._take(self._pick(path, None, span, ranked.score, why), self.left)
                return

    def _pick(
        self, path: str, symbol: str | None, span: tuple[int, int], score: float, why: str
    ) -> Pick:
        lines, taken = self._lines[path] or [], self._taken.get(path, set())
        start, end = span
        # A class's header that came with a method may stand inside, behind its decorators.
        start = max((line + 1 for line in range(start, end) if line in taken), default=start)
        return Pick(path, symbol, start, end, score, why, "\n".join(lines[start - 1 : end]))

    def _take(self, pick: Pick, largest: float) -> bool:
        taken = self._taken.get(pick.path, set())
        naming = 0 if taken else len(pick.path) + FILE_TOKENS * CHARACTERS_PER_TOKEN
        cost = len(pick.text) + 1 + naming
        if pick.end in taken or cost > min(self.left, largest):
            return False
        self.left -= cost
        self._taken[pick.path] = taken | set(range(pick.start, pick.end + 1))
        self.picks.append(pick)
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
