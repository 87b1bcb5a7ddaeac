"""Calling a special method of objects, as operators and builtin functions do; no I/O."""

from collections.abc import Iterable, Sequence

from ccg.solve import special
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call
from ccg.solve.frame import DUNDER, Site
from ccg.solve.objects import Bound, Class, Function, Instance, Special
from ccg.solve.sets import BEARER, EMPTY
from ccg.solve.solver import Solver


def invoke(
    s: Solver, site: Site, objects: int, name: str, arguments: Sequence[int] = ()
) -> tuple[int, int]:
    """Call a special method of those objects that have it.

    Returns:
        What that gives, and the set of the objects that have no such method.
    """
    if name not in s.class_names or not s.sets.together[objects] & BEARER:
        return EMPTY, objects
    having, others = special.holders(s, objects, name)
    if not having:
        return EMPTY, others
    methods = special.special_methods(s, having, name)
    return call(s, site.of(DUNDER), methods, Arguments(arguments)), others


def first_of(s: Solver, site: Site, objects: int, names: Iterable[str]) -> int:
    """Call of each object the first special method of several that it has."""
    found = []
    for name in names:
        result, objects = invoke(s, site, objects, name)
        found.append(result)
    return s.sets.union_all(found)


def is_callable(s: Solver, number: int) -> bool:
    """Tell whether an object can be called."""
    return isinstance(s.objects[number], Function | Class | Bound | Special | Instance)
