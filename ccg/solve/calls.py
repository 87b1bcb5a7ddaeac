"""What happens when something is called: edges, arguments to parameters, results; no I/O."""

from collections.abc import Callable, Iterable

from ccg.graph import CallKind
from ccg.solve import containers, members, program
from ccg.solve.arguments import Arguments, Binding
from ccg.solve.node import Node
from ccg.solve.objects import (
    EXACT,
    Access,
    Bound,
    Class,
    Constant,
    Container,
    Function,
    Instance,
    Module,
    Outside,
    Property,
    Special,
)
from ccg.solve.solver import Handler, Site, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op, ParameterKind

Library = Callable[[Solver, Site, str, Arguments, int], bool]
"""Knows what a name from outside does when it is called; the last is the receiver or -1."""
SpecialCall = Callable[[Solver, Site, Special, int, Arguments, int], None]


class Hooks:
    """What the library's rules register: calls.py must not know them."""

    library: Library
    special: SpecialCall
    make: Callable[[Solver, Site, Class, Arguments], bool]


def call_node(s: Solver, site: Site, function: Node, arguments: Arguments) -> None:
    """Call whatever a value may be."""
    s.each(function, lambda one: call(s, site, one, arguments))


def call(
    s: Solver,
    site: Site,
    number: int,
    arguments: Arguments,
    *,
    before: tuple[Node, ...] = (),
    keywords: tuple[tuple[str, Node], ...] = (),
) -> None:
    """Call one object."""
    item = s.objects[number]
    match item:
        case Function():
            call_function(s, site, item, Binding(arguments, -1, before, keywords), EXACT)
        case Bound():
            _call_bound(s, site, item, Binding(arguments, item.receiver, before, keywords))
        case Instance():
            _call_instance(s, site, number, item, _joined(arguments, before, keywords))
        case Access():
            read_access(s, site, item, lambda result: call_node(s, site, result, arguments))
        case _:
            _call_other(s, site, number, _joined(arguments, before, keywords))


def _call_instance(
    s: Solver, site: Site, number: int, item: Instance, arguments: Arguments
) -> None:
    method = members.special_methods(s, number, "__call__")
    if method is not None:
        call_node(s, site, method, arguments)
    elif item.cls.outside:
        s.resolved.add((site.module.index, site.value))


def _call_other(s: Solver, site: Site, number: int, arguments: Arguments) -> None:
    item = s.objects[number]
    match item:
        case Class():
            make_instance(s, site, item, arguments)
        case Outside():
            if not Hooks.library(s, site, item.name, arguments, -1):
                _give_outside(s, site, item)
        case Special():
            Hooks.special(s, site, item, number, arguments, -1)


def _give_outside(s: Solver, site: Site, item: Outside) -> None:
    if not item.is_end and not item.is_instance and not item.name.startswith("<**"):
        s.add(site.result, [s.outside(item.name, is_instance=True)])


def _joined(
    arguments: Arguments, before: tuple[Node, ...], keywords: tuple[tuple[str, Node], ...]
) -> Arguments:
    if not before and not keywords:
        return arguments
    joined = arguments.without_first(0)
    joined.positional = [*before, *arguments.positional]
    joined.spread = [False] * len(before) + arguments.spread
    joined.keywords = [*keywords, *arguments.keywords]
    return joined


def _call_bound(s: Solver, site: Site, item: Bound, binding: Binding) -> None:
    function = s.objects[item.function]
    receiver = s.objects[item.receiver]
    via = receiver.via if isinstance(receiver, Instance) else EXACT
    match function:
        case Function():
            call_function(s, site, function, binding, via)
        case Outside():
            arguments = _joined(binding.arguments, binding.before, binding.before_keywords)
            if not Hooks.library(s, site, function.name, arguments, item.receiver):
                _give_outside(s, site, function)
        case Special():
            arguments = _joined(binding.arguments, binding.before, binding.before_keywords)
            Hooks.special(s, site, function, item.function, arguments, item.receiver)
        case _:
            first = Node()
            s.add(first, [item.receiver])
            arguments = _joined(binding.arguments, (first, *binding.before), ())
            call(s, site, item.function, arguments)


def call_function(s: Solver, site: Site, function: Function, binding: Binding, via: int) -> None:
    """Call a function of the analysed code."""
    module, unit = function.module, function.unit
    s.record(site, module.id_of(unit), via=via)
    if not site.context:
        key = (module.index, function.number)
        s.callers.setdefault(key, []).append(binding)
        general = function
        for index, node in list(s.parameters.get(key, {}).items()):
            bound_parameter(s, general, index, binding, node)
    context = s.activate(site, function, binding) if unit.is_open else 0
    s.flow(returned(s, module, function.number, context), site.result)


