"""What a call hands over; no I/O."""

from collections.abc import Sequence

Keyword = tuple[str | None, int]
"""A keyword's name, None for `**`, and the set that it may be."""


class Arguments:
    """The arguments of a call, each the number of a set."""

    __slots__ = ("is_plain", "keywords", "positional", "spread")

    def __init__(
        self,
        positional: Sequence[int] = (),
        keywords: Sequence[Keyword] = (),
        spread: Sequence[bool] = (),
    ) -> None:
        self.positional = tuple(positional)
        self.keywords = tuple(keywords) if keywords else ()
        self.spread = tuple(spread) if spread and True in spread else ()
        """Which of the positional ones stand for `*x`; empty where none does."""
        self.is_plain = not self.spread
        """Nothing of it is spread."""
        for name, _ in self.keywords:
            if name is None:
                self.is_plain = False

    def key(self) -> tuple[object, ...]:
        """Return a value that is equal for equal arguments."""
        return (self.positional, self.keywords, self.spread)

    def at(self, position: int) -> int | None:
        """Return a positional argument before any that is spread, None where it is not given."""
        if position < len(self.positional) and True not in self.spread[: position + 1]:
            return self.positional[position]
        return None

    def named(self, name: str) -> int | None:
        """Return a keyword argument, None where it is not given."""
        for keyword, given in self.keywords:
            if keyword == name:
                return given
        return None

    def pick(self, position: int, name: str) -> int | None:
        """Return an argument by position or by name, None where it is not given."""
        found = self.at(position)
        return self.named(name) if found is None else found

    def all(self) -> list[int]:
        """Return all arguments that are not spread."""
        spread = self.spread or (False,) * len(self.positional)
        given = [
            one for one, is_spread in zip(self.positional, spread, strict=True) if not is_spread
        ]
        return given + [one for name, one in self.keywords if name]

    def after(self, count: int) -> "Arguments":
        """Return the arguments after the first ones."""
        return Arguments(self.positional[count:], self.keywords, self.spread[count:])

    def joined(self, before: Sequence[int], keywords: Sequence[Keyword] = ()) -> "Arguments":
        """Return the arguments with others before them."""
        if not before and not keywords:
            return self
        spread = (*(False for _ in before), *self.spread) if self.spread else ()
        return Arguments((*before, *self.positional), (*keywords, *self.keywords), spread)
