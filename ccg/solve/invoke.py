"""Calling a special method of an object, and looking at objects one by one; no I/O."""

from collections.abc import Callable, Iterable, Sequence

from ccg.graph import CallKind
from ccg.solve import members
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call_node
from ccg.solve.node import Node
from ccg.solve.objects import (
    Bound,
    Class,
    Function,
    Instance,
    Special,
)
from ccg.solve.solver import Site, Solver


def invoke(
    s: Solver, site: Site, number: int, name: str, arguments: Sequence[Node] = ()
) -> Node | None:
    """Call a special method of an object; return what it gives, None where it has no such method."""
    method = members.special_methods(s, number, name)
    if method is None:
        return None
    inner = s.site(site.module, site.value, site.context, CallKind.DUNDER)
    call_node(s, inner, method, Arguments(arguments))
    return inner.result


def each(s: Solver, node: Node, see: Callable[[int], object]) -> None:
    """Look at each object of a node."""
    s.each(node, see)


def once(s: Solver, node: Node, see: Callable[[int], object]) -> None:
    """Look at each object of a node, of instances at one for each class."""
    seen: set[int] = set()

    def first(number: int) -> None:
        item = s.objects[number]
        key = item.cls.id if isinstance(item, Instance) else number
        if key not in seen:
            seen.add(key)
            see(number)

    each(s, node, first)


def first_of(
    s: Solver, site: Site, number: int, names: Iterable[str], arguments: Sequence[Node] = ()
) -> Node | None:
    """Call the first special method of several that an object has."""
    for name in names:
        result = invoke(s, site, number, name, arguments)
        if result is not None:
            return result
    return None


def is_callable(s: Solver, number: int) -> bool:
    """Tell whether an object can be called."""
    return isinstance(s.objects[number], Function | Class | Bound | Special | Instance)
