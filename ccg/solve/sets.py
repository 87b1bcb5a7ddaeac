"""Sets of objects, each kept once and known by its number; no I/O.

Objects are numbered in the order in which they are met, so that the order of work, and with it every cut,
follows from the input alone.
"""

from collections.abc import Iterable

EMPTY = 0
"""The number of the set without objects: nothing is known."""
MAX_OBJECTS = 16
"""Objects of one set; of more, those that were met first are kept."""
MAX_LITERALS = 8
"""Objects of a set from which on its literals are many: only their types are known."""


class Sets:
    """Numbers sets, so that equal ones are one and joining two that were joined before is a look-up."""

    def __init__(self) -> None:
        self.members: list[tuple[int, ...]] = [()]
        """The objects of each set, sorted."""
        self.general: dict[int, int] = {}
        """For each literal's object the one that stands for many literals of its type."""
        self.weaker: dict[int, tuple[int, ...]] = {}
        """For each object that says less than others those that make it superfluous."""
        self._many: set[int] = set()
        self._numbers: dict[tuple[int, ...], int] = {(): EMPTY}
        self._singles: dict[int, int] = {}
        self._unions: dict[tuple[int, int], int] = {}

    def single(self, item: int) -> int:
        """Return the set of one object."""
        found = self._singles.get(item)
        if found is None:
            found = self._singles[item] = self._number((item,))
        return found

    def of(self, items: Iterable[int]) -> int:
        """Return the set of these objects."""
        distinct = set(items)
        return self.single(distinct.pop()) if len(distinct) == 1 else self._bounded(distinct)

    def union(self, one: int, other: int) -> int:
        """Return the set of what is in either of two."""
        if one == other or not other:
            return one
        if not one:
            return other
        key = (one, other) if one < other else (other, one)
        found = self._unions.get(key)
        if found is None:
            found = self._bounded({*self.members[one], *self.members[other]})
            self._unions[key] = found
        return found

    def grown(self, old: int, new: int) -> int:
        """Return a set with more objects in it; a full one stays as it is, so that growing ends."""
        if len(self.members[old]) >= MAX_OBJECTS:
            return old
        return self.union(old, new)

    def union_all(self, sets: Iterable[int]) -> int:
        """Return the set of what is in any of them."""
        distinct = {number for number in sets if number}
        if len(distinct) <= 1:
            return distinct.pop() if distinct else EMPTY
        if len(distinct) == 2:
            return self.union(distinct.pop(), distinct.pop())
        return self._bounded({item for number in distinct for item in self.members[number]})

    def _bounded(self, items: set[int]) -> int:
        general = self.general
        if len(items) > MAX_LITERALS and not general.keys().isdisjoint(items):
            items = {general.get(item, item) for item in items}
            self._many.update(items.intersection(general.values()))
        elif not self._many.isdisjoint(items):  # many are no more when there is another
            items = {item for item in items if general.get(item) not in items}
        weaker = self.weaker
        if not weaker.keys().isdisjoint(items):
            items = {item for item in items if items.isdisjoint(weaker.get(item, ()))}
        return self._number(tuple(sorted(items)[:MAX_OBJECTS]))

    def _number(self, items: tuple[int, ...]) -> int:
        found = self._numbers.get(items)
        if found is None:
            found = self._numbers[items] = len(self.members)
            self.members.append(items)
        return found
