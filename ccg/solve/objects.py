"""What a value may be: the abstract objects of the analysis; no I/O."""

from dataclasses import dataclass, field
from typing import Any

from ccg.solve.node import Node
from ccg.syntax.facts import ModuleFacts, Unit

EXACT, DECLARED, OVERRIDING = 0, 1, 2
"""How an instance became known: it was made, its class was declared, or a subclass of the declared."""


@dataclass(slots=True, eq=False)
class Module:
    """An analysed module."""

    name: str
    path: str
    facts: ModuleFacts
    index: int
    is_package: bool
    nodes: dict[int, Node] = field(default_factory=dict)
    """The nodes of its values, without a context."""

    @property
    def package(self) -> str:
        """Return the package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def id_of(self, unit: Unit) -> str:
        """Return the dotted name of a unit."""
        return f"{self.name}.{unit.name}" if unit.name else self.name


@dataclass(slots=True, eq=False)
class Function:
    """A function, with the activation that it was made in (0 where that does not matter)."""

    module: Module
    unit: Unit
    number: int
    context: int


@dataclass(slots=True, eq=False)
class Class:
    """A class of the analysed code."""

    module: Module
    unit: Unit
    number: int
    bases: list["Class"] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    """Names of bases from outside of the analysed code, of all ancestors, nearest first."""
    mro: list["Class"] = field(default_factory=list)
    metaclasses: list["Class"] = field(default_factory=list)
    subclasses: list["Class"] = field(default_factory=list)
    """The direct ones."""
    is_made: bool = False
    """An instance of it is seen to be made."""
    methods: dict[str, list[Unit]] = field(default_factory=dict)
    """The functions that are defined right in it, by the attribute that they store in `self`."""
    id: int = -1

    @property
    def name(self) -> str:
        """Return its dotted name."""
        return self.module.id_of(self.unit)


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class; `via` is one of EXACT, DECLARED, OVERRIDING."""

    cls: Class
    via: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A method with its receiver: numbers of objects."""

    function: int
    receiver: int


@dataclass(frozen=True, slots=True)
class ModuleObject:
    """A module as a value."""

    module: Module


@dataclass(frozen=True, slots=True)
class Outside:
    """A name from outside of the analysed code; what calling it gives is an instance."""

    name: str
    is_instance: bool = False
    is_end: bool = False
    """An attribute of an instance: nothing is known of what it gives."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; the value is None where only its type is known."""

    type: str
    value: object = None


@dataclass(slots=True, eq=False)
class Container:
    """A list, tuple, dict, set, generator, coroutine or their like, by where it is made."""

    type: str
    rest: Node = field(default_factory=Node)
    """What stands under a key that is not known."""
    items: dict[tuple[str, object], Node] = field(default_factory=dict)
    """What stands under each known key, ("int", 0) or ("str", "a")."""
    watchers: list[Any] = field(default_factory=list)
    """Called with each new key."""
    is_part: bool = False
    """It was sliced out of another."""


@dataclass(slots=True, eq=False)
class Property:
    """A property or another descriptor with functions of its own."""

    getter: Node
    setter: Node = field(default_factory=Node)
    deleter: Node = field(default_factory=Node)
    is_cached: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """A descriptor that is reached through an object: reading it is a call."""

    descriptor: int
    receiver: int


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` within a class, for a receiver."""

    cls: Class
    receiver: int


@dataclass(slots=True, eq=False)
class Special:
    """Something of the standard library that calls what it was given."""

    kind: str
    """partial, wrapper, staticmethod, classmethod, attrgetter, ..."""
    function: Node
    arguments: Any = None
    extra: Any = None
    leave: Any = None
    """Of a context manager: called with the place that leaves it."""


Object = (
    Function
    | Class
    | Instance
    | Bound
    | ModuleObject
    | Outside
    | Constant
    | Container
    | Property
    | Access
    | Super
    | Special
)
