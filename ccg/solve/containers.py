"""What stands in lists, tuples, dicts, sets, generators and their like; no I/O."""

from collections.abc import Collection

from ccg.solve.fixpoint import MASK, Derived
from ccg.solve.frame import Frame
from ccg.solve.objects import Class, Constant, Container, Outside
from ccg.solve.sets import EMPTY
from ccg.solve.several import gathered
from ccg.solve.solver import Rule, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op

INDEXED = frozenset({"list", "tuple"})
DICTS = frozenset({"dict", "defaultdict"})
MAX_NESTED = 4
"""Tuples within one another that are looked into."""
MIN_TABLE = 4
"""Keys of a dict from which on it is a table of functions."""
Key = tuple[str, object]


def put(s: Solver, container: Container, key: Key, value: int) -> None:
    """Store something under a key."""
    s.write(s.item_variable(container, key), value)


def get(s: Solver, container: Container, key: Key) -> int:
    """Return what reading a key gives; a position from the end counts from the known end."""
    position = key[1]
    if container.type in INDEXED and key[0] == "int" and isinstance(position, int) and position < 0:
        s.read_size(container)
        position += sum(1 for kind, _ in container.items if kind == "int")
        if position < 0:
            return s.read(container.rest)
        key = ("int", position)
    rest = s.read(container.rest)
    item = container.items.get(key)
    if item is None:
        s.read_size(container)  # somebody may store it
        return rest
    return s.sets.union(rest, s.read(item))


def elements(s: Solver, number: int) -> int:
    """Return everything that stands in a container: its values, for a dict too."""
    container = of_number(s, number)
    found = container.elements
    if found is None:
        found = container.elements = Derived(_elements, (number,))
    return s.read(found)


def _elements(s: Solver, number: int) -> int:
    container = of_number(s, number)
    s.read_size(container)
    parts = [s.read(container.rest), *map(s.read, container.items.values())]
    return gathered(s, ("elements", number), parts)


def parts(s: Solver, objects: int) -> int:
    """Return what stands in the tuples of a set, also in tuples there, and what else is in the set."""
    seen: set[int] = set()
    others: set[int] = set()
    layer = [objects]
    for _ in range(MAX_NESTED):
        layer, outer = [], layer
        for number in {one for part in outer for one in s.sets.members[part]} - seen:
            seen.add(number)
            item = s.objects[number]
            if isinstance(item, Container) and item.type == "tuple":
                layer.append(elements(s, number))
            else:
                others.add(number)
    return s.sets.of(others)


def of_number(s: Solver, number: int) -> Container:
    """Return the container of a number."""
    container = s.objects[number]
    assert isinstance(container, Container)  # noqa: S101 (the caller looked)
    return container


def iterated(s: Solver, number: int) -> int:
    """Return what iterating over a container gives: keys of a dict, elements of another."""
    if of_number(s, number).type not in DICTS:
        return elements(s, number)
    return s.derive(("keys", number), _keys, number)


def _keys(s: Solver, number: int) -> int:
    container = of_number(s, number)
    s.read_size(container)
    known = s.sets.of(_object_of_key(s, key) for key in list(container.items))
    return s.sets.union(known, s.read(container.keys))


def _object_of_key(s: Solver, key: Key) -> int:
    kind, value = key
    return value if kind == "class" and isinstance(value, int) else s.constant(kind, value)


def literal_key(s: Solver, number: int) -> Key | None:
    """Return the key that an object is, None for one that is not told apart."""
    item = s.objects[number]
    if isinstance(item, Constant) and item.value is not None and not isinstance(item.value, tuple):
        return (item.type, item.value)
    if isinstance(item, Constant) and item.type == "NoneType":
        return ("NoneType", None)
    if isinstance(item, Class):
        return ("class", item.id)
    return None


def read(s: Solver, frame: Frame, number: int, key: int) -> int:
    """Return what a subscript reads: under each literal key its own, under another everything."""
    if not key:
        return elements(s, number) if s.settled(frame) else EMPTY
    container = of_number(s, number)
    if _is_table(s, container) and not _is_written(frame, s.reader & MASK):
        return elements(s, number)
    found = []
    for item in s.sets.members[key]:
        literal = literal_key(s, item)
        if literal is None:
            return elements(s, number)
        found.append(get(s, container, literal))
    return s.sets.union_all(found)


def _is_written(frame: Frame, number: int) -> bool:
    """Tell whether the key of a subscript, or of `get`, is a literal right there."""
    operations = frame.module.facts.ops
    op = operations[number]
    if op[0] == ops.ITEM:
        return bool(operations[op[2]][0] == ops.CONST)
    return op[0] != ops.CALL or not op[2] or operations[op[2][0]][0] == ops.CONST


def _is_table(s: Solver, container: Container) -> bool:
    """Tell whether a dict has functions and classes under several keys."""
    items = container.items
    if container.type not in DICTS or len(items) < MIN_TABLE:
        return False
    s.read_size(container)
    defined = s.sets.is_defined
    return all(any(defined[one] for one in s.sets.members[item.value]) for item in items.values())


def write(s: Solver, frame: Frame, container: Container, key: int, value: int) -> None:
    """Store a subscript."""
    if not key and s.settled(frame):
        s.write(container.rest, value)
    for item in s.sets.members[key]:
        literal = literal_key(s, item)
        if literal is None:
            s.write(container.rest, value)
            s.write(container.keys, s.sets.single(item))
        else:
            put(s, container, literal, value)


def copy_into(
    s: Solver, source: int, target: Container, *, without: Collection[object] = ()
) -> None:
    """Let everything in one container be in another too, key by key."""
    container = s.objects[source]
    if not isinstance(container, Container) or container is target:
        return
    s.read_size(container)
    s.write(target.rest, s.read(container.rest))
    s.write(target.keys, s.read(container.keys))
    known = target.items
    for key, item in list(container.items.items()):
        if key[1] not in without:
            value = s.read(item)
            if key not in known or known[key].value != value:
                put(s, target, key, value)


def of_elements(s: Solver, kind: str, key: object, value: int) -> int:
    """Return the set of a container that holds these objects, under no known key."""
    number, container = s.container(kind, key)
    s.write(container.rest, value)
    return s.sets.single(number)


def part(s: Solver, frame: Frame, value: int, op: Op) -> int:
    """A slice of a sequence."""
    found = []
    place = (frame.module.index, value, frame.context)
    for number, item in s.members(frame.values[op[1]]):
        if isinstance(item, Container):
            found.append(slice_of(s, number, item, place, (op[2], op[3])))
        elif isinstance(item, Constant | Outside):
            found.append(number)
    return s.sets.of(found)


Bounds = tuple[int | None, int | None]


def slice_of(s: Solver, number: int, source: Container, place: object, bounds: Bounds) -> int:
    """Return the container that a slice gives."""
    # a slice of a slice, as in `x = x[1:]` in a loop, would make containers without an end
    key = ("slice", -1 if source.is_part else number, place)
    made, target = s.container(source.type, key)
    if target is source:
        return made
    target.is_part = True
    lower, upper = bounds
    is_exact = not source.is_part and source.type in INDEXED and (lower or 0) >= 0
    s.read_size(source)
    s.write(target.rest, s.read(source.rest))
    for (kind, position), item in list(source.items.items()):
        value = s.read(item)
        if not (is_exact and kind == "int" and isinstance(position, int)):
            s.write(target.rest, value)
        elif position >= (lower or 0) and (upper is None or upper < 0 or position < upper):
            put(s, target, ("int", position - (lower or 0)), value)
    return made


RULES: dict[int, Rule] = {
    ops.SLICE: part,
}
