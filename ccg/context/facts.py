"""What ranking needs to know of one file, and its form on disk; no I/O."""

import struct
import sys
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ccg.context.pieces import Kind, Piece, cut, mask
from ccg.context.words import LONGEST_WORD, STOP_WORDS, WORD, parts

ANALYSER = "context-1"
"""Name and version of what is stored; another version does not see these entries."""
MOST_PIECES = 20_000
"""Per file; what is beyond is generated and no place to look."""

_SECTIONS = struct.Struct("<6I")
_PIECE_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The pieces of one file and in which of them each word stands how often.

    Words are kept as they are written; `stems` lists the parts they consist of, so that a query
    finds `get_queryset` and `QuerySet` by "set" without taking words apart once more.
    """

    pieces: list[Piece]
    sizes: list[int]
    """Characters of each piece."""
    code_lengths: list[int]
    """Words of code in each piece."""
    text_lengths: list[int]
    """Words in comments, docstrings and other strings of each piece."""
    words: list[str]
    """Sorted, as `stems` are."""
    postings: "Lists" = field(repr=False)
    """Of each word: (piece, times in code, times in text), flat."""
    stems: list[str]
    members: "Lists" = field(repr=False)
    """Of each stem: the numbers of the words that contain it."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Many short lists of small numbers in one array: list i is values[starts[i]:starts[i + 1]]."""

    starts: "array[int]"
    values: "array[int]"

    @classmethod
    def of(cls, lists: Iterable[Iterable[int]]) -> "Lists":
        """Join the lists; numbers above 65535 are cut to that."""
        starts, values = array("I", [0]), array("H")
        for each in lists:
            values.extend(min(number, 0xFFFF) for number in each)
            starts.append(len(values))
        return cls(starts, values)

    def __getitem__(self, number: int) -> "array[int]":
        return self.values[self.starts[number] : self.starts[number + 1]]

    def __len__(self) -> int:
        return len(self.starts) - 1


def read_facts(text: str) -> FileFacts:
    """Return the facts of a file with this text; any text has some."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    masked = mask(text)
    pieces = cut(text, masked)[:MOST_PIECES]
    lines, masked_lines = text.split("\n"), masked.split("\n")
    sizes, code_lengths, text_lengths = [], [], []
    postings: dict[str, list[int]] = {}
    for number, piece in enumerate(pieces):
        whole = "\n".join(lines[piece.start - 1 : piece.end])
        everything = Counter(WORD.findall(whole))
        code = Counter(WORD.findall("\n".join(masked_lines[piece.start - 1 : piece.end])))
        sizes.append(len(whole) + 1)
        code_lengths.append(code.total())
        text_lengths.append(everything.total() - code.total())
        for word, times in everything.items():
            if len(word) <= LONGEST_WORD and word not in STOP_WORDS:
                in_code = code[word]
                postings.setdefault(word, []).extend((number, in_code, times - in_code))
    words = sorted(postings)
    members: dict[str, list[int]] = {}
    for number, word in enumerate(words[:0xFFFF]):
        for part in set(parts(word)):
            members.setdefault(part, []).append(number)
    stems = sorted(members)
    return FileFacts(
        pieces,
        sizes,
        code_lengths,
        text_lengths,
        words,
        Lists.of(postings[word] for word in words),
        stems,
        Lists.of(members[each] for each in stems),
    )


def encode(facts: FileFacts) -> bytes:
    """Return the facts as bytes that `decode` reads."""
    numbers = array("I")
    for piece, *counts in zip(
        facts.pieces, facts.sizes, facts.code_lengths, facts.text_lengths, strict=True
    ):
        numbers.extend((piece.kind, piece.start, piece.end, *counts))
    sections = [
        "\n".join(piece.name for piece in facts.pieces).encode(),
        _little(numbers),
        "\n".join(facts.words).encode(),
        _little(facts.postings.starts) + _little(facts.postings.values),
        "\n".join(facts.stems).encode(),
        _little(facts.members.starts) + _little(facts.members.values),
    ]
    return _SECTIONS.pack(*map(len, sections)) + b"".join(sections)


def decode(content: bytes) -> FileFacts:
    """Return the facts that `encode` wrote.

    Raises:
        ValueError: these are other bytes.
    """
    try:
        lengths = _SECTIONS.unpack_from(content)
    except struct.error as error:
        raise ValueError("too short") from error
    if len(content) != _SECTIONS.size + sum(lengths):
        raise ValueError("of another length")
    sections, start = [], _SECTIONS.size
    for length in lengths:
        sections.append(content[start : start + length])
        start += length
    numbers = _array("I", sections[1]).tolist()
    columns = [numbers[column::_PIECE_NUMBERS] for column in range(_PIECE_NUMBERS)]
    names = sections[0].decode().split("\n") if numbers else []
    kinds = [Kind(number) for number in columns[0]]
    words, stems = _split(sections[2]), _split(sections[4])
    return FileFacts(
        list(map(Piece, names, kinds, columns[1], columns[2])),
        columns[3],
        columns[4],
        columns[5],
        words,
        _lists(sections[3], len(words)),
        stems,
        _lists(sections[5], len(stems)),
    )


def _split(section: bytes) -> list[str]:
    return section.decode().split("\n") if section else []


def _lists(section: bytes, count: int) -> Lists:
    middle = (count + 1) * 4
    lists = Lists(_array("I", section[:middle]), _array("H", section[middle:]))
    if len(lists) != count or lists.starts[-1] != len(lists.values):
        raise ValueError("lists of another length")
    return lists


def _array(code: str, content: bytes) -> "array[int]":
    values: array[int] = array(code)
    values.frombytes(content)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _little(values: "array[int]") -> bytes:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()
