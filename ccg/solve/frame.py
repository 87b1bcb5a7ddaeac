"""A body as it is carried out, and the places in it that call something; no I/O."""

from typing import Any

from ccg.graph import CallKind
from ccg.solve.arguments import Arguments, Keyword
from ccg.solve.bodies import Body
from ccg.solve.fixpoint import Readable, Task, Variable
from ccg.solve.objects import OVERRIDING, Class, Container, Function, Module

# Named once: in Python 3.11 to name a member takes ten times as long as to read a variable.
CALL, CALLBACK, DECORATOR = CallKind.CALL, CallKind.CALLBACK, CallKind.DECORATOR
DUNDER, INIT, PROPERTY = CallKind.DUNDER, CallKind.INIT, CallKind.PROPERTY
NONE_LEFT_OUT: frozenset[int] = frozenset()
UNSEEN = -2
"""No receivers were seen yet; a plain function has -1 for none."""


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
        "keywords",
        "made",
        "module",
        "owner",
        "parameters",
        "result",
        "values",
        "variables",
        "variadic",
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
        self.defaulted: frozenset[int] = NONE_LEFT_OUT
        """Parameters that some call leaves out."""
        self.variadic: tuple[int, Container] | None = None
        """The tuple that `*args` receives, with its number, once somebody asked."""
        self.keywords: tuple[int, Container] | None = None
        """The dict that `**kwargs` receives."""
        self.made: dict[tuple[int, Function], Made] = {}
        """Calls as they were made last: by the operation and the function."""
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


_Given = tuple[tuple[int, ...], tuple[Keyword, ...]]


class Given:
    """What a place handed over when it last made a call."""

    __slots__ = ("_given", "_others", "_receivers", "kind")

    def __init__(self) -> None:
        self.kind: CallKind | None = None
        self._receivers = UNSEEN
        self._given: _Given | None = None
        """The arguments on the receivers that were first."""
        self._others: dict[int, _Given] | None = None
        """The arguments by other receivers; for most calls a dict would be all but empty."""

    def is_known(self, kind: CallKind, arguments: Arguments, receivers: int) -> bool:
        """Tell whether it was made in this way, on these receivers and with these arguments."""
        given = self._given
        if receivers != self._receivers:
            given = self._others.get(receivers) if self._others else None
        return (
            given is not None
            and given[0] == arguments.positional
            and given[1] == arguments.keywords
            and self.kind is kind
            and arguments.is_plain
        )

    def note(self, kind: CallKind, arguments: Arguments, receivers: int) -> None:
        """Note how it is made."""
        self.kind = kind
        if not arguments.is_plain:
            return
        given = (arguments.positional, arguments.keywords)
        if self._receivers in {UNSEEN, receivers}:
            self._receivers, self._given = receivers, given
        elif self._others is None:
            self._others = {receivers: given}
        else:
            self._others[receivers] = given


class Made(Given):
    """A call of a function as it was made last."""

    __slots__ = ("target", "via")

    def __init__(self, target: Frame) -> None:
        super().__init__()
        self.target = target
        """The frame that gives the result."""
        self.via = OVERRIDING + 1
        """How the surest of all its receivers became known."""


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
