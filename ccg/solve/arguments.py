"""What a call hands over, and how it reaches parameters; no I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ccg.solve.node import Node

Lazy = Callable[[], Node]


class Arguments:
    """The arguments of a call; a node is asked for only when a parameter wants it."""

    __slots__ = ("_make", "keywords", "positional", "spread")

    def __init__(
        self,
        positional: Sequence[int | Node] = (),
        keywords: Sequence[tuple[str | None, int | Node]] = (),
        *,
        make: Callable[[int], Node] | None = None,
    ) -> None:
        self.positional = [p if isinstance(p, Node) or p >= 0 else ~p for p in positional]
        self.spread = [not isinstance(p, Node) and p < 0 for p in positional]
        self.keywords = keywords
        self._make = make

    def node(self, given: int | Node) -> Node:
        """Return the node of an argument."""
        if isinstance(given, Node):
            return given
        assert self._make is not None  # noqa: S101 (numbers are given together with their maker)
        return self._make(given)

    def at(self, position: int) -> Node | None:
        """Return a positional argument before any that is spread, or None."""
        if position < len(self.positional) and True not in self.spread[: position + 1]:
            return self.node(self.positional[position])
        return None

    def named(self, name: str) -> Node | None:
        """Return a keyword argument, or None."""
        for keyword, given in self.keywords:
            if keyword == name:
                return self.node(given)
        return None

    def pick(self, position: int, name: str) -> Node | None:
        """Return an argument by position or by name, or None."""
        found = self.at(position)
        return self.named(name) if found is None else found

    def all(self) -> list[Node]:
        """Return all arguments that are not spread."""
        pairs = zip(self.positional, self.spread, strict=True)
        nodes = [self.node(given) for given, is_spread in pairs if not is_spread]
        return nodes + [self.node(given) for name, given in self.keywords if name]

    def without_first(self, count: int) -> "Arguments":
        """Return the arguments after the first ones."""
        rest = Arguments(make=self._make)
        rest.positional = self.positional[count:]
        rest.spread = self.spread[count:]
        rest.keywords = self.keywords
        return rest


@dataclass(slots=True, eq=False)
class Binding:
    """One way in which a function is called: arguments, and the receiver's object (-1 for none)."""

    arguments: Arguments
    receiver: int = -1
    before: tuple[Node, ...] = ()
    """Positional arguments that a partial application adds before the others."""
    before_keywords: tuple[tuple[str, Node], ...] = ()
