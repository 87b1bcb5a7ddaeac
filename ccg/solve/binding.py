"""How arguments reach parameters; no I/O."""

from collections.abc import Sequence

from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.bodies import Body, Plan
from ccg.solve.frame import Frame
from ccg.solve.objects import Container
from ccg.solve.solver import Solver
from ccg.syntax.facts import ParameterKind

# Named once: in Python 3.11 to name a member takes ten times as long as to read a variable.
_POSITIONAL, _VARIADIC = ParameterKind.POSITIONAL, ParameterKind.VARIADIC
_KEYWORDS = ParameterKind.KEYWORDS


def bind(s: Solver, frame: Frame, arguments: Arguments, receivers: int) -> None:
    """Let a frame's parameters have what one call hands over.

    Args:
        s: the solver.
        frame: of the function that is called.
        arguments: without the receiver.
        receivers: the set of objects that the method is called on, -1 for a plain function.
    """
    first = 0
    if receivers >= 0:
        if frame.body.positional:
            s.write(frame.parameters[0], receivers)
            first = 1
        elif frame.body.variadic >= 0:
            arguments = arguments.joined((receivers,))
    if arguments.is_plain:
        _bind_plain(s, frame, arguments, first)
    else:
        _bind_spread(s, frame, arguments, first)


def _bind_plain(s: Solver, frame: Frame, arguments: Arguments, first: int) -> None:
    body, parameters = frame.body, frame.parameters
    names = tuple([name for name, _ in arguments.keywords]) if arguments.keywords else ()
    key = (first, len(arguments.positional), names)
    plan = body.plans.get(key)
    if plan is None:
        plan = body.plans[key] = _plan(body, *key)
    for place, given in zip(plan.positional, arguments.positional, strict=False):
        parameter = parameters[place]
        if given and given != parameter.value:
            s.write(parameter, given)
    for position, at in plan.variadic:
        containers.put(s, variadic(s, frame)[1], position, arguments.positional[at])
    if names:
        _bind_named(s, frame, arguments, plan.named)
    if not frame.defaulted.issuperset(plan.left_out):
        for place in plan.left_out:
            leave_out(s, frame, place)


def _bind_named(s: Solver, frame: Frame, arguments: Arguments, places: Sequence[int]) -> None:
    for place, (name, given) in zip(places, arguments.keywords, strict=True):
        if place >= 0:
            s.write(frame.parameters[place], given)
        elif frame.body.keywords >= 0:
            containers.put(s, keywords(s, frame)[1], ("str", name), given)


def _plan(body: Body, first: int, count: int, names: tuple[str | None, ...]) -> Plan:
    """Return where so many positional arguments and these keywords of a call go."""
    last = min(first + count, body.positional)
    places = tuple(range(first, max(last, first)))
    rest: tuple[tuple[containers.Key, int], ...] = ()
    if body.variadic >= 0:
        beyond = range(len(places), count)
        rest = tuple((("int", first + at - body.positional), at) for at in beyond)
    named = tuple(body.names.get(name or "", -1) for name in names)
    taken = {*range(last), *named}
    left_out = tuple(place for place in body.names.values() if place not in taken)
    return Plan(places, rest, named, left_out)


def leave_out(s: Solver, frame: Frame, place: int) -> None:
    """Note that a call does not give a parameter: it may have its default."""
    if place not in frame.defaulted:
        frame.defaulted |= {place}
        if frame.is_begun and frame.body.unit.parameters[place].default >= 0:
            frame.dirty.add(frame.body.parameters[place])
            s.enqueue(frame)


def variadic(s: Solver, frame: Frame) -> tuple[int, Container]:
    """Return the tuple that `*args` receives."""
    if frame.variadic is None:
        key = ("variadic", frame.module.index, frame.body.number, frame.context)
        frame.variadic = s.container("tuple", key)
    return frame.variadic


def keywords(s: Solver, frame: Frame) -> tuple[int, Container]:
    """Return the dict that `**kwargs` receives."""
    if frame.keywords is None:
        key = ("keywords", frame.module.index, frame.body.number, frame.context)
        frame.keywords = s.container("dict", key)
    return frame.keywords


