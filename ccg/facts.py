"""What one file says, apart from all others: its scopes and the expressions that matter; no I/O.

An expression is kept only as far as it can lead to a definition; None stands for the rest.
"""

from dataclasses import dataclass, field
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name, looked up through the scopes."""

    id: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """`value.name`."""

    value: "Expression"
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """What comes back from calling `function`; also an instance of an annotated type."""

    function: "Expression"


@dataclass(frozen=True, slots=True)
class Either:
    """One of several, as in `a or b` and `a if c else b`."""

    options: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal of a builtin type."""

    type: str


@dataclass(frozen=True, slots=True)
class Defined:
    """The class or function that is defined under this id."""

    id: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A module, or with `symbol` a name of it; `level` counts the dots of a relative import."""

    module: str
    symbol: str | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class SuperOf:
    """`super()` within a method of this class."""

    id: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """An instance of the type that an annotation names."""

    type: "Expression"


Expression = (
    Name | Attribute | Call | Either | Literal | Defined | Imported | SuperOf | Annotated | None
)


class ScopeKind(Enum):
    """What opened a scope."""

    MODULE = auto()
    CLASS = auto()
    FUNCTION = auto()


@dataclass(frozen=True, slots=True)
class Binding:
    """A value given to a name, to be understood in `scope`."""

    value: Expression
    scope: "Scope"
    line: int


@dataclass(frozen=True, slots=True)
class Place:
    """An expression and the line where it stands."""

    value: Expression
    line: int


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function; definitions that share one id share one scope."""

    id: str
    kind: ScopeKind
    name: str
    parent: "Scope | None"
    line: int
    end_line: int
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)
    """Of a class: what its methods assign to attributes of their first parameter."""
    global_names: set[str] = field(default_factory=set)
    bases: list[Place] = field(default_factory=list)
    decorators: list[Expression] = field(default_factory=list)
    returns: list[Expression] = field(default_factory=list)
    return_annotation: Expression = None
    calls: list[Place] = field(default_factory=list)
    reads: list[Place] = field(default_factory=list)
    imports: list[Place] = field(default_factory=list)
    star_imports: list[Imported] = field(default_factory=list)
    complexity: int = 1
    lambdas: int = 0

    def bind(self, name: str, binding: Binding) -> None:
        """Add a value that the name may have."""
        self.bindings.setdefault(name, []).append(binding)


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """All scopes of one file, the module's own first."""

    name: str
    path: str
    is_package: bool
    scopes: tuple[Scope, ...]

    @property
    def scope(self) -> Scope:
        """Return the module's own scope."""
        return self.scopes[0]

    @property
    def package(self) -> str:
        """Return the package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]
