"""Small pictures of a graph and of a change, in Mermaid's language; no I/O."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ccg.export.visible import readable
from ccg.graph import Graph
from ccg.model import Edge, EdgeType, Node, NodeType
from ccg.query import distances

MAX_NODES = 30
"""More is not read by anybody, and GitHub draws it too small."""
MAX_LABEL = 80
"""Characters of a name; of a longer one the end is drawn."""
_ARROWS = {
    EdgeType.CALLS: "-->",
    EdgeType.INHERITS: "==>",
    EdgeType.IMPORTS: "-.->",
    EdgeType.REFERENCES: "-.->",
}
_SHAPES = {NodeType.CLASS: ("[[", "]]"), NodeType.MODULE: ("([", "])")}
_ESCAPES = str.maketrans({character: f"#{ord(character)};" for character in '"#<>&`[](){}|\\@\n\r'})


def render_mermaid(
    graph: Graph, *, focus: Iterable[str] = (), limit: int = MAX_NODES, depth: int = 2
) -> str:
    """Draw the focused nodes and their nearest neighbours, or without focus the modules.

    A graph without modules is drawn whole. What does not fit is counted in the last line; a focus
    that is not in the graph is left out.
    """
    nodes = {node.id: node for node in graph.nodes if node.type is not NodeType.IMPORT}
    edges = [
        edge
        for edge in graph.edges
        if edge.type in _ARROWS and edge.source in nodes and edge.target in nodes
    ]
    wanted = [name for name in dict.fromkeys(focus) if name in nodes]
    if wanted:
        order = _around(wanted, graph, edges, depth=depth)
    else:
        modules = {node.id for node in nodes.values() if node.type is NodeType.MODULE}
        if modules:
            edges = [edge for edge in edges if edge.source in modules and edge.target in modules]
        order = _by_degree(modules or nodes, edges)
    return _draw([nodes[name] for name in order[:limit]], edges, left_out=len(order) - limit)


def label(text: str) -> str:
    """Return a text that Mermaid and the page around it show as it is, cut at its start."""
    text = readable(text)
    shown = text if len(text) <= MAX_LABEL else f"…{text[1 - MAX_LABEL :]}"
    return shown.translate(_ESCAPES)


def shape(node: Node) -> tuple[str, str]:
    """Return the brackets in which a node's label is drawn."""
    return _SHAPES.get(node.type, ("[", "]"))


def _by_degree(names: Iterable[str], edges: Sequence[Edge]) -> list[str]:
    degree = Counter(end for edge in edges for end in (edge.source, edge.target))
    return sorted(names, key=lambda name: (-degree[name], name))


def _around(focus: Sequence[str], graph: Graph, edges: Sequence[Edge], *, depth: int) -> list[str]:
    """Return the focus, then what is one step away, then more; the often joined first."""
    away = distances(graph, focus, depth=depth)
    drawn = {node.id for node in graph.nodes if node.type is not NodeType.IMPORT}
    joins: Counter[str] = Counter()
    for edge in edges:
        for here, there in ((edge.source, edge.target), (edge.target, edge.source)):
            if here in away and there in away and away[here] < away[there]:
                joins[there] += 1
    rank = {name: number for number, name in enumerate(focus)}
    ordered = (name for name in away if name in drawn)
    return sorted(ordered, key=lambda name: (away[name], rank.get(name, 0), -joins[name], name))


def _draw(nodes: Sequence[Node], edges: Sequence[Edge], *, left_out: int) -> str:
    numbers = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    for node in nodes:
        left, right = shape(node)
        lines.append(f'  {numbers[node.id]}{left}"{label(node.id)}"{right}')
    arrows = (
        f"  {numbers[edge.source]} {_ARROWS[edge.type]} {numbers[edge.target]}"
        for edge in edges
        if edge.source in numbers and edge.target in numbers
    )
    lines += dict.fromkeys(arrows)
    if left_out > 0:
        lines.append(f"  %% {left_out} more are not drawn")
    return "\n".join(lines) + "\n"
