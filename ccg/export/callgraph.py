"""The call graph alone, as `{caller: [callees]}`; no I/O."""

import json

from ccg.graph import EdgeType, Graph, NodeType


def callgraph(graph: Graph) -> dict[str, list[str]]:
    """Return every module and function with what it calls, both sorted."""
    calls: dict[str, list[str]] = {
        node.id: [] for node in graph.nodes if node.type in {NodeType.MODULE, NodeType.FUNCTION}
    }
    for edge in graph.edges:
        if edge.type is EdgeType.CALLS:
            calls[edge.source].append(edge.target)
    return calls


def render_callgraph(graph: Graph) -> str:
    """Return the call graph as JSON text."""
    return json.dumps(callgraph(graph), sort_keys=True, indent=1) + "\n"
