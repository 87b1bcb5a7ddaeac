"""What the rules of the library share; no I/O."""

from collections.abc import Callable, Sequence

from ccg.graph import CallKind
from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call_node
from ccg.solve.invoke import each, first_of
from ccg.solve.iteration import iterate_one
from ccg.solve.node import Node
from ccg.solve.objects import Container
from ccg.solve.solver import Site, Solver

Rule = Callable[[Solver, Site, Arguments, int], bool | None]
"""Carries out a call; the last argument is the receiver or -1. False says: nothing known of the result."""


def place(site: Site) -> tuple[int, int, int]:
    """Return a key for what is made at a site."""
    return (site.module.index, site.value, site.context)


def call_back(s: Solver, site: Site, function: Node, arguments: Sequence[Node]) -> Node:
    """Let a library call what it was given; return what that gives."""
    inner = s.site(site.module, site.value, site.context, CallKind.CALLBACK)
    call_node(s, inner, function, Arguments(arguments))
    return inner.result


def elements(s: Solver, site: Site, node: Node) -> Node:
    """Return what iterating over a value gives."""
    inner = Node()
    dunder = s.site(site.module, site.value, site.context, CallKind.DUNDER)
    each(s, node, lambda number: iterate_one(s, dunder, number, inner))
    return inner


def give_container(s: Site | Solver, site: Site, kind: str, node: Node) -> Container:
    """Let a call give a new container of what is in a node."""
    assert isinstance(s, Solver)  # noqa: S101 (for the type checker)
    number = containers.of_elements(s, kind, place(site), node)
    s.add(site.result, [number])
    return s.container(kind, place(site))


def special(*names: str) -> Rule:
    """Return a rule that calls the first of these special methods of the first argument."""

    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        first = arguments.at(0)
        if first is not None:
            each(s, first, lambda number: s.flow_if(first_of(s, site, number, names), site.result))
        return True

    return rule


def same(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    """Give the first argument back."""
    first = arguments.at(0)
    if first is not None:
        s.flow(first, site.result)
    return True


def text(*names: str) -> Rule:
    """Return a rule that makes a text by the first of these special methods."""
    inner = special(*names)

    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        outer = site.result
        site.result = Node()
        inner(s, site, arguments, receiver)
        site.result = outer
        s.add(outer, [s.constant("str")])
        return True

    return rule


def of_type(kind: str) -> Rule:
    """Return a rule that gives a value of a builtin type."""

    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        s.add(site.result, [s.constant(kind)])
        return True

    return rule


def container_of(kind: str) -> Rule:
    """Return a rule that gives a container of what the first argument iterates over."""

    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        first = arguments.at(0)
        inner = Node() if first is None else elements(s, site, first)
        container = give_container(s, site, kind, inner)
        if first is not None and kind in containers.INDEXED:
            number = s.container_number(kind, place(site))
            each(s, first, lambda one: _copy_order(s, one, container, number))
        return True

    return rule


def _copy_order(s: Solver, source: int, target: Container, number: int) -> None:
    item = s.objects[source]
    if isinstance(item, Container) and item.type in containers.INDEXED and item is not target:
        return  # the elements are there already; their order would only be repeated
