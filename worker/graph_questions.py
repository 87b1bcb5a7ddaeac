"""What the developer asks of the code context graph about one symbol, answered as short text; no I/O."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from ccg.errors import NothingToDraw
from ccg.graph import Graph
from ccg.impact import blast_radius
from ccg.model import Edge, EdgeType, Node
from ccg.query import find
from p2a.errors import EditRefused

MAX_ROWS = 60
NOTHING = {
    "callers": "nothing in the repository is seen to call {name}",
    "callees": "{name} is not seen to call anything",
    "overrides": "{name} overrides nothing and nothing overrides it",
    "tests": "no test is seen to reach {name}",
    "impact": "nothing in the repository is seen to depend on {name}",
}
MORE = "[{count} more]"


class Question(StrEnum):
    """What can be asked."""

    CALLERS = "callers"
    CALLEES = "callees"
    OVERRIDES = "overrides"
    TESTS = "tests"
    IMPACT = "impact"
    """The blast radius: who can be affected by a change of it, the nearest first."""


def answer(graph: Graph, question: Question, symbol: str) -> str:
    """Return one line for each place.

    Raises:
        EditRefused: no symbol or several have this name; the message names the nearest.
    """
    try:
        name = find(graph, symbol)
    except NothingToDraw as error:
        raise EditRefused(error.what, why=error.why, next_step=error.next_step) from error
    rows = list(_ANSWERS[question](graph, name))
    if not rows:
        return NOTHING[question].format(name=name)
    more = len(rows) - MAX_ROWS
    shown = rows[:MAX_ROWS] + ([MORE.format(count=more)] if more > 0 else [])
    return "\n".join([f"{question} of {name}:", *shown])


def _callers(graph: Graph, name: str) -> Iterable[str]:
    nodes = _nodes(graph)
    for edge in _calls(graph):
        if edge.target == name and edge.source in nodes:
            yield f"{nodes[edge.source].path}:{edge.line} {edge.source}"


def _callees(graph: Graph, name: str) -> Iterable[str]:
    nodes = _nodes(graph)
    for edge in _calls(graph):
        if edge.source == name and edge.target in nodes:
            yield _place(nodes[edge.target])


def _overrides(graph: Graph, name: str) -> Iterable[str]:
    """Yield the methods above that it stands in for and those below that stand in for it."""
    nodes = _nodes(graph)
    owner, _, member = name.rpartition(".")
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.type is EdgeType.INHERITS:
            above.setdefault(edge.source, []).append(edge.target)
            below.setdefault(edge.target, []).append(edge.source)
    for word, ways in (("overrides", above), ("is overridden by", below)):
        for found in _reached(owner, ways):
            method = f"{found}.{member}"
            if method in nodes:
                yield f"{word} {_place(nodes[method])}"


def _tests(graph: Graph, name: str) -> Iterable[str]:
    nodes = _nodes(graph)
    return (_place(nodes[test]) for test in blast_radius(graph, [name]).tests)


def _impact(graph: Graph, name: str) -> Iterable[str]:
    for one in blast_radius(graph, [name]).affected:
        steps = f"{one.distance} {'step' if one.distance == 1 else 'steps'}"
        yield f"{_place(one.node)}, {steps}: {one.way} {one.through}"


_ANSWERS: Mapping[Question, Callable[[Graph, str], Iterable[str]]] = {
    Question.CALLERS: _callers,
    Question.CALLEES: _callees,
    Question.OVERRIDES: _overrides,
    Question.TESTS: _tests,
    Question.IMPACT: _impact,
}


def _nodes(graph: Graph) -> dict[str, Node]:
    return {node.id: node for node in graph.nodes}


def _calls(graph: Graph) -> Iterable[Edge]:
    return (edge for edge in graph.edges if edge.type is EdgeType.CALLS)


def _place(node: Node) -> str:
    return f"{node.path}:{node.line} {node.id}" if node.path else f"{node.id} (from outside)"


def _reached(start: str, ways: Mapping[str, list[str]]) -> list[str]:
    found: dict[str, None] = {}
    waiting = list(ways.get(start, ()))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += ways.get(name, ())
    return list(found)
