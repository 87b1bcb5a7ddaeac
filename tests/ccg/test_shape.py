import copy
from dataclasses import fields

import pytest

from ccg.lowering import Unread, read_facts
from ccg.shape import POSITIONS, Shape, hash_of_text, numbered, shape_of
from ccg.syntax.facts import ModuleFacts, Unit

SOURCE = b"""\
import os
from a import *

class C(os.PathLike):
    size: int = 1

    def f(self, x=2, *rest: "C"):
        self.y = "a text"
        return lambda: rest
"""
OTHER = {int: 77, bool: None, str: "other", list: [7], dict: {"other": [7]}, type(None): ["x"]}
FREE = {"lines", "imports", "units"}
"""Fields that a shape has in part, or not at all."""


def facts() -> ModuleFacts:
    found = read_facts(SOURCE)
    assert isinstance(found, ModuleFacts)
    return found


def with_other(facts: ModuleFacts | Unit, name: str) -> None:
    value = getattr(facts, name)
    setattr(facts, name, not value if isinstance(value, bool) else OTHER[type(value)])


@pytest.mark.parametrize("name", [one.name for one in fields(Unit) if one.name != "parameters"])
def test_shape_of__a_unit_without_its_positions(name: str) -> None:
    other = facts()
    unit = other.units[1]
    if name == "name_lines":
        unit.name_lines = dict.fromkeys(unit.name_lines, 50)
    elif name == "kind":
        unit.kind = 2
    else:
        with_other(unit, name)
    assert (shape_of(other) == shape_of(facts())) is (name in POSITIONS)


@pytest.mark.parametrize("name", [one.name for one in fields(ModuleFacts) if one.name not in FREE])
def test_shape_of__all_else_of_a_file(name: str) -> None:
    other = facts()
    if name == "ops":
        other.ops[-1] = (0,)
    else:
        with_other(other, name)
    assert shape_of(other) != shape_of(facts())


def test_shape_of__imports_and_parameters_without_their_lines() -> None:
    moved = read_facts(b"\n\n# more\n" + SOURCE.replace(b"x=2", b"\n  x=2"))
    assert shape_of(moved) == shape_of(facts())
    for field, value in (("name", "z"), ("kind", 3), ("default", 5), ("annotation", 5)):
        other = facts()
        setattr(other.units[2].parameters[1], field, value)
        assert shape_of(other) != shape_of(facts())
    for at, value in ((0, 1), (2, 1), (3, "b"), (4, "b")):
        other = facts()
        one = list(other.imports[0])
        one[at] = value
        other.imports[0] = tuple(one)  # type: ignore[assignment]  # of the same types
        assert shape_of(other) != shape_of(facts())


def test_shape_of__names_within_functions_but_for_those_that_others_see() -> None:
    def shape(name: str, inner: str, annotation: str) -> Shape:
        text = f"def f(self):\n {name} = 1\n {annotation} = 2\n def g(): return {inner}\n return {name}"
        return shape_of(read_facts(text.encode()))

    assert shape("a", "self", "c: int") == shape("b", "self", "d: int")
    assert shape("a", "a", "c: int") != shape("b", "b", "c: int")
    attribute = b"class C:\n def f(self):\n  self.%s: int = 1\n"
    assert shape_of(read_facts(attribute % b"a")) != shape_of(read_facts(attribute % b"b"))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("f('a b')", "f('c d')", True),
        ("f('')", "f('%s')", True),
        ("f('a b', 'a b')", "f('c d', 'c d')", True),
        ("f('a b', 'a b')", "f('a b', 'c d')", False),
        ("f('a b', 'c d')", "f('c d', 'c d')", False),
        ("f('a')", "f('b')", False),
        ("f('a b')", "f('a')", False),
        ("f('a b' + x)", "f('c d' + x)", True),
        ("f(f'a b{x}')", "f(f'c d{x}')", True),
        ("f(f'a b{x}', 'a b')", "f(f'c d{x}', 'a b')", False),
        ("f(f'a{x}')", "f(f'b{x}')", False),
        ("f('a b' + x)", "f('a b')", False),
        ("f('a b')", "f(b'a b')", False),
        ("f(1)", "f(2)", False),
    ],
)
def test_shape_of__texts_that_are_no_names(one: str, other: str, is_same: bool) -> None:  # noqa: FBT001 (of a table)
    first, second = (shape_of(read_facts(text.encode())) for text in (one, other))
    assert (first.hash == second.hash) is is_same
    assert (first == second) is (one == other)


def test_shape_of__the_texts_are_told_each_once() -> None:
    texts = shape_of(read_facts(b"f('a b', 'c d', 'a b', 'e')")).texts
    assert texts == (hash_of_text("a b"), hash_of_text("c d"))


def test_shape__is_read_as_it_was_written() -> None:
    for text in (b"", SOURCE, b"f('a b', '\\udcff', 'c d')"):
        shape = shape_of(read_facts(text))
        assert Shape.from_bytes(shape.to_bytes()) == shape
    assert Shape.from_bytes(b"") == Shape("", ())


def test_numbered__equal_texts_have_one_number() -> None:
    assert numbered([("x", "y"), (), ("y", "z", "x")]) == [[0, 1], [], [1, 2, 0]]


def test_shape_of__names_in_another_order_are_another_shape() -> None:
    assert shape_of(read_facts(b"a = 1\nb = 1\n")) != shape_of(read_facts(b"b = 1\na = 1\n"))


def test_shape_of__a_file_without_facts_has_that_of_its_reason() -> None:
    one, other = Unread("no Python"), Unread("too long")
    assert shape_of(one) == shape_of(copy.copy(one)) != shape_of(other)
