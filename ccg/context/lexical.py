"""How well the words of each piece fit those of an issue: BM25 by field and by place; no I/O.

Source of the formula: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and
Beyond (2009), section 3.4; the two fields (code, text) are scored apart and added.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from ccg.context.index import Index, Places
from ccg.context.query import Query

K1 = 1.2
B_CODE = 0.5
B_TEXT = 0.4
TEXT_WEIGHT = 0.6
"""Of a word in comments and strings, one in code being 1."""
COMMON = 0.3
"""A word in more than this share of all pieces says nothing."""

Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Lexical:
    """Scores by piece; an absent piece has 0."""

    code: Scores = field(default_factory=dict)
    """All stems of the issue, in code."""
    text: Scores = field(default_factory=dict)
    """All stems of the issue, in comments and strings."""
    title: Scores = field(default_factory=dict)
    prose: Scores = field(default_factory=dict)
    fenced: Scores = field(default_factory=dict)
    """The stems of the issue's code."""
    exact: Scores = field(default_factory=dict)
    """Words as they are written, in code and in text."""
    files: Scores = field(default_factory=dict)
    """All stems of the issue, by file (its number in the index)."""
    title_covered: Scores = field(default_factory=dict)
    """Rarity of the title's stems that a piece has."""
    file_title_covered: Scores = field(default_factory=dict)
    file_exact: Scores = field(default_factory=dict)
    """Rarity of the words as they are written that a file has."""
    rarity: dict[str, float] = field(default_factory=dict)
    """Inverse document frequency of stems, and of words after an equals sign."""
    places: dict[str, Places] = field(default_factory=dict)
    """Where the stems stand, but for those that stand everywhere."""


def score_words(query: Query, index: Index) -> Lexical:
    """Return the scores of all pieces that have a word of the issue."""
    scores = Lexical()
    weights = _weights(query)
    lengths = _Lengths.of(index)
    for stem, places in sorted(index.stems(weights.keys()).items()):
        rarity = _rarity(len(places), len(index.pieces))
        scores.rarity[stem] = rarity
        if len(places) > COMMON * len(index.pieces) + 10:
            continue
        scores.places[stem] = places
        channels = [
            (channel, rarity * weight)
            for channel, weight in zip(
                (scores.title, scores.prose, scores.fenced), weights[stem][1:], strict=True
            )
            if weight
        ]
        _add_stem(scores, places, rarity * weights[stem][0], channels, lengths)
        files = _add_files(scores.files, places, index, weights[stem][0])
        if weights[stem][1]:
            _add_all(scores.title_covered, places, rarity)
            _add_all(scores.file_title_covered, files, _rarity(len(files), len(index.paths)))
    for word, places in sorted(index.words(query.words).items()):
        rarity = _rarity(len(places), len(index.pieces))
        scores.rarity["=" + word] = rarity
        if len(places) <= COMMON * len(index.pieces) + 10:
            weight = rarity * _damped(query.words[word])
            for piece, counts in places.items():
                in_code, in_text = lengths.saturate(piece, counts)
                scores.exact[piece] = scores.exact.get(piece, 0.0) + weight * (in_code + in_text)
            files = {index.file_of[piece] for piece in places}
            _add_all(scores.file_exact, files, _rarity(len(files), len(index.paths)))
    return scores


def _weights(query: Query) -> dict[str, tuple[float, float, float, float]]:
    """Return (all, title, prose, code) of each stem."""
    found = {}
    for stem in {*query.title, *query.prose, *query.code}:
        title, prose, code = query.title[stem], query.prose[stem], query.code[stem]
        every = _damped(2 * title + prose + 0.7 * code)
        found[stem] = (every, _damped(title), _damped(prose), _damped(code))
    return found


def _damped(times: float) -> float:
    return math.log1p(times) / math.log(2)


def _rarity(places: int, pieces: int) -> float:
    return math.log(1 + (pieces - places + 0.5) / (places + 0.5))


def _add_stem(
    scores: Lexical,
    places: Places,
    weight: float,
    channels: list[tuple[Scores, float]],
    lengths: "_Lengths",
) -> None:
    code, text = scores.code, scores.text
    for piece, counts in places.items():
        in_code, in_text = lengths.saturate(piece, counts)
        if in_code:
            code[piece] = code.get(piece, 0.0) + weight * in_code
        if in_text:
            text[piece] = text.get(piece, 0.0) + weight * in_text
        both = in_code + TEXT_WEIGHT * in_text
        for channel, share in channels:
            channel[piece] = channel.get(piece, 0.0) + share * both


def _add_all(scores: Scores, numbers: Iterable[int], weight: float) -> None:
    for number in numbers:
        scores[number] = scores.get(number, 0.0) + weight


def _add_files(files: Scores, places: Places, index: Index, weight: float) -> set[int]:
    counts: dict[int, int] = {}
    for piece, (in_code, in_text) in places.items():
        file = index.file_of[piece]
        counts[file] = counts.get(file, 0) + in_code + in_text
    rarity = _rarity(len(counts), len(index.paths))
    for file, count in counts.items():
        files[file] = files.get(file, 0.0) + weight * rarity * count / (count + 4.0)
    return set(counts)


@dataclass(frozen=True, slots=True)
class _Lengths:
    """The part of BM25's denominator that depends on a piece's length, by piece."""

    code: list[float]
    text: list[float]

    @classmethod
    def of(cls, index: Index) -> "_Lengths":
        return cls(_norms(index.code_lengths, B_CODE), _norms(index.text_lengths, B_TEXT))

    def saturate(self, piece: int, counts: tuple[int, int]) -> tuple[float, float]:
        in_code, in_text = counts
        return (
            in_code * (K1 + 1) / (in_code + self.code[piece]) if in_code else 0.0,
            in_text * (K1 + 1) / (in_text + self.text[piece]) if in_text else 0.0,
        )


def _norms(lengths: list[int], b: float) -> list[float]:
    average = max(1.0, sum(lengths) / max(1, len(lengths)))
    return [K1 * (1 - b + b * length / average) for length in lengths]
