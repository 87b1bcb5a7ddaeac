"""Many objects that count as one: what stands in a large table, or has a name that is computed; no I/O.

A set keeps no more than some objects. All of them count where they are known to belong together, while many
that came together only because calls were not told apart say nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ccg.solve.fixpoint import Variable
from ccg.solve.objects import Constant, Container, Object, Special
from ccg.solve.sets import MAX_LITERALS, MAX_OBJECTS
from ccg.solve.solver import MAX_KEYS, Solver

KIND = "several"


@dataclass(frozen=True, slots=True)
class _Gathering:
    """What some sets have in them of which something comes as one object."""

    large: list[int]
    """Those of the sets that are large already."""
    objects: set[int]
    """All that is in the others, but for the tuples."""
    tuples: list[int]
    """Many tuples, or none."""
    texts: set[int]
    """Many texts, or none."""


def gathered(s: Solver, key: object, parts: Iterable[int]) -> int:
    """Return what is in any of some sets; many functions, methods and classes come as one object.

    Many tuples come as one too, position by position: they are the lines of a table. Many texts come as one
    object besides what stands for all texts, for whoever looks for attributes of these names.

    Args:
        s: the solver.
        key: tells what is gathered from everything else that is.
        parts: the sets.
    """
    distinct = frozenset(parts)
    found: _Gathering | int | None = s.memo.get(("gathering", distinct))
    if found is None:
        found = s.memo["gathering", distinct] = _gathering(s, distinct)
    if isinstance(found, int):
        return found
    objects = set(found.objects)
    if found.tuples:
        merged = s.derive(("merged", key, *found.tuples), _merged, key, found.tuples)
        objects.update(s.sets.members[merged])
    if found.texts:
        objects.add(_several(s, (key, "texts"), found.texts))
    return s.sets.union_all([_together(s, key, objects), *found.large])


def _gathering(s: Solver, parts: frozenset[int]) -> _Gathering | int:
    """Return what sets have in them, or their union where nothing of it comes as one."""
    members = s.sets.members
    large = [part for part in parts if len(members[part]) > MAX_OBJECTS]
    distinct = {item for part in parts.difference(large) for item in members[part]}
    tuples: list[int] = []
    if len(distinct) > MAX_OBJECTS:
        tuples = sorted(one for one in distinct if _is_tuple(s.objects[one]))
        if len(tuples) == 1:
            tuples = []
        distinct.difference_update(tuples)
    texts: set[int] = set()
    if len(distinct) > MAX_LITERALS:
        texts = {one for one in distinct if _is_text(s.objects[one])}
        if len(texts) <= MAX_LITERALS:
            texts = set()
    if tuples or texts or len(_defined(s, distinct)) > MAX_OBJECTS:
        return _Gathering(large, distinct, tuples, texts)
    return s.sets.union_all([s.sets.of(distinct), *large])


def _defined(s: Solver, objects: Iterable[int]) -> set[int]:
    """Return those of some objects that are functions, methods, classes or their like."""
    return {one for one in objects if s.sets.is_defined[one]}


def _is_text(item: Object) -> bool:
    return isinstance(item, Constant) and isinstance(item.value, str)


def _together(s: Solver, key: object, distinct: set[int]) -> int:
    if len(distinct) > MAX_OBJECTS:
        defined = _defined(s, distinct)
        if len(defined) > MAX_OBJECTS:
            distinct = {*distinct.difference(defined), _several(s, key, defined)}
    return s.sets.of(distinct)


def _is_tuple(item: Object) -> bool:
    return isinstance(item, Container) and item.type == "tuple"


def _merged(s: Solver, key: object, tuples: Iterable[int]) -> int:
    """Return the set of the tuple that has at each position what one of these has there."""
    number, merged = s.container("tuple", (KIND, key))
    parts: defaultdict[tuple[str, object], list[int]] = defaultdict(list)
    for one in tuples:
        container = s.objects[one]
        if isinstance(container, Container) and container is not merged:
            s.read_size(container)
            s.write(merged.rest, s.read(container.rest))
            for position, item in container.items.items():
                parts[position].append(s.read(item))
    for position, values in parts.items():
        distinct = {item for value in values for item in s.sets.members[value]}
        value = _together(s, (key, position), distinct)
        s.write(s.item_variable(merged, position), value)
    return s.sets.single(number)


def _several(s: Solver, key: object, items: set[int]) -> int:
    number, made = s.special(KIND, key)
    flat: set[int] = set()
    for one in items:
        item = s.objects[one]
        if not is_several(item):
            flat.add(one)
        elif item is not made:
            flat.update(objects_of(s, item))
    kept = tuple(sorted(flat))[:MAX_KEYS]
    if made.about is None:
        made.given, made.about = kept, Variable()
    elif made.given != kept:
        made.given = kept
        s.notify(made.about)
    return number


def objects_of(s: Solver, several: Object) -> Sequence[int]:
    """Return the objects that one stands for."""
    assert isinstance(several, Special)  # noqa: S101 (the caller looked)
    s.read(several.about)
    items: tuple[int, ...] = several.given
    return items


def is_several(item: Object) -> bool:
    """Tell whether an object stands for many."""
    return isinstance(item, Special) and item.kind == KIND