def returned(s: Solver, module: Module, number: int, context: int) -> Node:
    """Return what a call of a function gives."""
    key = (module.index, number, context)
    node = s.returned.get(key)
    if node is not None:
        return node
    node = s.returned[key] = Node()
    unit = module.facts.units[number]
    inner = node
    if unit.is_generator:
        kind = "generator"
        inner = s.container(kind, ("returned", *key)).rest
        s.add(node, [s.container_number(kind, ("returned", *key))])
        s.union(module, unit.yields, context, inner)
    elif unit.is_async:
        inner = s.container("coroutine", ("returned", *key)).rest
        s.add(node, [s.container_number("coroutine", ("returned", *key))])
    if not unit.is_generator:
        s.union(module, unit.returns, context, inner)
    if unit.return_annotation >= 0 and not context:
        s.declared.append((inner, module, unit.return_annotation))
    elif unit.return_annotation >= 0:
        general = returned(s, module, number, 0)
        s.unsettled.append(lambda: None if s.says_something(inner) else s.flow(general, inner))
    return node


# parameters


def bound_parameter(
    s: Solver, function: Function, index: int, binding: Binding, node: Node
) -> None:
    """Let flow into a parameter what one call hands over."""
    parameter = function.unit.parameters[index]
    kind = parameter.kind
    if kind == ParameterKind.VARIADIC:
        _variadic(s, function, index, binding, node)
        return
    if kind == ParameterKind.KEYWORDS:
        _keywords(s, function, binding, node)
        return
    position = index
    if kind == ParameterKind.POSITIONAL:
        if binding.receiver >= 0:
            if index == 0:
                s.add(node, [binding.receiver])
                return
            position -= 1
        if position < len(binding.before):
            s.flow(binding.before[position], node)
            return
        position -= len(binding.before)
        if _positional(s, binding.arguments, position, node):
            return
    if _named(s, binding, parameter.name, node) or parameter.default < 0:
        return
    s.flow(s.value(function.module, parameter.default, function.context), node)


def _positional(s: Solver, arguments: Arguments, position: int, node: Node) -> bool:
    for at, given in enumerate(arguments.positional[: position + 1]):
        if arguments.spread[at]:
            spread = arguments.node(given)
            s.watch(spread, lambda new, at=at: _from_spread(s, new, position - at, node))  # type: ignore[misc]
            return False  # it may be too short: then a name or the default counts
        if at == position:
            s.flow(arguments.node(given), node)
            return True
    return False


def _from_spread(s: Solver, objects: Iterable[int], position: int, node: Node) -> None:
    for number in objects:
        container = s.objects[number]
        if isinstance(container, Container):
            if container.type in containers.INDEXED:
                s.flow(containers.item_node(s, container, ("int", position)), node)
            else:
                s.flow(containers.iterated(s, number), node)


def _named(s: Solver, binding: Binding, name: str, node: Node) -> bool:
    for before, given in binding.before_keywords:
        if before == name:
            s.flow(given, node)
            return True
    named = binding.arguments.named(name)
    if named is not None:
        s.flow(named, node)
        return True
    for keyword, value in binding.arguments.keywords:
        if keyword is None:
            s.watch(binding.arguments.node(value), lambda new: _from_keywords(s, new, name, node))
    return False


def _from_keywords(s: Solver, objects: Iterable[int], name: str, node: Node) -> None:
    for number in objects:
        container = s.objects[number]
        if isinstance(container, Container):
            s.flow(containers.item_node(s, container, ("str", name)), node)


def _variadic(s: Solver, function: Function, index: int, binding: Binding, node: Node) -> None:
    key = ("variadic", function.module.index, function.number, node)
    container = s.container("tuple", key)
    s.add(node, [s.container_number("tuple", key)])
    skipped = index - (1 if binding.receiver >= 0 else 0)
    arguments = binding.arguments
    spread = False
    given = [*binding.before, *arguments.positional]
    flags = [False] * len(binding.before) + arguments.spread
    for at, one in enumerate(given):
        if flags[at]:
            shift = max(skipped - at, 0) if not spread else 0
            spread = True
            s.watch(
                arguments.node(one),
                lambda new, shift=shift, at=at: _spread_on(
                    s, new, shift, max(at - skipped, 0), container
                ),  # type: ignore[misc]
            )
        elif spread:
            s.flow(arguments.node(one), container.rest)
        elif at >= skipped:
            target = containers.item_node(s, container, ("int", at - skipped))
            s.flow(arguments.node(one), target)


def _spread_on(
    s: Solver, objects: Iterable[int], shift: int, start: int, target: Container
) -> None:
    for number in objects:
        source = s.objects[number]
        if not isinstance(source, Container) or source is target:
            continue
        if not s.first_time("spread", number, target, shift, start):
            continue
        s.flow(source.rest, target.rest)

        def see(key: containers.Key, item: Node) -> None:
            position = key[1]
            if key[0] == "int" and isinstance(position, int):
                if position >= shift:
                    place = ("int", position - shift + start)
                    s.flow(item, containers.item_node(s, target, place))
            else:
                s.flow(item, target.rest)

        containers.watch_items(s, source, see)


def _keywords(s: Solver, function: Function, binding: Binding, node: Node) -> None:
    key = ("keywords", function.module.index, function.number, node)
    container = s.container("dict", key)
    number = s.container_number("dict", key)
    s.add(node, [number])
    taken = {p.name for p in function.unit.parameters if p.kind != ParameterKind.KEYWORDS}
    for name, given in [*binding.before_keywords, *binding.arguments.keywords]:
        value = binding.arguments.node(given)
        if name is None:
            s.each(value, lambda one: _merge(s, one, container, taken))
        elif name not in taken:
            s.flow(value, containers.item_node(s, container, ("str", name)))


