"""What the bases and metaclasses of classes are, found before anything else is followed; no I/O."""

from collections.abc import Iterable

from ccg.solve import program
from ccg.solve.objects import Class, Function, Module, ModuleObject, Object, Outside
from ccg.solve.solver import Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op

MAX_STEPS = 40
"""Names, attributes and calls within one another that are followed for a base."""


def find_bases(s: Solver) -> dict[int, tuple[list[int], list[int]]]:
    """Return for each class the sets of its bases and of its metaclasses."""
    finder = _Finder(s)
    found = {}
    for cls in program.all_classes(s):
        bases = [value for value in cls.unit.bases if value >= 0]
        metas = [value for name, value in cls.unit.keywords if name == "metaclass"]
        found[cls.id] = (
            [s.sets.of(finder.values(cls.module, value)) for value in bases],
            [s.sets.of(finder.values(cls.module, value)) for value in metas],
        )
    return found


class _Finder:
    """Follows names through imports, attributes of modules, and calls without their arguments."""

    def __init__(self, s: Solver) -> None:
        self._s = s
        self._known: dict[tuple[int, int], list[int]] = {}
        self._open: set[tuple[int, int]] = set()

    def values(self, module: Module, value: int) -> list[int]:
        """Return the objects that a value may be, as far as they matter for a base."""
        key = (module.index, value)
        known = self._known.get(key)
        if known is None:
            if key in self._open or len(self._open) > MAX_STEPS:
                return []
            self._open.add(key)
            known = list(dict.fromkeys(self._follow(module, module.facts.ops[value])))
            self._open.discard(key)
            self._known[key] = known
        return known

    def _follow(self, module: Module, op: Op) -> Iterable[int]:
        match op[0]:
            case ops.CLASS:
                return [program.class_of(self._s, module, op[1]).id]
            case ops.FUNC:
                unit = module.facts.units[op[1]]
                key = ("function", module.index, op[1], 0)
                return [self._s.number(Function(module, unit, op[1], 0), key)]
            case ops.GLOBAL:
                return self._name(module, op[1])
            case ops.FREE | ops.PHI:
                units = module.facts.units
                among = op[1] if op[0] == ops.PHI else units[op[1]].bindings.get(op[2], ())
                return [item for value in among for item in self.values(module, value)]
            case ops.IMPORT:
                return [program.imported(self._s, module, op[1])]
        return self._follow_further(module, op)

    def _follow_further(self, module: Module, op: Op) -> Iterable[int]:
        match op[0]:
            case ops.FROM:
                return self._imported(module, op)
            case ops.ITEM | ops.NOT_NONE:
                return self.values(module, op[1])
            case ops.ATTR:
                return self._attribute(module, op)
            case ops.CALL:
                return self._call(module, op)
        return ()

    def _any(self, module: Module, values: Iterable[int]) -> list[int]:
        return [item for value in values for item in self.values(module, value)]

    def _objects(self, module: Module, value: int) -> list[tuple[int, Object]]:
        return [(number, self._s.objects[number]) for number in self.values(module, value)]

    def _name(self, module: Module, name: str) -> list[int]:
        bindings = module.facts.units[0].bindings.get(name, ())
        stored = [value for one, value in module.facts.stored_globals if one == name]
        if bindings or stored:
            return self._any(module, [*bindings, *stored])
        found = program.star_source(self._s, module, name)
        if found is not None:
            return self._name(found, name)
        return list(self._s.sets.members[program.from_elsewhere(self._s, module, name)])

    def _imported(self, module: Module, op: Op) -> list[int]:
        s = self._s
        target = program.absolute(module, op[1], op[2])
        found = program.find_module(s, module, target)
        inner = s.modules.get(f"{found.name if found else target}.{op[3]}")
        if inner is not None and (found in {None, module} or not program.defines(found, op[3])):
            return [program.module_number(s, inner)]
        if found is None or not program.offers(s, found, op[3]):
            return [s.outside(f"{found.name if found else target}.{op[3]}")]
        return self._name(found, op[3])

    def _attribute(self, module: Module, op: Op) -> list[int]:
        found = []
        for _, item in self._objects(module, op[1]):
            if isinstance(item, ModuleObject):
                found += self._name(item.module, op[2])
            elif isinstance(item, Outside):
                found.append(self._s.outside(f"{item.name}.{op[2]}"))
            elif isinstance(item, Class):
                found += self._any(item.module, item.unit.bindings.get(op[2], ()))
        return found

    def _call(self, module: Module, op: Op) -> list[int]:
        found: list[int] = []
        if op[4] == ops.HOW_DECORATOR:  # of a class more often registers than replaces it
            found += self.values(module, op[2][0])
        for _, item in self._objects(module, op[1]):
            if isinstance(item, Function):
                found += self._any(item.module, item.unit.returns)
            elif isinstance(item, Outside) and op[4] != ops.HOW_DECORATOR:
                found.append(self._s.outside(item.name, is_instance=True))
        return found
