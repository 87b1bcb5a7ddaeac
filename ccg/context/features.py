"""Measures each candidate against an issue: the numbers that the learned ranking sees; no I/O."""

import math
from collections.abc import Collection

from ccg.context.evidence import Evidence
from ccg.context.lexical import Scores
from ccg.context.words import parts

UNSEEN = 6.0
"""The rarity of a part of a name that the issue does not have."""

_WORDS = (
    *("code", "text", "title", "prose", "fenced", "exact", "base"),
    *("code_share", "text_share", "title_share", "exact_share", "base_share", "base_rank"),
    *("title_covered", "called_by", "calls", "called_by_share", "calls_share"),
)
_NAMES = (
    *("name_covered", "name_rarity", "name_in_title", "name_said", "name_in_title_exactly"),
    *("name_in_code", "name_bearers", "name_said_alone", "fan_in"),
    *("class_said", "class_covered", "class_in_title", "kin", "qualified", "in_frames", "lines"),
)
_FILES = (
    *("file_words", "file_words_share", "file_rank", "file_best", "file_three", "rank_in_file"),
    *("file_pieces", "file_gap", "file_title_covered", "file_exact", "file_exact_share"),
    *("file_names", "file_said", "file_in_frames", "stem_covered", "path_covered", "path_rarity"),
    *("folder_best", "role", "depth", "package_file"),
)
_SHAPE = (
    *("size", "kind", "private", "dunder", "method", "init", "first_line"),
    *("class_best", "class_mean", "bearers_best"),
)
_QUERY = ("query_stems", "query_frames", "query_names", "query_title_stems")
FEATURES = (*_WORDS, *_NAMES, *_FILES, *_SHAPE, *_QUERY)
"""The names of the numbers of a row, in their order."""

ROLES = {
    **dict.fromkeys(("test", "tests", "testing", "conftest"), 1),
    **dict.fromkeys(("doc", "docs"), 2),
    **dict.fromkeys(("example", "examples", "tutorials", "galleries", "benchmarks"), 3),
    **dict.fromkeys(("migrations", "locale"), 4),
    **dict.fromkeys(("bin", "tools", "scripts", "setup"), 5),
    **dict.fromkeys(("extern", "externals", "vendored", "packages", "deprecated", "compat"), 6),
}
"""What a folder's or a file's name says about the code there."""


def measure(evidence: Evidence) -> list[list[float]]:
    """Return one row of numbers for each candidate, in the order of `FEATURES`."""
    table = _Table(evidence)
    return [table.row(piece) for piece in evidence.candidates]


