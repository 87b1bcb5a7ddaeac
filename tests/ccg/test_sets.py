"""Sets of objects: equal ones are one, and however they are put together they stay bounded."""

import ast
import random

from ccg.solve.objects import DECLARED, EXACT, Module
from ccg.solve.program import class_of
from ccg.solve.sets import EMPTY, MAX_DEFINED, MAX_LITERALS, MAX_OBJECTS
from ccg.solve.solver import Library, Solver
from ccg.syntax.lower import lower


def solver(count: int) -> Solver:
    """Return a solver that knows one module with so many classes, none of them related."""
    text = "".join(f"class C{number}: pass\n" for number in range(count))
    facts = lower(ast.parse(text), end_line=count)
    modules = {"m": Module("m", "m.py", facts, 0, is_package=False)}
    library = Library(lambda *_: None, lambda *_: EMPTY, lambda *_: None)
    return Solver(modules, {0: lambda *_: EMPTY}, library)


def instances(s: Solver, count: int, via: int = EXACT) -> list[int]:
    module = s.modules["m"]
    return [s.instance(class_of(s, module, number + 1), via) for number in range(count)]


def test_sets__equal_sets_have_one_number_in_whatever_order() -> None:
    s = solver(5)
    items = instances(s, 5)
    ways = []
    for seed in range(20):
        order = random.Random(seed).sample(items, 5)
        total = EMPTY
        for item in order:
            total = s.sets.union(total, s.sets.single(item))
        ways.append(total)
    assert {*ways, s.sets.of(items)} == {ways[0]}
    assert s.sets.members[ways[0]] == tuple(sorted(items))


def test_sets__the_union_of_many_is_the_same_when_it_is_asked_for_again() -> None:
    s = solver(MAX_OBJECTS * 3)
    made = instances(s, MAX_OBJECTS * 3)
    parts = [s.sets.of(made[first : first + 6]) for first in range(0, len(made), 5)]
    total = s.sets.union_all(parts)
    assert s.sets.members[total] == tuple(sorted(made)[:MAX_OBJECTS])
    assert s.sets.union_all(reversed(parts)) == total
    assert s.sets.of(made) == total


def test_sets__few_instances_are_kept_and_more_functions() -> None:
    s = solver(MAX_OBJECTS * 3)
    made = instances(s, MAX_OBJECTS * 3)
    assert len(s.sets.members[s.sets.of(made)]) == MAX_OBJECTS
    methods = [s.bound(number, EMPTY) for number in range(MAX_DEFINED * 2)]
    assert len(s.sets.members[s.sets.of(methods)]) == MAX_DEFINED
    mixed = [*methods[: MAX_OBJECTS - 1], *made[:MAX_OBJECTS]]
    assert len(s.sets.members[s.sets.of(mixed)]) == MAX_OBJECTS


def test_sets__a_variable_never_loses_what_it_holds_and_stops_growing() -> None:
    s = solver(MAX_OBJECTS * 3)
    items = instances(s, MAX_OBJECTS * 3)
    random.Random(1).shuffle(items)
    total, seen = EMPTY, [EMPTY]
    for item in items * 2:
        total = s.sets.grown(total, s.sets.single(item))
        assert set(s.sets.members[seen[-1]]) <= set(s.sets.members[total])
        if total != seen[-1]:
            seen.append(total)
    assert len(seen) <= MAX_OBJECTS + 1


def test_sets__many_literals_are_one_and_single_ones_do_not_come_back() -> None:
    s = solver(0)
    texts = [s.constant("str", f"t{number}") for number in range(MAX_LITERALS + 2)]
    few = s.sets.of(texts[:MAX_LITERALS])
    assert set(s.sets.members[few]) == set(texts[:MAX_LITERALS])
    many = s.sets.of(texts)
    assert len(s.sets.members[many]) == 1
    assert s.sets.grown(many, s.sets.single(texts[0])) == many
    assert s.sets.grown(few, s.sets.single(texts[-1])) == many


def test_sets__an_instance_that_is_sure_makes_an_assumed_one_superfluous() -> None:
    s = solver(1)
    [assumed], [sure] = instances(s, 1, DECLARED), instances(s, 1)
    assert s.sets.of([assumed, sure]) == s.sets.single(sure)
