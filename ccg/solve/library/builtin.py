"""Builtin functions; no I/O."""

from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.attributes import read_attribute, write_attribute
from ccg.solve.frame import DUNDER, PROPERTY, Site
from ccg.solve.invoke import first_of, invoke, is_callable
from ccg.solve.iteration import hashed, split
from ccg.solve.library.rules import (
    Rule,
    call_back,
    container_of,
    elements,
    make_property,
    make_special,
    measured,
    new_container,
    of_type,
    same,
    special,
    text,
)
from ccg.solve.objects import Class, Constant, Container, Instance, Outside
from ccg.solve.operators import compare, operate, truth
from ccg.solve.sets import EMPTY
from ccg.solve.several import gathered, is_several, objects_of
from ccg.solve.solver import Solver


def _print(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    for given in arguments.all():
        first_of(s, site, given, ("__str__", "__repr__"))
    return EMPTY


def _hash(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    hashed(s, site, arguments.at(0) or EMPTY)
    return s.sets.single(s.constant("int"))


# attributes by a computed name


def _getattr(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    base, name = arguments.at(0) or EMPTY, arguments.at(1) or EMPTY
    inner = site.of(PROPERTY)
    # names from outside would make names without an end
    own = s.sets.of(n for n, item in s.members(base) if not isinstance(item, Outside))
    found = [arguments.at(2) or EMPTY]
    named = []
    for value in _texts(s, name):
        if isinstance(value, str):
            named.append(read_attribute(s, inner, own, value))
        elif isinstance(value, tuple) and value[0] == "prefix":
            prefix = str(value[1])
            parts = [one for n in s.sets.members[own] for one in _named_alike(s, inner, n, prefix)]
            found.append(gathered(s, ("alike", prefix, own), parts))
    return s.sets.union_all([*found, gathered(s, ("named", own, name), named)])


def _texts(s: Solver, objects: int) -> list[object]:
    items = []
    for _, item in s.members(objects):
        among = [s.objects[one] for one in objects_of(s, item)] if is_several(item) else [item]
        items += [one for one in among if isinstance(one, Constant)]
    found = list(dict.fromkeys(item.value for item in items))
    texts = (value[-1] if isinstance(value, tuple) else value for value in found)
    s.spelled.update(text for text in texts if isinstance(text, str))
    return found


def _named_alike(s: Solver, site: Site, number: int, prefix: str) -> list[int]:
    """Read every attribute whose name begins so: `getattr(self, f"visit_{name}")` dispatches."""
    item = s.objects[number]
    cls = item.cls if isinstance(item, Instance) else item
    if not isinstance(cls, Class) or not prefix.strip("_"):
        return []
    names = [name for one in cls.mro for name in one.unit.bindings if name.startswith(prefix)]
    base = s.sets.single(number)
    return [read_attribute(s, site, base, name) for name in dict.fromkeys(names)]


def _setattr(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    base, name, value = arguments.at(0), arguments.at(1), arguments.at(2)
    for one in _texts(s, name or EMPTY):
        if isinstance(one, str):
            write_attribute(s, site.of(PROPERTY), base or EMPTY, one, value or EMPTY)
    return EMPTY


def _hasattr(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    base, name = arguments.at(0), arguments.at(1)
    for one in _texts(s, name or EMPTY):
        if isinstance(one, str):
            read_attribute(s, site.of(PROPERTY), base or EMPTY, one)
    return EMPTY


def _vars(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    return read_attribute(s, site, arguments.at(0) or EMPTY, "__dict__")


def _type(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    if len(arguments.positional) > 1:
        return EMPTY
    found = []
    for _, item in s.members(arguments.at(0) or EMPTY):
        if isinstance(item, Instance):
            found.append(item.cls.id)
        elif isinstance(item, Class):
            found += [meta.id for meta in item.metaclasses[:1]]
        elif isinstance(item, Constant | Container):
            found.append(s.outside(f"<builtin>.{item.type}"))
    return s.sets.of(found)


# iteration


def _iter(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    first = arguments.at(0) or EMPTY
    if len(arguments.positional) > 1:
        return new_container(s, site, "generator", call_back(s, site, first))
    own, others = split(s, first)
    return s.sets.union(s.sets.of(own), invoke(s, site, others, "__iter__")[0])


def _next(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    own, others = split(s, arguments.at(0) or EMPTY)
    found = [containers.iterated(s, number) for number in own]
    found += [invoke(s, site, others, "__next__")[0], arguments.at(1) or EMPTY]
    return s.sets.union_all(found)


def _sorted(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    given = arguments.at(0) or EMPTY
    measured(s, site, given)
    inner = elements(s, site, given)
    order(s, site, inner, arguments.named("key"))
    return new_container(s, site, "list", inner)


def order(s: Solver, site: Site, inner: int, key: int | None) -> None:
    """Compare elements, or what a key function gives for them."""
    ordered = inner if key is None else call_back(s, site, key, [inner])
    compare(s, site.of(DUNDER), "lt", ordered, ordered)


def _extreme(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    given = arguments.positional
    inner = elements(s, site, given[0]) if len(given) == 1 else s.sets.union_all(given)
    order(s, site, inner, arguments.named("key"))
    return s.sets.union(inner, arguments.named("default") or EMPTY)


def _sum(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    inner = elements(s, site, arguments.at(0) or EMPTY)
    start = arguments.pick(1, "start")
    total = s.sets.single(s.constant("int", 0)) if start is None else start
    for _ in range(2):  # what an addition gives is added to again
        total = s.sets.union(total, operate(s, site, "add", total, inner))
    return total


def _map(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    """Call the function for the elements, wherever among the arguments it stands."""
    functions = s.sets.of(
        number
        for given in arguments.positional
        for number in s.sets.members[given]
        if is_callable(s, number)
    )
    given = [elements(s, site, one) for one in arguments.positional[1:]]
    return new_container(s, site, "generator", call_back(s, site, functions, given))


def filtering(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    """Call the function for the elements, and give them."""
    inner = elements(s, site, arguments.at(1) or EMPTY)
    function = arguments.at(0) or EMPTY
    if s.constant("NoneType") in s.sets.members[function]:
        truth(s, site.of(DUNDER), inner)
    call_back(s, site, function, [inner])
    return new_container(s, site, "generator", inner)


def _tuples(s: Solver, site: Site, parts: list[int]) -> int:
    number, container = s.container("tuple", ("tuples", *site.place))
    for position, one in enumerate(parts):
        containers.put(s, container, ("int", position), one)
    return new_container(s, site, "generator", s.sets.single(number))


def _enumerate(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    inner = elements(s, site, arguments.at(0) or EMPTY)
    return _tuples(s, site, [s.sets.single(s.constant("int")), inner])


def _zip(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    return _tuples(s, site, [elements(s, site, one) for one in arguments.positional])


def _truth_of_any(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    truth(s, site.of(DUNDER), elements(s, site, arguments.at(0) or EMPTY))
    return s.sets.single(s.constant("bool"))


# containers and descriptors


def make_dict(kind: str) -> Rule:
    """Return a rule that makes a dict of what it was given."""

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        number, container = s.container(kind, site.place)
        fill_dict(s, site, arguments, container)
        return s.sets.single(number)

    return rule


def fill_dict(s: Solver, site: Site, arguments: Arguments, container: Container) -> None:
    """Put into a dict what its class, or `update`, was given."""
    for name, given in arguments.keywords:
        if name is None:
            for one in s.sets.members[given]:
                containers.copy_into(s, one, container)
        else:
            containers.put(s, container, ("str", name), given)
    own, others = split(s, arguments.at(0) or EMPTY)
    for number in own:
        if containers.of_number(s, number).type in containers.DICTS:
            containers.copy_into(s, number, container)
        else:
            _put_pairs(s, site, containers.iterated(s, number), container)
    _put_pairs(s, site, elements(s, site, others), container)


def _put_pairs(s: Solver, site: Site, pairs: int, container: Container) -> None:
    for _, item in s.members(pairs):
        if isinstance(item, Container) and item.type in containers.INDEXED:
            key = containers.get(s, item, ("int", 0))
            value = containers.get(s, item, ("int", 1))
            containers.write(s, site.frame, container, key, value)


def _property(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    number, made = make_property(s, site)
    s.write(made.getter, arguments.pick(0, "fget") or EMPTY)
    s.write(made.setter, arguments.pick(1, "fset") or EMPTY)
    s.write(made.deleter, arguments.pick(2, "fdel") or EMPTY)
    return s.sets.single(number)


def wrapping(kind: str) -> Rule:
    """Return a rule that makes a `Special` of the first argument."""

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        return make_special(s, site, kind, arguments.at(0) or EMPTY)

    return rule


_TABLE: dict[str, Rule] = {
    "abs": special("__abs__"),
    "all": _truth_of_any,
    "any": _truth_of_any,
    "bool": special("__bool__", "__len__"),
    "bytes": special("__bytes__"),
    "classmethod": wrapping("classmethod"),
    "dict": make_dict("dict"),
    "enumerate": _enumerate,
    "filter": filtering,
    "float": special("__float__", "__index__"),
    "format": text("__format__", "__str__", "__repr__"),
    "frozenset": container_of("set"),
    "getattr": _getattr,
    "hasattr": _hasattr,
    "hash": _hash,
    "int": special("__int__", "__index__", "__trunc__"),
    "iter": _iter,
    "len": special("__len__"),
    "list": container_of("list"),
    "map": _map,
    "max": _extreme,
    "min": _extreme,
    "next": _next,
    "print": _print,
    "property": _property,
    "range": of_type("range"),
    "repr": text("__repr__"),
    "reversed": container_of("list"),
    "round": special("__round__"),
    "set": container_of("set"),
    "setattr": _setattr,
    "sorted": _sorted,
    "staticmethod": wrapping("staticmethod"),
    "str": text("__str__", "__repr__"),
    "sum": _sum,
    "tuple": container_of("tuple"),
    "type": _type,
    "vars": _vars,
    "zip": _zip,
}
RULES: dict[str, Rule] = {
    **{f"<builtin>.{name}": rule for name, rule in _TABLE.items()},
    "copy.copy": same,
    "copy.deepcopy": same,
}
