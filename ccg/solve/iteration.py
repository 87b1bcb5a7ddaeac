"""Subscripts, iteration, unpacking, `await` and `with`; no I/O."""

from collections.abc import Sequence

from ccg.solve import containers, members, program
from ccg.solve.arguments import Arguments
from ccg.solve.calls import NOTHING, call, read_values
from ccg.solve.frame import CALLBACK, DUNDER, PROPERTY, Frame, Site
from ccg.solve.invoke import invoke
from ccg.solve.objects import Class, Constant, Container, Instance, Outside, Special
from ccg.solve.sets import EMPTY
from ccg.solve.several import gathered
from ccg.solve.solver import Rule, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op

Split = tuple[tuple[int, ...], int]


def split(s: Solver, objects: int) -> Split:
    """Return the containers of a set, and the set of what is none."""
    key = ("split", objects)
    found: Split | None = s.memo.get(key)
    if found is None:
        items = s.members(objects)
        own = tuple(number for number, item in items if isinstance(item, Container))
        others = s.sets.of(number for number, item in items if not isinstance(item, Container))
        found = s.memo[key] = (own, others)
    return found


def _item(s: Solver, frame: Frame, value: int, op: Op) -> int:
    base, key = frame.values[op[1]], frame.values[op[2]]
    return read_item(s, Site(frame, value, DUNDER), base, key) if base else EMPTY


def read_item(s: Solver, site: Site, base: int, key: int) -> int:
    """Return what a subscript of objects reads."""
    own, others = split(s, base)
    found = []
    for number in own:
        found.append(containers.read(s, site.frame, number, key))
        container = containers.of_number(s, number)
        if container.type in containers.DICTS:
            hashed(s, site, key)
        if container.type == "defaultdict":
            found.append(_make_default(s, site, number, container))
    result, rest = invoke(s, site, others, "__getitem__", [key])
    found.append(result)
    for number, item in s.members(rest):
        if isinstance(item, Class):
            found.append(_class_item(s, site, number, item, key))
        elif isinstance(item, Outside):
            found.append(s.sets.single(number))
        elif isinstance(item, Instance):
            found += [inherited_elements(s, item), _of_named_tuple(s, site, number, item, key)]
    return s.sets.union_all(found)


def _of_named_tuple(s: Solver, site: Site, number: int, item: Instance, key: int) -> int:
    """Return what an index reads of an instance of a `NamedTuple`."""
    places = [one.value for _, one in s.members(key) if isinstance(one, Constant)]
    return s.sets.union_all(
        named_field(s, site, number, item, place) for place in places if isinstance(place, int)
    )


def named_field(s: Solver, site: Site, number: int, item: Instance, place: int) -> int:
    """Return what stands at a place of an instance of a `NamedTuple`."""
    names = _field_names(item.cls)
    if not -len(names) <= place < len(names):
        return EMPTY
    values = members.attribute(s, s.sets.single(number), names[place])
    return read_values(s, site.of(PROPERTY), values)


def _field_names(cls: Class) -> list[str]:
    """Return the fields of a class made with `NamedTuple`, in order; of any other class none."""
    if not any(base.rpartition(".")[2] == "NamedTuple" for base in cls.outside):
        return []
    own = (name for one in reversed(cls.mro) for name in one.unit.declared)
    return [name for name in dict.fromkeys(own) if not name.startswith(".")]


def _named_fields(s: Solver, site: Site, number: int, item: Instance) -> int:
    places = range(len(_field_names(item.cls)))
    return s.sets.union_all(named_field(s, site, number, item, place) for place in places)


def inherited(s: Solver, item: Instance) -> Container | None:
    """Return what an instance of a subclass of a builtin container holds."""
    base = next((b.rpartition(".")[2] for b in item.cls.outside), "")
    kinds = {"dict", "list", "set", "tuple", "OrderedDict", "UserDict", "UserList", "deque"}
    return s.container("list", ("inherited", item.cls.id))[1] if base in kinds else None


def inherited_elements(s: Solver, item: Instance) -> int:
    """Return what stands in an instance of a subclass of a builtin container."""
    container = inherited(s, item)
    return EMPTY if container is None else s.read(container.rest)


