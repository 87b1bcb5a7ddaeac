"""Sets of objects, each kept once and known by its number; no I/O.

Objects are numbered in the order in which they are met, so that the order of work, and with it every cut,
follows from the input alone.
"""

from collections.abc import Iterable

EMPTY = 0
"""The number of the set without objects: nothing is known."""
MAX_OBJECTS = 16
"""Objects of a set; of more, those that were met first are kept.

What may be so much is not known any more: it comes from calls that were not told apart.
"""
MAX_DEFINED = 32
"""Objects of a set of functions, methods and classes: the handlers in a table, say."""
MAX_STRANGERS = 4
"""Other objects that may be among them."""
MAX_LITERALS = 8
"""Objects of a set from which on its literals are many: only their types are known."""
LITERAL, MANY, WEAK, ACCESS, BEARER = 1, 2, 4, 8, 16
"""Of an object: it is a literal; it stands for many; another may make it superfluous; to read it is a call;
it may have special methods."""
_REDUCIBLE = LITERAL | MANY | WEAK


class Sets:
    """Numbers sets, so that equal ones are one and joining two that were joined before is a look-up."""

    def __init__(self) -> None:
        self.members: list[tuple[int, ...]] = [()]
        """The objects of each set, sorted."""
        self.traits: list[int] = []
        """Of each object what a set must look at that holds it."""
        self.general: dict[int, int] = {}
        """For each literal's object the one that stands for many literals of its type."""
        self.weaker: dict[int, tuple[int, ...]] = {}
        """For each object that says less than others those that make it superfluous."""
        self.is_defined: list[bool] = []
        """Of each object whether it is a function, a method, a class or their like."""
        self._cut: set[int] = set()
        """Sets that there was more of."""
        self.together: list[int] = [0]
        """Of each set at least the traits of its objects."""
        self._numbers: dict[tuple[int, ...], int] = {(): EMPTY}
        self._singles: list[int] = []
        """Of each object the set of it alone, `EMPTY` where nobody asked."""
        self._unions: dict[tuple[int, int], int] = {}
        self._joined: dict[frozenset[int], int] = {}
        """The union of more than two."""

    def add_object(self, traits: int = 0, *, is_defined: bool) -> None:
        """Take up the next object, which is a function, a method, a class or their like or not."""
        self.traits.append(traits)
        self.is_defined.append(is_defined)
        self._singles.append(EMPTY)

    def single(self, item: int) -> int:
        """Return the set of one object."""
        found = self._singles[item]
        if not found:
            found = self._singles[item] = self._number((item,), self.traits[item])
        return found

    def of(self, items: Iterable[int]) -> int:
        """Return the set of these objects."""
        distinct = set(items)
        if len(distinct) <= 1:
            return self.single(distinct.pop()) if distinct else EMPTY
        found = self._numbers.get(tuple(sorted(distinct)))
        return found or self._bounded(distinct, self._traits_of(distinct))

    def union(self, one: int, other: int) -> int:
        """Return the set of what is in either of two."""
        if one == other or not other:
            return one
        if not one:
            return other
        key = (one, other) if one < other else (other, one)
        found = self._unions.get(key)
        if found is None:
            mine, others = self.members[one], self.members[other]
            items = {*mine, *others}
            if len(items) == len(mine):  # nothing new
                found = one
            elif len(items) == len(others):
                found = other
            else:
                found = self._bounded(items, self.together[one] | self.together[other])
            self._unions[key] = found
        return found

    def grown(self, old: int, new: int) -> int:
        """Return a set with more objects in it; it never has fewer, so that growing ends."""
        found = self._unions.get((old, new) if old < new else (new, old)) or self.union(old, new)
        if found == old:
            return old
        if found in self._cut and len(self.members[found]) <= len(self.members[old]):
            return old
        return found

    def union_all(self, sets: Iterable[int]) -> int:
        """Return the set of what is in any of them."""
        found, others = EMPTY, set()
        for number in sets:
            if number and number != found:
                if found:
                    others.add(number)
                else:
                    found = number
        if len(others) <= 1:
            return self.union(found, others.pop()) if others else found
        others.add(found)
        key = frozenset(others)
        joined = self._joined.get(key)
        if joined is None:
            items = {item for number in others for item in self.members[number]}
            joined = self._joined[key] = self._bounded(items, self._traits_of(items))
        return joined

    def _traits_of(self, items: Iterable[int]) -> int:
        traits, found = self.traits, 0
        for item in items:
            found |= traits[item]
        return found

    def _bounded(self, items: set[int], traits: int) -> int:
        if traits & _REDUCIBLE:
            general = self.general
            if traits & LITERAL and len(items) > MAX_LITERALS:
                items = {general.get(item, item) for item in items}
                traits = self._traits_of(items)
            elif traits & MANY and traits & LITERAL:  # many are no more when there is another
                items = {item for item in items if general.get(item) not in items}
                traits = self._traits_of(items)
            if traits & WEAK:
                weaker = self.weaker
                items = items.difference(
                    [
                        item
                        for item in items
                        if item in weaker and not items.isdisjoint(weaker[item])
                    ]
                )
        key = tuple(sorted(items))
        if len(key) <= MAX_OBJECTS:
            return self._number(key, traits)
        limit = self._limit_of(key)
        found = self._number(key[:limit], traits)
        if len(key) > limit:
            self._cut.add(found)
        return found

    def _limit_of(self, items: tuple[int, ...]) -> int:
        """Return how many of these objects a set may have."""
        strangers = len(items) - sum(map(self.is_defined.__getitem__, items))
        return MAX_DEFINED if strangers <= MAX_STRANGERS else MAX_OBJECTS

    def _number(self, items: tuple[int, ...], traits: int) -> int:
        found = self._numbers.get(items)
        if found is None:
            found = self._numbers[items] = len(self.members)
            self.members.append(items)
            self.together.append(traits)
        return found
