"""Attributes, operators, iteration, `with`, formatting: what calls a method without saying so; no I/O."""

from collections.abc import Callable, Iterable, Sequence

from ccg.graph import CallKind
from ccg.solve import containers, members, program
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call, call_node, make_instance, read_access
from ccg.solve.node import Node
from ccg.solve.objects import (
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
    Super,
)
from ccg.solve.solver import Handler, Site, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op


def invoke(
    s: Solver, site: Site, number: int, name: str, arguments: Sequence[Node] = ()
) -> Node | None:
    """Call a special method of an object; return what it gives, None where it has no such method."""
    method = members.special_methods(s, number, name)
    if method is None:
        return None
    inner = s.site(site.module, site.value, site.context, CallKind.DUNDER)
    call_node(s, inner, method, Arguments(arguments))
    return inner.result


def each(s: Solver, node: Node, see: Callable[[int], None]) -> None:
    """Look at each object of a node."""

    def all_of(objects: Iterable[int]) -> None:
        for number in objects:
            see(number)

    s.watch(node, all_of)


def once(s: Solver, node: Node, see: Callable[[int], None]) -> None:
    """Look at each object of a node, of instances at one for each class."""
    seen: set[int] = set()

    def first(number: int) -> None:
        item = s.objects[number]
        key = item.cls.id if isinstance(item, Instance) else number
        if key not in seen:
            seen.add(key)
            see(number)

    each(s, node, first)


# attributes


def read_attribute(s: Solver, site: Site, base: Node, name: str, node: Node) -> None:
    """Read an attribute; a property is called."""

    def see(objects: Iterable[int]) -> None:
        for number in objects:
            item = s.objects[number]
            if isinstance(item, Access):
                read_access(s, site, item, lambda result: s.flow(result, node))
            else:
                s.add(node, [number])

    def of(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Instance):
            _own_getattribute(s, site, number, item)
        elif isinstance(item, Constant):
            number = s.constant(item.type)  # its methods are those of its type
            if number in constants:
                return
            constants.add(number)
        source = members.member(s, number, name)
        s.watch(source, see)

    constants: set[int] = set()
    each(s, base, of)


def _own_getattribute(s: Solver, site: Site, number: int, item: Instance) -> None:
    if program.lookup(item.cls, "__getattribute__") is not None:
        text = Node()
        s.add(text, [s.constant("str")])
        method = members.special_methods(s, number, "__getattribute__")
        if method is not None:
            inner = s.site(site.module, site.value, site.context, CallKind.PROPERTY)
            call_node(s, inner, method, Arguments([text]))


def _attribute(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.PROPERTY)
    read_attribute(s, site, s.value(module, op[1], context), op[2], node)


def _store_attribute(
    s: Solver, module: Module, value: int, context: int, op: Op, node: Node
) -> None:
    site = s.site(module, value, context, CallKind.PROPERTY)
    write_attribute(s, site, s.value(module, op[1], context), op[2], s.value(module, op[3], context))


def write_attribute(s: Solver, site: Site, base: Node, name: str, stored: Node) -> None:
    """Store an attribute; a property's setter is called."""

    def see(number: int) -> None:
        item = s.objects[number]
        owner = None
        if isinstance(item, Instance):
            owner = program.lookup(item.cls, name)
            text = Node()
            s.add(text, [s.constant("str", name)])
            invoke_property(s, site, number, "__setattr__", [text, stored])
        members.store(s, number, name, stored)
        if owner is not None:
            each(
                s,
                members.class_value(s, owner, name),
                lambda one: _set_through(s, site, one, number, "__set__", [stored]),
            )

    each(s, base, see)


def invoke_property(
    s: Solver, site: Site, number: int, name: str, arguments: Sequence[Node]
) -> None:
    """Call a hook of attribute access, if the class has it."""
    method = members.special_methods(s, number, name)
    if method is not None:
        inner = s.site(site.module, site.value, site.context, CallKind.PROPERTY)
        call_node(s, inner, method, Arguments(arguments))


def _set_through(
    s: Solver, site: Site, value: int, receiver: int, name: str, arguments: Sequence[Node]
) -> None:
    item = s.objects[value]
    inner = s.site(site.module, site.value, site.context, CallKind.PROPERTY)
    if isinstance(item, Property):
        functions = item.setter if name == "__set__" else item.deleter

        def see(one: int) -> None:
            call(s, inner, s.number(Bound(one, receiver)), Arguments(arguments))

        each(s, functions, see)
    elif isinstance(item, Instance):
        first = Node()
        s.add(first, [receiver])
        method = members.special_methods(s, value, name)
        if method is not None:
            call_node(s, inner, method, Arguments([first, *arguments]))