def _make_default(s: Solver, site: Site, number: int, container: Container) -> int:
    factories = s.read(s.field(number, "default_factory"))
    made = call(s, site.of(CALLBACK), factories, NOTHING)
    s.write(container.rest, made)
    return made


def _class_item(s: Solver, site: Site, number: int, item: Class, key: int) -> int:
    if program.lookup(item, "__class_getitem__") is not None:
        methods = members.attribute(s, s.sets.single(number), "__class_getitem__")
        given = call(s, site.of(DUNDER), methods, Arguments([key]))
        # whatever stands for the class with its types, it acts as the class
        return s.sets.union(given, s.sets.single(number))
    return s.sets.single(s.instance(item) if members.is_enum(item) else number)


def _store_item(s: Solver, frame: Frame, value: int, op: Op) -> int:
    values = frame.values
    site = Site(frame, value, DUNDER)
    write_item(s, site, values[op[1]], values[op[2]], values[op[3]])
    return EMPTY


def write_item(s: Solver, site: Site, base: int, key: int, stored: int) -> None:
    """Store a subscript."""
    own, others = split(s, base)
    for number in own:
        container = containers.of_number(s, number)
        containers.write(s, site.frame, container, key, stored)
        if container.type in containers.DICTS:
            hashed(s, site, key)
    _, rest = invoke(s, site, others, "__setitem__", [key, stored])
    for _, item in s.members(rest):
        inner = inherited(s, item) if isinstance(item, Instance) else None
        if inner is not None:
            s.write(inner.rest, stored)


def _delete_item(s: Solver, frame: Frame, value: int, op: Op) -> int:
    base, key = frame.values[op[1]], frame.values[op[2]]
    invoke(s, Site(frame, value, DUNDER), base, "__delitem__", [key])
    return EMPTY


def iterate(s: Solver, site: Site, objects: int, *, is_async: bool = False) -> int:
    """Return what iterating over objects gives."""
    if not objects:
        return EMPTY
    own, others = split(s, objects)
    found = [containers.iterated(s, number) for number in own]
    if len(own) > 1:
        found = [gathered(s, ("iterated", objects), found)]
    if others:
        found += _iterate_others(s, site, others, is_async=is_async)
    return s.sets.union_all(found)


def _iterate_others(s: Solver, site: Site, others: int, *, is_async: bool) -> list[int]:
    names = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
    iterators, rest = invoke(s, site, others, names[0])
    own, foreign = split(s, iterators)
    found = [containers.iterated(s, number) for number in own]
    given, _ = invoke(s, site, foreign, names[1])
    found.append(awaited(s, site, given) if is_async else given)
    result, rest = invoke(s, site, rest, "__getitem__", [EMPTY])
    found.append(result)
    for number, item in s.members(rest):
        if isinstance(item, Class) and members.is_enum(item):
            found.append(s.sets.single(s.instance(item)))
        elif isinstance(item, Instance):
            found += [inherited_elements(s, item), _named_fields(s, site, number, item)]
    return found


def _iterate(s: Solver, frame: Frame, value: int, op: Op) -> int:
    site = Site(frame, value, DUNDER)
    return iterate(s, site, frame.values[op[1]], is_async=op[2])


def _unpack(s: Solver, frame: Frame, value: int, op: Op) -> int:
    site = Site(frame, value, DUNDER)
    position, after = op[2], op[3]
    found = []
    others = []
    for number, item in s.members(frame.values[op[1]]):
        if isinstance(item, Instance) and after < 0 and _field_names(item.cls):
            found.append(named_field(s, site, number, item, position))
        elif not (isinstance(item, Container) and item.type in containers.INDEXED):
            others.append(number)
        elif after < 0:
            found.append(containers.get(s, item, ("int", position)))
        else:
            bounds = (position, -after if after else None)
            found.append(s.sets.single(containers.slice_of(s, number, item, site.place, bounds)))
    if others:
        inner = iterate(s, site, s.sets.of(others))
        if after >= 0:
            inner = containers.of_elements(s, "list", ("star", *site.place), inner)
        found.append(inner)
    return s.sets.union_all(found)


