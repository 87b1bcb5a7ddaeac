"""The graph as GraphML, which Gephi, yEd and networkx read; no I/O."""

from collections.abc import Iterator, Mapping

from ccg.export.visible import visible
from ccg.graph import Graph

_NODE_KEYS = {
    "id": "string",
    "type": "string",
    "name": "string",
    "path": "string",
    "line": "int",
    "end_line": "int",
    "signature": "string",
    "lines": "int",
    "fan_in": "int",
    "fan_out": "int",
    "cyclomatic": "int",
    "cognitive": "int",
    "inheritance_depth": "int",
}
_EDGE_KEYS = {"type": "string", "line": "int", "kind": "string", "resolution": "string"}
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
)
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def render_graphml(graph: Graph) -> str:
    """Return an XML document; a character that XML cannot hold is written as its escape."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield from _HEAD
    for owner, keys in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for name, kind in keys.items():
            yield f'<key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>'
    yield '<graph id="ccg" edgedefault="directed">'
    numbers = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    measures = graph.measured().nodes
    for node in graph.nodes:
        numbers_of = measures[node.id]
        values = {n: getattr(node if hasattr(node, n) else numbers_of, n) for n in _NODE_KEYS}
        yield f'<node id="{numbers[node.id]}">{_data("node", values)}</node>'
    for edge in graph.edges:
        ends = f'source="{numbers[edge.source]}" target="{numbers[edge.target]}"'
        yield f"<edge {ends}>{_data('edge', {n: getattr(edge, n) for n in _EDGE_KEYS})}</edge>"
    yield "</graph>\n</graphml>"


def _data(owner: str, values: Mapping[str, object]) -> str:
    return "".join(
        f'<data key="{owner}_{name}">{_escaped(str(value))}</data>'
        for name, value in values.items()
        if value is not None and value != ""
    )


def _escaped(text: str) -> str:
    return visible(text).translate(_ESCAPES)
