"""Numbers over a whole graph: fan-in and fan-out, depth, instability, rings; no I/O.

Everything takes time in proportion to the nodes and edges, and is defined on rings too.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from ccg.model import (
    ComplexityMetrics,
    Dependencies,
    Edge,
    EdgeType,
    Measures,
    ModuleMetrics,
    Node,
    NodeMetrics,
    NodeType,
)

MAX_HUBS = 20
# Named once: in Python 3.11 to name a member takes ten times as long as to read a variable.
_IMPORTS, _INHERITS, _CONTAINS = EdgeType.IMPORTS, EdgeType.INHERITS, EdgeType.CONTAINS
_MODULE, _CLASS, _VARIABLE = NodeType.MODULE, NodeType.CLASS, NodeType.VARIABLE


def components(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the strongly connected components; each comes after all that it leads to.

    Tarjan, Depth-first search and linear graph algorithms (1972), without recursion.
    """
    following: dict[str, list[str]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
        following.setdefault(target, [])
    return _Tarjan(following).components()


class _Tarjan:
    def __init__(self, following: Mapping[str, Sequence[str]]) -> None:
        self._following = following
        self._index: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._open: list[str] = []
        self._is_open: set[str] = set()

    def components(self) -> list[list[str]]:
        found: list[list[str]] = []
        for start in self._following:
            if start not in self._index:
                self._visit(start, found)
        return found

    def _visit(self, start: str, found: list[list[str]]) -> None:
        index, low, is_open = self._index, self._low, self._is_open
        road = [(start, self._enter(start))]
        while road:
            here, ahead = road[-1]
            for there in ahead:
                if there not in index:
                    road.append((there, self._enter(there)))
                    break
                if there in is_open:  # it leads back to where it was met
                    low[here] = min(low[here], index[there])
            else:
                road.pop()
                if road:
                    before = road[-1][0]
                    low[before] = min(low[before], low[here])
                if low[here] == index[here]:
                    found.append(self._close(here))

    def _enter(self, name: str) -> Iterator[str]:
        self._index[name] = self._low[name] = len(self._index)
        self._open.append(name)
        self._is_open.add(name)
        return iter(self._following[name])

    def _close(self, root: str) -> list[str]:
        group: list[str] = []
        while not group or group[-1] != root:
            group.append(self._open.pop())
        self._is_open.difference_update(group)
        return group


def cycles(edges: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of names that all lead to one another, each and all of them sorted."""
    return tuple(sorted(tuple(sorted(group)) for group in components(edges) if len(group) > 1))


def dependencies(
    nodes: Mapping[str, Node], edges: Iterable[Edge], module_of: Mapping[str, str]
) -> dict[str, Dependencies]:
    """Return for each module what it imports, by where that lives."""
    found: dict[str, tuple[set[str], set[str], set[str]]] = {
        node.id: (set(), set(), set()) for node in nodes.values() if node.type is _MODULE
    }
    for edge in edges:
        if edge.type is not _IMPORTS:
            continue
        source = module_of[edge.source]
        internal, stdlib, external = found[source]
        target = module_of.get(edge.target)
        top = edge.target.partition(".")[0]
        if target is not None:
            internal.update({target} - {source})
        elif top not in found:  # a name that an analysed module lacks is no dependency
            (stdlib if top in sys.stdlib_module_names else external).add(top)
    return {
        name: Dependencies(*(tuple(sorted(group)) for group in groups))
        for name, groups in sorted(found.items())
    }


def measure(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    *,
    complexity: ComplexityMetrics,
    dependencies: Mapping[str, Dependencies],
) -> Measures:
    """Compute the numbers of every node and module.

    Args:
        nodes: all of the graph.
        edges: all of the graph.
        complexity: of the functions, by their ids.
        dependencies: what each module imports, by its id.
    """
    fan_in, fan_out = _fans(edges)
    depths = inheritance_depths(nodes, edges)
    cyclomatic, cognitive = complexity.cyclomatic, complexity.cognitive
    measured = {
        node.id: NodeMetrics(
            length(node),
            fan_in.get(node.id, 0),
            fan_out.get(node.id, 0),
            cyclomatic.get(node.id),
            cognitive.get(node.id),
            depths.get(node.id),
        )
        for node in nodes
    }
    return Measures(measured, _modules(dependencies), _hubs(nodes, measured))


def length(node: Node) -> int:
    """Return how many lines a node has; 0 for what lies outside."""
    return node.end_line - node.line + 1 if node.path else 0


def _fans(edges: Iterable[Edge]) -> tuple[Counter[str], dict[str, int]]:
    """Count distinct neighbours: a pair that is joined by several edges counts once."""
    used: dict[str, set[str]] = defaultdict(set)
    for source, target, kind, _, _, _ in edges:
        if kind is not _CONTAINS and source != target:
            used[source].add(target)
    fan_in = Counter(chain.from_iterable(used.values()))
    return fan_in, {source: len(targets) for source, targets in used.items()}


def inheritance_depths(nodes: Iterable[Node], edges: Iterable[Edge]) -> dict[str, int]:
    """Return of each class its DIT (Chidamber and Kemerer, A Metrics Suite for OO Design, 1994).

    A class without bases has 0. A base outside of the analysed files is counted as one step,
    since what it inherits from is not known; classes that inherit in a ring share one depth.
    """
    bases = [(edge.source, edge.target) for edge in edges if edge.type is _INHERITS]
    following: dict[str, list[str]] = {}
    for source, target in bases:
        following.setdefault(source, []).append(target)
    depths: dict[str, int] = {}
    for group in components(bases):
        members = set(group)
        above = [
            depths[base] + 1
            for name in group
            for base in following.get(name, ())
            if base not in members
        ]
        depths.update(dict.fromkeys(group, max(above, default=0)))
    return {node.id: depths.get(node.id, 0) for node in nodes if node.type is _CLASS}


def _modules(dependencies: Mapping[str, Dependencies]) -> dict[str, ModuleMetrics]:
    """Robert C. Martin, OO Design Quality Metrics (1994), with modules for his categories."""
    afferent = dict.fromkeys(dependencies, 0)
    for value in dependencies.values():
        for target in value.internal:
            afferent[target] = afferent.get(target, 0) + 1
    found = {}
    for name, value in dependencies.items():
        needed_by, needs = afferent[name], len(value.internal)
        total = needed_by + needs
        found[name] = ModuleMetrics(needed_by, needs, round(needs / total, 4) if total else None)
    return found


def _hubs(nodes: Iterable[Node], measured: Mapping[str, NodeMetrics]) -> tuple[str, ...]:
    """Rank by fan-in times fan-out: Henry and Kafura's information flow (1981), without length."""
    flows = (
        (measured[node.id].fan_in * measured[node.id].fan_out, node.id)
        for node in nodes
        if node.path and node.type is not _VARIABLE
    )
    ranked = sorted((-flow, name) for flow, name in flows if flow)
    return tuple(name for _, name in ranked[:MAX_HUBS])
