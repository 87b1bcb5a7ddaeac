"""The blast radius of a change: who can be affected, how far away, and which tests reach it; no I/O."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ccg.graph import Graph
from ccg.model import Edge, EdgeType, Node, NodeType
from ccg.roles import is_test, is_test_path


class Way(StrEnum):
    """How a node is affected by the one that it is affected through."""

    CALLS = "calls"
    INHERITS = "inherits"
    REFERENCES = "references"
    IMPORTS = "imports"
    OVERRIDE = "override"
    """It calls a method that the other one overrides."""


@dataclass(frozen=True, slots=True)
class Affected:
    """A node that the change can reach."""

    node: Node
    distance: int
    """Steps from the change: 1 uses changed code itself."""
    through: str
    """The id that it uses, one step nearer to the change."""
    way: Way

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "id": self.node.id,
            "type": self.node.type.value,
            "path": self.node.path,
            "line": self.node.line,
            "distance": self.distance,
            "through": self.through,
            "way": self.way.value,
        }


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change can affect, the nearest first."""

    changed: tuple[str, ...]
    """Where it starts: sorted ids, those of removed nodes too."""
    affected: tuple[Affected, ...]
    """By distance and id, without the changed."""
    tests: tuple[str, ...]
    """Ids of the tests among the changed and the affected."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "changed": list(self.changed),
            "affected": [one.to_dict() for one in self.affected],
            "tests": list(self.tests),
        }


_FOLLOWED = {
    EdgeType.CALLS: Way.CALLS,
    EdgeType.INHERITS: Way.INHERITS,
    EdgeType.REFERENCES: Way.REFERENCES,
}


def blast_radius(head: Graph, changed: Iterable[str], *, base: Graph | None = None) -> Impact:
    """Follow calls, inheritance and references backwards from what was changed.

    Who imports is affected only by what is gone and by changed module-level code, and one step
    far: whoever uses an imported name has an edge of its own. Who calls a method is affected by
    a changed override of it. A test affects no file that imports nothing of tests: what calls it
    there, such as a function that it handed over, does so in that test alone.

    Args:
        head: the graph after the change.
        changed: ids of either graph.
        base: the graph before, which knows who used what is gone.
    """
    nodes = {node.id: node for node in head.nodes}
    start = sorted({*changed})
    relations = _Relations(head, base, gone={name for name in start if name not in nodes})
    bridges = _bridges(head, nodes)
    road: dict[str, Affected] = {}
    seen = {*start}
    level = [(name, relations.users_of_changed(name)) for name in start]
    while level:
        reached: dict[str, Affected] = {}
        distance = road[level[0][0]].distance + 1 if road else 1
        for name, users in level:
            for user, way in users.items():
                if user not in nodes or user in seen or user in reached:
                    continue
                if not _is_test_of(nodes.get(name), nodes[user], bridges):
                    reached[user] = Affected(nodes[user], distance, name, way)
        seen.update(reached)
        road.update(reached)
        level = [(name, relations.users[name]) for name in sorted(reached)]
    ordered = sorted(road.values(), key=lambda one: (one.distance, one.node.id))
    tests = {name for name in (*start, *road) if name in nodes and is_test(nodes[name])}
    return Impact(tuple(start), tuple(ordered), tuple(sorted(tests)))


def _bridges(head: Graph, nodes: Mapping[str, Node]) -> frozenset[str]:
    """Return the paths of files that import something of tests."""
    return frozenset(
        nodes[edge.source].path
        for edge in head.edges
        if edge.type is EdgeType.IMPORTS
        and edge.target in nodes
        and is_test_path(nodes[edge.target].path)
    )


def _is_test_of(used: Node | None, user: Node, bridges: Collection[str]) -> bool:
    is_from_test = used is not None and is_test_path(used.path)
    return is_from_test and not is_test_path(user.path) and user.path not in bridges


class _Relations:
    """The edges of the graph backwards."""

    def __init__(self, head: Graph, base: Graph | None, *, gone: Collection[str]) -> None:
        self._modules = {node.id for node in head.nodes if node.type is NodeType.MODULE}
        self._classes = {node.id for node in head.nodes if node.type is NodeType.CLASS}
        self._gone = gone
        self.users: dict[str, dict[str, Way]] = defaultdict(dict)
        self._importers: dict[str, dict[str, Way]] = defaultdict(dict)
        self._container: dict[str, str] = {}
        self._bases: dict[str, list[str]] = defaultdict(list)
        before = base.edges if base is not None else ()
        for edge in (*head.edges, *(edge for edge in before if edge.target in gone)):
            self._add(edge)

    def _add(self, edge: Edge) -> None:
        if edge.type in _FOLLOWED:
            self.users[edge.target].setdefault(edge.source, _FOLLOWED[edge.type])
        elif edge.type is EdgeType.IMPORTS:
            self._importers[edge.target][edge.source] = Way.IMPORTS
        else:
            self._container[edge.target] = edge.source
        if edge.type is EdgeType.INHERITS:
            self._bases[edge.source].append(edge.target)

    def users_of_changed(self, name: str) -> dict[str, Way]:
        """Return who is affected by a changed node itself."""
        found = dict(self.users[name])
        if name in self._modules or name in self._gone:
            found = {**self._importers[name], **found}
        for overridden in self._overridden(name):
            callers = (user for user, way in self.users[overridden].items() if way is Way.CALLS)
            found = {**dict.fromkeys(callers, Way.OVERRIDE), **found}
        return found

    def _overridden(self, name: str) -> Iterator[str]:
        """Yield the methods of all base classes that a method stands in for."""
        owner = self._container.get(name, "")
        if owner not in self._classes:
            return
        member = name.removeprefix(owner)
        seen, waiting = {owner}, list(self._bases[owner])
        while waiting:
            above = waiting.pop()
            if above not in seen:
                seen.add(above)
                waiting.extend(self._bases[above])
                yield above + member