def _delete_attribute(
    s: Solver, module: Module, value: int, context: int, op: Op, node: Node
) -> None:
    site = s.site(module, value, context, CallKind.PROPERTY)

    def see(number: int) -> None:
        item = s.objects[number]
        owner = program.lookup(item.cls, op[2]) if isinstance(item, Instance) else None
        invoke_property(s, site, number, "__delattr__", [Node()])
        if owner is not None:
            each(
                s,
                members.class_value(s, owner, op[2]),
                lambda one: _set_through(s, site, one, number, "__delete__", ()),
            )

    each(s, s.value(module, op[1], context), see)


def _super(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    cls = program.class_of(s, module, op[1])
    s.record(s.site(module, value, context, CallKind.CALL), "<builtin>.super")

    def see(number: int) -> None:
        s.add(node, [s.number(Super(cls, number))])

    each(s, s.value(module, op[2], context), see)


# operators


def _binary(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    left, right = s.value(module, op[2], context), s.value(module, op[3], context)
    operate(s, site, op[1], left, right, node)


def operate(s: Solver, site: Site, name: str, left: Node, right: Node, node: Node) -> None:
    """Carry out an operator: in place where there is a method for it, then plain, then reflected."""
    is_in_place = name.startswith("i") and name not in {"invert"}
    plain = name[1:] if is_in_place else name
    reflected: list[bool] = []

    def try_right() -> None:
        if not reflected:
            reflected.append(True)
            once(s, right, lambda number: _flow(s, invoke(s, site, number, f"__r{plain}__", [left]), node))

    def see(number: int) -> None:
        item = s.objects[number]
        names = [f"__i{plain}__", f"__{plain}__"] if is_in_place else [f"__{plain}__"]
        for method in names:
            result = invoke(s, site, number, method, [right])
            if result is not None:
                s.flow(result, node)
                return
        if isinstance(item, Constant | Container):
            s.add(node, [number])
        if isinstance(item, Class):
            _union_of_types(s, plain, number, right, node)
        try_right()

    once(s, left, see)
    s.unsettled.append(lambda: None if left.objects else try_right())


def _union_of_types(s: Solver, name: str, number: int, right: Node, node: Node) -> None:
    if name == "or":  # `A | B` as a type
        s.add(node, [number])
        s.flow(right, node)


def _flow(s: Solver, source: Node | None, target: Node) -> None:
    if source is not None:
        s.flow(source, target)


def _unary(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    once(
        s,
        s.value(module, op[2], context),
        lambda number: _flow(s, invoke(s, site, number, f"__{op[1]}__"), node),
    )


_MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def _compare(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    compare(s, site, op[1], s.value(module, op[2], context), s.value(module, op[3], context), node)


def compare(s: Solver, site: Site, name: str, left: Node, right: Node, node: Node) -> None:
    """Carry out a comparison, or `in` with the container on the left."""
    if name == "contains":
        once(s, left, lambda number: _contains(s, site, number, right))
        return
    mirrored: list[bool] = []

    def try_right() -> None:
        if not mirrored:
            mirrored.append(True)
            once(s, right, lambda number: _compare_one(s, site, number, _MIRRORED[name], left))

    def see(number: int) -> None:
        if not _compare_one(s, site, number, name, right):
            try_right()

    once(s, left, see)


def _compare_one(s: Solver, site: Site, number: int, name: str, other: Node) -> bool:
    names = [name, "eq"] if name == "ne" else [name]
    for one in names:
        if invoke(s, site, number, f"__{one}__", [other]) is not None:
            return True
    return False


def _contains(s: Solver, site: Site, number: int, element: Node) -> None:
    if invoke(s, site, number, "__contains__", [element]) is None:
        if isinstance(s.objects[number], Instance):
            iterate_one(s, site, number, Node())
        elif isinstance(s.objects[number], Container):
            inner = containers.elements(s, number)
            once(s, inner, lambda one: _flow(s, invoke(s, site, one, "__eq__", [element]), Node()))


def truth(s: Solver, site: Site, node: Node) -> None:
    """Test a value."""

    def see(number: int) -> None:
        if invoke(s, site, number, "__bool__") is None:
            invoke(s, site, number, "__len__")

    once(s, node, see)


def _truth(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    truth(s, s.site(module, value, context, CallKind.DUNDER), s.value(module, op[1], context))


# subscripts


def _item(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    read_item(s, site, s.value(module, op[1], context), s.value(module, op[2], context), node)


def read_item(s: Solver, site: Site, base: Node, key: Node, node: Node) -> None:
    """Read a subscript."""

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Container):
            containers.read(s, item, number, key, node)
            if item.type == "defaultdict":
                each(s, members.field(s, number, "default_factory"), lambda one: _make_default(s, site, one, item))
        elif isinstance(item, Class):
            _class_item(s, site, number, item, key, node)
        elif isinstance(item, Outside):
            s.add(node, [number])
        else:
            result = invoke(s, site, number, "__getitem__", [key])
            _flow(s, result, node)
            if result is None and isinstance(item, Instance):
                _flow(s, inherited_elements(s, item), node)

    each(s, base, see)


def inherited_elements(s: Solver, item: Instance) -> Node | None:
    """Return what stands in an instance of a subclass of a builtin container."""
    base = next((b.rpartition(".")[2] for b in item.cls.outside), "")
    kinds = {"dict", "list", "set", "tuple", "OrderedDict", "UserDict", "UserList", "deque"}
    if base not in kinds:
        return None
    return s.container("list", ("inherited", item.cls.id)).rest


def _make_default(s: Solver, site: Site, factory: int, container: Container) -> None:
    inner = s.site(site.module, site.value, site.context, CallKind.CALLBACK)
    s.flow(inner.result, container.rest)
    call(s, inner, factory, Arguments())


def _class_item(s: Solver, site: Site, number: int, item: Class, key: Node, node: Node) -> None:
    result = invoke(s, site, number, "__getitem__", [key])
    if result is not None:
        s.flow(result, node)
        return
    found = program.lookup(item, "__class_getitem__")
    if found is not None:
        inner = s.site(site.module, site.value, site.context, CallKind.DUNDER)
        s.flow(inner.result, node)
        call_node(s, inner, members.member(s, number, "__class_getitem__"), Arguments([key]))
        s.add(node, [number])  # whatever stands for the class with its types, it acts as the class
        return
    is_enum = any(base.rpartition(".")[2] in members.ENUMS for base in item.outside)
    s.add(node, [s.instance(item) if is_enum else number])


def _store_item(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    key, stored = s.value(module, op[2], context), s.value(module, op[3], context)
    write_item(s, site, s.value(module, op[1], context), key, stored)


def write_item(s: Solver, site: Site, base: Node, key: Node, stored: Node) -> None:
    """Store a subscript."""

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Container):
            containers.write(s, item, number, key, stored)
        elif invoke(s, site, number, "__setitem__", [key, stored]) is None:
            inner = inherited_elements(s, item) if isinstance(item, Instance) else None
            if inner is not None:
                s.flow(stored, inner)

    each(s, base, see)


def _delete_item(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    key = s.value(module, op[2], context)
    once(
        s,
        s.value(module, op[1], context),
        lambda number: _flow(s, invoke(s, site, number, "__delitem__", [key]), Node()),
    )


# iteration


def iterate(
    s: Solver, module: Module, value: int, context: int, base: Node, node: Node
) -> None:
    """Let flow what iterating over a value gives."""
    site = s.site(module, value, context, CallKind.DUNDER)
    each(s, base, lambda number: iterate_one(s, site, number, node))


def iterate_one(s: Solver, site: Site, number: int, node: Node, *, is_async: bool = False) -> None:
    """Let flow what iterating over one object gives."""
    item = s.objects[number]
    if isinstance(item, Container):
        s.flow(containers.iterated(s, number), node)
        return
    if isinstance(item, Class) and any(b.rpartition(".")[2] in members.ENUMS for b in item.outside):
        s.add(node, [s.instance(item)])
        return
    if isinstance(item, Outside):
        return
    names = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
    iterator = invoke(s, site, number, names[0])
    if iterator is not None:
        each(s, iterator, lambda one: _advance(s, site, one, names[1], node, is_async=is_async))
    elif isinstance(item, Instance):
        result = invoke(s, site, number, "__getitem__", [Node()])
        _flow(s, result, node)
        if result is None:
            _flow(s, inherited_elements(s, item), node)


def _advance(
    s: Solver, site: Site, number: int, name: str, node: Node, *, is_async: bool
) -> None:
    if isinstance(s.objects[number], Container):
        s.flow(containers.iterated(s, number), node)
        return
    result = invoke(s, site, number, name)
    if result is None:
        return
    if is_async:
        await_node(s, site, result, node)
    else:
        s.flow(result, node)


def _iterate(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    each(
        s,
        s.value(module, op[1], context),
        lambda number: iterate_one(s, site, number, node, is_async=op[2]),
    )


def _unpack(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    position, after = op[2], op[3]

    def see(number: int) -> None:
        item = s.objects[number]
        is_indexed = isinstance(item, Container) and item.type in containers.INDEXED
        if not is_indexed:
            if after < 0:
                iterate_one(s, site, number, node)
            else:
                inner = Node()
                iterate_one(s, site, number, inner)
                s.add(node, [containers.of_elements(s, "list", ("star", module.index, value, context), inner)])
        elif isinstance(item, Container) and after < 0:
            s.flow(containers.item_at(s, item, ("int", position)), node)
        elif isinstance(item, Container):
            op_slice = (ops.SLICE, -1, position, -after if after else None)
            place = (module.index, value, context)
            s.add(node, [containers._slice_of(s, number, item, place, op_slice)])  # noqa: SLF001

    each(s, s.value(module, op[1], context), see)


# coroutines, `with`, formatting, exceptions


def await_node(s: Solver, site: Site, base: Node, node: Node) -> None:
    """Let flow what awaiting a value gives."""

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Container):
            s.flow(item.rest, node)
        else:
            result = invoke(s, site, number, "__await__")
            if result is None and isinstance(item, Outside):
                s.add(node, [number])

    each(s, base, see)


def _await(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    await_node(s, site, s.value(module, op[1], context), node)


def _enter(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    each(
        s,
        s.value(module, op[1], context),
        lambda number: enter(s, site, number, node, is_async=op[2]),
    )


def enter(s: Solver, site: Site, number: int, node: Node, *, is_async: bool = False) -> None:
    """Enter and leave a context manager; let flow what `as` binds."""
    item = s.objects[number]
    if isinstance(item, Container) and item.type == "context":
        s.flow(item.rest, node)
    elif isinstance(item, Outside):
        s.add(node, [s.outside(item.name, is_instance=True)])
    elif isinstance(item, Special) and item.kind == "manager":
        s.flow(item.function, node)
        if item.extra:
            item.extra(site)
    prefix = "__a" if is_async else "__"
    result = invoke(s, site, number, f"{prefix}enter__")
    invoke(s, site, number, f"{prefix}exit__", [Node(), Node(), Node()])
    if result is None:
        return
    if is_async:
        await_node(s, site, result, node)
    else:
        s.flow(result, node)


def _format(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    names = {"r": ("__repr__",), "a": ("__repr__",), "s": ("__str__", "__repr__")}
    wanted = names.get(op[2], ("__format__", "__str__", "__repr__"))
    once(s, s.value(module, op[1], context), lambda number: first_of(s, site, number, wanted))


def first_of(
    s: Solver, site: Site, number: int, names: Iterable[str], arguments: Sequence[Node] = ()
) -> Node | None:
    """Call the first special method of several that an object has."""
    for name in names:
        result = invoke(s, site, number, name, arguments)
        if result is not None:
            return result
    return None


def _raise(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.CALL)

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Class):
            make_instance(s, site, item, Arguments())

    each(s, s.value(module, op[1], context), see)


def _yield_from(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    return  # what the inner generator returns is rarely used; its elements are among the yields


def is_callable(s: Solver, number: int) -> bool:
    """Tell whether an object can be called."""
    return isinstance(s.objects[number], Function | Class | Bound | Special | Instance)


RULES: dict[int, Handler] = {
    ops.ATTR: _attribute,
    ops.AWAIT: _await,
    ops.BINARY: _binary,
    ops.COMPARE: _compare,
    ops.DELETE_ATTR: _delete_attribute,
    ops.DELETE_ITEM: _delete_item,
    ops.ENTER: _enter,
    ops.FORMAT: _format,
    ops.ITEM: _item,
    ops.ITERATE: _iterate,
    ops.RAISE: _raise,
    ops.STORE_ATTR: _store_attribute,
    ops.STORE_ITEM: _store_item,
    ops.SUPER: _super,
    ops.TRUTH: _truth,
    ops.UNARY: _unary,
    ops.UNPACK: _unpack,
    ops.YIELD_FROM: _yield_from,
}
