"""Hand-made graphs in few words."""

from collections.abc import Mapping, Sequence

from ccg.graph import (
    ComplexityMetrics,
    Dependencies,
    Edge,
    EdgeType,
    Graph,
    Metadata,
    Node,
    NodeType,
    UnresolvedCall,
)

_TYPES = {kind.value[0]: kind for kind in NodeType}


def make_graph(
    nodes: str,
    edges: Sequence[str] = (),
    *,
    signatures: Mapping[str, str] | None = None,
    dependencies: Mapping[str, Sequence[str]] | None = None,
    unresolved: Sequence[UnresolvedCall] = (),
    complexity: ComplexityMetrics | None = None,
) -> Graph:
    """Make a graph of `M:a F:a.f I:os` and edges `a calls a.f`.

    The first letter is that of the node's type. A node lies in the file of the longest module
    that its name begins with, `a.py`, and has the line of its place in the text.
    """
    words = [word.partition(":") for word in nodes.split()]
    modules = sorted((name for kind, _, name in words if kind == "M"), key=len, reverse=True)
    made = []
    for number, (kind, _, name) in enumerate(words, start=1):
        home = next((module for module in modules if f"{name}.".startswith(f"{module}.")), "")
        path = "" if kind == "I" else home.replace(".", "/") + ".py"
        line = number if path else 0
        signature = (signatures or {}).get(name, "")
        last = name.rpartition(".")[2]
        made.append(Node(name, _TYPES[kind], last, path, line, line, signature))
    joined = []
    for number, text in enumerate(edges, start=1):
        source, kind, target = text.split()
        joined.append(Edge(source, target, EdgeType(kind), number))
    needs = dependencies or {}
    internal = {name: Dependencies(tuple(names)) for name, names in needs.items()}
    return Graph(
        nodes=tuple(sorted(made)),
        edges=tuple(sorted(joined)),
        metadata=Metadata("1", len(modules), (), 0, len(unresolved), tuple(unresolved)),
        complexity_metrics=complexity or ComplexityMetrics(),
        dependencies=internal,
    )
