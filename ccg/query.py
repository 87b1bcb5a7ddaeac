"""Questions that have a smaller graph or a name as their answer; no I/O."""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from ccg.errors import NothingToDraw
from ccg.graph import Graph
from ccg.model import (
    ComplexityMetrics,
    Edge,
    EdgeType,
    Measures,
    Node,
    NodeType,
)

Value = TypeVar("Value")

SHOWN = 5
"""Names in a message about a name that is not there or fits several."""
MAX_SHOWN = 80
"""Characters of a name in a message."""


def find(graph: Graph, name: str) -> str:
    """Return the id of the one node that a name means: the id itself or its last parts.

    `cart.total` finds `shop.cart.total`. What lies outside is found where nothing inside fits.

    Raises:
        NothingToDraw: nothing fits, or several do; the message names the nearest.
    """
    ids = {node.id: node for node in graph.nodes}
    if name in ids:
        return name
    fitting = [node for node in graph.nodes if node.id.endswith(f".{name}")] if name else []
    found = [node.id for node in fitting if node.path] or [node.id for node in fitting]
    if len(found) == 1:
        return found[0]
    if found:
        raise NothingToDraw(
            f"{name!r} fits {len(found)} names of the graph",
            why=_listed(sorted(found)),
            next_step="give more of the dotted name",
        )
    near = _near(ids, name)
    raise NothingToDraw(
        f"there is no {name[:MAX_SHOWN]!r} in the graph",
        why=f"the nearest: {_listed(near)}" if near else "",
        next_step="give the dotted name of a module, class or function, or its last parts",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return f"{shown}, ..." if len(names) > SHOWN else shown


def _near(ids: Iterable[str], name: str) -> list[str]:
    """Return the ids that look most like a name, as a whole or in as many last parts."""
    parts = name.count(".") + 1
    endings: dict[str, list[str]] = {}
    for node_id in ids:
        endings.setdefault(".".join(node_id.split(".")[-parts:]).lower(), []).append(node_id)
    close = difflib.get_close_matches(name.lower()[:200], endings, n=SHOWN, cutoff=0.6)
    return [node_id for ending in close for node_id in endings[ending]][:SHOWN]


def modules_of(graph: Graph) -> dict[str, str]:
    """Return for every node of the analysed files the id of its module."""
    by_path = {node.path: node.id for node in graph.nodes if node.type is NodeType.MODULE}
    return {node.id: by_path[node.path] for node in graph.nodes if node.path in by_path}


def distances(graph: Graph, focus: Iterable[str], *, depth: int) -> dict[str, int]:
    """Return the ids up to `depth` steps around the focus, the nearest first.

    A step goes along an edge in either direction. What a focused module or class contains is a
    step away from it, but not what contains a focused node; nothing is reached through what lies
    outside of the analysed files.
    """
    contained: dict[str, list[str]] = {}
    joined: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.type is EdgeType.CONTAINS:
            contained.setdefault(edge.source, []).append(edge.target)
        else:
            joined.setdefault(edge.source, []).append(edge.target)
            joined.setdefault(edge.target, []).append(edge.source)
    outside = {node.id for node in graph.nodes if node.type is NodeType.IMPORT}
    found = dict.fromkeys(focus, 0)
    inside = dict.fromkeys(found)
    last = list(found)
    for distance in range(1, depth + 1):
        following: dict[str, None] = {}
        members = {name: None for here in inside for name in contained.get(here, ())}
        for here in last:
            if here not in outside or here in inside:
                following.update(dict.fromkeys(joined.get(here, ())))
        inside = members
        last = [name for name in (*members, *following) if name not in found]
        found.update(dict.fromkeys(last, distance))
    return found


def part(graph: Graph, ids: Collection[str]) -> Graph:
    """Return the graph of these nodes and the edges between them, with their numbers in the whole."""
    kept = frozenset(ids)
    whole = graph.measured()
    complexity = graph.complexity_metrics
    unresolved = tuple(call for call in graph.metadata.unresolved if call.source in kept)
    return Graph(
        nodes=tuple(node for node in graph.nodes if node.id in kept),
        edges=tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept),
        metadata=replace(graph.metadata, unresolved=unresolved),
        complexity_metrics=ComplexityMetrics(
            cyclomatic=_only(complexity.cyclomatic, kept),
            import_cycles=tuple(r for r in complexity.import_cycles if kept.issuperset(r)),
            call_cycles=tuple(r for r in complexity.call_cycles if kept.issuperset(r)),
            cognitive=_only(complexity.cognitive, kept),
        ),
        dependencies=_only(graph.dependencies, kept),
        measures=Measures(
            nodes=_only(whole.nodes, kept),
            modules=_only(whole.modules, kept),
            hubs=tuple(name for name in whole.hubs if name in kept),
        ),
    )


def _only(values: Mapping[str, Value], kept: Collection[str]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name in kept}


def around(graph: Graph, focus: Iterable[str], *, depth: int = 2) -> Graph:
    """Return the part of the graph up to `depth` steps around these ids; see `distances`."""
    return part(graph, distances(graph, focus, depth=depth))


def collapse(graph: Graph) -> Graph:
    """Return the graph of the modules: what their contents do to one another, they do.

    Names from outside are joined to their top-level package. The numbers are of this graph.
    """
    module_of = modules_of(graph)
    outside = {n.id: n.id.partition(".")[0] for n in graph.nodes if n.type is NodeType.IMPORT}
    place = {**outside, **module_of}
    nodes = {node.id: node for node in graph.nodes if module_of.get(node.id) == node.id}
    for top in outside.values():
        nodes.setdefault(top, Node(top, NodeType.IMPORT, top, "", 0, 0))
    edges: dict[tuple[str, str, EdgeType], Edge] = {}
    for edge in graph.edges:
        source, target = place[edge.source], place[edge.target]
        known = edges.get((source, target, edge.type))
        if source != target and (known is None or edge.line < known.line):
            edges[source, target, edge.type] = Edge(source, target, edge.type, edge.line)
    return Graph(
        nodes=tuple(node for _, node in sorted(nodes.items())),
        edges=tuple(edge for _, edge in sorted(edges.items())),
        metadata=replace(graph.metadata, unresolved=()),
        complexity_metrics=ComplexityMetrics(import_cycles=graph.complexity_metrics.import_cycles),
        dependencies=graph.dependencies,
    )
