"""The graph as a frozen value and as JSON; no I/O."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii as quote
from typing import Any

from ccg import metrics
from ccg.errors import GraphInvalid
from ccg.model import (
    CallKind,
    ComplexityMetrics,
    Dependencies,
    Edge,
    EdgeType,
    Measures,
    Metadata,
    ModuleMetrics,
    Node,
    NodeMetrics,
    NodeType,
    NotAnalysed,
    Resolution,
    UnresolvedCall,
)

__all__ = [
    "SCHEMA",
    "CallKind",
    "ComplexityMetrics",
    "Dependencies",
    "Edge",
    "EdgeType",
    "Graph",
    "Measures",
    "Metadata",
    "ModuleMetrics",
    "Node",
    "NodeMetrics",
    "NodeType",
    "NotAnalysed",
    "Resolution",
    "UnresolvedCall",
]

SCHEMA = "p2a-graph/2"
"""The form of the JSON; a change that an older reader would misread gets another number."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id and edges by source, target, type, both sorted; equal input, equal graph."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    metadata: Metadata
    complexity_metrics: ComplexityMetrics
    dependencies: Mapping[str, Dependencies]
    measures: Measures | None = field(default=None, compare=False)
    """Of a part of a graph: the numbers that its nodes have in the whole."""

    def node(self, node_id: str) -> Node | None:
        """Return the node with this id, if there is one."""
        return next((node for node in self.nodes if node.id == node_id), None)

    def measured(self) -> Measures:
        """Return the numbers of every node and module; of a part, those in the whole graph."""
        return self.measures or metrics.measure(
            self.nodes,
            self.edges,
            complexity=self.complexity_metrics,
            dependencies=self.dependencies,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the graph as plain JSON values."""
        measures = self.measured()
        return {
            "schema": SCHEMA,
            "metadata": _plain_metadata(self.metadata),
            "nodes": [
                {**plain_node(node), "metrics": measures.nodes[node.id]._asdict()}
                for node in self.nodes
            ],
            "edges": [plain_edge(edge) for edge in self.edges],
            "complexity_metrics": _plain_complexity(self.complexity_metrics, measures),
            "dependencies": {name: _plain(value) for name, value in self.dependencies.items()},
        }

    def to_json(self) -> str:
        """Return JSON text, byte-equal for equal graphs, with one node or edge on each line.

        Lone surrogates are escaped.
        """
        return "".join(_json_pieces(self))

    @classmethod
    def from_json(cls, text: str) -> "Graph":
        """Read what `to_json` wrote.

        Raises:
            GraphInvalid: the text is not JSON of this schema.
        """
        try:
            data = json.loads(text)
            schema = data["schema"]
            if schema != SCHEMA:
                raise GraphInvalid(
                    f"the graph has the form {schema!r}", why=f"this version reads {SCHEMA!r}"
                )
            return _read(data)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise GraphInvalid("this is not a graph in JSON", why=str(error)) from error


def _json_pieces(graph: Graph) -> Iterator[str]:
    """Yield `to_dict` as JSON in pieces; nodes and edges, which are many, by hand."""
    measures = graph.measured()
    ids = {node.id: quote(node.id) for node in graph.nodes}
    yield f'{{\n"schema": {json.dumps(SCHEMA)},\n"metadata": '
    yield from _json_object(_plain_metadata(graph.metadata))
    yield ',\n"nodes": '
    yield from _json_list([json_node(n, ids[n.id], measures.nodes[n.id]) for n in graph.nodes])
    yield ',\n"edges": '
    yield from _json_list([json_edge(edge, ids) for edge in graph.edges])
    yield ',\n"complexity_metrics": '
    yield from _json_object(_plain_complexity(graph.complexity_metrics, measures))
    yield ',\n"dependencies": '
    yield from _json_object({name: _plain(value) for name, value in graph.dependencies.items()})
    yield "\n}\n"


def _json_list(lines: Iterable[str]) -> Iterator[str]:
    text = ",\n".join(lines)
    yield from ("[\n", text, "\n]") if text else ("[]",)


def _json_object(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield an object with a line for each of its items, and for each item of a list in it."""
    encode = json.JSONEncoder().encode
    opening = "{\n"
    for name, item in value.items():
        yield f"{opening}{encode(name)}: "
        opening = ",\n"
        if isinstance(item, list | tuple):
            yield from _json_list(map(encode, item))
        elif isinstance(item, dict) and item:
            lines = [
                f"{quote(key)}: {each if type(each) is int else encode(each)}"
                for key, each in item.items()
            ]
            yield "{\n" + ",\n".join(lines) + "\n}"
        else:
            yield encode(item)
    yield "\n}" if value else "{}"


def json_node(node: Node, node_id: str, numbers: NodeMetrics) -> str:
    """Return a node's line in JSON; its id is quoted."""
    _, kind, name, path, line, end_line, signature = node
    lines, fan_in, fan_out, cyclomatic, cognitive, depth = numbers
    return (
        f'{{"id": {node_id}, "type": {_QUOTED[kind]}, "name": {quote(name)}, '
        f'"path": {quote(path)}, "line": {line}, "end_line": {end_line}, '
        f'"signature": {quote(signature)}, "metrics": {{"lines": {lines}, '
        f'"fan_in": {fan_in}, "fan_out": {fan_out}, '
        f'"cyclomatic": {"null" if cyclomatic is None else cyclomatic}, '
        f'"cognitive": {"null" if cognitive is None else cognitive}, '
        f'"inheritance_depth": {"null" if depth is None else depth}}}}}'
    )


def json_edge(edge: Edge, ids: Mapping[str, str]) -> str:
    """Return an edge's line in JSON, with the quoted ids of its ends."""
    source, target, relation, line, kind, resolution = edge
    return (
        f'{{"source": {ids[source]}, "target": {ids[target]}, '
        f'"type": {_QUOTED[relation]}, "line": {line}, '
        f'"kind": {_QUOTED[kind]}, "resolution": {_QUOTED[resolution]}}}'
    )


def _plain(value: Any) -> dict[str, Any]:
    """Return the fields of a flat dataclass by name; `asdict` copies deeply and is ten times slower."""
    return {name: getattr(value, name) for name in value.__slots__}


def _plain_metadata(metadata: Metadata) -> dict[str, Any]:
    return _plain(metadata) | {
        "files_not_analysed": [_plain(file) for file in metadata.files_not_analysed],
        "unresolved": [call._asdict() for call in metadata.unresolved],
    }


def plain_node(node: Node) -> dict[str, Any]:
    """Return a node as plain JSON values, without its numbers."""
    return node._asdict() | {"type": node.type.value}


def plain_edge(edge: Edge) -> dict[str, Any]:
    """Return an edge as plain JSON values."""
    return edge._asdict() | {
        "type": edge.type.value,
        "kind": edge.kind and edge.kind.value,
        "resolution": edge.resolution and edge.resolution.value,
    }


def _plain_complexity(complexity: ComplexityMetrics, measures: Measures) -> dict[str, Any]:
    return {
        "cyclomatic": dict(complexity.cyclomatic),
        "cognitive": dict(complexity.cognitive),
        "import_cycles": [list(ring) for ring in complexity.import_cycles],
        "call_cycles": [list(ring) for ring in complexity.call_cycles],
        "modules": {name: _plain(value) for name, value in measures.modules.items()},
        "hubs": list(measures.hubs),
    }


def _read(data: dict[str, Any]) -> Graph:
    metadata, complexity = dict(data["metadata"]), data["complexity_metrics"]
    metadata["files_not_analysed"] = tuple(
        NotAnalysed(**file) for file in metadata["files_not_analysed"]
    )
    metadata["unresolved"] = tuple(UnresolvedCall(**call) for call in metadata["unresolved"])
    return Graph(
        nodes=tuple(_node(node) for node in data["nodes"]),
        edges=tuple(read_edge(edge) for edge in data["edges"]),
        metadata=Metadata(**metadata),
        complexity_metrics=ComplexityMetrics(
            cyclomatic=complexity["cyclomatic"],
            import_cycles=_rings(complexity["import_cycles"]),
            call_cycles=_rings(complexity["call_cycles"]),
            cognitive=complexity["cognitive"],
        ),
        dependencies={
            name: Dependencies(**{kind: tuple(names) for kind, names in value.items()})
            for name, value in data["dependencies"].items()
        },
        measures=_measures(data),
    )


def _rings(rings: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, rings))


