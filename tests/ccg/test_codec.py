"""Facts as bytes: what comes back is equal, and other bytes are refused."""

import random
import struct
from pathlib import Path

import pytest

from ccg.lowering import Unread, from_record, read_facts, to_record
from ccg.syntax import ops
from ccg.syntax.codec import NotFacts, decode, encode
from ccg.syntax.facts import ModuleFacts, ParameterKind

LIBRARY = Path(__file__).parents[2] / "ccg"
EVERYTHING = """\
import os.path, sys as system
from . import near
from ..far import *
from typing import Callable as Call

__all__ = ["run", "Thing"]
big, small, text, letters = 0xBIG, -3, "\\ud800é", b"x"
table = {"a": 1, **{}, 2: [*range(3)], True: (1, None, ...)}
cut = table[1:2], text[0xLONG:], letters[small], letters[::2]


class Thing(near.Base, metaclass=type, **table):
    kind: "Call[[int], str] | None" = None

    def __init__(self, *names, other: int = 1, **more):
        super().__init__(*names, key=other, **more)
        self.names: list = names
        self.names += [name for name in names if callable(name)]
        del self.kind, table["a"]
        table[1] = self.names[0] = not other

    @property
    async def each(self):
        global big
        async for item in self:
            big = await item
        async with self as (first, *rest, last):
            yield f"of {first!r} {rest}"
        return


def run(x, /, y=lambda z: z + "", *, w: Thing):
    def inner():
        nonlocal x
        x = yield from w
    try:
        return x if isinstance(x, (int, str)) and x in y else -x @ inner
    except (ValueError, TypeError) as error:
        raise error from None
    match x:
        case Thing(names=[a, *_], kind={"b": c}) | a if a:
            return f"{x}", x < y, c, f"visit_{x}", "on_" + x
""".replace("BIG", "f" * 6000).replace("LONG", "e" * 40)


def facts_of(source: str) -> ModuleFacts:
    found = read_facts(source.encode("utf-8", "surrogatepass"))
    assert isinstance(found, ModuleFacts), found
    return found


def test_codec__what_comes_back_is_equal() -> None:
    facts = facts_of(EVERYTHING)
    assert decode(encode(facts)) == facts
    assert {op[0] for op in facts.ops} >= {ops.SLICE, ops.SUPER, ops.DELETE_ITEM, ops.YIELD_FROM}
    constants = [op[2] for op in decode(encode(facts)).ops if op[0] == ops.CONST]
    assert ("prefix", "on_") in constants
    assert int("f" * 6000, 16) in constants


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: path.name)
def test_codec__files_of_the_library(path: Path) -> None:
    facts = facts_of(path.read_text(encoding="utf-8"))
    assert decode(encode(facts)) == facts


@pytest.mark.parametrize("source", ["", "x = 1\n", "a\n" * 40_000], ids=["none", "one", "many"])
def test_codec__small_and_long_files(source: str) -> None:
    facts = facts_of(source)
    assert decode(encode(facts)) == facts


def test_codec__tells_one_from_true_and_from_a_text() -> None:
    facts = decode(encode(facts_of("a = 1, True, '1', None, 1.0\n")))
    found = [op[2] for op in facts.ops if op[0] == ops.CONST]
    assert list(map(repr, found)) == ["1", "True", "'1'", "None", "None"]


def test_codec__equal_facts_give_equal_bytes() -> None:
    assert encode(facts_of(EVERYTHING)) == encode(decode(encode(facts_of(EVERYTHING))))


@pytest.mark.parametrize(
    "op",
    [
        (99, 1),
        (ops.ATTR, 0),
        (ops.ATTR, 0, "x", 1),
        (ops.ATTR, "x", 0),
        (ops.ATTR, 0, None),
        (ops.CONST, "float", 1.5),
        (ops.CONST, "str", ("suffix", "x")),
        (ops.PARAM, 0, 1 << 40),
    ],
)
def test_encode__refuses_what_it_cannot_say(op: tuple[object, ...]) -> None:
    facts = ModuleFacts(ops=[op], lines=[1], owners=[0])
    with pytest.raises(NotFacts, match="cannot be encoded"):
        encode(facts)


