"""Methods of builtin types; no I/O."""

from collections.abc import Callable

from ccg.solve import containers, members
from ccg.solve.arguments import Arguments
from ccg.solve.frame import Site
from ccg.solve.iteration import hashed, inherited
from ccg.solve.library.builtin import fill_dict, order
from ccg.solve.library.rules import Rule, elements, measured, new_container, of_type
from ccg.solve.objects import Container, Instance
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver

Method = Callable[[Solver, Site, Arguments, int], int]
"""Carries out a method on one container, by its number."""


def _append(position: int) -> Method:
    def method(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
        s.write(containers.of_number(s, number).rest, arguments.at(position) or EMPTY)
        return EMPTY

    return method


def _extend(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    for given in arguments.all():
        measured(s, site, given)
        s.write(containers.of_number(s, number).rest, elements(s, site, given))
    return EMPTY


def _include(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    for given in arguments.all():
        inner = elements(s, site, given)
        hashed(s, site, inner)
        s.write(containers.of_number(s, number).rest, inner)
    return EMPTY


def _all(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    return containers.elements(s, number)


def _any(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    return s.sets.union(containers.elements(s, number), arguments.at(0) or EMPTY)


def _same(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    return s.sets.single(number)


def _sort(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    order(s, site, containers.elements(s, number), arguments.named("key"))
    return EMPTY


def _get(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    key = arguments.at(0)
    _hash(s, site, number, key)
    found = EMPTY if key is None else containers.read(s, site.frame, number, key)
    return s.sets.union(found, arguments.pick(1, "default") or EMPTY)


def _set_item(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    key, value = arguments.at(0), arguments.at(1)
    _hash(s, site, number, key)
    if key is not None and value is not None:
        containers.write(s, site.frame, containers.of_number(s, number), key, value)
    return EMPTY


def _hash(s: Solver, site: Site, number: int, key: int | None) -> None:
    if key and containers.of_number(s, number).type in {*containers.DICTS, "set", "frozenset"}:
        hashed(s, site, key)


def _add(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    _hash(s, site, number, arguments.at(0))
    s.write(containers.of_number(s, number).rest, arguments.at(0) or EMPTY)
    return EMPTY


def _set_default(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    _set_item(s, site, arguments, number)
    return _get(s, site, arguments, number)


def _values(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    return new_container(s, site, "generator", containers.elements(s, number))


def _keys(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    return new_container(s, site, "generator", containers.iterated(s, number))


def _items(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    pair, container = s.container("tuple", ("items", number))
    containers.put(s, container, ("int", 0), containers.iterated(s, number))
    containers.put(s, container, ("int", 1), containers.elements(s, number))
    return new_container(s, site, "generator", s.sets.single(pair))


def _update(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    fill_dict(s, site, arguments, containers.of_number(s, number))
    return EMPTY


def _union(s: Solver, site: Site, arguments: Arguments, number: int) -> int:
    given = s.sets.union_all(elements(s, site, one) for one in arguments.all())
    return s.sets.union(s.sets.single(number), new_container(s, site, "set", given))


_LIST: dict[str, Method] = {
    "append": _append(0),
    "appendleft": _append(0),
    "insert": _append(1),
    "extend": _extend,
    "extendleft": _extend,
    "pop": _all,
    "popleft": _all,
    "copy": _same,
    "sort": _sort,
    "__getitem__": _get,
    "__iter__": _same,
}
_DICT: dict[str, Method] = {
    "get": _get,
    "pop": _get,
    "popitem": _all,
    "setdefault": _set_default,
    "__setitem__": _set_item,
    "__getitem__": _get,
    "values": _values,
    "itervalues": _values,
    "keys": _keys,
    "items": _items,
    "update": _update,
    "copy": _same,
}
_SET: dict[str, Method] = {
    "add": _add,
    "update": _include,
    "pop": _all,
    "copy": _same,
    "union": _union,
    "intersection": _same,
    "difference": _same,
}
_GENERATOR: dict[str, Method] = {
    "__next__": _all,
    "__anext__": _all,
    "send": _all,
    "throw": _all,
    "__iter__": _same,
    "__aiter__": _same,
    "__await__": _same,
    "result": _all,
}
_QUEUE: dict[str, Method] = {
    "put": _append(0),
    "put_nowait": _append(0),
    "get": _all,
    "get_nowait": _all,
}
_VARIABLE: dict[str, Method] = {
    "set": _append(0),
    "get": _any,
}
_TABLES = {
    "list": _LIST,
    "tuple": _LIST,
    "deque": _LIST,
    "dict": _DICT,
    "defaultdict": _DICT,
    "set": _SET,
    "frozenset": _SET,
    "generator": _GENERATOR,
    "coroutine": _GENERATOR,
    "context": _GENERATOR,
    "queue": _QUEUE,
    "variable": _VARIABLE,
}


def _rule(method: Method) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        found = EMPTY
        for number, item in s.members(receivers) if receivers >= 0 else ():
            if isinstance(item, Container):
                found = s.sets.union(found, method(s, site, arguments, number))
        return found

    return rule


def on_subclass(kind: str, name: str) -> Rule | None:
    """Return the rule of a method on an instance of a class that inherits from a builtin one."""
    method = _TABLES.get(kind, {}).get(name)
    if method is None:
        return None
    known = method

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        found = EMPTY
        for number, item in s.members(receivers) if receivers >= 0 else ():
            if isinstance(item, Instance) and inherited(s, item) is not None:
                inner, _ = s.container("list", ("inherited", item.cls.id))
                found = s.sets.union(found, known(s, site, arguments, inner))
            elif isinstance(item, Container):
                found = s.sets.union(found, known(s, site, arguments, number))
        return found

    return rule


_TEXTS = (
    *("join", "format", "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize"),
    *("replace", "center", "ljust", "rjust", "casefold", "decode", "zfill", "translate"),
    *("expandtabs", "swapcase", "removeprefix", "removesuffix"),
)
"""Methods of a text that give a text."""
_PARTS = ("split", "rsplit", "splitlines", "partition", "rpartition")


def _split(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    return new_container(s, site, "list", s.text())


RULES: dict[str, Rule] = {
    **{
        members.builtin_method(kind, name): _rule(method)
        for kind, table in _TABLES.items()
        for name, method in table.items()
    },
    **{members.builtin_method("str", name): of_type("str") for name in _TEXTS},
    **{members.builtin_method("str", name): _split for name in _PARTS},
}