def _sequence(s: Solver, frame: Frame, value: int, op: Op) -> int:
    """A display of a list, tuple or set."""
    number, container = s.container(op[1], (frame.module.index, value, frame.context))
    _fill(s, frame, value, container, op[2])
    return s.sets.single(number)


def _fill(s: Solver, frame: Frame, value: int, container: Container, given: Sequence[int]) -> None:
    is_spread = False
    for position, one in enumerate(given):
        if one < 0:
            is_spread = True
            site = Site(frame, value, DUNDER)
            s.write(container.rest, iterate(s, site, frame.values[~one]))
        elif is_spread or container.type == "set":
            s.write(container.rest, frame.values[one])
            if container.type == "set":
                hashed(s, Site(frame, value, DUNDER), frame.values[one])
        else:
            containers.put(s, container, ("int", position), frame.values[one])


def _mapping(s: Solver, frame: Frame, value: int, op: Op) -> int:
    """A display of a dict."""
    site = Site(frame, value, DUNDER)
    number, container = s.container("dict", site.place)
    values = frame.values
    for given, element in op[1]:
        if given >= 0:
            hashed(s, site, values[given])
            containers.write(s, frame, container, values[given], values[element])
        else:
            for one in s.sets.members[values[element]]:
                containers.copy_into(s, one, container)
    return s.sets.single(number)


def _comprehension(s: Solver, frame: Frame, value: int, op: Op) -> int:
    """A comprehension or a generator expression."""
    site = Site(frame, value, DUNDER)
    number, container = s.container(op[1], site.place)
    s.write(container.rest, frame.values[op[3]])
    if op[1] == "set":
        hashed(s, site, frame.values[op[3]])
    if op[2] >= 0:
        hashed(s, site, frame.values[op[2]])
        s.write(container.keys, frame.values[op[2]])
    return s.sets.single(number)


def hashed(s: Solver, site: Site, keys: int) -> None:
    """Take the hash of keys of a dict, or elements of a set."""
    if "__hash__" in s.class_names:
        invoke(s, site, containers.parts(s, keys), "__hash__")


def awaited(s: Solver, site: Site, objects: int) -> int:
    """Return what awaiting objects gives."""
    own, others = split(s, objects)
    found = [s.read(containers.of_number(s, number).rest) for number in own]
    given, rest = invoke(s, site, others, "__await__")
    found.append(given)
    found.append(s.sets.of(n for n, item in s.members(rest) if isinstance(item, Outside)))
    return s.sets.union_all(found)


def _await(s: Solver, frame: Frame, value: int, op: Op) -> int:
    return awaited(s, Site(frame, value, DUNDER), frame.values[op[1]])


def _enter(s: Solver, frame: Frame, value: int, op: Op) -> int:
    return enter(s, Site(frame, value, DUNDER), frame.values[op[1]], is_async=op[2])


def enter(s: Solver, site: Site, objects: int, *, is_async: bool = False) -> int:
    """Enter and leave context managers; return what `as` binds."""
    found = []
    for _, item in s.members(objects):
        if isinstance(item, Container) and item.type == "context":
            found.append(s.read(item.rest))
        elif isinstance(item, Outside):
            found.append(s.sets.single(s.outside(item.name, is_instance=True)))
        elif isinstance(item, Special) and item.kind == "manager":
            found.append(s.read(item.function))
            if item.about is not None:
                item.about(site)
    prefix = "__a" if is_async else "__"
    result, _ = invoke(s, site, objects, f"{prefix}enter__")
    invoke(s, site, objects, f"{prefix}exit__", [EMPTY, EMPTY, EMPTY])
    found.append(awaited(s, site, result) if is_async else result)
    return s.sets.union_all(found)


RULES: dict[int, Rule] = {
    ops.AWAIT: _await,
    ops.COMPREHENSION: _comprehension,
    ops.DELETE_ITEM: _delete_item,
    ops.DICT: _mapping,
    ops.ENTER: _enter,
    ops.ITEM: _item,
    ops.ITERATE: _iterate,
    ops.STORE_ITEM: _store_item,
    ops.UNPACK: _unpack,
    ops.SEQUENCE: _sequence,
}
