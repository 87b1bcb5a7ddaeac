"""Methods that `collections.abc` gives to who has the others: `items` of a `Mapping` reads its items; no I/O."""

from collections.abc import Callable

from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.frame import DUNDER, Site
from ccg.solve.invoke import invoke
from ccg.solve.library.rules import Rule, elements, new_container
from ccg.solve.objects import Container
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver

Method = Callable[[Solver, Site, Arguments, int], int]
"""Carries out a method on a set of instances."""


def _read(s: Solver, site: Site, own: int, key: int) -> int:
    return invoke(s, site, own, "__getitem__", [key])[0]


def _write(s: Solver, site: Site, own: int, key: int, value: int) -> None:
    invoke(s, site, own, "__setitem__", [key, value])


def _get(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    found = _read(s, site, own, arguments.at(0) or EMPTY)
    return s.sets.union(found, arguments.pick(1, "default") or EMPTY)


def _keys(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    return new_container(s, site, "generator", elements(s, site, own))


def _values(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    return new_container(s, site, "generator", _read(s, site, own, elements(s, site, own)))


def _items(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    return new_container(s, site, "generator", _pair(s, site, own))


def _pair(s: Solver, site: Site, own: int) -> int:
    keys = elements(s, site, own)
    number, pair = s.container("tuple", ("pair", *site.place))
    containers.put(s, pair, ("int", 0), keys)
    containers.put(s, pair, ("int", 1), _read(s, site, own, keys))
    return s.sets.single(number)


def _contains(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    _read(s, site, own, arguments.at(0) or EMPTY)
    return EMPTY


def _pop(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    invoke(s, site, own, "__delitem__", [arguments.at(0) or EMPTY])
    return _get(s, site, arguments, own)


def _pop_item(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    invoke(s, site, own, "__delitem__", [elements(s, site, own)])
    return _pair(s, site, own)


def _set_default(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    key, value = arguments.at(0) or EMPTY, arguments.pick(1, "default") or EMPTY
    _write(s, site, own, key, value)
    return s.sets.union(_read(s, site, own, key), value)


def _update(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    for name, value in arguments.keywords:
        _write(s, site, own, EMPTY if name is None else s.text(), value)
    for _, item in s.members(arguments.at(0) or EMPTY):
        if isinstance(item, Container) and item.type in containers.DICTS:
            s.read_size(item)
            values = [s.read(item.rest), *map(s.read, item.items.values())]
            _write(s, site, own, s.read(item.keys) or s.text(), s.sets.union_all(values))
        elif isinstance(item, Container):
            for _, pair in s.members(s.read(item.rest)):
                if isinstance(pair, Container) and pair.type in containers.INDEXED:
                    at = [containers.get(s, pair, ("int", place)) for place in (0, 1)]
                    _write(s, site, own, at[0], at[1])
    return EMPTY


def _index(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
    _read(s, site, own, s.sets.single(s.constant("int")))
    return EMPTY


def _insert(position: int) -> Method:
    def method(s: Solver, site: Site, arguments: Arguments, own: int) -> int:
        given = arguments.at(0) or EMPTY
        value = elements(s, site, given) if position else given
        invoke(s, site, own, "insert", [s.sets.single(s.constant("int")), value])
        return EMPTY

    return method


def _rule(method: Method) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        instances = s.instances_in(receivers) if receivers >= 0 else ()
        own = s.sets.of(number for number, _ in instances)
        return method(s, site.of(DUNDER), arguments, own) if own else EMPTY

    return rule


_MAPPING: dict[str, Method] = {
    "get": _get,
    "items": _items,
    "keys": _keys,
    "values": _values,
    "__contains__": _contains,
}
_MUTABLE_MAPPING: dict[str, Method] = {
    **_MAPPING,
    "pop": _pop,
    "popitem": _pop_item,
    "setdefault": _set_default,
    "update": _update,
}
_SEQUENCE: dict[str, Method] = {"count": _index, "index": _index}
_MUTABLE_SEQUENCE: dict[str, Method] = {
    **_SEQUENCE,
    "append": _insert(0),
    "extend": _insert(1),
}
_TABLES = {
    "Mapping": _MAPPING,
    "MutableMapping": _MUTABLE_MAPPING,
    "Sequence": _SEQUENCE,
    "MutableSequence": _MUTABLE_SEQUENCE,
}
RULES: dict[str, Rule] = {
    f"typing.{kind}.{name}": _rule(method)
    for kind, table in _TABLES.items()
    for name, method in table.items()
}
