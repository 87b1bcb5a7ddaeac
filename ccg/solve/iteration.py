"""Subscripts, iteration, unpacking, `await` and `with`; no I/O."""

from ccg.graph import CallKind
from ccg.solve import containers, members, program
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call, call_node
from ccg.solve.invoke import each, invoke, once
from ccg.solve.node import Node
from ccg.solve.objects import (
    Class,
    Container,
    Instance,
    Module,
    Outside,
    Special,
)
from ccg.solve.solver import Handler, Site, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op


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
                each(
                    s,
                    members.field(s, number, "default_factory"),
                    lambda one: _make_default(s, site, one, item),
                )
        elif isinstance(item, Class):
            _class_item(s, site, number, item, key, node)
        elif isinstance(item, Outside):
            s.add(node, [number])
        else:
            result = invoke(s, site, number, "__getitem__", [key])
            s.flow_if(result, node)
            if result is None and isinstance(item, Instance):
                s.flow_if(inherited_elements(s, item), node)

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
        lambda number: s.flow_if(invoke(s, site, number, "__delitem__", [key]), Node()),
    )


def iterate(s: Solver, module: Module, value: int, context: int, base: Node, node: Node) -> None:
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
        s.flow_if(result, node)
        if result is None:
            s.flow_if(inherited_elements(s, item), node)


def _advance(s: Solver, site: Site, number: int, name: str, node: Node, *, is_async: bool) -> None:
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
                s.add(
                    node,
                    [
                        containers.of_elements(
                            s, "list", ("star", module.index, value, context), inner
                        )
                    ],
                )
        elif isinstance(item, Container) and after < 0:
            s.flow(containers.item_at(s, item, ("int", position)), node)
        elif isinstance(item, Container):
            op_slice = (ops.SLICE, -1, position, -after if after else None)
            place = (module.index, value, context)
            s.add(node, [containers._slice_of(s, number, item, place, op_slice)])

    each(s, s.value(module, op[1], context), see)


def _sequence(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    """A display of a list, tuple or set."""
    number = s.container_number(op[1], (module.index, value, context))
    container = s.container(op[1], (module.index, value, context))
    spread = False
    for position, given in enumerate(op[2]):
        if given < 0:
            spread = True
            inner = s.memo[("spread", number, position)] = Node()
            iterate(s, module, value, context, s.value(module, ~given, context), inner)
            s.flow(inner, container.rest)
        elif spread or op[1] == "set" or position >= containers.MAX_KEYS:
            s.flow(s.value(module, given, context), container.rest)
        else:
            target = containers.item_node(s, container, ("int", position))
            s.flow(s.value(module, given, context), target)
    s.add(node, [number])


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
        if item.leave:
            item.leave(site)
    prefix = "__a" if is_async else "__"
    result = invoke(s, site, number, f"{prefix}enter__")
    invoke(s, site, number, f"{prefix}exit__", [Node(), Node(), Node()])
    if result is None:
        return
    if is_async:
        await_node(s, site, result, node)
    else:
        s.flow(result, node)


RULES: dict[int, Handler] = {
    ops.AWAIT: _await,
    ops.DELETE_ITEM: _delete_item,
    ops.ENTER: _enter,
    ops.ITEM: _item,
    ops.ITERATE: _iterate,
    ops.STORE_ITEM: _store_item,
    ops.UNPACK: _unpack,
    ops.SEQUENCE: _sequence,
}
