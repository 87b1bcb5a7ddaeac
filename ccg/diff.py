"""What became of a graph between two commits; no I/O."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ccg.compatible import takes_former_calls
from ccg.graph import Graph, plain_edge, plain_node
from ccg.model import Edge, EdgeType, Node, NodeType


@dataclass(frozen=True, slots=True)
class SignatureChange:
    """A function with other parameters or a class with other bases, and who was left as it was."""

    before: Node
    after: Node
    callers: tuple[Edge, ...]
    """Calls of it, in the new graph, by code outside of the change: the first places to look at."""
    paths: tuple[str, ...] = ()
    """The file of each caller."""

    @property
    def callers_fit(self) -> bool:
        """Whether each call that fitted before fits still and means the same, so that none has to change."""
        if self.after.type is not NodeType.FUNCTION:
            return False
        return takes_former_calls(self.before.signature, self.after.signature)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "before": plain_node(self.before),
            "after": plain_node(self.after),
            "callers_fit": self.callers_fit,
            "callers": [
                {**plain_edge(edge), "path": path}
                for edge, path in zip(self.callers, self.paths, strict=True)
            ],
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
    callers = _Callers(head, inside)
    return GraphDiff(
        nodes_added=added,
        nodes_removed=tuple(node for key, node in base_nodes.items() if key not in head_nodes),
        edges_added=tuple(edge for key, edge in head_edges.items() if key not in base_edges),
        edges_removed=tuple(edge for key, edge in base_edges.items() if key not in head_edges),
        signatures_changed=tuple(
            callers.changed(base_nodes[key], node)
            for key, node in head_nodes.items()
            if key in base_nodes and base_nodes[key].signature != node.signature
        ),
    )


def _edges(graph: Graph) -> dict[tuple[str, str, EdgeType], Edge]:
    return {(edge.source, edge.target, edge.type): edge for edge in graph.edges}


class _Callers:
    """Who uses functions and classes from outside of a change."""

    def __init__(self, head: Graph, inside: Collection[str]) -> None:
        self._paths = {node.id: node.path for node in head.nodes}
        self._by_target: dict[str, list[Edge]] = {}
        for edge in head.edges:
            is_use = edge.type in {EdgeType.CALLS, EdgeType.INHERITS}
            if is_use and edge.source not in inside and edge.source != edge.target:
                self._by_target.setdefault(edge.target, []).append(edge)

    def changed(self, before: Node, after: Node) -> SignatureChange:
        """Return the change of a signature with those who use it."""
        edges = self._by_target.get(after.id, [])
        paths = tuple(self._paths[edge.source] for edge in edges)
        return SignatureChange(before, after, tuple(edges), paths)
