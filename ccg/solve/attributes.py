"""Reading, storing and deleting attributes: properties and descriptors are called; no I/O."""

from collections.abc import Iterable, Sequence

from ccg.graph import CallKind
from ccg.solve import members, program
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call, call_node, read_access
from ccg.solve.invoke import each
from ccg.solve.node import Node
from ccg.solve.objects import (
    Access,
    Bound,
    Constant,
    Instance,
    Module,
    Property,
    Super,
)
from ccg.solve.solver import Handler, Site, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op


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
    write_attribute(
        s, site, s.value(module, op[1], context), op[2], s.value(module, op[3], context)
    )


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


RULES: dict[int, Handler] = {
    ops.ATTR: _attribute,
    ops.DELETE_ATTR: _delete_attribute,
    ops.STORE_ATTR: _store_attribute,
    ops.SUPER: _super,
}
