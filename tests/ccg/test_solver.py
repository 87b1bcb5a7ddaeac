"""What the solver keeps in order to do nothing twice."""

import ast

import pytest

from ccg.graph import CallKind
from ccg.solve.arguments import Arguments
from ccg.solve.frame import Made
from ccg.solve.objects import DECLARED, Class, Module
from ccg.solve.program import class_of, link_classes, owners_below, renew_owners
from ccg.solve.sets import EMPTY
from ccg.solve.solver import OF_CLASSES, OF_INSTANCES, Library, Solver
from ccg.solve.special import holders
from ccg.syntax.lower import lower

TEXT = """
class Base: pass
class Left(Base):
    def act(self): pass
class Right(Base):
    def act(self): pass
    def go(self): pass
class Lower(Right):
    def go(self): pass
"""
ABOVE = {"Left": "Base", "Right": "Base", "Lower": "Right"}


@pytest.fixture
def s() -> Solver:
    facts = lower(ast.parse(TEXT), end_line=9)
    modules = {"m": Module("m", "m.py", facts, 0, is_package=False)}
    library = Library(lambda *_: None, lambda *_: EMPTY, lambda *_: None)
    return Solver(modules, {0: lambda *_: EMPTY}, library)


@pytest.fixture
def classes(s: Solver) -> dict[str, Class]:
    """Return the classes by their names, linked as they are written."""
    module = s.modules["m"]
    names = {unit.name: number for number, unit in enumerate(module.facts.units)}
    found = {name: class_of(s, module, names[name]) for name in ("Base", *ABOVE)}
    bases: dict[int, tuple[list[int], list[int]]] = {found["Base"].id: ([], [])}
    for name, base in ABOVE.items():
        bases[found[name].id] = ([s.sets.single(found[base].id)], [])
    link_classes(s, bases)
    return found


class Asked:
    """Asks by a rule, and notes how often the rule was applied."""

    def __init__(self, s: Solver) -> None:
        self._s = s
        self._times: dict[str, int] = {}

    def holders(self, whose: int) -> int:
        """Look for fields `x`; return how often that was done by now."""
        return self._ask(f"holders {whose}", lambda s: s.read(s.holders_of("x", whose)))

    def owners(self, cls: Class, name: str) -> int:
        """Look where an attribute is found; return how often that was done by now."""
        return self._ask(f"owners {name}", lambda s: len(owners_below(s, cls, name)))

    def _ask(self, key: str, look: object) -> int:
        assert callable(look)

        def rule(s: Solver) -> int:
            self._times[key] = self._times.get(key, 0) + 1
            look(s)
            return EMPTY

        self._s.derive(key, rule)
        return self._times[key]


def test_fields__a_new_one_is_told_to_who_looks_for_it_and_to_nobody_else(
    s: Solver, classes: dict[str, Class]
) -> None:
    asked = Asked(s)
    function = s.outside("f")
    kinds = (OF_INSTANCES, OF_CLASSES, function)
    assert [asked.holders(whose) for whose in kinds] == [1, 1, 1]
    s.field(classes["Left"].id, "y")
    assert [asked.holders(whose) for whose in kinds] == [1, 1, 1]
    s.field(classes["Left"].id, "x")  # the first of all
    assert [asked.holders(whose) for whose in kinds] == [2, 2, 1]
    s.field(classes["Right"].id, "x")
    assert [asked.holders(whose) for whose in kinds] == [3, 2, 1]
    s.field(classes["Right"].own_id, "x")
    assert [asked.holders(whose) for whose in kinds] == [3, 3, 1]
    s.field(function, "x")
    assert [asked.holders(whose) for whose in kinds] == [3, 3, 2]
    s.field(classes["Left"].id, "x")  # no new one
    assert [asked.holders(whose) for whose in kinds] == [3, 3, 2]


def test_owners_below__who_read_them_is_told_where_a_round_makes_a_difference(
    s: Solver, classes: dict[str, Class]
) -> None:
    base, right, lower_one = classes["Base"], classes["Right"], classes["Lower"]
    asked = Asked(s)
    assert (asked.owners(base, "act"), asked.owners(base, "go")) == (1, 1)
    assert owners_below(s, base, "go") == [lower_one]  # of `Right` nothing is known to be made
    s.world.value += 1
    s.of_round.clear()
    renew_owners(s)
    assert owners_below(s, base, "go") == [right, lower_one]
    assert (asked.owners(base, "act"), asked.owners(base, "go")) == (1, 2)


def test_made__a_call_is_known_by_its_kind_its_receivers_and_its_arguments(s: Solver) -> None:
    made = Made(s.frames[0])
    one, other = Arguments([7]), Arguments([7], [("name", 8)])
    assert not made.is_known(CallKind.CALL, one, -1)
    made.note(CallKind.CALL, one, -1)
    assert made.is_known(CallKind.CALL, one, -1)
    assert not made.is_known(CallKind.CALL, other, -1)
    assert not made.is_known(CallKind.DUNDER, one, -1)
    assert not made.is_known(CallKind.CALL, one, 5)
    made.note(CallKind.CALL, other, 5)
    made.note(CallKind.CALL, one, 6)
    assert made.is_known(CallKind.CALL, one, -1)
    assert made.is_known(CallKind.CALL, other, 5)
    assert made.is_known(CallKind.CALL, one, 6)
    made.note(CallKind.CALL, Arguments([7], (), [True]), 9)
    assert not made.is_known(CallKind.CALL, Arguments([7], (), [True]), 9)


def test_holders__of_what_can_have_no_special_method_nothing_is_looked_up(
    s: Solver, classes: dict[str, Class]
) -> None:
    s.class_names.add("act")
    text, instance = s.text(), s.sets.single(s.instance(classes["Lower"], DECLARED))
    assert holders(s, text, "act") == (EMPTY, text)
    assert not s.holding["act"]
    assert holders(s, s.sets.union(text, instance), "act") == (instance, text)
