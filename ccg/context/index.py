"""The facts of all files as one: where a word stands, what has a name, what a path means; no I/O."""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from ccg.context.facts import FileFacts
from ccg.context.pieces import Kind, Piece

Places = dict[int, tuple[int, int]]
"""Times in code and times in text, by piece."""


@dataclass(frozen=True)
class Index:
    """The pieces of all files of a repository under numbers of their own."""

    paths: list[str]
    facts: list[FileFacts] = field(repr=False)
    first: list[int] = field(repr=False)
    """The number of each file's first piece."""
    file_of: list[int] = field(repr=False)
    pieces: list[Piece] = field(repr=False)
    sizes: list[int] = field(repr=False)
    code_lengths: list[int] = field(repr=False)
    text_lengths: list[int] = field(repr=False)
    named: dict[str, list[int]] = field(repr=False)
    """The pieces whose name's last part is this."""

    def last_name(self, piece: int) -> str:
        """Return the last part of a piece's name, empty for module-level code."""
        return self.pieces[piece].name.rpartition(".")[2]

    def owner(self, piece: int) -> str:
        """Return the qualified name of the class that a piece is in or of, empty for none."""
        each = self.pieces[piece]
        return each.name if each.kind is Kind.CLASS else each.name.rpartition(".")[0]

    def words(self, wanted: Collection[str]) -> dict[str, Places]:
        """Return where each of the words stands as it is written."""
        found: dict[str, Places] = {}
        chosen = set(wanted)
        for facts, first in zip(self.facts, self.first, strict=True):
            for word in chosen.intersection(facts.words):
                number = bisect_left(facts.words, word)
                _add(found.setdefault(word, {}), facts, number, first)
        return found

    def stems(self, wanted: Collection[str]) -> dict[str, Places]:
        """Return where words stand that have each of the stems as a part."""
        found: dict[str, Places] = {}
        chosen = set(wanted)
        for facts, first in zip(self.facts, self.first, strict=True):
            for stem in chosen.intersection(facts.stems):
                places = found.setdefault(stem, {})
                for word in facts.members[bisect_left(facts.stems, stem)]:
                    _add(places, facts, word, first)
        return found

    def words_of(self, piece: int) -> list[str]:
        """Return the words that stand in the code of a piece."""
        file = self.file_of[piece]
        return self.words_by_piece(file).get(piece - self.first[file], [])

    def words_by_piece(self, file: int) -> dict[int, list[str]]:
        """Return the words of code in each piece of a file, pieces counted from its first."""
        facts = self.facts[file]
        found: dict[int, list[str]] = {}
        for number, word in enumerate(facts.words):
            flat = facts.postings[number]
            for piece, in_code in zip(flat[::3], flat[1::3], strict=True):
                if in_code:
                    found.setdefault(piece, []).append(word)
        return found


def _add(places: Places, facts: FileFacts, word: int, first: int) -> None:
    flat = facts.postings[word]
    for piece, in_code, in_text in zip(flat[::3], flat[1::3], flat[2::3], strict=True):
        old = places.get(first + piece)
        if old:
            places[first + piece] = (old[0] + in_code, old[1] + in_text)
        else:
            places[first + piece] = (in_code, in_text)


def build_index(files: Mapping[str, FileFacts]) -> Index:
    """Join the facts of files, by their paths from the repository's root."""
    paths = sorted(files)
    facts = [files[path] for path in paths]
    counts = [len(each.pieces) for each in facts]
    named: dict[str, list[int]] = {}
    pieces = [piece for each in facts for piece in each.pieces]
    for number, piece in enumerate(pieces):
        if piece.name:
            named.setdefault(piece.name.rpartition(".")[2], []).append(number)
    return Index(
        paths,
        facts,
        list(accumulate(counts, initial=0))[:-1],
        [file for file, count in enumerate(counts) for _ in range(count)],
        pieces,
        [size for each in facts for size in each.sizes],
        [length for each in facts for length in each.code_lengths],
        [length for each in facts for length in each.text_lengths],
        named,
    )