def test_decode__refuses_other_bytes() -> None:
    whole = encode(facts_of(EVERYTHING))
    others = [whole[:length] for length in range(0, len(whole), 7)]
    others += [b"", b"x", b"\0" * 100, b"p2f\x02" + whole[4:], whole + b"\0", whole[1:]]
    for content in others:
        with pytest.raises(NotFacts):
            decode(content)


def test_decode__changed_bytes_are_refused_or_facts() -> None:
    whole = encode(facts_of(EVERYTHING))
    chance = random.Random(1)
    for _ in range(3000):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            facts = decode(bytes(content))
        except NotFacts:
            continue
        assert len(facts.ops) == len(facts.lines) == len(facts.owners)
        assert all(-1 <= owner < len(facts.units) for owner in facts.owners)


@pytest.mark.parametrize(
    ("tables", "numbers"),
    [
        (b"[[],[],[],null]", (0, 2**31 - 1)),
        (b"[[],[],[],null]", (2**31 - 1, 0)),
        (b"[[],[],[],null]", (-1, -1)),
        (b"[[],[],[],null]", (0, 0, 0, 0, 0, 0, 1)),
        (b"[[],[],{},null]", (0,) * 6),
        (b"[[],[],[],[1]]", (0,) * 6),
        (b"[[1],[],[],null]", (0,) * 6),
        (b"[[],[1.5],[],null]", (0,) * 6),
        (b"[[],[[1]],[],null]", (0,) * 6),
        (b'[[],[{"hex":"x"}],[],null]', (0,) * 6),
        (b"[" * 100_000, (0,) * 6),
        (b"[[],[],[]]", (0,) * 6),
        (b"{}", (0,) * 6),
        ("[[\u00e9],[],[],null]".encode(), (0,) * 6),
    ],
)
def test_decode__refuses_hostile_tables_and_counts(tables: bytes, numbers: tuple[int, ...]) -> None:
    packed = struct.pack(f"<{len(numbers)}i", *numbers)
    header = struct.pack("<4sBxxxII", b"p2f\x01", 4, len(tables), len(numbers))
    with pytest.raises(NotFacts):
        decode(header + tables + packed)


def test_decode__the_same_without_the_fault() -> None:
    tables, packed = b"[[],[],[],null]", struct.pack("<6i", *(0,) * 6)
    header = struct.pack("<4sBxxxII", b"p2f\x01", 4, len(tables), 6)
    assert decode(header + tables + packed) == ModuleFacts()


def test_decode__refuses_values_that_are_not_there() -> None:
    facts = facts_of("a = b.c\n")
    number = next(n for n, op in enumerate(facts.ops) if op[0] == ops.ATTR)
    facts.ops[number] = (ops.ATTR, len(facts.ops), "c")
    with pytest.raises(NotFacts, match="no such value"):
        decode(encode(facts))


def test_codec__kinds_stay_comparable() -> None:
    [_, unit] = decode(encode(facts_of("def f(a, *b):\n    pass\n"))).units
    assert [each.kind for each in unit.parameters] == [
        ParameterKind.POSITIONAL,
        ParameterKind.VARIADIC,
    ]


def test_record__a_reason_comes_back() -> None:
    for is_lasting in (True, False):
        reason = Unread("syntax error: \ud800 é", is_lasting=is_lasting)
        assert from_record(to_record(reason)) == reason


@pytest.mark.parametrize("record", [b"", b"!\xff", b"?\xc3", b"p2f"])
def test_record__refuses_other_bytes(record: bytes) -> None:
    with pytest.raises(NotFacts):
        from_record(record)
