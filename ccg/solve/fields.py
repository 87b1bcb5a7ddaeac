"""What is stored in attributes of instances: by their own methods, and by others; no I/O."""

from ccg.solve.objects import Class
from ccg.solve.program import descendants
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver


def field_values(s: Solver, cls: Class, name: str, *, with_below: bool) -> int:
    """Return what is stored in an attribute of a class's instances, also by its ancestors.

    With what is below, instances of classes that inherit from it count too.
    """
    key = ("field", cls.id, name, with_below)
    return s.derive(key, _field_values, cls, name, with_below)


def _field_values(s: Solver, cls: Class, name: str, with_below: bool) -> int:  # noqa: FBT001 (of a rule)
    s.read(s.holders_of(name))
    found = []
    for one in [*cls.mro, *descendants(cls)[1:]] if with_below else cls.mro:
        if name in one.stores:
            _note_declaration(s, one, name)
        field = s.fields.get((one.id, name))
        if field is not None:
            found.append(s.read(field))
    return s.sets.union_all(found) if found else EMPTY


def _note_declaration(s: Solver, cls: Class, name: str) -> None:
    if (cls.id, name) not in s.declared:
        annotation = declaration(cls, name)
        if annotation >= 0:
            s.declared[cls.id, name] = (s.field(cls.id, name), cls.module, annotation)


def declaration(cls: Class, name: str) -> int:
    """Return the annotation of an attribute in a class's body or methods, -1 for none."""
    found = cls.unit.declared.get(name, -1)
    if found >= 0:
        return found
    for unit in cls.methods:
        found = unit.declared.get("." + name, found)
    return found
