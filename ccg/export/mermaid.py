"""A small picture of the graph around chosen nodes, in Mermaid's language; no I/O."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ccg.graph import Edge, EdgeType, Graph, Node, NodeType

MAX_NODES = 30
"""More is not read by anybody, and GitHub draws it too small."""
_ARROWS = {EdgeType.CALLS: "-->", EdgeType.INHERITS: "==>", EdgeType.IMPORTS: "-.->"}
_SHAPES = {NodeType.CLASS: ("[[", "]]"), NodeType.MODULE: ("([", "])")}
_ESCAPES = str.maketrans({character: f"#{ord(character)};" for character in '"#<>&`[](){}|\\@\n\r'})


def render_mermaid(graph: Graph, *, focus: Iterable[str] = (), limit: int = MAX_NODES) -> str:
    """Draw the focused nodes and their nearest neighbours, or without focus the modules.

    What does not fit is counted in the last line; a focus that is not in the graph is left out.
    """
    nodes = {node.id: node for node in graph.nodes if node.type is not NodeType.IMPORT}
    edges = [
        edge
        for edge in graph.edges
        if edge.type in _ARROWS and edge.source in nodes and edge.target in nodes
    ]
    wanted = [name for name in dict.fromkeys(focus) if name in nodes]
    if wanted:
        order = _around(wanted, edges)
    else:
        edges = [edge for edge in edges if _joins_modules(edge, nodes)]
        order = _by_degree(nodes, edges)
    return _draw([nodes[name] for name in order[:limit]], edges, left_out=len(order) - limit)


def _joins_modules(edge: Edge, nodes: dict[str, Node]) -> bool:
    ends = (nodes[edge.source].type, nodes[edge.target].type)
    return edge.type is EdgeType.IMPORTS and ends == (NodeType.MODULE, NodeType.MODULE)


def _by_degree(nodes: dict[str, Node], edges: Sequence[Edge]) -> list[str]:
    degree = Counter(end for edge in edges for end in (edge.source, edge.target))
    modules = [node.id for node in nodes.values() if node.type is NodeType.MODULE]
    return sorted(modules, key=lambda name: (-degree[name], name))


def _around(focus: Sequence[str], edges: Sequence[Edge]) -> list[str]:
    """Return the focus, then what is one step away, then two; the often joined first."""
    order, near = list(focus), set(focus)
    for _ in range(2):
        reached: Counter[str] = Counter()
        for edge in edges:
            for here, there in ((edge.source, edge.target), (edge.target, edge.source)):
                if here in near and there not in near:
                    reached[there] += 1
        order += sorted(reached, key=lambda name: (-reached[name], name))
        near.update(reached)
    return order


def _draw(nodes: Sequence[Node], edges: Sequence[Edge], *, left_out: int) -> str:
    numbers = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    for node in nodes:
        left, right = _SHAPES.get(node.type, ("[", "]"))
        lines.append(f'  {numbers[node.id]}{left}"{node.id.translate(_ESCAPES)}"{right}')
    lines += [
        f"  {numbers[edge.source]} {_ARROWS[edge.type]} {numbers[edge.target]}"
        for edge in edges
        if edge.source in numbers and edge.target in numbers
    ]
    if left_out > 0:
        lines.append(f"  %% {left_out} more are not drawn")
    return "\n".join(lines) + "\n"
