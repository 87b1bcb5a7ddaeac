"""What a graph consists of, as frozen values; no I/O.

What there is by the hundred thousand is a named tuple: it is made in a quarter of a dataclass's time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


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
    """The receiver was followed from where it was made, or its class has none below it."""
    ANNOTATION = "annotation"
    """The receiver's type was declared, or assumed for a method that nobody is seen to call."""
    OVERRIDE = "override"
    """A subclass of the declared type overrides the method."""
    NAME = "name"
    """Only the name fits; such edges are made on request alone."""


class Node(NamedTuple):
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


class Edge(NamedTuple):
    """A relation, kept once per source, target and type; `line` is the first place of it."""

    source: str
    target: str
    type: EdgeType
    line: int
    kind: CallKind | None = None
    """Of a call; where one pair calls in several ways, the first in the order of `CallKind`."""
    resolution: Resolution | None = None
    """Of a call; where several fit, the surest."""


class UnresolvedCall(NamedTuple):
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
    cognitive: Mapping[str, int] = field(default_factory=dict)


class NodeMetrics(NamedTuple):
    """The numbers of one node; None is what its type does not have."""

    lines: int
    """From its first line to its last; 0 for what lies outside."""
    fan_in: int
    """Other nodes that call, inherit from, import or reference it."""
    fan_out: int
    """Other nodes that it calls, inherits from, imports or references."""
    cyclomatic: int | None = None
    """Of a function: 1 plus its decisions (McCabe)."""
    cognitive: int | None = None
    """Of a function: how hard it is to follow (SonarSource)."""
    inheritance_depth: int | None = None
    """Of a class: the longest way up to a class without bases (Chidamber and Kemerer's DIT)."""


@dataclass(frozen=True, slots=True)
class ModuleMetrics:
    """How a module hangs together with the other modules of the graph."""

    afferent: int
    """Ca: modules that import it."""
    efferent: int
    """Ce: modules that it imports."""
    instability: float | None
    """Ce / (Ca + Ce) (Martin), 0 for what only others need; None where both are 0."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything that is computed from the nodes and edges of a whole graph."""

    nodes: Mapping[str, NodeMetrics]
    modules: Mapping[str, ModuleMetrics]
    hubs: tuple[str, ...]
    """Up to 20 nodes of the analysed files with the largest product of fan-in and fan-out."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What a module imports: modules of the graph, the standard library, other packages."""

    internal: tuple[str, ...] = ()
    stdlib: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
