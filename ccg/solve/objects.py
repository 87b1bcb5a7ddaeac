"""What a value may be: the abstract objects of the analysis; no I/O."""

from dataclasses import dataclass, field
from typing import Any

from ccg.solve.fixpoint import Derived, Variable
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
    values: list[int] = field(default_factory=list)
    """The set of each operation's value, for all calls together."""
    names: dict[str, Variable] = field(default_factory=dict)
    """What its own names hold for those who read them from elsewhere."""
    foreign: dict[str, Derived] = field(default_factory=dict)
    """What names mean in it that it does not bind."""
    resolved: set[int] = field(default_factory=set)
    """The calls of which it is known what they call."""
    exports: dict[int, Variable] = field(default_factory=dict)
    """Values that another body reads: defaults, annotations, what a class binds."""

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
    wrapped: set[int] = field(default_factory=set)
    """All functions that were decorated with it."""
    is_protocol: bool = False
    """It says what others must have, and nothing is made of it."""
    is_made: bool = False
    """An instance of it is seen to be made."""
    stores: set[str] = field(default_factory=set)
    """Attributes that its own methods store in `self`, or that they or its body declare."""
    methods: list[Unit] = field(default_factory=list)
    """The functions that are defined right in it."""
    owners: dict[str, "Class | None"] = field(default_factory=dict)
    """Where its attributes are found, as far as somebody asked."""
    values: dict[str, Derived] = field(default_factory=dict)
    """What stands under a name in it, once somebody asked."""
    storing: dict[str, bool] = field(default_factory=dict)
    """Whether it, or a class above it, stores an attribute in `self`, as far as somebody asked."""
    annotations: dict[str, int] = field(default_factory=dict)
    """Those of its attributes, -1 for none, as far as somebody asked."""
    fields: dict[str, Derived] = field(default_factory=dict)
    """What its instances store in attributes, once somebody asked."""
    fields_below: dict[str, Derived] = field(default_factory=dict)
    """The same with the instances of all classes below it."""
    below: "list[Class]" = field(default_factory=list)
    """It and all that inherits from it, once somebody asked."""
    reach: "dict[int, Class]" = field(default_factory=dict)
    """It, its ancestors and all that inherits from it, by their ids, once somebody asked."""
    places: dict[int, int] = field(default_factory=dict)
    """Where these stand among them."""
    id: int = -1
    own_id: int = -1
    """What stands for the class itself where attributes are kept, apart from its instances."""

    @property
    def name(self) -> str:
        """Return its dotted name."""
        return self.module.id_of(self.unit)


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class; `via` is one of EXACT, DECLARED, OVERRIDING."""

    cls: Class
    via: int
    is_open: bool = False
    """It may be of any class below as well."""
    wrapped: int = 0
    """What it was made of as a decorator: the set of these functions."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A method with its receivers: the number of an object, and of a set."""

    function: int
    receivers: int


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
    rest: Variable = field(default_factory=Variable)
    """What stands under a key that is not known."""
    items: dict[tuple[str, object], Variable] = field(default_factory=dict)
    """What stands under each known key, ("int", 0) or ("str", "a")."""
    size: Variable = field(default_factory=Variable)
    """The number of known keys: it is read by who reads all of them."""
    keys: Variable = field(default_factory=Variable)
    """Of a dict the keys that are no literals."""
    elements: Derived | None = None
    """Everything that stands in it, once somebody asked."""
    is_part: bool = False
    """It was sliced out of another."""


@dataclass(slots=True, eq=False)
class Property:
    """A property or another descriptor with functions of its own."""

    getter: Variable = field(default_factory=Variable)
    setter: Variable = field(default_factory=Variable)
    deleter: Variable = field(default_factory=Variable)


@dataclass(frozen=True, slots=True)
class Access:
    """A descriptor that is reached through objects: reading it is a call."""

    descriptor: int
    receivers: int


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` within a class, for a set of receivers."""

    cls: Class
    receivers: int


@dataclass(slots=True, eq=False)
class Special:
    """Something of the standard library that calls what it was given."""

    kind: str
    """partial, wrapper, staticmethod, classmethod, attrgetter, ..."""
    function: Variable = field(default_factory=Variable)
    given: Any = None
    """What it was made with, where that is more than a function."""
    about: Any = None
    """What else there is to know, by its kind."""


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
