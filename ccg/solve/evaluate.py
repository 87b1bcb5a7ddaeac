"""The rules for plain values: literals, names, imports, functions, branches, narrowing; no I/O."""

from collections.abc import Iterable

from ccg.solve import containers, program, types
from ccg.solve.calls import bound_parameter
from ccg.solve.node import Node
from ccg.solve.objects import (
    DECLARED,
    Access,
    Bound,
    Class,
    Constant,
    Container,
    Function,
    Instance,
    Module,
    ModuleObject,
    Outside,
    Special,
)
from ccg.solve.solver import Handler, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op


def _constant(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    s.add(node, [s.constant(op[1], op[2])])


def _function(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    unit = module.facts.units[op[1]]
    made = Function(module, unit, op[1], context)
    s.add(node, [s.number(made, ("function", module.index, op[1], context))])


def _class(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    s.add(node, [program.class_of(s, module, op[1]).id])


def _parameter(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    unit, index = op[1], op[2]
    inner = s.activation_of(module, unit, context)
    activation = s.activation(inner)
    if activation is not None:
        bound_parameter(s, activation.function, index, activation.binding, node)
        return
    key = (module.index, unit)
    s.parameters.setdefault(key, {})[index] = node
    function = Function(module, module.facts.units[unit], unit, 0)
    for binding in s.callers.get(key, ()):
        bound_parameter(s, function, index, binding, node)


def _global(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    s.flow(program.global_node(s, module, op[1]), node)


def _free(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    inner = s.activation_of(module, op[1], context)
    s.union(module, module.facts.units[op[1]].bindings.get(op[2], ()), inner, node)


def _phi(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    s.union(module, op[1], context, node)


def _import(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    s.add(node, [program.module_object(s, module, op[1])])


def _from(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    target = program.absolute(module, op[1], op[2])
    found = program.find_module(s, module, target)
    inner = s.modules.get(f"{found.name}.{op[3]}" if found else f"{target}.{op[3]}")
    if found is None:
        known = s.number(ModuleObject(inner), ("module", inner.name)) if inner else None
        s.add(node, [s.outside(f"{target}.{op[3]}") if known is None else known])
        return
    if inner is not None and (found is module or not program.defines(s, found, op[3])):
        s.add(node, [s.number(ModuleObject(inner), ("module", inner.name))])
        return
    if program.offers(s, found, op[3]):
        s.flow(program.global_node(s, found, op[3]), node)
    else:
        s.add(node, [s.outside(f"{found.name}.{op[3]}")])


def _caught(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    def see(objects: Iterable[int]) -> None:
        for number in objects:
            item = s.objects[number]
            if isinstance(item, Class):
                below = program.descendants(item)
                s.add(node, [s.instance(cls, DECLARED) for cls in below])
            elif isinstance(item, Outside):
                s.add(node, [s.outside(item.name, is_instance=True)])
            elif isinstance(item, Container) and s.first_time("caught", node, number):
                s.watch(containers.elements(s, number), see)

    s.watch(s.value(module, op[1], context), see)


def _narrow(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    passed = _Narrowing(s, node, is_positive=op[3])
    s.unsettled.append(passed.give_up)
    s.watch(s.value(module, op[2], context), passed.see_classes)
    s.watch(s.value(module, op[1], context), passed.see_values)


class _Narrowing:
    """Lets pass what is, or is not, an instance of the classes."""

    def __init__(self, s: Solver, node: Node, *, is_positive: bool) -> None:
        self._s, self._node, self._is_positive = s, node, is_positive
        self._classes: dict[int, Class] = {}
        self._names: set[str] = set()
        self._short: set[str] = set()
        self._values: list[int] = []

    def see_classes(self, objects: Iterable[int]) -> None:
        s = self._s
        for number in objects:
            item = s.objects[number]
            if isinstance(item, Class):
                self._classes[item.id] = item
                if self._is_positive:
                    s.narrowed.append((self._node, item))
            elif isinstance(item, Outside):
                self._names.add(item.name)
                self._short.add(item.name.rpartition(".")[2])
            elif isinstance(item, Container) and s.first_time("narrow", self._node, number):
                s.watch(containers.elements(s, number), self.see_classes)
        s.add(self._node, [value for value in self._values if self._passes(value)])

    def see_values(self, objects: Iterable[int]) -> None:
        self._values += objects
        if self._is_positive or self._classes or self._names:
            self._s.add(self._node, [value for value in objects if self._passes(value)])

    def give_up(self) -> None:
        """Let everything pass where no class became known."""
        if not self._is_positive and not self._classes and not self._names:
            self._s.add(self._node, self._values)

    def _passes(self, number: int) -> bool:
        item = self._s.objects[number]
        if not self._is_positive:
            return not (isinstance(item, Instance) and self._fits(item.cls))
        if isinstance(item, Instance):
            return self._fits(item.cls)
        if isinstance(item, Constant | Container):
            return item.type in self._short
        if isinstance(item, Class):
            return "type" in self._short or any(m.id in self._classes for m in item.metaclasses)
        return bool(self._names)

    def _fits(self, cls: Class) -> bool:
        if any(ancestor.id in self._classes for ancestor in cls.mro):
            return True
        return not self._names.isdisjoint(cls.outside)


def _callable(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    def passes(number: int) -> bool:
        item = s.objects[number]
        can = isinstance(item, Function | Class | Bound | Special | Access)
        if isinstance(item, Instance):
            can = program.lookup(item.cls, "__call__") is not None
        return can == op[2] or isinstance(item, Outside)

    s.watch(s.value(module, op[1], context), lambda new: s.add(node, [n for n in new if passes(n)]))


def _not_none(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    def passes(number: int) -> bool:
        item = s.objects[number]
        return not (isinstance(item, Constant) and item.type == "NoneType")

    s.watch(s.value(module, op[1], context), lambda new: s.add(node, [n for n in new if passes(n)]))


def _declared(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    types.declare(s, module, module.facts.annotations[op[1]], node)


RULES: dict[int, Handler] = {
    ops.CONST: _constant,
    ops.FUNC: _function,
    ops.CLASS: _class,
    ops.PARAM: _parameter,
    ops.GLOBAL: _global,
    ops.FREE: _free,
    ops.PHI: _phi,
    ops.IMPORT: _import,
    ops.FROM: _from,
    ops.CAUGHT: _caught,
    ops.NARROW: _narrow,
    ops.CALLABLE: _callable,
    ops.NOT_NONE: _not_none,
    ops.DECLARED: _declared,
}
