"""What happens when something is called: edges, arguments to parameters, results; no I/O."""

from collections.abc import Callable
from typing import Any

from ccg.solve import members, muddles, program, special
from ccg.solve.arguments import Arguments
from ccg.solve.binding import bind
from ccg.solve.frame import CALL, DECORATOR, INIT, PROPERTY, Frame, Made, Site
from ccg.solve.objects import (
    EXACT,
    Access,
    Bound,
    Class,
    Function,
    Instance,
    Object,
    Outside,
    Property,
    Special,
)
from ccg.solve.sets import ACCESS, EMPTY
from ccg.solve.solver import Rule, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op

NOTHING = Arguments()
_Way = Callable[[Solver, Site, int, Any, Arguments], int]
MAX_DEPTH = 100
"""Calls within one another; there are more only where something that is called leads to itself."""


def call(s: Solver, site: Site, functions: int, arguments: Arguments) -> int:
    """Call whatever a set may be; return what that gives."""
    found = EMPTY
    if s.depth > MAX_DEPTH:
        return found
    s.depth += 1
    objects, ways = s.objects, _WAYS
    for number in s.sets.members[functions]:
        item = objects[number]
        way = ways.get(type(item))
        if way is not None:
            result = way(s, site, number, item, arguments)
            if result and result != found:
                found = s.sets.union(found, result)
    s.depth -= 1
    return found


def call_one(s: Solver, site: Site, number: int, arguments: Arguments) -> int:
    """Call one object."""
    item = s.objects[number]
    way = _WAYS.get(type(item))
    return EMPTY if way is None else way(s, site, number, item, arguments)


def _call_plain(s: Solver, site: Site, number: int, item: Function, arguments: Arguments) -> int:
    return call_function(s, site, item, arguments, -1)


def _call_name(s: Solver, site: Site, number: int, item: Outside, arguments: Arguments) -> int:
    return _call_outside(s, site, item, arguments, -1)


def _call_special(s: Solver, site: Site, number: int, item: Special, arguments: Arguments) -> int:
    return s.library.special(s, site, number, arguments, -1)


def _call_access(s: Solver, site: Site, number: int, item: Access, arguments: Arguments) -> int:
    return call(s, site, read_access(s, site, item), arguments)


def _call_instance(s: Solver, site: Site, number: int, item: Instance, arguments: Arguments) -> int:
    if program.lookup(item.cls, "__call__") is not None:
        methods = special.special_methods(s, s.sets.single(number), "__call__")
        return call(s, site, methods, arguments)
    if item.cls.outside:
        site.frame.module.resolved.add(site.value)
    return EMPTY


def _call_outside(
    s: Solver, site: Site, item: Outside, arguments: Arguments, receivers: int
) -> int:
    found = s.library.call(s, site, item.name, arguments, receivers)
    if found is not None:
        return found
    if item.is_end or item.is_instance or item.name.startswith("<**"):
        return EMPTY
    return s.sets.single(s.outside(item.name, is_instance=True))


def _call_bound(s: Solver, site: Site, number: int, item: Bound, arguments: Arguments) -> int:
    function: Object = s.objects[item.function]
    if isinstance(function, Function):
        return call_function(s, site, function, arguments, item.receivers)
    if isinstance(function, Outside):
        return _call_outside(s, site, function, arguments, item.receivers)
    if isinstance(function, Special):
        return s.library.special(s, site, item.function, arguments, item.receivers)
    return call_one(s, site, item.function, arguments.joined((item.receivers,)))


def call_function(
    s: Solver, site: Site, function: Function, arguments: Arguments, receivers: int
) -> int:
    """Call a function of the analysed code."""
    return s.read(enter_function(s, site, function, arguments, receivers).result)