# with `*x` or `**x`


def _bind_spread(s: Solver, frame: Frame, arguments: Arguments, first: int) -> None:
    body = frame.body
    for index, parameter in enumerate(body.unit.parameters):
        if parameter.kind == _VARIADIC:
            _fill_variadic(s, frame, arguments, body.positional - first)
        elif parameter.kind == _KEYWORDS:
            _fill_keywords(s, frame, arguments)
        elif index >= first:
            is_positional = parameter.kind == _POSITIONAL
            position = index - first if is_positional else -1
            if not _give(s, frame, index, arguments, position):
                leave_out(s, frame, index)


def _give(s: Solver, frame: Frame, index: int, arguments: Arguments, position: int) -> bool:
    """Give one parameter what is for it; return whether it surely has something."""
    target = frame.parameters[index]
    spread = arguments.spread or (False,) * len(arguments.positional)
    for at, given in enumerate(arguments.positional[: position + 1]):
        if spread[at]:
            s.write(target, _from_spread(s, given, position - at))
            break  # it may be too short: then a name or the default counts
        if at == position:
            s.write(target, given)
            return True
    name = frame.body.unit.parameters[index].name
    named = arguments.named(name)
    if named is not None:
        s.write(target, named)
        return True
    for keyword, given in arguments.keywords:
        if keyword is None:
            s.write(target, _from_keywords(s, given, name))
    return False


def _from_spread(s: Solver, given: int, position: int) -> int:
    found = []
    for number, container in s.members(given):
        if isinstance(container, Container):
            if container.type in containers.INDEXED:
                found.append(containers.get(s, container, ("int", position)))
            else:
                found.append(containers.iterated(s, number))
    return s.sets.union_all(found)


def _from_keywords(s: Solver, given: int, name: str) -> int:
    return s.sets.union_all(
        containers.get(s, container, ("str", name))
        for _, container in s.members(given)
        if isinstance(container, Container)
    )


def _fill_variadic(s: Solver, frame: Frame, arguments: Arguments, skipped: int) -> None:
    _, target = variadic(s, frame)
    is_spread = arguments.spread or (False,) * len(arguments.positional)
    seen = False
    for at, given in enumerate(arguments.positional):
        if is_spread[at]:
            shift = max(skipped - at, 0) if not seen else 0
            seen = True
            for number, source in s.members(given):
                if isinstance(source, Container) and source is not target:
                    _spread_into(s, number, target, shift, max(at - skipped, 0))
        elif seen:
            s.write(target.rest, given)
        elif at >= skipped:
            containers.put(s, target, ("int", at - skipped), given)


def _spread_into(s: Solver, number: int, target: Container, shift: int, start: int) -> None:
    """Let the elements of a container, but for the first ones, follow from a place on."""
    source = containers.of_number(s, number)
    s.read_size(source)
    s.write(target.rest, s.read(source.rest))
    for (kind, position), item in list(source.items.items()):
        if kind == "int" and isinstance(position, int):
            if position >= shift:
                containers.put(s, target, ("int", position - shift + start), s.read(item))
        elif source.type not in containers.DICTS:
            s.write(target.rest, s.read(item))


def _fill_keywords(s: Solver, frame: Frame, arguments: Arguments) -> None:
    _, target = keywords(s, frame)
    names = frame.body.names
    for name, given in arguments.keywords:
        if name is None:
            for source, _ in s.members(given):
                containers.copy_into(s, source, target, without=names)
        elif name not in names:
            containers.put(s, target, ("str", name), given)


def parameter(s: Solver, frame: Frame, index: int) -> int:
    """Return what a parameter may be."""
    body = frame.body
    if index == body.variadic:
        return s.sets.single(variadic(s, frame)[0])
    if index == body.keywords:
        return s.sets.single(keywords(s, frame)[0])
    found = s.read(frame.parameters[index])
    if index in frame.defaulted:
        default = body.unit.parameters[index].default
        if default >= 0:
            return s.sets.union(found, s.export(frame.module, default))
    return found
