"""What became of a graph between two commits; no I/O."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ccg.graph import Graph, plain_edge, plain_node
from ccg.model import Edge, EdgeType, Node


@dataclass(frozen=True, slots=True)
class SignatureChange:
    """A function with other parameters or a class with other bases, and who was left as it was."""

    before: Node
    after: Node
    callers: tuple[Edge, ...]
    """Calls of it, in the new graph, by code outside of the change: the first places to look at."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "before": plain_node(self.before),
            "after": plain_node(self.after),
            "callers": [plain_edge(edge) for edge in self.callers],
        }


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """Nodes and edges that one graph has and the other has not; moved lines are no difference."""

    nodes_added: tuple[Node, ...]
    nodes_removed: tuple[Node, ...]
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]
    signatures_changed: tuple[SignatureChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether both graphs say the same."""
        return not (
            self.nodes_added
            or self.nodes_removed
            or self.edges_added
            or self.edges_removed
            or self.signatures_changed
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain JSON values."""
        return {
            "nodes_added": [plain_node(node) for node in self.nodes_added],
            "nodes_removed": [plain_node(node) for node in self.nodes_removed],
            "edges_added": [plain_edge(edge) for edge in self.edges_added],
            "edges_removed": [plain_edge(edge) for edge in self.edges_removed],
            "signatures_changed": [change.to_dict() for change in self.signatures_changed],
        }


def diff_graphs(base: Graph, head: Graph, *, changed: Collection[str] = ()) -> GraphDiff:
    """Compare by node id and type, by the edges' ends and type, and by signature.

    Args:
        base: the graph before.
        head: the graph after.
        changed: ids whose own code is another, so that they are no callers outside of the change.
    """
    base_nodes = {(node.id, node.type): node for node in base.nodes}
    head_nodes = {(node.id, node.type): node for node in head.nodes}
    base_edges, head_edges = _edges(base), _edges(head)
    added = tuple(node for key, node in head_nodes.items() if key not in base_nodes)
    inside = {*changed, *(node.id for node in added)}
    return GraphDiff(
        nodes_added=added,
        nodes_removed=tuple(node for key, node in base_nodes.items() if key not in head_nodes),
        edges_added=tuple(edge for key, edge in head_edges.items() if key not in base_edges),
        edges_removed=tuple(edge for key, edge in base_edges.items() if key not in head_edges),
        signatures_changed=tuple(
            SignatureChange(base_nodes[key], node, _callers(head, node.id, inside))
            for key, node in head_nodes.items()
            if key in base_nodes and base_nodes[key].signature != node.signature
        ),
    )


def _edges(graph: Graph) -> dict[tuple[str, str, EdgeType], Edge]:
    return {(edge.source, edge.target, edge.type): edge for edge in graph.edges}


def _callers(graph: Graph, target: str, inside: Collection[str]) -> tuple[Edge, ...]:
    return tuple(
        edge
        for edge in graph.edges
        if edge.target == target
        and edge.type in {EdgeType.CALLS, EdgeType.INHERITS}
        and edge.source not in inside
        and edge.source != target
    )