def enter_function(
    s: Solver, site: Site, function: Function, arguments: Arguments, receivers: int
) -> Frame:
    """Hand a call's arguments to a function; return the frame that gives the result.

    What was handed over before is not handed over again.
    """
    calls, key = site.frame.made, (site.value, function)
    made = calls.get(key)
    if made is None:
        made = calls[key] = Made(s.activate(site, function))
    elif _is_made(site, made, arguments, receivers):
        target = made.target
        if target.is_queued and (target.context or not target.is_begun):
            s.hurry(target)
        return target
    via = _via(s, receivers) if made.via else EXACT
    if site.kind is not made.kind or via < made.via:
        s.record(site, s.common[function.module.index][function.number].owner, via=via)
        made.via = min(via, made.via)
    made.note(site.kind, arguments, receivers)
    hand_over(s, site, made.target, arguments, receivers)
    return made.target


def _is_made(site: Site, made: Made, arguments: Arguments, receivers: int) -> bool:
    """Tell whether a call was made before, or one that says as much.

    An activation that calls a function for all calls together hands nothing over: the frame for all calls of
    its own code does.
    """
    if site.frame.context and not made.target.context:
        return made.kind is site.kind and made.via == EXACT
    return made.is_known(site.kind, arguments, receivers)


def hand_over(s: Solver, site: Site, frame: Frame, arguments: Arguments, receivers: int) -> None:
    """Let the parameters of a frame, and those for all calls together, have the arguments."""
    if not frame.context:
        if not site.frame.context:
            bind(s, frame, arguments, receivers)
        if not frame.is_begun:
            s.hurry(frame)
        return
    if not site.frame.context:
        bind(s, s.common[frame.module.index][frame.body.number], arguments, receivers)
    bind(s, frame, arguments, receivers)
    s.hurry(frame)


def _via(s: Solver, receivers: int) -> int:
    """Return how the surest of the receivers became known."""
    if receivers < 0:
        return EXACT
    known = s.vias.get(receivers)
    if known is None:
        vias = [i.via if isinstance(i, Instance) else EXACT for _, i in s.members(receivers)]
        known = s.vias[receivers] = min(vias, default=EXACT)
    return known


# classes


def make_instance(s: Solver, site: Site, number: int, cls: Class, arguments: Arguments) -> int:
    """Call a class: `__call__` of its metaclass, else `__new__` and `__init__`."""
    site.frame.module.resolved.add(site.value)
    if any(program.lookup(meta, "__call__") is not None for meta in cls.metaclasses):
        methods = special.special_methods(s, s.sets.single(number), "__call__")
        return call(s, site, methods, arguments)
    return instantiate(s, site, cls, arguments)


def instantiate(s: Solver, site: Site, cls: Class, arguments: Arguments) -> int:
    """Make an instance and initialise it; what makes it may be a class, but not in a ring."""
    if s.making is None:
        s.making = {cls.id}
        made = _make(s, site, cls, arguments)
        s.making = None
        return made
    if cls.id in s.making:
        return s.sets.single(s.instance(cls))
    s.making.add(cls.id)
    return _make(s, site, cls, arguments)


def _make(s: Solver, site: Site, cls: Class, arguments: Arguments) -> int:
    made = s.library.make(s, site, cls, arguments)
    if made is not None:
        return made
    cls.is_made = True
    instance = s.sets.single(s.instance(cls))
    if site.kind is DECORATOR:
        instance = _decorate(s, site, cls, instance, arguments.at(0) or EMPTY)
    inner = site.of(INIT if site.kind is CALL else site.kind)
    result = instance
    maker = program.lookup(cls, "__new__")
    if maker is not None:
        given = arguments.joined((s.sets.single(cls.id),))
        makers = members.class_value(s, maker, "__new__")
        result = call(s, inner, makers, given)
        if s.instance(cls) in s.sets.members[result]:
            result = instance
        if not all(isinstance(item, Function) for _, item in s.members(makers)):
            result = instance
        elif not s.says_something(result) and s.settled(site.frame):
            result = s.sets.union(result, instance)
    if program.lookup(cls, "__init__") is not None:
        call(s, inner, special.special_methods(s, instance, "__init__"), arguments)
    elif cls.outside and maker is None:
        base = cls.outside[0]
        if not base.startswith("<builtin>.") and _is_foreign(base):
            s.record(site, f"{base}.__init__", kind=INIT)
    return result


