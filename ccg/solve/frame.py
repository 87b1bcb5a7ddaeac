"""A body as it is carried out, and the places in it that call something; no I/O."""

from typing import Any

from ccg.graph import CallKind
from ccg.solve.arguments import Arguments, Keyword
from ccg.solve.bodies import Body
from ccg.solve.fixpoint import Readable, Task, Variable
from ccg.solve.objects import Class, Function, Module


class Frame(Task):
    """A body as it is carried out: for all calls together, or for one that is told apart."""

    __slots__ = (
        "around",
        "body",
        "chain",
        "cls",
        "context",
        "defaulted",
        "depth",
        "inner",
        "is_begun",
        "is_decorating",
        "is_settled",
        "made",
        "module",
        "owner",
        "parameters",
        "result",
        "values",
        "variables",
    )

    def __init__(self, module: Module, body: Body, context: int, owner: str) -> None:
        super().__init__()
        self.module = module
        self.body = body
        self.context = context
        self.owner = owner
        """The name of the function or module."""
        self.values: Any = {} if context else module.values
        """The set of each operation's value."""
        self.parameters: list[Variable] = [Variable() for _ in body.unit.parameters]
        self.variables: dict[str, Variable] = {name: Variable() for name in sorted(body.captured)}
        """What functions within read."""
        self.inner = Variable()
        """What it returns; of a generator what it yields."""
        self.result: Readable = self.inner
        """What calling it gives."""
        self.defaulted: set[int] = set()
        """Parameters that some call leaves out."""
        self.made: dict[tuple[int, Function, int], Made] = {}
        """Calls as they were made last: by the operation, the function and its receivers."""
        self.is_begun = False
        """It was carried out once, or is being."""
        self.is_decorating = False
        """It is an activation in the course of which a decorator is applied."""
        self.is_settled = False
        """What is not known by now will not be known."""
        self.cls: Class | None = None
        """Of a method, its class."""
        self.around = 0
        """The activation of the function around that it was made in."""
        self.depth = 0
        self.chain: frozenset[tuple[int, int]] = frozenset()
        """The functions whose activations led here."""


class Made:
    """A call of a function as it was made last."""

    __slots__ = ("_keywords", "_kind", "_positional", "target")

    def __init__(
        self,
        kind: CallKind,
        positional: tuple[int, ...],
        keywords: tuple[Keyword, ...],
        target: Frame,
    ) -> None:
        self._kind = kind
        self._positional = positional
        self._keywords = keywords
        self.target = target
        """The frame that gives the result."""

    def is_of(self, kind: CallKind, arguments: Arguments) -> bool:
        """Tell whether it was made in this way and with these arguments."""
        return (
            self._positional == arguments.positional
            and self._keywords == arguments.keywords
            and self._kind is kind
            and arguments.is_plain
        )


class Site:
    """A place that may call something."""

    __slots__ = ("frame", "kind", "value")

    def __init__(self, frame: Frame, value: int, kind: CallKind) -> None:
        self.frame = frame
        self.value = value
        self.kind = kind

    @property
    def place(self) -> tuple[int, int, int]:
        """Return a key for what is made here."""
        return (self.frame.module.index, self.value, self.frame.context)

    def of(self, kind: CallKind) -> "Site":
        """Return the same place for another kind of call."""
        return self if kind is self.kind else Site(self.frame, self.value, kind)
