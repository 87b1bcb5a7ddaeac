"""What stands around one name of a graph, relation by relation; no I/O."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ccg.graph import Graph
from ccg.model import Edge, EdgeType, Node, NodeType

_MAKERS = ("__init__", "__new__")
"""Methods that a call of their class calls."""


class Relation(StrEnum):
    """How a name stands to the one in the middle."""

    CALLERS = "Callers"
    CALLEES = "Callees"
    BASES = "Bases"
    SUBCLASSES = "Subclasses"
    OVERRIDES = "Overrides"
    OVERRIDDEN = "Overridden by"
    IMPORTS = "Imports"
    IMPORTERS = "Imported by"
    REFERENCES = "Refers to"
    REFERRERS = "Referred to by"
    CONTENTS = "Contains"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A name that stands in a relation to another one."""

    node: Node
    distance: int
    """Steps of this relation, from 1."""
    through: str
    """The id that it was reached through, one step nearer."""
    path: str
    """Where it is found: of who calls, imports or refers the file, else that of its definition; empty
    for what lies outside."""
    line: int


def surroundings(graph: Graph, name: str, *, depth: int) -> dict[Relation, list[Neighbour]]:
    """Return what stands in each relation to a name, the nearest first; only relations that it has.

    Calls, inheritance and overrides are followed up to `depth` steps, the others one. A call of a
    class counts as one of its `__init__`. Nothing is followed through what lies outside.
    """
    if depth < 1:
        return {}
    found = _Surroundings(graph)
    calls = found.starts(name)
    rows = {
        Relation.CALLERS: found.follow(calls, EdgeType.CALLS, depth, backwards=True),
        Relation.CALLEES: found.follow(calls, EdgeType.CALLS, depth),
        Relation.BASES: found.follow([name], EdgeType.INHERITS, depth),
        Relation.SUBCLASSES: found.follow([name], EdgeType.INHERITS, depth, backwards=True),
        Relation.OVERRIDES: found.namesakes(name, depth),
        Relation.OVERRIDDEN: found.namesakes(name, depth, backwards=True),
        Relation.IMPORTS: found.follow([name], EdgeType.IMPORTS, 1),
        Relation.IMPORTERS: found.follow([name], EdgeType.IMPORTS, 1, backwards=True),
        Relation.REFERENCES: found.follow([name], EdgeType.REFERENCES, 1),
        Relation.REFERRERS: found.follow([name], EdgeType.REFERENCES, 1, backwards=True),
        Relation.CONTENTS: found.follow([name], EdgeType.CONTAINS, 1),
    }
    ordered = {relation: sorted(each, key=_order) for relation, each in rows.items()}
    return {relation: each for relation, each in ordered.items() if each}


def _order(one: Neighbour) -> tuple[int, bool, str]:
    return (one.distance, not one.path, one.node.id)


class _Surroundings:
    def __init__(self, graph: Graph) -> None:
        self._nodes = {node.id: node for node in graph.nodes}
        self._edges: dict[tuple[EdgeType, bool], dict[str, list[Edge]]] = {}
        for edge in graph.edges:
            ahead = self._edges.setdefault((edge.type, False), {})
            ahead.setdefault(edge.source, []).append(edge)
            back = self._edges.setdefault((edge.type, True), {})
            back.setdefault(edge.target, []).append(edge)

    def starts(self, name: str) -> list[str]:
        """Return the name, and of a class what a call of it calls."""
        if self._nodes[name].type is not NodeType.CLASS:
            return [name]
        makers = (f"{name}.{maker}" for maker in _MAKERS)
        return [name, *(maker for maker in makers if maker in self._nodes)]

    def follow(
        self, starts: Collection[str], kind: EdgeType, depth: int, *, backwards: bool = False
    ) -> list[Neighbour]:
        """Return what edges of one type lead to, each name by a shortest way."""
        edges = self._edges.get((kind, backwards), {})
        return list(_walk(starts, depth, lambda here: self._next(edges.get(here, ()), backwards)))

    def _next(self, edges: Iterable[Edge], backwards: bool) -> Iterator[tuple[Node, str, int]]:  # noqa: FBT001
        for edge in edges:
            node = self._nodes[edge.source if backwards else edge.target]
            yield node, node.path, edge.line if backwards else node.line

    def namesakes(self, name: str, depth: int, *, backwards: bool = False) -> Iterator[Neighbour]:
        """Yield the methods of the classes above, or below, that have the same name."""
        owner, _, member = name.rpartition(".")
        is_method = self._nodes[name].type is NodeType.FUNCTION and owner in self._nodes
        if not is_method or self._nodes[owner].type is not NodeType.CLASS:
            return
        for one in self.follow([owner], EdgeType.INHERITS, depth, backwards=backwards):
            node = self._nodes.get(f"{one.node.id}.{member}")
            if node is not None:
                yield Neighbour(node, one.distance, one.through, node.path, node.line)


def _walk(
    starts: Collection[str], depth: int, step: Callable[[str], Iterable[tuple[Node, str, int]]]
) -> Iterator[Neighbour]:
    seen = {*starts}
    level = list(starts)
    for distance in range(1, depth + 1):
        reached: dict[str, Neighbour] = {}
        for here in level:
            for node, path, line in step(here):
                if node.id not in seen and node.id not in reached:
                    reached[node.id] = Neighbour(node, distance, here, path, line)
        yield from reached.values()
        seen.update(reached)
        level = [name for name, one in reached.items() if one.node.path]


def by_file(names: Iterable[Neighbour]) -> Mapping[str, list[str]]:
    """Return the last parts of names by their files."""
    files: dict[str, list[str]] = {}
    for one in names:
        files.setdefault(one.node.path, []).append(one.node.name)
    return files