def _decorate(s: Solver, site: Site, cls: Class, instance: int, given: int) -> int:
    """Return the instance that a decorator makes of functions: it is told apart from the others."""
    functions = s.sets.of(n for n, item in s.members(given) if isinstance(item, Function))
    if not functions:
        return instance
    if not cls.wrapped:
        for frame in s.common[cls.module.index].values():
            if frame.cls is cls and (frame.body.unit.returns or frame.body.unit.yields):
                frame.body.passes_on = True  # what was decorated is not the same for all calls
    cls.wrapped.update(s.sets.members[functions])
    return s.sets.single(s.wrapper(cls, functions))


def _is_foreign(name: str) -> bool:
    top = name.partition(".")[0]
    return top not in {"abc", "enum", "typing", "typing_extensions", "dataclasses"}


# properties and other descriptors


def read_access(s: Solver, site: Site, access: Access) -> int:
    """Read through a descriptor: call its getter, and return what it gives."""
    inner = site.of(PROPERTY)
    descriptor = s.objects[access.descriptor]
    match descriptor:
        case Property():
            return call_as_methods(s, inner, s.read(descriptor.getter), access.receivers, NOTHING)
        case Instance():
            methods = special.special_methods(s, s.sets.single(access.descriptor), "__get__")
            owners = members.classes_of(s, access.receivers)
            return call(s, inner, methods, Arguments([access.receivers, owners]))
        case Function():  # `__getattr__`
            return _call_getattr(s, inner, descriptor, access.receivers)
    return EMPTY


def _call_getattr(s: Solver, site: Site, function: Function, receivers: int) -> int:
    key = ("is method", receivers)
    is_method: bool | None = s.memo.get(key)
    if is_method is None:
        is_method = any(isinstance(item, Instance | Class) for _, item in s.members(receivers))
        s.memo[key] = is_method
    given = Arguments([s.text()])
    return call_function(s, site, function, given, receivers if is_method else -1)


def call_as_methods(
    s: Solver, site: Site, functions: int, receivers: int, arguments: Arguments
) -> int:
    """Call functions as methods of receivers."""
    found = EMPTY
    for number in s.sets.members[functions]:
        result = call_one(s, site, s.bound(number, receivers), arguments)
        found = s.sets.union(found, result)
    return found


def read_values(s: Solver, site: Site, values: int) -> int:
    """Return what was read from an attribute: of a descriptor what its getter gives."""
    if not s.sets.together[values] & ACCESS:
        return values
    known: tuple[int, list[Access]] | None = s.memo.get(("accesses", values))
    if known is None:
        items = s.members(values)
        plain = s.sets.of(number for number, item in items if not isinstance(item, Access))
        accesses = [item for _, item in items if isinstance(item, Access)]
        known = s.memo["accesses", values] = (plain, accesses)
    plain, accesses = known
    return s.sets.union_all([plain, *[read_access(s, site, one) for one in accesses]])


def arguments_of(frame: Frame, op: Op) -> Arguments:
    """Return the arguments of a call."""
    values = frame.values
    given = op[2]
    keywords = [(name, values[value]) for name, value in op[3]] if op[3] else ()
    if not given or min(given) >= 0:
        return Arguments([values[value] for value in given], keywords)
    positional = [values[value if value >= 0 else ~value] for value in given]
    return Arguments(positional, keywords, [value < 0 for value in given])


def _call(s: Solver, frame: Frame, value: int, op: Op) -> int:
    functions = frame.values[op[1]]
    if not functions:
        return EMPTY
    site = Site(frame, value, DECORATOR if op[4] else CALL)
    if not muddles.is_one(s, functions) or muddles.is_of_table(frame, op[1]):
        return call(s, site, functions, arguments_of(frame, op))
    if muddles.is_enclosed(frame, op[1]):
        call(s, site, functions, NOTHING)
    else:
        muddles.note(s, frame, value)
    return EMPTY


_WAYS: dict[type[Object], _Way] = {
    Access: _call_access,
    Bound: _call_bound,
    Class: make_instance,
    Function: _call_plain,
    Instance: _call_instance,
    Outside: _call_name,
    Special: _call_special,
}
"""How objects are called, by what they are."""
RULES: dict[int, Rule] = {ops.CALL: _call}
