"""Builtin functions; no I/O."""

from collections.abc import Iterable

from ccg.graph import CallKind
from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.attributes import read_attribute, write_attribute
from ccg.solve.calls import constant_text
from ccg.solve.invoke import each, first_of, invoke, is_callable
from ccg.solve.iteration import iterate_one
from ccg.solve.library.rules import (
    Rule,
    call_back,
    container_of,
    elements,
    give_container,
    of_type,
    place,
    same,
    special,
    text,
)
from ccg.solve.node import Node
from ccg.solve.objects import Class, Constant, Container, Instance, Outside, Property, Special
from ccg.solve.operators import compare, operate
from ccg.solve.solver import Site, Solver


def _print(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    for node in arguments.all():
        each(s, node, lambda number: _ignore(first_of(s, site, number, ("__str__", "__repr__"))))
    return True


def _ignore(_: object) -> None:
    return


def _getattr(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    base, name = arguments.at(0), arguments.at(1)
    if base is None or name is None:
        return True
    inner = s.site(site.module, site.value, site.context, CallKind.PROPERTY)
    seen: set[str] = set()

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Constant) and isinstance(item.value, str) and item.value not in seen:
            seen.add(item.value)
            read_attribute(s, inner, own, item.value, site.result)
        elif isinstance(item, Constant) and isinstance(item.value, tuple):
            prefix = str(item.value[1])
            each(s, own, lambda one: _named_alike(s, inner, one, prefix, site.result))

    own = Node()  # names from outside would make names without an end
    each(s, base, lambda n: None if isinstance(s.objects[n], Outside) else s.add(own, [n]))
    each(s, name, see)
    if (default := arguments.at(2)) is not None:
        s.flow(default, site.result)
    return True


def _named_alike(s: Solver, site: Site, number: int, prefix: str, result: Node) -> None:
    """Read every attribute whose name begins so: `getattr(self, f"visit_{name}")` dispatches."""
    item = s.objects[number]
    cls = item.cls if isinstance(item, Instance) else item
    if not isinstance(cls, Class) or not prefix.strip("_"):
        return
    base = Node()
    s.add(base, [number])
    names = [name for one in cls.mro for name in one.unit.bindings if name.startswith(prefix)]
    for name in dict.fromkeys(names):
        read_attribute(s, site, base, name, result)


def _setattr(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    base, name, value = arguments.at(0), arguments.at(1), arguments.at(2)
    if base is None or name is None or value is None:
        return True
    inner = s.site(site.module, site.value, site.context, CallKind.PROPERTY)

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Constant) and isinstance(item.value, str):
            write_attribute(s, inner, base, item.value, value)

    each(s, name, see)
    return True


def _type(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is None or len(arguments.positional) > 1:
        return True

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Instance):
            s.add(site.result, [item.cls.id])
        elif isinstance(item, Class):
            s.add(site.result, [meta.id for meta in item.metaclasses[:1]])
        elif isinstance(item, Constant | Container):
            s.add(site.result, [s.outside(f"<builtin>.{item.type}")])

    each(s, first, see)
    return True


def _iter(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is None:
        return True
    if len(arguments.positional) > 1:
        give_container(s, site, "generator", call_back(s, site, first, ()))
        return True

    def see(number: int) -> None:
        if isinstance(s.objects[number], Container):
            s.add(site.result, [number])
        else:
            result = invoke(s, site, number, "__iter__")
            if result is not None:
                s.flow(result, site.result)

    each(s, first, see)
    return True


def _next(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is None:
        return True

    def see(number: int) -> None:
        if isinstance(s.objects[number], Container):
            s.flow(containers.iterated(s, number), site.result)
        elif (result := invoke(s, site, number, "__next__")) is not None:
            s.flow(result, site.result)

    each(s, first, see)
    if (default := arguments.at(1)) is not None:
        s.flow(default, site.result)
    return True


def _sorted(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is None:
        return True
    inner = elements(s, site, first)
    give_container(s, site, "list", inner)
    order(s, site, inner, arguments.named("key"))
    return True


def order(s: Solver, site: Site, inner: Node, key: Node | None) -> None:
    """Compare elements, or what a key function gives for them."""
    ordered = inner if key is None else call_back(s, site, key, [inner])
    dunder = s.site(site.module, site.value, site.context, CallKind.DUNDER)
    compare(s, dunder, "lt", ordered, ordered, Node())


def _extreme(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    nodes = [arguments.node(given) for given in arguments.positional]
    inner = elements(s, site, nodes[0]) if len(nodes) == 1 else Node()
    for node in nodes if len(nodes) > 1 else ():
        s.flow(node, inner)
    s.flow(inner, site.result)
    order(s, site, inner, arguments.named("key"))
    return True


def _sum(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is not None:
        inner = elements(s, site, first)
        start = arguments.pick(1, "start")
        if start is None:
            start = Node()
            s.add(start, [s.constant("int", 0)])
        total = site.result
        s.flow(start, total)
        operate(s, site, "add", total, inner, total)
    return True


def _map(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    """Call the function for the elements, wherever among the arguments it stands."""
    function, given = Node(), []
    for one in arguments.positional:
        node = arguments.node(one)
        s.watch(node, lambda new: s.add(function, [n for n in new if is_callable(s, n)]))
        given.append(elements(s, site, node))
    give_container(s, site, "generator", call_back(s, site, function, given[1:]))
    return True


def _filter(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    function, base = arguments.at(0), arguments.at(1)
    if function is None or base is None:
        return True
    inner = elements(s, site, base)
    call_back(s, site, function, [inner])
    give_container(s, site, "generator", inner)
    return True


def _tuples(s: Solver, site: Site, parts: Iterable[Node]) -> None:
    key = ("tuples", *place(site))
    container = s.container("tuple", key)
    for position, part in enumerate(parts):
        s.flow(part, containers.item_node(s, container, ("int", position)))
    node = Node()
    s.add(node, [s.container_number("tuple", key)])
    give_container(s, site, "generator", node)


def _enumerate(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    number = Node()
    s.add(number, [s.constant("int")])
    _tuples(s, site, [number, Node() if first is None else elements(s, site, first)])
    return True


def _zip(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    _tuples(s, site, [elements(s, site, arguments.node(one)) for one in arguments.positional])
    return True


def _dict(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    number = s.container_number("dict", place(site))
    container = s.container("dict", place(site))
    s.add(site.result, [number])
    fill_dict(s, site, arguments, number, container)
    return True


def fill_dict(
    s: Solver, site: Site, arguments: Arguments, number: int, container: Container
) -> None:
    """Put into a dict what its class, or `update`, was given."""
    for name, given in arguments.keywords:
        value = arguments.node(given)
        if name is None:
            each(s, value, lambda one: containers.copy_into(s, one, container, number))
        else:
            s.flow(value, containers.item_node(s, container, ("str", name)))
    first = arguments.at(0)
    if first is None:
        return

    def see(one: int) -> None:
        item = s.objects[one]
        if isinstance(item, Container) and item.type in {"dict", "defaultdict"}:
            containers.copy_into(s, one, container, number)
        else:
            pairs = Node()
            iterate_one(s, site, one, pairs)
            each(s, pairs, lambda pair: _put_pair(s, pair, number, container))

    each(s, first, see)


def _put_pair(s: Solver, pair: int, number: int, container: Container) -> None:
    item = s.objects[pair]
    if isinstance(item, Container) and item.type in containers.INDEXED:
        key = containers.item_at(s, item, ("int", 0))
        value = containers.item_at(s, item, ("int", 1))
        containers.write(s, container, number, key, value)


def _property(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    getter = arguments.pick(0, "fget") or Node()
    made = Property(
        getter, arguments.pick(1, "fset") or Node(), arguments.pick(2, "fdel") or Node()
    )
    s.add(site.result, [s.number(made, ("property", *place(site)))])
    return True


def wrapping(kind: str) -> Rule:
    """Return a rule that makes a `Special` of the first argument."""

    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        first = arguments.at(0)
        if first is not None:
            s.add(site.result, [s.number(Special(kind, first), (kind, *place(site)))])
        return True

    return rule


def _vars(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is not None:
        read_attribute(s, site, first, "__dict__", site.result)
    return True


def _hasattr(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    outer, site.result = site.result, Node()
    base, name = arguments.at(0), arguments.at(1)
    if base is not None and name is not None:
        inner = s.site(site.module, site.value, site.context, CallKind.PROPERTY)
        for one in constant_text(s, name):
            read_attribute(s, inner, base, one, Node())
    site.result = outer
    return True


def _callable_table() -> dict[str, Rule]:
    table: dict[str, Rule] = {
        "abs": special("__abs__"),
        "all": container_of("generator"),
        "any": container_of("generator"),
        "bool": special("__bool__", "__len__"),
        "bytes": special("__bytes__"),
        "classmethod": wrapping("classmethod"),
        "dict": _dict,
        "enumerate": _enumerate,
        "filter": _filter,
        "float": special("__float__", "__index__"),
        "format": text("__format__", "__str__", "__repr__"),
        "frozenset": container_of("set"),
        "getattr": _getattr,
        "hasattr": _hasattr,
        "hash": special("__hash__"),
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
    return {f"<builtin>.{name}": rule for name, rule in table.items()}


RULES = {**_callable_table(), "copy.copy": same, "copy.deepcopy": same}
