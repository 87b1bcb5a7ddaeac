"""The rings of a graph with a shortest way around each; no I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from ccg.graph import Graph
from ccg.metrics import cycles
from ccg.model import EdgeType
from ccg.query import modules_of

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One step around a ring, and where the code stands that makes it."""

    source: str
    target: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Names that all lead to one another: a strongly connected component."""

    type: EdgeType
    """Imports join modules, calls functions, inherits classes."""
    members: tuple[str, ...]
    """Sorted."""
    loop: tuple[Step, ...]
    """A shortest way from the first member around to itself; of modules, an import for each step."""

    def to_dict(self) -> dict[str, Any]:
        """Return the ring as plain JSON values."""
        steps = [asdict(step) for step in self.loop]
        return {"type": self.type.value, "members": list(self.members), "loop": steps}


def find_rings(graph: Graph) -> tuple[Ring, ...]:
    """Return the rings of imports, then of inheritance, then of calls, the largest first."""
    module_of = modules_of(graph)
    paths = {node.id: node.path for node in graph.nodes}
    found: list[Ring] = []
    for kind in (EdgeType.IMPORTS, EdgeType.INHERITS, EdgeType.CALLS):
        pairs: dict[Pair, Step] = {}
        for edge in graph.edges:
            if edge.type is kind:
                pair = (edge.source, edge.target)
                if kind is EdgeType.IMPORTS:
                    pair = (module_of.get(edge.source, ""), module_of.get(edge.target, ""))
                if all(pair):
                    step = Step(edge.source, edge.target, paths[edge.source], edge.line)
                    pairs.setdefault(pair, step)
        found += _rings(kind, pairs)
    return tuple(found)


def _rings(kind: EdgeType, pairs: Mapping[Pair, Step]) -> Iterable[Ring]:
    groups = cycles(sorted(pairs))
    ring_of = {name: number for number, group in enumerate(groups) for name in group}
    following: dict[str, list[str]] = {}
    for source, target in sorted(pairs):
        if source in ring_of and ring_of[source] == ring_of.get(target):
            following.setdefault(source, []).append(target)
    for group in sorted(groups, key=lambda group: (-len(group), group)):
        way = _way_around(group[0], following)
        steps = tuple(pairs[step] for step in pairwise(way))
        yield Ring(kind, group, steps)


def _way_around(start: str, following: Mapping[str, list[str]]) -> list[str]:
    """Return a shortest way from a member of a ring back to itself, breadth first."""
    before: dict[str, str] = {}
    level = [start]
    while start not in before:
        reached = []
        for here in level:
            for there in following[here]:
                if there != here and there not in before:
                    before[there] = here
                    reached.append(there)
        level = reached
    way = [start, before[start]]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]
