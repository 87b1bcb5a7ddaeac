"""Gathers what speaks for each piece of a repository, and the candidates that are ranked; no I/O."""

import math
from dataclasses import dataclass, field

from ccg.context.index import Index
from ccg.context.lexical import Lexical, Scores, score_words
from ccg.context.mentions import Mentions, find_mentions
from ccg.context.pieces import Kind
from ccg.context.query import Query
from ccg.context.words import parts

CANDIDATES = 300
"""Pieces with the best words that are ranked; what is named or near joins them."""
BEST_FILES = 16
SEEDS = 30
"""Pieces whose callees and callers are looked at."""
COMMON_NAME = 40
"""A name that more pieces bear says nothing about who calls whom."""


@dataclass(frozen=True)
class Evidence:
    """All that is known of the pieces for one issue, before it becomes numbers."""

    query: Query
    index: Index
    words: Lexical
    mentions: Mentions
    base: Scores
    """Words of all fields together."""
    candidates: list[int]
    called_by: Scores = field(default_factory=dict)
    """Of pieces that good ones refer to: the best of these, less for ambiguous names."""
    calls: Scores = field(default_factory=dict)
    """Of pieces that refer to good ones."""


def gather(query: Query, index: Index) -> Evidence:
    """Return the evidence for an issue in a repository."""
    words = score_words(query, index)
    mentions = find_mentions(query, index)
    base = _base(words, mentions, index)
    best = sorted(base, key=lambda piece: (-base[piece], piece))
    seeds = _seeds(best, mentions, index)
    called_by = _called_by(seeds, base, index)
    calls = _calls(seeds, base, index)
    named = [p for name in sorted(mentions.names) for p in index.named[name][:COMMON_NAME]]
    linked = sorted({*mentions.qualified, *mentions.lines, *mentions.frames})
    near = sorted(called_by, key=lambda p: (-called_by[p], p))[:60]
    near += sorted(calls, key=lambda p: (-calls[p], p))[:60]
    in_files = _best_in_files(words, mentions, base, index)
    candidates = sorted({*best[:CANDIDATES], *named, *linked, *near, *in_files})
    return Evidence(query, index, words, mentions, base, candidates, called_by, calls)


def _base(words: Lexical, mentions: Mentions, index: Index) -> Scores:
    base: Scores = {}
    for scores, weight in (
        (words.code, 1.0),
        (words.text, 0.6),
        (words.exact, 0.7),
        (words.title, 0.7),
    ):
        for piece, score in scores.items():
            base[piece] = base.get(piece, 0.0) + weight * score
    for piece in base:
        base[piece] += 0.5 * _name_rarity(index.pieces[piece].name, words)
    return base


def _name_rarity(name: str, words: Lexical) -> float:
    return sum(
        words.rarity.get(part, 0.0) for part in dict.fromkeys(parts(name.rpartition(".")[2]))
    )


def _seeds(best: list[int], mentions: Mentions, index: Index) -> list[int]:
    named = [
        p
        for name in sorted(mentions.names)
        for p in index.named[name]
        if len(index.named[name]) < 6
    ]
    return list(
        dict.fromkeys(
            [*best[:SEEDS], *sorted(mentions.frames), *sorted(mentions.qualified), *named[:SEEDS]]
        )
    )


def _called_by(seeds: list[int], base: Scores, index: Index) -> Scores:
    found: Scores = {}
    by_file: dict[int, dict[int, list[str]]] = {}
    for seed in seeds:
        file = index.file_of[seed]
        if file not in by_file:
            by_file[file] = index.words_by_piece(file)
        for word in by_file[file].get(seed - index.first[file], ()):
            named = index.named.get(word, ())
            if 0 < len(named) <= COMMON_NAME:
                for piece in named:
                    if piece != seed:
                        near = 1.0 if index.file_of[piece] == file else 0.7
                        score = near * base.get(seed, 0.0) / math.sqrt(len(named))
                        found[piece] = max(found.get(piece, 0.0), score)
    return found


def _calls(seeds: list[int], base: Scores, index: Index) -> Scores:
    names = {index.pieces[seed].name.rpartition(".")[2] for seed in seeds} - {""}
    places = index.words({name for name in names if len(index.named[name]) <= COMMON_NAME})
    found: Scores = {}
    for seed in seeds:
        name = index.pieces[seed].name.rpartition(".")[2]
        share = base.get(seed, 0.0) / math.sqrt(len(index.named.get(name, ())) or 1)
        for piece, (in_code, _) in places.get(name, {}).items():
            if in_code and piece != seed:
                found[piece] = max(found.get(piece, 0.0), share)
    return found


def _best_in_files(words: Lexical, mentions: Mentions, base: Scores, index: Index) -> list[int]:
    """Return the best pieces of the best files, and what they have outside functions."""
    files = sorted(words.files, key=lambda file: (-words.files[file], file))[:BEST_FILES]
    peaks: Scores = {}
    for piece, score in base.items():
        file = index.file_of[piece]
        peaks[file] = max(peaks.get(file, 0.0), score)
    files += sorted(peaks, key=lambda file: (-peaks[file], file))[:BEST_FILES]
    names = mentions.file_names
    files += sorted(names, key=lambda file: (-names[file], file))[: BEST_FILES // 2]
    found = []
    for number, file in enumerate(dict.fromkeys([*mentions.files, *mentions.frame_files, *files])):
        first = index.first[file]
        own = range(first, first + len(index.facts[file].pieces))
        found += sorted(own, key=lambda piece: (-base.get(piece, 0.0), piece))[:15]
        loose = [piece for piece in own if index.pieces[piece].kind is not Kind.FUNCTION]
        found += loose[: 20 if number < BEST_FILES // 2 else 4]
    return found
