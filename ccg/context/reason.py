"""Says in one phrase why a piece was picked; no I/O."""

from ccg.context.evidence import Evidence
from ccg.context.pieces import Kind
from ccg.context.words import parts

_WORDS = 3


class Reasons:
    """The reasons for the pieces of one ranking."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        rarity = evidence.words.rarity
        self._stems = sorted(evidence.words.places, key=lambda stem: (-rarity[stem], stem))
        self._said: dict[str, str] = {}
        """By stem: the first word of the issue that has it."""
        for word in evidence.query.words:
            for part in parts(word):
                self._said.setdefault(part, word)

    def of(self, piece: int) -> str:
        """Return the strongest reason for a piece."""
        return self._named(piece) or self._alike(piece) or self._near(piece) or "in a fitting file"

    def _named(self, piece: int) -> str:
        mentions = self._evidence.mentions
        index = self._evidence.index
        each = index.pieces[piece]
        last = each.name.rpartition(".")[2]
        if piece in mentions.frames:
            return "in the traceback"
        if piece in mentions.lines:
            return "its lines are linked"
        if piece in mentions.qualified:
            return f"named in the issue: {each.name}"
        if last in mentions.names:
            return f"named in the issue: {last}"
        return ""

    def _alike(self, piece: int) -> str:
        index = self._evidence.index
        name = index.pieces[piece].name.rpartition(".")[2]
        own = parts(name)
        said = [stem for stem in self._stems if stem in own]
        if own and len(said) == len(set(own)):
            return f"its name says what the issue says: {name}"
        places = self._evidence.words.places
        shared = [self._said.get(stem, stem) for stem in self._stems if piece in places[stem]]
        rare = list(dict.fromkeys(shared))[:_WORDS]
        if len(rare) == _WORDS:
            return f"shares rare words with the issue: {', '.join(rare)}"
        return ""

    def _near(self, piece: int) -> str:
        evidence = self._evidence
        index = evidence.index
        file = index.file_of[piece]
        if index.pieces[piece].kind is Kind.IMPORTS:
            return "the imports of a fitting file"
        if file in evidence.mentions.frame_files:
            return "its file is in the traceback"
        if file in evidence.mentions.files:
            return "its file is named in the issue"
        if piece in evidence.called_by:
            return "used by what fits"
        if piece in evidence.calls:
            return "uses what fits"
        return ""
