"""functools, contextlib, typing, weakref: what makes something callable of something callable; no I/O."""

from collections.abc import Callable

from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.attributes import read_attribute
from ccg.solve.calls import NOTHING, call, call_as_methods
from ccg.solve.frame import CALLBACK, DECORATOR, Site
from ccg.solve.iteration import split
from ccg.solve.library.builtin import wrapping
from ccg.solve.library.many import call_several
from ccg.solve.library.operator import call_getter
from ccg.solve.library.rules import (
    Rule,
    call_back,
    elements,
    kept,
    make_property,
    make_special,
    same,
)
from ccg.solve.library.threads import start_thread
from ccg.solve.objects import Bound, Class, Function, Property, Special
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver
from ccg.solve.types import promise

MAX_ARGUMENTS = 30
"""Arguments that partial applications add up to; more come of one that holds itself."""


def call_special(s: Solver, site: Site, number: int, arguments: Arguments, receivers: int) -> int:
    """Call something that a library made; return what that gives."""
    site.frame.module.resolved.add(site.value)
    item = s.objects[number]
    assert isinstance(item, Special)  # noqa: S101 (the caller looked)
    return _KINDS[item.kind](s, site, item, arguments, receivers)


def call_with_receivers(
    s: Solver, site: Site, functions: int, arguments: Arguments, receivers: int
) -> int:
    """Call functions, as methods where there are receivers."""
    if receivers < 0:
        return call(s, site, functions, arguments)
    return call_as_methods(s, site, functions, receivers, arguments)


def _call_wrapper(
    s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int
) -> int:
    """Call what is wrapped, with the same arguments."""
    return call_with_receivers(s, site, s.read(item.function), arguments, receivers)


def _call_identity(
    s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int
) -> int:
    return arguments.at(0) or EMPTY


def _make_object(s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int) -> int:
    """Call `object.__new__`."""
    found = []
    for _, cls in s.members(arguments.at(0) or EMPTY):
        if isinstance(cls, Class):
            cls.is_made = True
            found.append(s.instance(cls))
    return s.sets.of(found)


# partial


def _partial(kind: str) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        return make_special(s, site, kind, arguments.at(0) or EMPTY, arguments.after(1))

    return rule


def _call_partial(
    s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int
) -> int:
    given = kept(s, item)
    if len(arguments.positional) + len(arguments.keywords) > MAX_ARGUMENTS:
        return EMPTY  # a partial application of itself
    joined = arguments.joined(given.positional, given.keywords)
    return call_with_receivers(s, site, s.read(item.function), joined, receivers)


# decorators