def _merge(s: Solver, number: int, target: Container, taken: set[str]) -> None:
    source = s.objects[number]
    if not isinstance(source, Container) or source is target:
        return
    if not s.first_time("merge", number, target):
        return
    s.flow(source.rest, target.rest)

    def see(key: containers.Key, item: Node) -> None:
        if key[1] not in taken:
            s.flow(item, containers.item_node(s, target, key))

    containers.watch_items(s, source, see)


# classes


def make_instance(s: Solver, site: Site, cls: Class, arguments: Arguments) -> None:
    """Call a class: `__call__` of its metaclass, else `__new__` and `__init__`."""
    s.resolved.add((site.module.index, site.value))
    for meta in cls.metaclasses:
        if program.lookup(meta, "__call__") is not None:
            method = members.special_methods(s, cls.id, "__call__")
            if method is not None:
                call_node(s, site, method, arguments)
                instantiate(s, site, cls, arguments, is_through_meta=True)
                return
    instantiate(s, site, cls, arguments)


def instantiate(
    s: Solver, site: Site, cls: Class, arguments: Arguments, *, is_through_meta: bool = False
) -> None:
    """Make an instance and initialise it."""
    if is_through_meta:
        return
    if Hooks.make(s, site, cls, arguments):
        return
    cls.is_made = True
    number = s.instance(cls)
    inner = _inner_site(s, site)
    maker = program.lookup(cls, "__new__")
    if maker is not None:
        first = Node()
        s.add(first, [cls.id])
        given = _joined(arguments, (first,), ())
        call_node(s, inner, members.class_value(s, maker, "__new__"), given)
        s.flow(inner.result, site.result)
    else:
        s.add(site.result, [number])
    if program.lookup(cls, "__init__") is not None:
        initialise(s, site, number, arguments)
    elif cls.outside and maker is None:
        base = cls.outside[0]
        if not base.startswith("<builtin>.") and _is_foreign(base):
            s.record(site, f"{base}.__init__", kind=CallKind.INIT)


def initialise(s: Solver, site: Site, number: int, arguments: Arguments) -> None:
    """Call the `__init__` of an instance."""
    inner = _inner_site(s, site)
    call_node(s, inner, members.member(s, number, "__init__"), arguments)


def _inner_site(s: Solver, site: Site) -> Site:
    """Return the same place for what making an instance calls: its results are not the place's."""
    kind = CallKind.INIT if site.kind is CallKind.CALL else site.kind
    return s.site(site.module, site.value, site.context, kind)


def _is_foreign(name: str) -> bool:
    top = name.partition(".")[0]
    return top not in {"abc", "enum", "typing", "typing_extensions", "dataclasses"}


# properties and other descriptors


def read_access(s: Solver, site: Site, access: Access, then: Callable[[Node], None]) -> None:
    """Read through a descriptor: call its getter, and hand on what it gives."""
    inner = s.site(site.module, site.value, site.context, CallKind.PROPERTY)
    then(inner.result)
    descriptor = s.objects[access.descriptor]
    first = Node()
    s.add(first, [access.receiver])
    match descriptor:
        case Property():
            call_bound_node(s, inner, descriptor.getter, access.receiver, Arguments())
        case Instance():
            method = members.special_methods(s, access.descriptor, "__get__")
            if method is not None:
                owner = Node()
                s.add(owner, [members._class_of(s, access.receiver)])
                call_node(s, inner, method, Arguments([first, owner]))
        case Function():  # `__getattr__`
            text = Node()
            s.add(text, [s.constant("str")])
            binding = Binding(Arguments([text]), access.receiver)
            if isinstance(s.objects[access.receiver], Instance | Class):
                call_function(s, inner, descriptor, binding, EXACT)
            else:
                call_function(s, inner, descriptor, Binding(Arguments([text])), EXACT)


def call_bound_node(
    s: Solver, site: Site, functions: Node, receiver: int, arguments: Arguments
) -> None:
    """Call functions as methods of a receiver."""

    def see(objects: Iterable[int]) -> None:
        for one in objects:
            bound = s.number(Bound(one, receiver))
            call(s, site, bound, arguments)

    s.watch(functions, see)


def _call(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    kind = CallKind.DECORATOR if op[3 + 1] == ops.HOW_DECORATOR else CallKind.CALL
    site = s.site(module, value, context, kind)
    site.result = node
    call_node(s, site, s.value(module, op[1], context), s.arguments(module, context, op))


def constant_text(s: Solver, node: Node) -> list[str]:
    """Return the texts that a value may be, by now."""
    found = [s.objects[number] for number in sorted(node.objects)]
    return [
        item.value
        for item in found
        if isinstance(item, Constant) and item.type == "str" and isinstance(item.value, str)
    ]


RULES: dict[int, Handler] = {ops.CALL: _call}
