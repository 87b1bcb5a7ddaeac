"""The graph in Graphviz's language, a cluster for each module; no I/O."""

from collections.abc import Iterator

from ccg.export.visible import visible
from ccg.graph import Graph
from ccg.model import EdgeType, Node, NodeType
from ccg.query import modules_of

_SHAPES = {
    NodeType.MODULE: "folder",
    NodeType.CLASS: "component",
    NodeType.FUNCTION: "box",
    NodeType.VARIABLE: "ellipse",
    NodeType.IMPORT: "plaintext",
}
_STYLES = {
    EdgeType.CALLS: "solid",
    EdgeType.INHERITS: "bold",
    EdgeType.IMPORTS: "dashed",
    EdgeType.REFERENCES: "dotted",
}


def render_dot(graph: Graph) -> str:
    """Return a `digraph`; what contains what is shown by the clusters and has no edge."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "digraph ccg {"
    yield "  rankdir=LR; node [fontname=Helvetica, fontsize=10]; edge [arrowsize=0.6];"
    module_of = modules_of(graph)
    inside: dict[str, list[Node]] = {}
    for node in graph.nodes:
        inside.setdefault(module_of.get(node.id, ""), []).append(node)
    for number, (module, nodes) in enumerate(inside.items()):
        clustered = bool(module) and len(nodes) > 1
        if clustered:
            yield f"  subgraph cluster_{number} {{ label={quoted(module)}; color=gray;"
        for node in nodes:
            shown = quoted(node.id.removeprefix(f"{module}."))
            shape = _SHAPES[node.type]
            yield f"  {quoted(node.id)} [label={shown}, shape={shape}, tooltip={_place(node)}];"
        if clustered:
            yield "  }"
    for edge in graph.edges:
        if edge.type is not EdgeType.CONTAINS:
            ends = f"{quoted(edge.source)} -> {quoted(edge.target)}"
            yield f"  {ends} [style={_STYLES[edge.type]}, tooltip={quoted(edge.type.value)}];"
    yield "}"


def _place(node: Node) -> str:
    return quoted(f"{node.path}:{node.line}" if node.path else "outside of the analysed files")


def quoted(text: str) -> str:
    """Return a double-quoted string of one line that stands for just this text."""
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
