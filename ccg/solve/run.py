"""Runs the analysis to its end, in rounds: what is seen first, then what is only declared; no I/O."""

from collections.abc import Mapping

from ccg.solve import (
    attributes,
    bases,
    calls,
    containers,
    evaluate,
    iteration,
    muddles,
    operators,
    program,
    types,
)
from ccg.solve.binding import leave_out
from ccg.solve.frame import Frame
from ccg.solve.library import call_outside, classes
from ccg.solve.library.wrappers import call_special
from ccg.solve.objects import OVERRIDING, Class, Function, Instance, Module
from ccg.solve.solver import Library, Rule, Solver
from ccg.syntax import ops
from ccg.syntax.facts import ParameterKind, Unit, UnitKind

_RULES: dict[int, Rule] = {
    **evaluate.RULES,
    **containers.RULES,
    **calls.RULES,
    **attributes.RULES,
    **iteration.RULES,
    **operators.RULES,
    **classes.RULES,
}
_LIBRARY = Library(call_outside, call_special, classes.make)
MIN_STEPS = 1_000_000
STEPS_PER_OPERATION = 40
"""How often operations are carried out at most; of a program that needs more it is said that some is missing."""
MAX_ROUNDS = 6
"""Rounds of assumptions; each may make further values known, seldom after the third."""


def solve(modules: Mapping[str, Module]) -> Solver:
    """Return the solved program."""
    s = Solver(modules, _RULES, _LIBRARY)
    s.max_steps = MIN_STEPS + STEPS_PER_OPERATION * sum(len(m.values) for m in modules.values())
    program.link_classes(s, bases.find_bases(s))
    _note_methods(s)
    frames = list(s.frames)
    for frame in sorted(frames, key=lambda frame: frame.body.number != 0):
        s.prepare(frame)
        s.add_task(frame)
    _assume_receivers(s)
    s.run()
    for _ in range(MAX_ROUNDS):
        before = s.changes
        _settle(s)
        _assume_receivers(s)
        s.run()
        _assume_declared(s)
        s.run()
        if s.changes == before:
            break
    muddles.forget(s)
    return s


def _note_methods(s: Solver) -> None:
    for cls in s.classes.values():
        cls.stores.update(name for name in cls.unit.declared if not name.startswith("."))
    for frame in list(s.frames):
        unit = frame.body.unit
        units = frame.module.facts.units
        if unit.parent >= 0 and units[unit.parent].kind == UnitKind.CLASS:
            cls = frame.cls = program.class_of(s, frame.module, unit.parent)
            cls.methods.append(unit)
            cls.stores.update(unit.self_stores)
            cls.stores.update(name[1:] for name in unit.declared if name.startswith("."))
    for cls in s.classes.values():
        s.class_names.update(cls.unit.bindings)
        for name in sorted(cls.stores):  # now, so that nobody need look for new ones later
            s.field(cls.id, name)


def _settle(s: Solver) -> None:
    """Take as unknown for good what is still unknown."""
    waiting, s.waiting = s.waiting, {}
    for frame, parts in waiting.items():
        frame.is_settled = True
        frame.dirty |= parts
        s.enqueue(frame)
    made = sum(cls.is_made for cls in s.classes.values())
    if made != s.made or not s.world.value:
        s.made = made
        s.world.value += 1
        s.of_round.clear()
        s.notify(s.world)
        program.renew_owners(s)
    s.run()


def _assume_receivers(s: Solver) -> None:
    """Give each method the receivers that it may have, whether or not somebody is seen to call it."""
    for cls in list(s.classes.values()):
        if s.world.value and not cls.subclasses:
            continue  # they have theirs
        live = program.live_below(s, cls)
        if s.memo.get(("receivers", cls.id)) == live.keys():
            continue
        s.memo["receivers", cls.id] = live.keys()
        for name, values in cls.unit.bindings.items():
            for value in values:
                unit, number = _method_of(cls, value)
                if unit is not None:
                    frame = s.frame_of(cls.module, number)
                    s.write(frame.parameters[0], _receivers(s, cls, name, unit))


def _method_of(cls: Class, value: int) -> tuple[Unit | None, int]:
    """Return the function that a class's value is, below its decorators."""
    facts = cls.module.facts
    op = facts.ops[value]
    for _ in range(8):
        if op[0] == ops.CALL and op[4] == ops.HOW_DECORATOR and op[2]:
            op = facts.ops[op[2][0] if op[2][0] >= 0 else ~op[2][0]]
    if op[0] != ops.FUNC:
        return None, -1
    unit = facts.units[op[1]]
    is_method = (
        unit.kind == UnitKind.FUNCTION
        and bool(unit.parameters)
        and unit.parameters[0].kind == ParameterKind.POSITIONAL
    )
    return (unit, op[1]) if is_method else (None, -1)


def _receivers(s: Solver, cls: Class, name: str, unit: Unit) -> int:
    names = {_decorator(cls, value) for value in unit.decorators}
    if "staticmethod" in names:
        return 0
    is_of_class = "classmethod" in names or name in {
        "__new__",
        "__init_subclass__",
        "__class_getitem__",
    }
    if not cls.subclasses:  # whoever calls it, the receiver is of no other class
        return s.sets.single(cls.id if is_of_class else s.instance(cls))
    live = []
    for one in program.live_below(s, cls):
        owner = one.owners[name] if name in one.owners else program.lookup(one, name)
        if owner is cls:
            live.append(one)
            if len(live) > types.MAX_CLASSES and not is_of_class:
                break  # more of them are not told apart
    return s.sets.of(one.id for one in live) if is_of_class else types.one_of(s, cls, live)


def _decorator(cls: Class, value: int) -> str:
    op = cls.module.facts.ops[value]
    return str(op[1]) if op[0] == ops.GLOBAL else ""


def _assume_declared(s: Solver) -> None:
    """Put into what is still empty what its annotation promises."""
    for frame in list(s.frames):
        if not frame.context:
            _assume_parameters(s, frame)
        annotation = frame.body.unit.return_annotation
        if annotation >= 0 and not s.says_something(frame.inner.value):
            s.write(frame.inner, types.declared(s, frame.module, annotation))
    for variable, module, annotation in list(s.declared.values()):
        promised = types.declared(s, module, annotation)
        if not s.says_something(variable.value) or _is_of_others(s, promised):
            s.write(variable, promised)


def _is_of_others(s: Solver, promised: int) -> bool:
    """Tell whether what is promised is of no class itself but of those below it: an abstract one.

    Whoever declares that means any of them, not those alone that the code itself puts there.
    """
    items = [item for _, item in s.members(promised)]
    return all(isinstance(item, Instance) and item.via == OVERRIDING for item in items)


def _assume_parameters(s: Solver, frame: Frame) -> None:
    for index, parameter in enumerate(frame.body.unit.parameters):
        variable = frame.parameters[index]
        if parameter.annotation >= 0 and not s.says_something(variable.value):
            s.write(variable, types.declared(s, frame.module, parameter.annotation))
        is_open = parameter.default >= 0 and index not in frame.defaulted
        if is_open and (not variable.value or _is_offered(s, frame, parameter.default)):
            leave_out(s, frame, index)


def _is_offered(s: Solver, frame: Frame, default: int) -> bool:
    """Tell whether others may leave out an argument for which a function or class stands in."""
    if frame.body.unit.name.rpartition(".")[2].startswith("_"):
        return False
    held = s.sets.members[s.export(frame.module, default)]
    return any(isinstance(s.objects[one], Class | Function) for one in held)
