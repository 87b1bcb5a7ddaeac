"""Runs the analysis to its end, in rounds: what is seen first, then what is only declared; no I/O."""

from collections.abc import Mapping

from ccg.solve import (
    attributes,
    calls,
    containers,
    evaluate,
    iteration,
    operators,
    program,
    types,
)
from ccg.solve.library import call_outside, classes
from ccg.solve.library.stdlib import start_thread
from ccg.solve.library.wrappers import Later, call_special
from ccg.solve.objects import DECLARED, EXACT, OVERRIDING, Class, Module
from ccg.solve.solver import Handler, Solver
from ccg.syntax import ops
from ccg.syntax.facts import ParameterKind, Unit, UnitKind

_HANDLERS: dict[int, Handler] = {
    **evaluate.RULES,
    **containers.RULES,
    **calls.RULES,
    **attributes.RULES,
    **iteration.RULES,
    **operators.RULES,
    **classes.RULES,
}
MIN_STEPS = 300_000
STEPS_PER_OPERATION = 3
"""What the analysis may cost at most; a program that needs more is analysed in part, and that is said."""
MAX_ROUNDS = 6
"""Rounds of assumptions; each may make further values known, seldom after the third."""


def solve(modules: Mapping[str, Module]) -> Solver:
    """Return the solved program."""
    calls.Hooks.library = staticmethod(call_outside)
    calls.Hooks.special = staticmethod(call_special)
    calls.Hooks.make = staticmethod(classes.make)
    Later.start_thread = staticmethod(start_thread)
    s = Solver(modules, _HANDLERS)
    s.max_steps = MIN_STEPS + STEPS_PER_OPERATION * sum(len(m.facts.ops) for m in modules.values())
    program.link_classes(s)
    _note_methods(s)
    for module in modules.values():
        for value, op in enumerate(module.facts.ops):
            if op[0] in ops.EVENTS:
                s.value(module, value, 0)
    s.run()
    for _ in range(MAX_ROUNDS):
        before = s.steps
        _settle(s)
        _assume_receivers(s)
        s.run()
        _assume_declared(s)
        s.run()
        if s.steps == before:
            break
    return s


def _note_methods(s: Solver) -> None:
    for module in s.modules.values():
        for unit in module.facts.units:
            if unit.parent >= 0 and module.facts.units[unit.parent].kind == UnitKind.CLASS:
                cls = program.class_of(s, module, unit.parent)
                for name in unit.self_stores:
                    cls.methods.setdefault(name, []).append(unit)
                for name in unit.declared:
                    if name.startswith(".") and name[1:] not in unit.self_stores:
                        cls.methods.setdefault(name[1:], []).append(unit)


def _settle(s: Solver) -> None:
    waiting, s.unsettled = s.unsettled, []
    for task in waiting:
        task()
    s.run()


def _assume_receivers(s: Solver) -> None:
    """Give each method that nobody is seen to call the receivers that it may have."""
    for cls in list(s.classes.values()):
        for name, values in cls.unit.bindings.items():
            for value in values:
                unit, number = _method_of(cls, value)
                if unit is None or not unit.parameters:
                    continue
                node = s.parameters.get((cls.module.index, number), {}).get(0)
                if node is not None:
                    s.add(node, _receivers(s, cls, name, unit))


def _method_of(cls: Class, value: int) -> tuple[Unit | None, int]:
    """Return the function that a class's value is, below its decorators."""
    facts = cls.module.facts
    op = facts.ops[value]
    for _ in range(8):
        if op[0] == ops.CALL and op[4] == ops.HOW_DECORATOR and op[2]:
            op = facts.ops[op[2][0] if op[2][0] >= 0 else ~op[2][0]]
    if op[0] != ops.FUNC or facts.units[op[1]].parameters[:1] == []:
        return None, -1
    unit = facts.units[op[1]]
    is_positional = unit.parameters[0].kind == ParameterKind.POSITIONAL
    return (unit, op[1]) if is_positional and unit.kind == UnitKind.FUNCTION else (None, -1)


def _receivers(s: Solver, cls: Class, name: str, unit: Unit) -> list[int]:
    names = {_decorator(cls, value) for value in unit.decorators}
    if "staticmethod" in names:
        return []
    is_of_class = "classmethod" in names or name in {
        "__new__",
        "__init_subclass__",
        "__class_getitem__",
    }
    found = []
    for sub in program.descendants(cls):
        if types.is_live(sub) and program.lookup(sub, name) is cls:
            via = EXACT if sub is cls else OVERRIDING
            found.append(
                sub.id if is_of_class else s.instance(sub, DECLARED if via == EXACT else via)
            )
    return found


def _decorator(cls: Class, value: int) -> str:
    op = cls.module.facts.ops[value]
    return str(op[1]) if op[0] == ops.GLOBAL else ""


def _assume_declared(s: Solver) -> None:
    """Put into what is still empty what its annotation promises."""
    for (module_index, number), nodes in list(s.parameters.items()):
        module = s.by_index[module_index]
        unit = module.facts.units[number]
        for index, node in list(nodes.items()):
            parameter = unit.parameters[index]
            if parameter.annotation >= 0 and not s.says_something(node):
                types.declare(s, module, module.facts.annotations[parameter.annotation], node)
            if parameter.default >= 0 and (module_index, number) not in s.callers:
                s.flow(s.value(module, parameter.default, 0), node)
    for node, module, annotation in s.declared:
        if not s.says_something(node):
            types.declare(s, module, module.facts.annotations[annotation], node)
    for node, cls in s.narrowed:
        if not node.objects:
            s.add(node, types.instances(s, cls))
