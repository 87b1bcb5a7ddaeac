"""What is known while the analysis runs; no I/O."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ccg.graph import CallKind, Resolution
from ccg.solve.fixpoint import Derived, Fixpoint, Variable
from ccg.solve.frame import Frame
from ccg.solve.objects import Class, Instance, Module, Object


@dataclass(slots=True)
class Found:
    """An edge: how it was made, how it was resolved, where."""

    kind: CallKind
    resolution: Resolution
    places: set[int]
    """The operations that make it: twice the module's number, shifted by `SHIFT`, and the operation's.

    It is one more where the body is carried out for one call, or for one closure.
    """


@dataclass(slots=True, eq=False)
class OwnersBelow:
    """Where live classes from one on downwards find an attribute, by what was seen before this round."""

    found: list[Class]
    place: Variable = field(default_factory=Variable)
    """What changes with it."""


class State(Fixpoint):
    """The objects, frames and edges so far, and what was found out about them."""

    __slots__ = (
        "_instances_in",
        "_numbers",
        "_telling",
        "attributes",
        "bearing",
        "class_names",
        "class_stores",
        "classes",
        "common",
        "declared",
        "definers",
        "derived",
        "edges",
        "fields",
        "frames",
        "holders",
        "holding",
        "made",
        "making",
        "memo",
        "modules",
        "muddled",
        "muddles",
        "objects",
        "of_round",
        "owners_below",
        "parts",
        "spelled",
        "stored",
        "vias",
        "waiting",
        "world",
    )

    def __init__(self, modules: Mapping[str, Module]) -> None:
        super().__init__()
        self.modules = modules
        self.objects: list[Object] = []
        self._numbers: dict[Any, int] = {}
        self.classes: dict[tuple[int, int], Class] = {}
        self.frames: list[Frame] = []
        self.common: list[dict[int, Frame]] = [{} for _ in modules]
        """The frames for all calls together, by module and unit."""
        self._instances_in: dict[int, list[tuple[int, Instance]]] = {}
        self._telling: dict[int, bool] = {}
        self.derived: dict[Any, Derived] = {}
        self.attributes: dict[tuple[int, str], tuple[int, list[Derived]]] = {}
        """What an attribute of each of the objects in a set is: what is certain, and what may grow."""
        self.parts: dict[tuple[int, str], Derived] = {}
        """What an attribute of a set of instances, or of one other object, is."""
        self.fields: dict[str, dict[int, Variable]] = defaultdict(dict)
        """What is stored in attributes, by name and object: of a class, for all its instances."""
        self.holders: dict[tuple[str, int], Variable] = {}
        """What who looks for new fields of a name reads, by whose fields these are."""
        self.memo: dict[Any, Any] = {}
        """What rules need to find out only once, by a key that begins with their name."""
        self.of_round: dict[Any, Any] = {}
        """The same for what is true in this round only; who asks has read `world`."""
        self.owners_below: dict[tuple[Class, str], OwnersBelow] = {}
        """By the class and the attribute."""
        self.edges: dict[tuple[str, str], Found] = {}
        self.stored: set[str] = set()
        """Names of attributes that somebody stores in instances, classes or functions, or declares."""
        self.class_stores: set[str] = set()
        """Names of attributes that somebody stores in classes."""
        self.definers: dict[str, list[Class]] = {}
        """The classes whose bodies bind a name."""
        self.class_names: set[str] = set()
        """Names that the bodies of classes bind."""
        self.holding: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
        """For a special method's name and a set which of its objects have it, and which have not."""
        self.bearing: dict[str, dict[int, tuple[bool, bool]]] = defaultdict(dict)
        """For a special method's name and an object whether it may have it, and whether it surely has."""
        self.making: set[int] | None = None
        """The classes that the operation at hand has begun to make instances of, None for none."""
        self.vias: dict[int, int] = {}
        """How the surest of the objects in a set became known."""
        self.muddled: dict[int, bool] = {}
        """Of large sets whether they are of so many kinds that nothing is known."""
        self.muddles: set[tuple[int, int]] = set()
        """Calls of such sets, by module and operation."""
        self.waiting: dict[Frame, set[int]] = {}
        """Frames with the operations that met a value of which nothing is known."""
        self.world = Variable()
        """The number of the round: what is assumed follows from all that was seen before."""
        self.made = 0
        """The number of classes that are made, when the round began."""
        self.declared: dict[Any, tuple[Variable, Module, int]] = {}
        """Fields with an annotation that counts where nothing else is known."""
        self.spelled: set[str] = set()
        """Literal texts that were taken for names of attributes: what they say made a difference."""
