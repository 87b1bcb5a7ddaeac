"""The rules for plain values: literals, names, imports, functions, branches, narrowing; no I/O."""

from ccg.solve import program, types
from ccg.solve.binding import parameter
from ccg.solve.containers import elements
from ccg.solve.frame import Frame
from ccg.solve.objects import (
    DECLARED,
    Access,
    Bound,
    Class,
    Constant,
    Container,
    Function,
    Instance,
    Object,
    Outside,
    Special,
)
from ccg.solve.sets import EMPTY
from ccg.solve.several import is_several, objects_of
from ccg.solve.solver import Rule, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op


def _function(s: Solver, frame: Frame, value: int, op: Op) -> int:
    module = frame.module
    unit = module.facts.units[op[1]]
    context = frame.context if unit.is_open else 0
    key = ("function", module.index, op[1], context)
    number = s.known(key)
    if number is None:
        function = Function(module, unit, op[1], context)
        number = s.number(function, key)
        s.enter_closure(function)
    return s.sets.single(number)


def _parameter(s: Solver, frame: Frame, value: int, op: Op) -> int:
    return parameter(s, frame, op[2])


def _global(s: Solver, frame: Frame, value: int, op: Op) -> int:
    return program.read_global(s, frame.module, op[1])


def _free(s: Solver, frame: Frame, value: int, op: Op) -> int:
    return s.read(s.variable_around(frame, op[1], op[2]))


def _phi(s: Solver, frame: Frame, value: int, op: Op) -> int:
    values = frame.values
    if len(op[1]) == 2:
        return s.sets.union(values[op[1][0]], values[op[1][1]])
    return s.sets.union_all([values[one] for one in op[1]])


def _import(s: Solver, frame: Frame, value: int, op: Op) -> int:
    found = program.find_module(s, frame.module, op[1])
    if found is not None:
        program.run_first(s, found)
    return s.sets.single(program.imported(s, frame.module, op[1]))


def _from(s: Solver, frame: Frame, value: int, op: Op) -> int:
    module = frame.module
    target = program.absolute(module, op[1], op[2])
    found = program.find_module(s, module, target)
    inner = s.modules.get(f"{found.name}.{op[3]}" if found else f"{target}.{op[3]}")
    if found is None:
        number = (
            s.outside(f"{target}.{op[3]}") if inner is None else program.module_number(s, inner)
        )
        return s.sets.single(number)
    if inner is not None and (found is module or not program.defines(found, op[3])):
        return s.sets.single(program.module_number(s, inner))
    program.run_first(s, found)
    if program.offers(s, found, op[3]):
        return program.read_global(s, found, op[3])
    return s.sets.single(s.outside(f"{found.name}.{op[3]}"))


def _caught(s: Solver, frame: Frame, value: int, op: Op) -> int:
    return s.derive(("caught", frame.values[op[1]]), caught, frame.values[op[1]])


def caught(s: Solver, classes: int) -> int:
    """Return the instances that an `except` clause with these classes may catch."""
    found = []
    for item in _classes_in(s, classes):
        if isinstance(item, Class):
            found.append(types.one_of(s, item, program.descendants(item)))
        elif isinstance(item, Outside):
            found.append(s.sets.single(s.outside(item.name, is_instance=True)))
    return s.sets.union_all(found)


def _classes_in(s: Solver, classes: int) -> list[Object]:
    """Return classes, also those in tuples of them."""
    found: list[Object] = []
    worklist = list(s.sets.members[classes])
    seen = set(worklist)
    for number in worklist:
        item = s.objects[number]
        if isinstance(item, Container) or is_several(item):
            held = objects_of(s, item) if is_several(item) else s.sets.members[elements(s, number)]
            new = [one for one in held if one not in seen]
            seen.update(new)
            worklist += new
        else:
            found.append(item)
    return found


def _narrow(s: Solver, frame: Frame, value: int, op: Op) -> int:
    given, classes, is_positive = frame.values[op[1]], frame.values[op[2]], op[3]
    found = s.derive(("narrow", given, classes, is_positive), narrowed, given, classes, is_positive)
    if is_positive and not found and s.settled(frame):
        known = [item for item in _classes_in(s, classes) if isinstance(item, Class)]
        return s.sets.union_all(types.instances(s, cls) for cls in known)
    return found


def narrowed(s: Solver, given: int, classes: int, is_positive: bool) -> int:  # noqa: FBT001 (of a rule)
    """Return what of a set passes, or does not pass, `isinstance` with the classes."""
    known = _classes_in(s, classes)
    own = {item.id for item in known if isinstance(item, Class)}
    names = {item.name for item in known if isinstance(item, Outside)}
    if not own and not names:
        return EMPTY if is_positive else given
    test = _Test(own, names)
    found = []
    for number, item in s.members(given):
        if test.passes(item) if is_positive else not test.surely_passes(item):
            found.append(number)
        elif is_positive and isinstance(item, Instance) and item.is_open:
            found += [
                s.instance(one, DECLARED, is_open=True)
                for one in known
                if isinstance(one, Class) and item.cls in one.mro
            ]
    return s.sets.of(found)


class _Test:
    """What `isinstance` says of objects."""

    def __init__(self, own: set[int], names: set[str]) -> None:
        self._own, self._names = own, names
        self._short = {name.rpartition(".")[2] for name in names}

    def surely_passes(self, item: Object) -> bool:
        """Tell whether an object is an instance for certain."""
        return isinstance(item, Instance) and self._fits(item.cls)

    def passes(self, item: Object) -> bool:
        """Tell whether an object may be an instance."""
        if isinstance(item, Instance):
            return self._fits(item.cls)
        if isinstance(item, Constant | Container):
            return item.type in self._short
        if isinstance(item, Class):
            return "type" in self._short or any(m.id in self._own for m in item.metaclasses)
        return bool(self._names)

    def _fits(self, cls: Class) -> bool:
        if any(ancestor.id in self._own for ancestor in cls.mro):
            return True
        return not self._names.isdisjoint(cls.outside)


def _callable(s: Solver, frame: Frame, value: int, op: Op) -> int:
    given, is_positive = frame.values[op[1]], op[2]
    return s.derive(("callable", given, is_positive), _only_callable, given, is_positive)


def _only_callable(s: Solver, given: int, is_positive: bool) -> int:  # noqa: FBT001 (of a rule)
    def passes(item: Object) -> bool:
        can = isinstance(item, Function | Class | Bound | Special | Access)
        if isinstance(item, Instance):
            can = program.lookup(item.cls, "__call__") is not None
        return can == is_positive or isinstance(item, Outside)

    return s.sets.of(number for number, item in s.members(given) if passes(item))


def _not_none(s: Solver, frame: Frame, value: int, op: Op) -> int:
    given: int = frame.values[op[1]]
    nothing = s.constant("NoneType")
    if nothing not in s.sets.members[given]:
        return given
    return s.sets.of(number for number in s.sets.members[given] if number != nothing)


def _declared(s: Solver, frame: Frame, value: int, op: Op) -> int:
    return types.declared(s, frame.module, op[1])


def _promised(s: Solver, frame: Frame, value: int, op: Op) -> int:
    given: int = frame.values[op[1]]
    if s.says_something(given) or not s.settled(frame):
        return given
    return s.sets.union(given, types.declared(s, frame.module, op[2]))


RULES: dict[int, Rule] = {
    ops.FUNC: _function,
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
    ops.PROMISED: _promised,
}
