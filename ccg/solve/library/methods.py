"""Methods of builtin types; no I/O."""

from collections.abc import Callable

from ccg.solve import containers, members
from ccg.solve.arguments import Arguments
from ccg.solve.iteration import inherited_elements
from ccg.solve.library.builtin import fill_dict, order
from ccg.solve.library.rules import Rule, elements, give_container, of_type
from ccg.solve.node import Node
from ccg.solve.objects import Container, Instance
from ccg.solve.solver import Site, Solver

Method = Callable[[Solver, Site, Arguments, int, Container], None]


def _append(position: int) -> Method:
    def method(
        s: Solver, site: Site, arguments: Arguments, number: int, container: Container
    ) -> None:
        given = arguments.at(position)
        if given is not None:
            s.flow(given, container.rest)

    return method


def _extend(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    for given in arguments.all():
        s.flow(elements(s, site, given), container.rest)


def _all(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    s.flow(containers.elements(s, number), site.result)


def _same(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    s.add(site.result, [number])


def _sort(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    order(s, site, containers.elements(s, number), arguments.named("key"))


def _get(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    key = arguments.at(0)
    if key is not None:
        containers.read(s, container, number, key, site.result)
    if (default := arguments.pick(1, "default")) is not None:
        s.flow(default, site.result)


def _set_default(
    s: Solver, site: Site, arguments: Arguments, number: int, container: Container
) -> None:
    key, default = arguments.at(0), arguments.at(1)
    if key is not None and default is not None:
        containers.write(s, container, number, key, default)
        containers.read(s, container, number, key, site.result)


def _set_item(
    s: Solver, site: Site, arguments: Arguments, number: int, container: Container
) -> None:
    key, value = arguments.at(0), arguments.at(1)
    if key is not None and value is not None:
        containers.write(s, container, number, key, value)


def _values(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    give_container(s, site, "generator", containers.elements(s, number))


def _keys(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    give_container(s, site, "generator", containers.iterated(s, number))


def _items(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    pair = s.container("tuple", ("items", number))
    s.flow(containers.iterated(s, number), containers.item_node(s, pair, ("int", 0)))
    s.flow(containers.elements(s, number), containers.item_node(s, pair, ("int", 1)))
    node = Node()
    s.add(node, [s.container_number("tuple", ("items", number))])
    give_container(s, site, "generator", node)


def _update(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    fill_dict(s, site, arguments, number, container)


def _union(s: Solver, site: Site, arguments: Arguments, number: int, container: Container) -> None:
    s.add(site.result, [number])
    node = Node()
    for given in arguments.all():
        s.flow(elements(s, site, given), node)
    give_container(s, site, "set", node)


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
    "add": _append(0),
    "update": _extend,
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
}


def _rule(method: Method) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        container = s.objects[receiver] if receiver >= 0 else None
        if isinstance(container, Container):
            method(s, site, arguments, receiver, container)
        return True

    return rule


def on_subclass(kind: str, name: str) -> Rule | None:
    """Return the rule of a method on an instance of a class that inherits from a builtin one."""
    method = _TABLES.get(kind, {}).get(name)
    if method is None:
        return None

    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        item = s.objects[receiver] if receiver >= 0 else None
        if isinstance(item, Instance) and inherited_elements(s, item) is not None:
            key = ("inherited", item.cls.id)
            method(s, site, arguments, s.container_number("list", key), s.container("list", key))
        elif isinstance(item, Container):
            method(s, site, arguments, receiver, item)
        return True

    return rule


_TEXT = {
    name: of_type("str")
    for name in [
        "join",
        "format",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "capitalize",
        "replace",
        "center",
        "ljust",
        "rjust",
        "casefold",
        "decode",
        "zfill",
        "translate",
        "expandtabs",
        "swapcase",
        "removeprefix",
        "removesuffix",
    ]
}


def _split(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    node = Node()
    s.add(node, [s.constant("str")])
    give_container(s, site, "list", node)
    return True


RULES: dict[str, Rule] = {
    **{
        members.builtin_method(kind, name): _rule(method)
        for kind, table in _TABLES.items()
        for name, method in table.items()
    },
    **{members.builtin_method("str", name): rule for name, rule in _TEXT.items()},
    **{
        members.builtin_method("str", name): _split
        for name in ("split", "rsplit", "splitlines", "partition", "rpartition")
    },
}
