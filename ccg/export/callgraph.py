"""The call graph alone, as `{caller: [callees]}`; no I/O."""

import json

from ccg.graph import EdgeType, Graph, NodeType


def callgraph(graph: Graph, *, inside: str = "") -> dict[str, list[str]]:
    """Return every module and function with what it calls, both sorted.

    Args:
        graph: the whole or a part.
        inside: the dotted name of the package that the analysed folder is; names are given from the
            folder on, as other tools give them.
    """
    kinds = {NodeType.MODULE, NodeType.FUNCTION}
    own = {node.id: _from(node.id, inside) for node in graph.nodes if node.path}
    calls: dict[str, list[str]] = {own[n.id]: [] for n in graph.nodes if n.type in kinds}
    for edge in graph.edges:
        if edge.type is EdgeType.CALLS:
            caller = own[edge.source]  # a class where a function has the same name
            calls.setdefault(caller, []).append(own.get(edge.target, edge.target))
    return calls


def _from(name: str, package: str) -> str:
    """Return a name as it is called from within a package; the package itself by its last part."""
    if name == package:
        return name.rpartition(".")[2]
    return name.removeprefix(f"{package}.") if package else name


def render_callgraph(graph: Graph, *, inside: str = "") -> str:
    """Return the call graph as JSON text."""
    return json.dumps(callgraph(graph, inside=inside), sort_keys=True, indent=1) + "\n"