def _measures(data: dict[str, Any]) -> Measures:
    complexity = data["complexity_metrics"]
    return Measures(
        nodes={node["id"]: NodeMetrics(**node["metrics"]) for node in data["nodes"]},
        modules={name: ModuleMetrics(**value) for name, value in complexity["modules"].items()},
        hubs=tuple(complexity["hubs"]),
    )


def _node(data: dict[str, Any]) -> Node:
    return Node(
        data["id"],
        _NODE_TYPES[data["type"]],
        data["name"],
        data["path"],
        data["line"],
        data["end_line"],
        data["signature"],
    )


def read_edge(data: dict[str, Any]) -> Edge:
    """Return the edge that an object of the JSON is."""
    return Edge(
        data["source"],
        data["target"],
        _EDGE_TYPES[data["type"]],
        data["line"],
        _KINDS[data["kind"]],
        _RESOLUTIONS[data["resolution"]],
    )


# Many times faster than to ask the enumerations.
_QUOTED: dict[str | None, str] = {
    None: "null",
    **{
        each: f'"{each.value}"'
        for kind in (NodeType, EdgeType, CallKind, Resolution)
        for each in kind
    },
}
_NODE_TYPES = {each.value: each for each in NodeType}
_EDGE_TYPES = {each.value: each for each in EdgeType}
_KINDS: dict[str | None, CallKind | None] = {None: None, **{each.value: each for each in CallKind}}
_RESOLUTIONS: dict[str | None, Resolution | None] = {
    None: None,
    **{each.value: each for each in Resolution},
}
