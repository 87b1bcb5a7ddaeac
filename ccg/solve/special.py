"""Which objects have a special method: the interpreter looks for it on the type; no I/O."""

from ccg.solve import members, program
from ccg.solve.objects import Class, Instance, Object
from ccg.solve.sets import BEARER, EMPTY
from ccg.solve.solver import Solver


def holders(s: Solver, base: int, name: str) -> tuple[int, int]:
    """Return those of a set that have a special method, and the others."""
    if name not in s.class_names or not s.sets.together[base] & BEARER:
        return EMPTY, base
    known = s.holding[name]
    found = known.get(base)
    if found is None:
        found = known[base] = _holders(s, base, name)
    return found


def _holders(s: Solver, base: int, name: str) -> tuple[int, int]:
    having, others = [], []
    known = s.bearing[name]
    for number in s.sets.members[base]:
        bearing = known.get(number)
        if bearing is None:
            item = s.objects[number]
            bearing = known[number] = (_may_have(item, name), _has(item, name))
        may_have, has = bearing
        if may_have:
            having.append(number)
        if not has:
            others.append(number)
    return (s.sets.of(having), s.sets.of(others)) if having else (EMPTY, base)


def _has(item: Object, name: str) -> bool:
    if isinstance(item, Instance):
        return program.lookup(item.cls, name) is not None
    if isinstance(item, Class):
        return any(program.lookup(meta, name) is not None for meta in item.metaclasses)
    return False


def _may_have(item: Object, name: str) -> bool:
    if _has(item, name):
        return True
    if not (isinstance(item, Instance) and item.is_open):
        return False
    return any(program.lookup(cls, name) for cls in program.descendants(item.cls))


def special_methods(s: Solver, base: int, name: str) -> int:
    """Return a special method of objects that all have it."""
    return s.derive(("special", base, name), _special_methods, base, name)


def _special_methods(s: Solver, base: int, name: str) -> int:
    owners, _ = members.owners_of(s, s.instances_in(base), name)
    for number, item in s.members(base):
        classes = item.metaclasses if isinstance(item, Class) else []
        found = (program.lookup(cls, name) for cls in classes)
        owner = next((one for one in found if one is not None), None)
        if owner is not None:
            owners.setdefault(owner, []).append(number)
    return members.of_owners(s, owners, name, base)
