"""functools, contextlib, operator and their like: what makes something callable of something callable; no I/O."""

from collections.abc import Callable

from ccg.graph import CallKind
from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.attributes import read_attribute
from ccg.solve.calls import call, call_node
from ccg.solve.invoke import each
from ccg.solve.iteration import read_item
from ccg.solve.library.builtin import wrapping
from ccg.solve.library.rules import Rule, call_back, elements, place, same
from ccg.solve.node import Node
from ccg.solve.objects import (
    Bound,
    Class,
    Constant,
    Container,
    Function,
    Property,
    Special,
)
from ccg.solve.solver import Site, Solver

MAX_ARGUMENTS = 30
"""Arguments that partial applications add up to; more come of one that holds itself."""


class Later:
    """What is defined above this module in the order of imports."""

    start_thread: Callable[[Solver, Site, Special], None]


def call_special(
    s: Solver, site: Site, item: Special, number: int, arguments: Arguments, receiver: int
) -> None:
    """Call something that a library made."""
    s.resolved.add((site.module.index, site.value))
    _KINDS[item.kind](s, site, item, number, arguments, receiver)


def _call_wrapper(
    s: Solver, site: Site, item: Special, number: int, arguments: Arguments, receiver: int
) -> None:
    """Call what is wrapped, with the same arguments."""
    if receiver >= 0:
        each(s, item.function, lambda one: _call_as(s, site, one, receiver, arguments))
    else:
        call_node(s, site, item.function, arguments)


def _give_first(s: Solver, site: Site, arguments: Arguments) -> None:
    first = arguments.at(0)
    if first is not None:
        s.flow(first, site.result)


def _call_as(s: Solver, site: Site, function: int, receiver: int, arguments: Arguments) -> None:
    call(s, site, s.number(Bound(function, receiver)), arguments)


def _make_object(s: Solver, site: Site, arguments: Arguments) -> None:
    first = arguments.at(0)
    if first is None:
        return

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Class):
            item.is_made = True
            s.add(site.result, [s.instance(item)])

    each(s, first, see)


# partial


def _partial(kind: str) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        function = arguments.at(0)
        if function is not None:
            made = Special(kind, function, arguments.without_first(1))
            s.add(site.result, [s.number(made, (kind, *place(site)))])
        return True

    return rule


def _call_partial(
    s: Solver, site: Site, item: Special, arguments: Arguments, receiver: int
) -> None:
    given: Arguments = item.arguments
    if len(arguments.positional) + len(arguments.keywords) > MAX_ARGUMENTS:
        return  # a partial application of itself
    before = tuple(given.node(one) for one in given.positional)
    keywords = tuple((name, given.node(one)) for name, one in given.keywords if name)

    def see(one: int) -> None:
        number = s.number(Bound(one, receiver)) if receiver >= 0 else one
        call(s, site, number, arguments, before=before, keywords=keywords)

    each(s, item.function, see)


# decorators


def _wrap(s: Solver, site: Site, arguments: Arguments, kind: str) -> None:
    function = arguments.at(0)
    if function is not None:
        s.add(site.result, [s.number(Special(kind, function), (kind, *place(site)))])


