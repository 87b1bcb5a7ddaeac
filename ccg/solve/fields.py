"""What is stored in attributes of instances: by their own methods, and by others; no I/O."""

from collections.abc import Iterable, Mapping

from ccg.solve.fixpoint import Derived, Variable
from ccg.solve.objects import Class, Instance
from ccg.solve.program import descendants
from ccg.solve.sets import EMPTY
from ccg.solve.solver import OF_INSTANCES, Solver


def field_values(s: Solver, cls: Class, name: str, *, with_below: bool) -> int:
    """Return what is stored in an attribute of a class's instances, also by its ancestors.

    With what is below, instances of classes that inherit from it count too.
    """
    known = cls.fields_below if with_below else cls.fields
    found = known.get(name)
    if found is None:
        found = known[name] = Derived(_field_values, (cls, name, with_below))
    return s.read(found)


def _field_values(s: Solver, cls: Class, name: str, with_below: bool) -> int:  # noqa: FBT001 (of a rule)
    s.read(s.holders_of(name, OF_INSTANCES))
    found = []
    fields = s.fields[name]
    for one in _storing(cls, fields) if with_below else cls.mro:
        if name in one.stores:
            _note_declaration(s, one, name)
        field = fields.get(one.id)
        if field is not None:
            found.append(s.read(field))
    return s.sets.union_all(found) if found else EMPTY


def _storing(cls: Class, fields: Mapping[int, Variable]) -> Iterable[Class]:
    """Return those of a class, its ancestors and all below it that are among some with fields."""
    reach = cls.reach
    if not reach:
        reach.update((one.id, one) for one in (*cls.mro, *descendants(cls)[1:]))
        cls.places.update((number, place) for place, number in enumerate(reach))
    if len(fields) > len(reach):
        return reach.values()
    return [reach[one] for one in sorted(fields.keys() & reach.keys(), key=cls.places.__getitem__)]


def of_wrapper(s: Solver, item: Instance, stored: int) -> int:
    """Return what an instance holds that was made as a decorator: of all that were decorated its own."""
    held = s.sets.members[stored]
    wrapped = item.cls.wrapped
    if wrapped.isdisjoint(held):
        return stored
    others = s.sets.of(one for one in held if one not in wrapped)
    return s.sets.union(others, item.wrapped)


def _note_declaration(s: Solver, cls: Class, name: str) -> None:
    if (cls.id, name) not in s.declared:
        annotation = declaration(cls, name)
        if annotation >= 0:
            s.declared[cls.id, name] = (s.field(cls.id, name), cls.module, annotation)


def declaration(cls: Class, name: str) -> int:
    """Return the annotation of an attribute in a class's body or methods, -1 for none."""
    known = cls.annotations.get(name)
    if known is None:
        known = cls.unit.declared.get(name, -1)
        for unit in cls.methods if known < 0 else ():
            known = unit.declared.get("." + name, known)
        cls.annotations[name] = known
    return known
