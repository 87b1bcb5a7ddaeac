"""Operators, comparisons, truth, formatting, `raise`: what calls a method without saying so; no I/O."""

from ccg.graph import CallKind
from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.calls import make_instance
from ccg.solve.invoke import each, first_of, invoke, once
from ccg.solve.iteration import iterate_one
from ccg.solve.node import Node
from ccg.solve.objects import (
    Class,
    Constant,
    Container,
    Instance,
    Module,
)
from ccg.solve.solver import Handler, Site, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op


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
            once(
                s,
                right,
                lambda number: s.flow_if(invoke(s, site, number, f"__r{plain}__", [left]), node),
            )

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


def _unary(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    once(
        s,
        s.value(module, op[2], context),
        lambda number: s.flow_if(invoke(s, site, number, f"__{op[1]}__"), node),
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
    return any(invoke(s, site, number, f"__{one}__", [other]) is not None for one in names)


def _contains(s: Solver, site: Site, number: int, element: Node) -> None:
    if invoke(s, site, number, "__contains__", [element]) is None:
        if isinstance(s.objects[number], Instance):
            iterate_one(s, site, number, Node())
        elif isinstance(s.objects[number], Container):
            inner = containers.elements(s, number)
            once(s, inner, lambda one: s.flow_if(invoke(s, site, one, "__eq__", [element]), Node()))


def truth(s: Solver, site: Site, node: Node) -> None:
    """Test a value."""

    def see(number: int) -> None:
        if invoke(s, site, number, "__bool__") is None:
            invoke(s, site, number, "__len__")

    once(s, node, see)


def _truth(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    truth(s, s.site(module, value, context, CallKind.DUNDER), s.value(module, op[1], context))


def _format(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.DUNDER)
    names = {"r": ("__repr__",), "a": ("__repr__",), "s": ("__str__", "__repr__")}
    wanted = names.get(op[2], ("__format__", "__str__", "__repr__"))
    once(s, s.value(module, op[1], context), lambda number: first_of(s, site, number, wanted))


def _raise(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    site = s.site(module, value, context, CallKind.CALL)

    def see(number: int) -> None:
        item = s.objects[number]
        if isinstance(item, Class):
            make_instance(s, site, item, Arguments())

    each(s, s.value(module, op[1], context), see)


RULES: dict[int, Handler] = {
    ops.BINARY: _binary,
    ops.COMPARE: _compare,
    ops.FORMAT: _format,
    ops.RAISE: _raise,
    ops.TRUTH: _truth,
    ops.UNARY: _unary,
}
