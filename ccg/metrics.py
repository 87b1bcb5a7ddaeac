"""Numbers over a whole graph: rings and dependencies; no I/O."""

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import networkx

from ccg.graph import Dependencies, Edge, EdgeType, Node, NodeType

if TYPE_CHECKING:
    DirectedGraph = networkx.DiGraph[str]


def cycles(edges: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of names that all lead to one another, each and all of them sorted."""
    network: DirectedGraph = networkx.DiGraph()
    network.add_edges_from(edges)
    groups = networkx.strongly_connected_components(network)
    return tuple(sorted(tuple(sorted(group)) for group in groups if len(group) > 1))


def dependencies(
    nodes: Mapping[str, Node], edges: Iterable[Edge], module_of: Mapping[str, str]
) -> dict[str, Dependencies]:
    """Return for each module what it imports, by where that lives."""
    found: dict[str, tuple[set[str], set[str], set[str]]] = {
        node.id: (set(), set(), set()) for node in nodes.values() if node.type is NodeType.MODULE
    }
    for edge in edges:
        if edge.type is not EdgeType.IMPORTS:
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
