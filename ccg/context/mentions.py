"""What an issue names outright: functions, classes, files, lines and frames of tracebacks; no I/O."""

from collections import defaultdict
from dataclasses import dataclass, field

from ccg.context.index import Index
from ccg.context.pieces import Kind
from ccg.context.query import Query

LEAST_NAME = 3
"""Letters; shorter names are words of other things as well."""
MOST_BEARERS = 20
"""A class's name that more pieces bear is not followed to its bases."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Places that the issue names. All numbers are those of the index."""

    names: frozenset[str]
    """Last parts of names of functions and classes that stand in the issue."""
    classes: frozenset[str]
    qualified: frozenset[int]
    """Pieces named with their class or module, as `Model.save` or `models.save`."""
    files: dict[int, float] = field(default_factory=dict)
    """By file: what share of the named path or dotted name fits, from 0 to 1."""
    lines: frozenset[int] = frozenset()
    """Pieces that hold a line which is linked."""
    frames: dict[int, float] = field(default_factory=dict)
    """Pieces in a traceback: 1 for the innermost, less for each further out."""
    frame_files: dict[int, float] = field(default_factory=dict)
    file_names: dict[int, float] = field(default_factory=dict)
    """By file: how many of the names are its own, one that many files have counted less."""
    kin: dict[tuple[int, str], float] = field(default_factory=dict)
    """By (file, class): the classes that named classes inherit from, 1 for a direct base."""


def find_mentions(query: Query, index: Index) -> Mentions:
    """Return what of the index the issue names."""
    names = frozenset(w for w in query.words if len(w) >= LEAST_NAME and w in index.named)
    classes = {name for name in names if _is_class(name, index)}
    finder = _Paths.of(index)
    files, lines = _files(query, index, finder)
    frames, frame_files = _frames(query, index, finder)
    return Mentions(
        names,
        frozenset(classes),
        frozenset(_qualified(query, index)),
        files,
        frozenset(lines),
        frames,
        frame_files,
        _file_names(names, index),
        _kin(classes, index),
    )


def _is_class(name: str, index: Index) -> bool:
    return any(index.pieces[piece].kind is Kind.CLASS for piece in index.named[name])


def _file_names(names: frozenset[str], index: Index) -> dict[int, float]:
    found: dict[int, float] = {}
    for name in sorted(names):
        files = {index.file_of[piece] for piece in index.named[name]}
        for file in files:
            found[file] = found.get(file, 0.0) + 1 / len(files)
    return found


def _kin(classes: set[str], index: Index) -> dict[tuple[int, str], float]:
    """Follow what a class's header and attributes name, as far as these are classes: two steps."""
    found: dict[tuple[int, str], float] = {}
    names = {name for name in classes if len(index.named[name]) <= MOST_BEARERS}
    seen = set(names)
    for weight in (1.0, 0.5):
        following: set[str] = set()
        for name in sorted(names):
            for piece in index.named[name]:
                if index.pieces[piece].kind is Kind.CLASS and len(following) < MOST_BEARERS:
                    following |= {w for w in index.words_of(piece) if w[0].isupper()} - seen
        names = {w for w in following if 0 < len(index.named.get(w, ())) <= MOST_BEARERS}
        for name in names:
            for piece in index.named[name]:
                if index.pieces[piece].kind is Kind.CLASS:
                    key = (index.file_of[piece], index.pieces[piece].name)
                    found[key] = max(found.get(key, 0.0), weight)
        seen |= names
    return found


def _qualified(query: Query, index: Index) -> set[int]:
    found = set()
    for dotted in sorted(query.dotted):
        before, _, last = dotted.rpartition(".")
        owner = before.rpartition(".")[2]
        for piece in index.named.get(last, ()):
            outer = index.pieces[piece].name.rpartition(".")[0]
            path = index.paths[index.file_of[piece]]
            if owner in (outer, *path.removesuffix(".py").split("/")[-2:]):
                found.add(piece)
    return found


@dataclass(frozen=True, slots=True)
class _Paths:
    by_name: dict[str, list[int]]
    """Files by the last part of their path without `.py`; packages by their folder's."""
    parts: list[list[str]]

    @classmethod
    def of(cls, index: Index) -> "_Paths":
        by_name = defaultdict(list)
        parts = []
        for file, path in enumerate(index.paths):
            split = path.removesuffix(".py").split("/")
            parts.append(split)
            by_name[split[-1]].append(file)
            if split[-1] == "__init__" and len(split) > 1:
                by_name[split[-2]].append(file)
        return cls(dict(by_name), parts)

    def find(self, named: list[str]) -> dict[int, float]:
        """Return the files that end best in these parts, with the share of parts that fit."""
        best: dict[int, float] = {}
        for file in self.by_name.get(named[-1], ()) if named else ():
            own = self.parts[file]
            if own[-1] == "__init__" and named[-1] != "__init__":
                own = own[:-1]
            same = 0
            while same < min(len(own), len(named)) and own[-1 - same] == named[-1 - same]:
                same += 1
            best[file] = same / min(len(named), len(own))
        top = max(best.values(), default=0.0)
        return {file: share for file, share in best.items() if share == top}


def _files(query: Query, index: Index, finder: _Paths) -> tuple[dict[int, float], set[int]]:
    files: dict[int, float] = {}
    lines: set[int] = set()
    for path, first, last in query.paths:
        for file, share in finder.find(_split(path)).items():
            files[file] = max(files.get(file, 0.0), share)
            if first:
                lines |= _around(index, file, first, last)
    for dotted in sorted(query.dotted):
        named = dotted.split(".")
        for length in range(len(named), 1, -1):
            found = finder.find(named[:length])
            for file, share in found.items():
                if share * length >= 2:
                    files[file] = max(files.get(file, 0.0), share)
    return files, lines


def _split(path: str) -> list[str]:
    cleaned = path.replace("\\", "/").removesuffix(".py")
    return [part for part in cleaned.split("/") if part not in ("", ".", "..", "~")]


def _around(index: Index, file: int, first: int, last: int) -> set[int]:
    start = index.first[file]
    return {
        start + number
        for number, piece in enumerate(index.facts[file].pieces)
        if piece.start <= last and piece.end >= first
    }


def _frames(
    query: Query, index: Index, finder: _Paths
) -> tuple[dict[int, float], dict[int, float]]:
    pieces: dict[int, float] = {}
    files: dict[int, float] = {}
    for distance, frame in enumerate(reversed(query.frames)):
        weight = 1 / (1 + distance)
        for file in finder.find(_split(frame.path)):
            files[file] = max(files.get(file, 0.0), weight)
            start = index.first[file]
            for number, piece in enumerate(index.facts[file].pieces):
                if frame.function and piece.name.rpartition(".")[2] == frame.function:
                    pieces[start + number] = max(pieces.get(start + number, 0.0), weight)
    return pieces, files
