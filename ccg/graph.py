"""The graph as frozen values and as JSON; no I/O."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from ccg.errors import GraphInvalid

SCHEMA = "p2a-graph/2"
"""The form of the JSON; a change that an older reader would misread gets another number."""


class NodeType(StrEnum):
    """What a node stands for."""

    MODULE = "Module"
    CLASS = "Class"
    FUNCTION = "Function"
    VARIABLE = "Variable"
    IMPORT = "Import"
    """A name from outside of the analysed files: another package, a builtin, or not found."""


class EdgeType(StrEnum):
    """How two nodes relate."""

    CALLS = "calls"
    INHERITS = "inherits"
    IMPORTS = "imports"
    REFERENCES = "references"
    CONTAINS = "contains"


class CallKind(StrEnum):
    """What in the caller's code makes a call."""

    CALL = "call"
    INIT = "init"
    """A class is called: the edge leads to its `__init__` and its own `__new__`."""
    PROPERTY = "property"
    """An attribute is read, set or deleted: property, descriptor, `__getattr__`."""
    DUNDER = "dunder"
    """An operator, `for`, `with`, a subscript, `in`, formatting or the making of a class."""
    CALLBACK = "callback"
    """A library calls back what it was given, as `sorted(key=)` does."""
    DECORATOR = "decorator"
    """A decorator is applied."""


class Resolution(StrEnum):
    """How a callee was found, the surest first."""

    EXACT = "exact"
    """The value was followed from where it was made."""
    ANNOTATION = "annotation"
    """The receiver's type was declared, or assumed for a method that nobody is seen to call."""
    OVERRIDE = "override"
    """A subclass of the declared type overrides the method."""
    NAME = "name"
    """Only the name fits; such edges are made on request alone."""


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A named thing; `path` is empty and the lines are 0 for what lies outside."""

    id: str
    """The dotted name, for example `package.module.Class.method`; unique in a graph."""
    type: NodeType
    name: str
    path: str
    line: int
    end_line: int
    signature: str = ""
    """Of a function its parameters as written, `(a, b=1) -> int`; of a class its bases, `(Base)`."""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A relation, kept once per source, target and type; `line` is the first place of it."""

    source: str
    target: str
    type: EdgeType
    line: int
    kind: CallKind | None = None
    """Of a call; where one pair calls in several ways, the first in the order of `CallKind`."""
    resolution: Resolution | None = None
    """Of a call; where several fit, the surest."""


@dataclass(frozen=True, slots=True, order=True)
class UnresolvedCall:
    """A call whose callee is not known; no edge was guessed for it."""

    source: str
    line: int
    callee: str
    """The called expression, cut at 80 characters."""


@dataclass(frozen=True, slots=True, order=True)
class NotAnalysed:
    """A Python file that is not in the graph, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """How the graph came about and what is missing in it."""

    version: str
    files_analysed: int
    files_not_analysed: tuple[NotAnalysed, ...]
    calls_resolved: int
    calls_unresolved: int
    """Call expressions whose callee is not known; no edge was guessed for them."""
    unresolved: tuple[UnresolvedCall, ...] = ()
    """The same calls, one by one."""


@dataclass(frozen=True, slots=True)
class ComplexityMetrics:
    """Numbers per function, and the rings among modules and among functions."""

    cyclomatic: Mapping[str, int] = field(default_factory=dict)
    import_cycles: tuple[tuple[str, ...], ...] = ()
    call_cycles: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What a module imports: modules of the graph, the standard library, other packages."""

    internal: tuple[str, ...] = ()
    stdlib: tuple[str, ...] = ()
    external: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id and edges by source, target, type, both sorted; equal input, equal graph."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    metadata: Metadata
    complexity_metrics: ComplexityMetrics
    dependencies: Mapping[str, Dependencies]

    def node(self, node_id: str) -> Node | None:
        """Return the node with this id, if there is one."""
        return next((node for node in self.nodes if node.id == node_id), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the graph as plain JSON values."""
        return {
            "schema": SCHEMA,
            "nodes": [asdict(node) for node in self.nodes],
            "edges": [asdict(edge) for edge in self.edges],
            "metadata": asdict(self.metadata),
            "complexity_metrics": asdict(self.complexity_metrics),
            "dependencies": {name: asdict(value) for name, value in self.dependencies.items()},
        }

    def to_json(self) -> str:
        """Return JSON text, byte-equal for equal graphs; lone surrogates are escaped."""
        return json.dumps(self.to_dict(), sort_keys=True, indent=1) + "\n"

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


def _read(data: dict[str, Any]) -> Graph:
    metadata, complexity = dict(data["metadata"]), data["complexity_metrics"]
    metadata["files_not_analysed"] = tuple(
        NotAnalysed(**file) for file in metadata["files_not_analysed"]
    )
    metadata["unresolved"] = tuple(UnresolvedCall(**call) for call in metadata["unresolved"])
    return Graph(
        nodes=tuple(Node(**{**node, "type": NodeType(node["type"])}) for node in data["nodes"]),
        edges=tuple(_edge(edge) for edge in data["edges"]),
        metadata=Metadata(**metadata),
        complexity_metrics=ComplexityMetrics(
            cyclomatic=complexity["cyclomatic"],
            import_cycles=tuple(map(tuple, complexity["import_cycles"])),
            call_cycles=tuple(map(tuple, complexity["call_cycles"])),
        ),
        dependencies={
            name: Dependencies(**{kind: tuple(names) for kind, names in value.items()})
            for name, value in data["dependencies"].items()
        },
    )


def _edge(data: dict[str, Any]) -> Edge:
    kind, resolution = data["kind"], data["resolution"]
    return Edge(
        data["source"],
        data["target"],
        EdgeType(data["type"]),
        data["line"],
        None if kind is None else CallKind(kind),
        None if resolution is None else Resolution(resolution),
    )
