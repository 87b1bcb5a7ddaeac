"""What the rules of the library share; no I/O."""

from collections.abc import Callable, Sequence

from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call
from ccg.solve.fixpoint import Variable
from ccg.solve.frame import CALLBACK, DUNDER, Site
from ccg.solve.invoke import first_of, invoke
from ccg.solve.iteration import iterate
from ccg.solve.objects import Property, Special
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver

Rule = Callable[[Solver, Site, Arguments, int], int | None]
"""Carries out a call; the last argument is the set of receivers or -1. None: nothing known of the result."""


def call_back(s: Solver, site: Site, functions: int, arguments: Sequence[int] = ()) -> int:
    """Let a library call what it was given; return what that gives."""
    return call(s, site.of(CALLBACK), functions, Arguments(arguments))


def call_back_with(s: Solver, site: Site, functions: int, arguments: Arguments) -> int:
    """Let a library call something with these arguments; return what that gives."""
    return call(s, site.of(CALLBACK), functions, arguments)


def elements(s: Solver, site: Site, objects: int) -> int:
    """Return what iterating over objects gives."""
    return iterate(s, site.of(DUNDER), objects)


def measured(s: Solver, site: Site, objects: int) -> None:
    """Ask for the length of what a list or tuple is to be filled from."""
    invoke(s, site, objects, "__len__")


def new_container(s: Solver, site: Site, kind: str, value: int) -> int:
    """Return the set of a new container of these objects."""
    return containers.of_elements(s, kind, site.place, value)


def make_special(
    s: Solver, site: Site, kind: str, functions: int, given: Arguments | None = None
) -> int:
    """Return the set of something that a library makes of functions at this place."""
    number, made = s.special(kind, site.place)
    s.write(made.function, functions)
    if given is not None:
        keep(s, made, given)
    return s.sets.single(number)


def make_property(s: Solver, site: Site) -> tuple[int, Property]:
    """Return the property that is made at this place, with its number."""
    key = ("property", *site.place)
    known = s.known(key)
    number = s.number(Property(), key) if known is None else known
    made = s.objects[number]
    assert isinstance(made, Property)  # noqa: S101 (for the type checker)
    return number, made


def keep(s: Solver, special: Special, given: Arguments) -> None:
    """Keep what something was made with; who uses it is done again when that changes."""
    if special.given is None:
        special.given, special.about = given, Variable()
    elif special.given.key() != given.key():
        special.given = given
        s.notify(special.about)


def kept(s: Solver, special: Special) -> Arguments:
    """Return what something was made with."""
    s.read(special.about)
    given: Arguments = special.given
    return given


def special(*names: str) -> Rule:
    """Return a rule that calls the first of these special methods of the first argument."""

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        return first_of(s, site, arguments.at(0) or EMPTY, names)

    return rule


def same(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    """Give the first argument back."""
    return arguments.at(0) or EMPTY


def text(*names: str) -> Rule:
    """Return a rule that makes a text by the first of these special methods."""

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        first_of(s, site, arguments.at(0) or EMPTY, names)
        return s.text()

    return rule


def of_type(kind: str) -> Rule:
    """Return a rule that gives a value of a builtin type."""

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        return s.sets.single(s.constant(kind))

    return rule


def container_of(kind: str) -> Rule:
    """Return a rule that gives a container of what the first argument iterates over."""

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        given = arguments.at(0) or EMPTY
        if kind in {"list", "tuple"}:
            measured(s, site, given)
        return new_container(s, site, kind, elements(s, site, given))

    return rule
