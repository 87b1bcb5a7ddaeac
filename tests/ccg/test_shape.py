import copy
from dataclasses import fields

import pytest

from ccg.lowering import Unread, read_facts
from ccg.shape import POSITIONS, shape_of
from ccg.syntax.facts import ModuleFacts, Unit

SOURCE = b"""\
import os
from a import *

class C(os.PathLike):
    size: int = 1

    def f(self, x=2, *rest: "C"):
        self.y = x
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
    unit = other.units[2]
    if name == "name_lines":
        other.units[1].name_lines = dict.fromkeys(other.units[1].name_lines, 50)
    elif name == "kind":
        unit.kind = 1
    else:
        with_other(unit, name)
    assert (shape_of(other) == shape_of(facts())) is (name in POSITIONS)


@pytest.mark.parametrize("name", [one.name for one in fields(ModuleFacts) if one.name not in FREE])
def test_shape_of__all_else_of_a_file(name: str) -> None:
    other = facts()
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


def test_shape_of__names_in_another_order_are_another_shape() -> None:
    assert shape_of(read_facts(b"a = 1\nb = 1\n")) != shape_of(read_facts(b"b = 1\na = 1\n"))


def test_shape_of__a_file_without_facts_has_that_of_its_reason() -> None:
    one, other = Unread("no Python"), Unread("too long")
    assert shape_of(one) == shape_of(copy.copy(one)) != shape_of(other)