def _caching(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    """`lru_cache` of a function, or with settings: then what it gives is the decorator."""
    first = arguments.at(0)
    own = [
        number
        for number, item in s.members(first or EMPTY)
        if isinstance(item, Function | Bound | Special)
    ]
    found = make_special(s, site, "wrapper", s.sets.of(own)) if own else EMPTY
    if first is None or len(own) < len(s.sets.members[first]):
        found = s.sets.union(found, s.sets.single(s.special("decorator", "wrapper")[0]))
    return found


def _call_decorator(
    s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int
) -> int:
    return make_special(s, site, "wrapper", arguments.at(0) or EMPTY)


def _identity(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    return s.sets.single(s.special("identity", None)[0])


def _cached_property(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    number, made = make_property(s, site)
    s.write(made.getter, arguments.at(0) or EMPTY)
    return s.sets.single(number)


def _call_method(s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int) -> int:
    """A method of a library's object: `x.setter`, `visit.register`, `cached.cache_clear`."""
    owner, name = s.objects[item.given], item.about
    first = arguments.at(0)
    match owner:
        case Property() if name in {"setter", "deleter", "getter"}:
            return _with_function(s, site, owner, name, first or EMPTY)
        case Special(kind="dispatch") if name == "register":
            return _register(s, item.given, owner, arguments)
        case Special(kind="thread"):
            return start_thread(s, site, owner) if name in {"start", "run"} else EMPTY
        case Special() if name in {"func", "__wrapped__", "__func__"}:
            return s.read(owner.function)
        case Special(kind="wrapper") if name == "__get__":
            return s.sets.single(item.given)
    return first or EMPTY if site.kind is DECORATOR else EMPTY


def _with_function(s: Solver, site: Site, owner: Property, name: str, function: int) -> int:
    number, made = make_property(s, site)
    for kind in ("getter", "setter", "deleter"):
        given = function if name == kind else s.read(getattr(owner, kind))
        s.write(getattr(made, kind), given)
    return s.sets.single(number)


def _register(s: Solver, number: int, owner: Special, arguments: Arguments) -> int:
    """`register(type, function)`, or `@register` with or without a type."""
    given = arguments.positional
    if len(given) == 2:
        s.write(owner.function, given[1])
        return given[1]
    found = []
    for one, item in s.members(arguments.at(0) or EMPTY):
        if isinstance(item, Function | Special | Bound):
            s.write(owner.function, s.sets.single(one))
            found.append(one)
        else:
            registrar, made = s.special("registrar", number)
            made.function = owner.function
            found.append(registrar)
    return s.sets.of(found)


def _call_registrar(
    s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int
) -> int:
    s.write(item.function, arguments.at(0) or EMPTY)
    return arguments.at(0) or EMPTY


# contextlib


def _call_context(
    s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int
) -> int:
    given = call_with_receivers(s, site, s.read(item.function), arguments, receivers)
    number, container = s.container("context", ("context", *site.place))
    own, _ = split(s, given)
    for one in own:
        s.write(container.rest, containers.elements(s, one))
    return s.sets.single(number)


def _closing(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    number, made = s.special("manager", ("closing", *site.place))
    s.write(made.function, arguments.at(0) or EMPTY)

    def close(where: Site) -> None:
        inner = where.of(CALLBACK)
        call(s, inner, read_attribute(s, inner, s.read(made.function), "close"), NOTHING)

    made.about = close
    return s.sets.single(number)


def _cast(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    value = arguments.at(1) or EMPTY
    if value or not s.settled(site.frame):
        return value
    return promise(s, arguments.at(0) or EMPTY, ("cast", *site.place))


def _typevar(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    bounds = [*arguments.positional[1:], arguments.named("bound") or EMPTY]
    return make_special(s, site, "typevar", s.sets.union_all(bounds))


def _reduce(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    functions, inner = arguments.at(0) or EMPTY, elements(s, site, arguments.at(1) or EMPTY)
    total = s.sets.union(inner, arguments.at(2) or EMPTY)
    for _ in range(2):  # what the function gives is handed to it again
        total = s.sets.union(total, call_back(s, site, functions, [total, inner]))
    return total


def _method_type(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    functions, of = arguments.at(0) or EMPTY, arguments.at(1) or EMPTY
    return s.sets.of(s.bound(one, of) for one in s.sets.members[functions]) if of else EMPTY


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
    "functools.cmp_to_key": same,
    "contextlib.contextmanager": wrapping("context"),
    "contextlib.asynccontextmanager": wrapping("context"),
    "contextlib.closing": _closing,
    "contextlib.aclosing": _closing,
    "contextlib.nullcontext": wrapping("manager"),
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
    "types.MethodType": _method_type,
    "weakref.ref": wrapping("reference"),
    "weakref.proxy": same,
}


def _call_plain(s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int) -> int:
    return call(s, site, s.read(item.function), arguments)


def _give_function(
    s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int
) -> int:
    return s.read(item.function)


def _give_nothing(
    s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int
) -> int:
    return EMPTY


def _call_getter(s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int) -> int:
    return call_getter(s, site, item, arguments)


Calling = Callable[[Solver, Site, Special, Arguments, int], int]
_KINDS: dict[str, Calling] = {
    "partial": _call_partial,
    "partialmethod": _call_partial,
    "several": call_several,
    "wrapper": _call_wrapper,
    "dispatch": _call_wrapper,
    "identity": _call_identity,
    "decorator": _call_decorator,
    "registrar": _call_registrar,
    "staticmethod": _call_plain,
    "classmethod": _call_plain,
    "context": _call_context,
    "attrgetter": _call_getter,
    "itemgetter": _call_getter,
    "methodcaller": _call_getter,
    "method": _call_method,
    "object.__new__": _make_object,
    "typevar": _call_identity,
    "reference": _give_function,
    "thread": _give_nothing,
    "manager": _give_nothing,
    "namespace": _give_nothing,
}