class _Table:
    """The candidates with what is known of them together."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        query = evidence.query
        words = evidence.words
        self.stems = {*query.title, *query.prose, *query.code}
        scored = {
            "code": words.code,
            "text": words.text,
            "title": words.title,
            "exact": words.exact,
            "base": evidence.base,
            "files": words.files,
            "called_by": evidence.called_by,
            "calls": evidence.calls,
            "file_exact": words.file_exact,
            "file_title": words.file_title_covered,
        }
        self.top = {name: _top(scores) for name, scores in scored.items()}
        self.title_total = sum(words.rarity.get(stem, 0.0) for stem in query.title) or 1.0
        files = sorted(words.files, key=lambda file: (-words.files[file], file))
        self.file_rank = {file: rank for rank, file in enumerate(files)}
        self.query_row = [
            float(len(each)) for each in (self.stems, query.frames, evidence.mentions.names)
        ] + [float(len(query.title))]
        self._group()

    def _group(self) -> None:
        evidence = self.evidence
        index = evidence.index
        order = sorted(evidence.candidates, key=lambda p: (-evidence.base.get(p, 0.0), p))
        self.rank = {piece: rank for rank, piece in enumerate(order)}
        self.by_file: dict[int, list[float]] = {}
        self.by_class: dict[tuple[int, str], list[float]] = {}
        self.by_name: dict[str, list[float]] = {}
        self.by_folder: Scores = {}
        self.rank_in_file: dict[int, int] = {}
        folders: dict[str, int] = {}
        for piece in order:
            file, score = index.file_of[piece], evidence.base.get(piece, 0.0)
            own = self.by_file.setdefault(file, [])
            self.rank_in_file[piece] = len(own)
            own.append(score)
            self.by_class.setdefault((file, index.owner(piece)), []).append(score)
            self.by_name.setdefault(index.last_name(piece), []).append(score)
            folder = folders.setdefault(_folder(index.paths[file]), len(folders))
            if self.rank[piece] < 100:
                self.by_folder[folder] = self.by_folder.get(folder, 0.0) + score
        self.folders = folders
        self.top["folder"] = _top(self.by_folder)
        self.places = index.words({index.last_name(piece) for piece in order} - {""})

    def row(self, piece: int) -> list[float]:
        return [
            *self._words(piece),
            *self._names(piece),
            *self._file_words(piece),
            *self._file_names(piece),
            *self._shape(piece),
            *self.query_row,
        ]

    def _share(self, name: str, score: float) -> float:
        return score / self.top[name]

    def _words(self, piece: int) -> list[float]:
        evidence, words = self.evidence, self.evidence.words
        code, text = words.code.get(piece, 0.0), words.text.get(piece, 0.0)
        title, exact = words.title.get(piece, 0.0), words.exact.get(piece, 0.0)
        base = evidence.base.get(piece, 0.0)
        called_by, calls = evidence.called_by.get(piece, 0.0), evidence.calls.get(piece, 0.0)
        return [
            *(code, text, title, words.prose.get(piece, 0.0), words.fenced.get(piece, 0.0)),
            *(exact, base, self._share("code", code), self._share("text", text)),
            *(self._share("title", title), self._share("exact", exact)),
            *(self._share("base", base), math.log1p(self.rank[piece])),
            words.title_covered.get(piece, 0.0) / self.title_total,
            *(called_by, calls, self._share("called_by", called_by), self._share("calls", calls)),
        ]

    def _names(self, piece: int) -> list[float]:
        query, index = self.evidence.query, self.evidence.index
        mentions = self.evidence.mentions
        name, owner = index.last_name(piece), index.owner(piece)
        own_class = owner.rpartition(".")[2]
        covered, rarity = self._covered(name, self.stems)
        bearers = len(index.named.get(name, ()))
        return [
            *(covered, rarity, self._covered(name, query.title)[0]),
            *(float(query.words.get(name, 0)), float(name in query.title_words)),
            *(float(name in query.code_words), math.log1p(bearers)),
            (query.words.get(name, 0) > 0) / max(1, bearers),
            math.log1p(len(self.places.get(name, ()))),
            float(query.words.get(own_class, 0)),
            self._covered(own_class, self.stems)[0],
            self._covered(own_class, query.title)[0],
            mentions.kin.get((index.file_of[piece], owner), 0.0),
            float(piece in mentions.qualified),
            mentions.frames.get(piece, 0.0),
            float(piece in mentions.lines),
        ]

    def _file_words(self, piece: int) -> list[float]:
        words, index = self.evidence.words, self.evidence.index
        file = index.file_of[piece]
        scores = [self._share("base", score) for score in self.by_file[file][:3]]
        found, exact = words.files.get(file, 0.0), words.file_exact.get(file, 0.0)
        return [
            *(found, self._share("files", found), math.log1p(self.file_rank.get(file, 999))),
            *(scores[0], sum(scores), float(self.rank_in_file[piece])),
            math.log1p(len(index.facts[file].pieces)),
            self._share("base", self.evidence.base.get(piece, 0.0)) - scores[0],
            self._share("file_title", words.file_title_covered.get(file, 0.0)),
            *(exact, self._share("file_exact", exact)),
        ]

    def _file_names(self, piece: int) -> list[float]:
        index, mentions = self.evidence.index, self.evidence.mentions
        file = index.file_of[piece]
        path = index.paths[file]
        split = path.removesuffix(".py").split("/")
        is_package = split[-1] == "__init__"
        stem = split[-2] if is_package and len(split) > 1 else split[-1]
        path_covered, path_rarity = self._covered(" ".join(split[1:]), self.stems)
        return [
            mentions.file_names.get(file, 0.0),
            mentions.files.get(file, 0.0),
            mentions.frame_files.get(file, 0.0),
            *(self._covered(stem, self.stems)[0], path_covered, path_rarity),
            self._share("folder", self.by_folder.get(self.folders[_folder(path)], 0.0)),
            float(max(ROLES.get(part, 0) for part in split)),
            *(float(len(split)), float(is_package)),
        ]

    def _shape(self, piece: int) -> list[float]:
        index = self.evidence.index
        each, name, owner = index.pieces[piece], index.last_name(piece), index.owner(piece)
        base = self.evidence.base.get(piece, 0.0)
        own_class = self.by_class[index.file_of[piece], owner]
        dunder = name.startswith("__") and name.endswith("__")
        return [
            *(math.log1p(index.sizes[piece]), float(each.kind)),
            *(float(name.startswith("_") and not dunder), float(dunder)),
            *(float(bool(owner)), float(name == "__init__"), math.log1p(each.start)),
            self._share("base", _best_other(own_class, base)),
            self._share("base", sum(own_class) / len(own_class)),
            self._share("base", _best_other(self.by_name[name], base)),
        ]

    def _covered(self, name: str, stems: Collection[str]) -> tuple[float, float]:
        """Return what share of a name's parts is said, by rarity, and the rarity of these parts."""
        rarity = self.evidence.words.rarity
        total = said = 0.0
        for part in dict.fromkeys(parts(name)):
            weight = rarity.get(part, UNSEEN)
            total += weight
            if part in stems:
                said += weight
        return (said / total if total else 0.0, said)


def _top(scores: Scores) -> float:
    return max(scores.values(), default=0.0) or 1.0


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _best_other(scores: list[float], own: float) -> float:
    """Return the best score but for one's own, of scores that fall."""
    if scores[0] != own:
        return scores[0]
    return scores[1] if len(scores) > 1 else 0.0