def _caching(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is None or not len(arguments.positional):
        s.add(
            site.result,
            [s.number(Special("decorator", Node(), None, "wrapper"), ("decorator", "wrapper"))],
        )
        return True
    _wrap(s, site, arguments, "wrapper")

    def see(number: int) -> None:
        if not isinstance(s.objects[number], Function | Bound | Special):
            made = Special("decorator", Node(), None, "wrapper")
            s.add(site.result, [s.number(made, ("decorator", "wrapper"))])

    each(s, first, see)
    return True


def _identity(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    s.add(site.result, [s.number(Special("identity", Node()), ("identity",))])
    return True


def _cached_property(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is not None:
        made = Property(first, is_cached=True)
        s.add(site.result, [s.number(made, ("property", *place(site)))])
    return True


def _call_method(s: Solver, site: Site, item: Special, arguments: Arguments) -> None:
    """A method of a library's object: `x.setter`, `visit.register`, `cached.cache_clear`."""
    owner = s.objects[item.arguments]
    name = item.extra
    first = arguments.at(0)
    if (
        isinstance(owner, Property)
        and name in {"setter", "deleter", "getter"}
        and first is not None
    ):
        made = Property(owner.getter, owner.setter, owner.deleter)
        setattr(made, name, first)
        s.add(site.result, [s.number(made, ("property", *place(site)))])
    elif isinstance(owner, Special) and owner.kind == "dispatch" and name == "register":
        _register(s, site, owner, arguments)
    elif isinstance(owner, Special) and name in {"func", "__wrapped__", "__func__"}:
        s.flow(owner.function, site.result)
    elif isinstance(owner, Special) and name == "__get__" and owner.kind == "wrapper":
        s.add(site.result, [item.arguments])
    elif isinstance(owner, Special) and owner.kind == "thread":
        if name in {"start", "run"}:
            Later.start_thread(s, site, owner)
    elif site.kind is CallKind.DECORATOR and first is not None:
        s.flow(first, site.result)


def _register(s: Solver, site: Site, owner: Special, arguments: Arguments) -> None:
    nodes = [arguments.node(one) for one in arguments.positional]
    if len(nodes) == 2:
        s.flow(nodes[1], owner.function)
        s.flow(nodes[1], site.result)
    elif nodes:

        def see(number: int) -> None:
            item = s.objects[number]
            if isinstance(item, Function | Special | Bound):
                s.add(owner.function, [number])
                s.add(site.result, [number])
            else:
                registrar = s.number(
                    Special("method", Node(), s.number(owner, owner), "register"),
                    ("register", owner),
                )
                s.add(site.result, [registrar])

        each(s, nodes[0], see)


# contextlib


def _context(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    _wrap(s, site, arguments, "context")
    return True


def _call_context(
    s: Solver, site: Site, item: Special, arguments: Arguments, receiver: int
) -> None:
    inner = s.site(site.module, site.value, site.context, site.kind)
    key = ("context", *place(site))
    container = s.container("context", key)
    s.add(site.result, [s.container_number("context", key)])

    def see(one: int) -> None:
        number = s.number(Bound(one, receiver)) if receiver >= 0 else one
        call(s, inner, number, arguments)

    each(s, item.function, see)
    each(s, inner.result, lambda one: _elements_into(s, one, container))


def _elements_into(s: Solver, number: int, container: Container) -> None:
    if isinstance(s.objects[number], Container):
        s.flow(containers.elements(s, number), container.rest)


def _closing(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is None:
        return True

    def close(where: Site) -> None:
        inner = s.site(where.module, where.value, where.context, CallKind.CALLBACK)
        method = Node()
        read_attribute(s, inner, first, "close", method)
        call_node(s, inner, method, Arguments())

    made = Special("manager", first, leave=close)
    s.add(site.result, [s.number(made, ("closing", *place(site)))])
    return True


def _null_context(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    made = Special("manager", arguments.at(0) or Node())
    s.add(site.result, [s.number(made, ("manager", *place(site)))])
    return True


# operator


def _getter(kind: str) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        made = Special(kind, Node(), arguments)
        s.add(site.result, [s.number(made, (kind, *place(site)))])
        return True

    return rule


def _call_getter(s: Solver, site: Site, item: Special, arguments: Arguments) -> None:
    base, given = arguments.at(0), item.arguments
    first = given.at(0)
    if base is None or first is None:
        return
    if item.kind == "itemgetter":
        inner = s.site(site.module, site.value, site.context, CallKind.DUNDER)
        read_item(s, inner, base, first, site.result)
        return

    def see(number: int) -> None:
        name = s.objects[number]
        if isinstance(name, Constant) and isinstance(name.value, str):
            _get_path(s, site, item, base, name.value)

    each(s, first, see)


def _get_path(s: Solver, site: Site, item: Special, base: Node, path: str) -> None:
    node = base
    for part in path.split("."):
        following = Node()
        inner = s.site(site.module, site.value, site.context, CallKind.PROPERTY)
        read_attribute(s, inner, node, part, following)
        node = following
    if item.kind == "attrgetter":
        s.flow(node, site.result)
    else:
        given: Arguments = item.arguments
        s.flow(call_back_with(s, site, node, given.without_first(1)), site.result)


def call_back_with(s: Solver, site: Site, function: Node, arguments: Arguments) -> Node:
    """Let a library call something with these arguments; return what that gives."""
    inner = s.site(site.module, site.value, site.context, CallKind.CALLBACK)
    call_node(s, inner, function, arguments)
    return inner.result


def _reduce(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    function, base = arguments.at(0), arguments.at(1)
    if function is None or base is None:
        return True
    inner = elements(s, site, base)
    if (start := arguments.at(2)) is not None:
        s.flow(start, site.result)
    s.flow(inner, site.result)
    s.flow(call_back(s, site, function, [site.result, inner]), site.result)
    return True


def _typevar(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    bound = Node()
    for node in [*[arguments.node(g) for g in arguments.positional[1:]], arguments.named("bound")]:
        if node is not None:
            s.flow(node, bound)
    s.add(site.result, [s.number(Special("typevar", bound), ("typevar", *place(site)))])
    return True


def _cast(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    kind, value = arguments.at(0), arguments.at(1)
    if value is not None:
        s.flow(value, site.result)
        if kind is not None:
            result = site.result

            def settle() -> None:
                from ccg.solve.types import promise

                if not result.objects:
                    s.watch(kind, lambda new: promise(s, new, result))

            s.unsettled.append(settle)
    return True


def _cmp_to_key(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    return same(s, site, arguments, receiver)


RULES: dict[str, Rule] = {
    "functools.partial": _partial("partial"),
    "functools.partialmethod": _partial("partialmethod"),
    "functools.wraps": _identity,
    "functools.update_wrapper": same,
    "functools.lru_cache": _caching,
    "functools.cache": _caching,
    "functools.cached_property": _cached_property,
    "functools.singledispatch": wrapping("dispatch"),
    "functools.singledispatchmethod": wrapping("dispatch"),
    "functools.total_ordering": same,
    "functools.reduce": _reduce,
    "functools.cmp_to_key": _cmp_to_key,
    "contextlib.contextmanager": _context,
    "contextlib.asynccontextmanager": _context,
    "contextlib.closing": _closing,
    "contextlib.aclosing": _closing,
    "contextlib.nullcontext": _null_context,
    "operator.attrgetter": _getter("attrgetter"),
    "operator.itemgetter": _getter("itemgetter"),
    "operator.methodcaller": _getter("methodcaller"),
    "abc.abstractmethod": same,
    "abc.abstractproperty": _cached_property,
    "typing.TypeVar": _typevar,
    "typing.NewType": _typevar,
    "typing.cast": _cast,
    "typing.overload": same,
    "typing.final": same,
    "typing.override": same,
    "typing.runtime_checkable": same,
    "typing.no_type_check": same,
    "types.coroutine": same,
    "types.MethodType": lambda s, site, arguments, receiver: _method_type(s, site, arguments),
    "weakref.ref": lambda s, site, arguments, receiver: _reference(s, site, arguments),
    "weakref.proxy": same,
}


def _method_type(s: Solver, site: Site, arguments: Arguments) -> bool:
    function, receiver = arguments.at(0), arguments.at(1)
    if function is not None and receiver is not None:
        each(
            s,
            function,
            lambda one: each(
                s, receiver, lambda other: s.add(site.result, [s.number(Bound(one, other))])
            ),
        )
    return True


def _reference(s: Solver, site: Site, arguments: Arguments) -> bool:
    first = arguments.at(0)
    made = Special("partial", Node(), Arguments())
    if first is not None:
        made = Special("reference", first)
    s.add(site.result, [s.number(made, ("reference", *place(site)))])
    return True


Calling = Callable[[Solver, Site, Special, int, Arguments, int], None]

_KINDS: dict[str, Calling] = {
    "partial": lambda s, site, item, _, given, receiver: _call_partial(
        s, site, item, given, receiver
    ),
    "partialmethod": lambda s, site, item, _, given, receiver: _call_partial(
        s, site, item, given, receiver
    ),
    "wrapper": _call_wrapper,
    "dispatch": _call_wrapper,
    "identity": lambda s, site, item, _, given, receiver: _give_first(s, site, given),
    # `lru_cache(maxsize=1)` and its like make a wrapper
    "decorator": lambda s, site, item, _, given, receiver: _wrap(s, site, given, item.extra),
    "staticmethod": lambda s, site, item, _, given, receiver: call_node(
        s, site, item.function, given
    ),
    "classmethod": lambda s, site, item, _, given, receiver: call_node(
        s, site, item.function, given
    ),
    "context": lambda s, site, item, _, given, receiver: _call_context(
        s, site, item, given, receiver
    ),
    "attrgetter": lambda s, site, item, _, given, receiver: _call_getter(s, site, item, given),
    "itemgetter": lambda s, site, item, _, given, receiver: _call_getter(s, site, item, given),
    "methodcaller": lambda s, site, item, _, given, receiver: _call_getter(s, site, item, given),
    "method": lambda s, site, item, _, given, receiver: _call_method(s, site, item, given),
    "object.__new__": lambda s, site, item, _, given, receiver: _make_object(s, site, given),
    "typevar": lambda s, site, item, _, given, receiver: _give_first(s, site, given),
    "newtype": lambda s, site, item, _, given, receiver: _give_first(s, site, given),
    "reference": lambda s, site, item, _, given, receiver: s.flow(item.function, site.result),
    "thread": lambda s, site, item, _, given, receiver: None,
    "manager": lambda s, site, item, _, given, receiver: None,
}
