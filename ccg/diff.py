"""What became of a graph between two commits; no I/O."""

from dataclasses import asdict, dataclass
from typing import Any

from ccg.graph import Edge, EdgeType, Graph, Node


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """Nodes and edges that one graph has and the other has not; moved lines are no difference."""

    nodes_added: tuple[Node, ...]
    nodes_removed: tuple[Node, ...]
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both graphs say the same."""
        return not (
            self.nodes_added or self.nodes_removed or self.edges_added or self.edges_removed
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain JSON values."""
        return asdict(self)


def diff_graphs(base: Graph, head: Graph) -> GraphDiff:
    """Compare by node id and type, and by the edges' ends and type."""
    base_nodes = {(node.id, node.type): node for node in base.nodes}
    head_nodes = {(node.id, node.type): node for node in head.nodes}
    base_edges, head_edges = _edges(base), _edges(head)
    return GraphDiff(
        nodes_added=tuple(node for key, node in head_nodes.items() if key not in base_nodes),
        nodes_removed=tuple(node for key, node in base_nodes.items() if key not in head_nodes),
        edges_added=tuple(edge for key, edge in head_edges.items() if key not in base_edges),
        edges_removed=tuple(edge for key, edge in base_edges.items() if key not in head_edges),
    )


def _edges(graph: Graph) -> dict[tuple[str, str, EdgeType], Edge]:
    return {(edge.source, edge.target, edge.type): edge for edge in graph.edges}
