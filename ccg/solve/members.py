"""What an attribute of objects is: methods bound to them, fields, properties, names of modules; no I/O.

The instances of a set are taken together: those that find the same method give one bound method.
"""

import collections
import contextlib
import contextvars
import queue
import types
from collections.abc import Callable, Iterable, Sequence

from ccg.solve import program
from ccg.solve.fields import field_values, of_wrapper
from ccg.solve.fixpoint import Derived
from ccg.solve.objects import (
    OVERRIDING,
    Bound,
    Class,
    Constant,
    Container,
    Function,
    Instance,
    ModuleObject,
    Object,
    Outside,
    Property,
    Special,
    Super,
)
from ccg.solve.sets import EMPTY
from ccg.solve.several import gathered, is_several, objects_of
from ccg.solve.solver import OF_CLASSES, Solver

IMPLICIT_CLASS = frozenset({"__init_subclass__", "__class_getitem__"})
IMPLICIT_STATIC = frozenset({"__new__"})
_IMPLICIT = (*sorted(IMPLICIT_CLASS), *sorted(IMPLICIT_STATIC))
ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
MAX_DOTS = 4
"""Parts of a name from outside; a longer chain of attributes is not followed."""
_TYPES: dict[str, object] = {
    **{kind.__name__: kind for kind in (bool, bytes, complex, float, int, range, slice, str)},
    **{kind.__name__: kind for kind in (dict, frozenset, list, set, tuple)},
    "context": contextlib.AbstractContextManager,
    "coroutine": types.CoroutineType,
    "defaultdict": collections.defaultdict,
    "deque": collections.deque,
    "generator": types.GeneratorType,
    "queue": queue.Queue,
    "variable": contextvars.ContextVar,
}


def attribute(s: Solver, base: int, name: str) -> int:
    """Return what an attribute of a set of objects is; a property comes as an `Access`."""
    key = (base, name)
    found = s.attributes.get(key)
    if found is None:
        found = s.attributes[key] = _parts_of(s, base, name)
    certain, places = found
    if len(places) == 1:
        value = s.read(places[0])
        return s.sets.union(value, certain) if certain else value
    return s.sets.union_all([certain, *map(s.read, places)]) if places else certain


def _parts_of(s: Solver, base: int, name: str) -> tuple[int, list[Derived]]:
    kinds: _Kinds | None = s.memo.get(("kinds", base))
    if kinds is None:
        kinds = s.memo["kinds", base] = _kinds_in(s, base)
    plain, others, instances = kinds
    certain = [_of_one(s, number, s.objects[number], name) for number in plain]
    places = [_part(s, _of_object, number, name) for number in others]
    if instances:
        places.append(_part(s, _of_instances, instances, name))
    return s.sets.union_all(certain), places


_Kinds = tuple[list[int], list[int], int]


def _kinds_in(s: Solver, base: int) -> _Kinds:
    """Return the objects of a set whose attributes never change, the other ones, and the set of instances."""
    others = [(number, item) for number, item in s.members(base) if not isinstance(item, Instance)]
    plain = [number for number, item in others if isinstance(item, Outside | Constant | Container)]
    instances = s.sets.of(number for number, _ in s.instances_in(base))
    return plain, [number for number, _ in others if number not in plain], instances


def _part(s: Solver, rule: Callable[..., int], number: int, name: str) -> Derived:
    key = (number if rule is _of_instances else ~number, name)
    found = s.parts.get(key)
    if found is None:
        found = s.parts[key] = Derived(rule, (number, name))
    return found


def _of_object(s: Solver, number: int, name: str) -> int:
    return _of_one(s, number, s.objects[number], name)


def _of_one(s: Solver, number: int, item: Object, name: str) -> int:
    match item:
        case Class():
            return _of_class(s, number, item, name)
        case ModuleObject():
            return _of_module(s, item, name)
        case Super():
            return _of_super(s, item, name)
        case Function():
            return _of_function(s, number, item, name)
        case Bound():
            return _of_bound(s, number, item, name)
        case Outside():
            if item.is_end or item.name.count(".") >= MAX_DOTS or _lacks(item, name):
                return EMPTY
            return s.sets.single(s.outside(f"{item.name}.{name}", is_end=item.is_instance))
        case Constant() | Container():
            return _of_builtin(s, number, item, name)
        case Special() | Property():
            return _of_special(s, number, item, name)
    return EMPTY


def _of_special(s: Solver, number: int, item: Special | Property, name: str) -> int:
    if is_several(item):
        parts = [attribute(s, s.sets.single(one), name) for one in objects_of(s, item)]
        return gathered(s, (number, name), parts)
    stored = s.fields[name].get(number)
    s.read(s.holders_of(name, number))
    value = s.read(stored) if stored else EMPTY
    if isinstance(item, Special) and item.kind == "namespace":
        return value
    method, made = s.special("method", (number, name))
    made.given, made.about = number, name
    return s.sets.union(value, s.sets.single(method))


def _lacks(item: Outside, name: str) -> bool:
    """Tell whether a builtin class certainly has no such attribute."""
    top, _, kind = item.name.partition(".")
    return top == "<builtin>" and kind in _TYPES and not hasattr(_TYPES[kind], name)


def _of_builtin(s: Solver, number: int, item: Constant | Container, name: str) -> int:
    if not hasattr(_TYPES.get(item.type), name):
        return EMPTY
    method = s.outside(builtin_method(item.type, name))
    general = s.sets.general.get(number, number)  # a literal's methods are those of its type
    return s.sets.single(s.bound(method, s.sets.single(general)))


def builtin_method(kind: str, name: str) -> str:
    """Return the name under which a method of a builtin type is known."""
    return f"<**Py{kind[:1].upper()}{kind[1:]}**>.{name}"


def class_value(s: Solver, cls: Class, name: str) -> int:
    """Return what stands under a name in a class itself, its body and what others store there."""
    found = cls.values.get(name)
    if found is None:
        found = cls.values[name] = Derived(_class_value, (cls, name))
    return s.read(found)


def _class_value(s: Solver, cls: Class, name: str) -> int:
    s.read(s.holders_of(name, OF_CLASSES))
    found = [s.export(cls.module, value) for value in cls.unit.bindings.get(name, ())]
    stored = s.fields[name].get(cls.own_id)
    if stored is not None:
        found.append(s.read(stored))
    return s.sets.union_all(found)


# instances


def _of_instances(s: Solver, base: int, name: str) -> int:
    s.read(s.holders_of(name, OF_CLASSES))
    instances = s.instances_in(base)
    if name == "__class__":
        return s.sets.of(item.cls.id for _, item in instances)
    if name == "__dict__":
        return s.sets.of(s.container("dict", ("__dict__", item.cls.id))[0] for _, item in instances)
    owners, others = owners_of(s, instances, name)
    found = [of_owners(s, owners, name, base)]
    if name in s.stored:
        for number, item in _one_of_each(instances):
            stored = field_values(s, item.cls, name, with_below=item.is_open)
            found.append(of_wrapper(s, item, stored) if item.wrapped else stored)
            if name in s.class_stores:
                found.append(_stored_in_classes(s, item.cls, s.sets.single(number), name))
    for number, item in _one_of_each(others):
        if not program.stores(item.cls, name):
            found.append(_not_found(s, item.cls, s.sets.single(number), name))
    return s.sets.union_all(found) if len(found) > 1 else found[0]


_Instances = Sequence[tuple[int, Instance]]


def _one_of_each(instances: _Instances) -> Iterable[tuple[int, Instance]]:
    """Return one instance of each class."""
    if len(instances) <= 1:
        return instances
    return {
        (item.cls.id, item.is_open, item.wrapped): (number, item) for number, item in instances
    }.values()


def owners_of(
    s: Solver, instances: _Instances, name: str
) -> tuple[dict[Class, list[int]], _Instances]:
    """Return in whose bodies the classes of instances find an attribute, with those instances.

    Also return the instances whose own class finds it nowhere.
    """
    owners: dict[Class, list[int]] = {}
    if name not in s.class_names:
        return owners, instances
    others = []
    for number, item in instances:
        cls = item.cls
        found = cls.owners[name] if name in cls.owners else program.lookup(cls, name)
        if found is None:
            others.append((number, item))
        if item.is_open:
            for owner, narrowed in _owners_of_open(s, number, item, name):
                owners.setdefault(owner, []).append(narrowed)
        elif found is not None:
            owners.setdefault(found, []).append(number)
    return owners, others


def _owners_of_open(s: Solver, number: int, item: Instance, name: str) -> list[tuple[Class, int]]:
    """Return the classes that find an attribute of an open instance, with the instance as theirs."""
    owners = program.owners_below(s, item.cls, name)
    key = ("owners of open", number, name)
    found: list[tuple[Class, int]] | None = s.of_round.get(key)
    if found is None:
        found = [(owner, _narrowed_to(s, number, item, owner)) for owner in owners]
        s.of_round[key] = found
    return found


def _narrowed_to(s: Solver, number: int, item: Instance, owner: Class) -> int:
    """Return an open instance as one of the classes that find an attribute in one of them."""
    if owner in item.cls.mro:
        return number
    return s.instance(owner, OVERRIDING, is_open=bool(owner.subclasses))


def of_owners(s: Solver, owners: dict[Class, list[int]], name: str, base: int) -> int:
    """Return what objects, mostly all of a set, find in the bodies of these classes."""
    all_of_them = s.sets.members[base]
    found: list[int] = []
    for owner, numbers in owners.items():
        receivers = base if tuple(numbers) == all_of_them else s.sets.of(numbers)
        found += bound_objects(s, class_value(s, owner, name), receivers)
    return s.sets.of(found) if found else EMPTY


def _not_found(s: Solver, cls: Class, receivers: int, name: str) -> int:
    """Return what an attribute is that no class binds and nobody stores in `self`."""
    hook = program.lookup(cls, "__getattr__")
    if hook is not None:
        return _accesses(s, class_value(s, hook, "__getattr__"), receivers)
    if cls.outside and not (name in {"name", "value"} and is_enum(cls)):
        return _from_outside_base(s, cls, name, receivers)
    return EMPTY


def _accesses(s: Solver, hooks: int, receivers: int) -> int:
    return s.sets.of(s.access(one, receivers) for one in s.sets.members[hooks])


def is_enum(cls: Class) -> bool:
    """Tell whether the members of an enumeration are instances of a class."""
    return any(base.rpartition(".")[2] in ENUMS for base in cls.outside)


def _stored_in_classes(s: Solver, cls: Class, receivers: int, name: str) -> int:
    """Return what others store in classes that come before the one that defines the name."""
    owner = program.lookup(cls, name)
    found = []
    for ancestor in cls.mro:
        if ancestor is owner:
            break
        if ancestor.own_id in s.fields[name]:
            found.append(bind_all(s, class_value(s, ancestor, name), receivers))
    return s.sets.union_all(found)


def _from_outside_base(s: Solver, cls: Class, name: str, receivers: int) -> int:
    base = cls.outside[0]
    if base == "<builtin>.object" or base.rpartition(".")[2] in {"Generic", "Protocol", "ABC"}:
        return EMPTY
    if base.startswith("<builtin>.") and name.startswith("__"):
        return EMPTY
    return s.sets.single(s.bound(s.outside(f"{base}.{name}", is_end=True), receivers))


def bind_all(s: Solver, values: int, receivers: int) -> int:
    """Return what comes out when a class's values are read through instances."""
    return s.sets.of(bound_objects(s, values, receivers)) if values else EMPTY


def bound_objects(s: Solver, values: int, receivers: int) -> list[int]:
    """Return the objects that come out when a class's values are read through instances."""
    objects = s.objects
    found: list[int] = []
    for value in s.sets.members[values]:
        found += _bind(s, value, objects[value], receivers)
    return found


def _bind(s: Solver, value: int, item: Object, receivers: int) -> Sequence[int]:
    match item:
        case Function():
            if item.unit.name.endswith(_IMPLICIT):
                name = item.unit.name.rpartition(".")[2]
                if name in IMPLICIT_STATIC:
                    return (value,)
                if name in IMPLICIT_CLASS:
                    return (s.bound(value, classes_of(s, receivers)),)
            return (s.bound(value, receivers),)
        case Property():
            return (s.access(value, receivers),)
        case Special():
            return _bind_special(s, item, value, receivers)
        case Instance() if program.lookup(item.cls, "__get__") is not None:
            return (s.access(value, receivers),)
    return (value,)


def classes_of(s: Solver, receivers: int) -> int:
    """Return the classes of instances; what is a class stays one."""
    return s.sets.of(
        item.cls.id if isinstance(item, Instance) else number
        for number, item in s.members(receivers)
    )


def _bind_special(s: Solver, item: Special, value: int, receivers: int) -> Sequence[int]:
    match item.kind:
        case "staticmethod":
            return s.sets.members[s.read(item.function)] or (value,)
        case "classmethod":
            of = classes_of(s, receivers)
            return [s.bound(one, of) for one in s.sets.members[s.read(item.function)]]
        case "wrapper" | "partialmethod" | "dispatch" | "context":
            return (s.bound(value, receivers),)
    return (value,)


# classes


def _of_class(s: Solver, number: int, cls: Class, name: str) -> int:
    if name == "__class__":
        return s.sets.of(meta.id for meta in cls.metaclasses[:1])
    if name in {"__name__", "__qualname__", "__module__", "__doc__"}:
        return EMPTY
    s.read(s.holders_of(name, OF_CLASSES))
    found = []
    stored = s.fields[name]
    for ancestor in cls.mro:
        is_here = name in ancestor.unit.bindings
        if is_here or ancestor.own_id in stored:
            found.append(through_class(s, class_value(s, ancestor, name), number, cls))
        if is_here:
            return s.sets.union_all(found)
    for meta in cls.metaclasses:
        owner = program.lookup(meta, name)
        receivers = s.sets.single(number)
        if owner is not None:
            return s.sets.union_all([*found, bind_all(s, class_value(s, owner, name), receivers)])
        hook = program.lookup(meta, "__getattr__")
        if hook is not None:
            found.append(_accesses(s, class_value(s, hook, "__getattr__"), receivers))
    if cls.outside and not name.startswith("__"):
        method = s.outside(f"{cls.outside[0]}.{name}", is_end=True)
        found.append(s.sets.single(s.bound(method, s.sets.single(number))))
    return s.sets.union_all(found)


def through_class(s: Solver, values: int, number: int, cls: Class) -> int:
    """Return what comes out when a class's values are read through the class itself."""
    return s.sets.of(
        one
        for value, item in s.members(values)
        for one in _through_class(s, value, item, number, cls)
    )


def _through_class(s: Solver, value: int, item: Object, number: int, cls: Class) -> Iterable[int]:
    if isinstance(item, Constant | Container | Outside) and is_enum(cls):
        return (s.instance(cls),)
    match item:
        case Function():
            name = item.unit.name.rpartition(".")[2]
            return (s.bound(value, s.sets.single(number)),) if name in IMPLICIT_CLASS else (value,)
        case Special(kind="staticmethod"):
            return s.sets.members[s.read(item.function)]
        case Special(kind="classmethod"):
            of = s.sets.single(number)
            return [s.bound(one, of) for one in s.sets.members[s.read(item.function)]]
        case Instance() if program.lookup(item.cls, "__get__") is not None:
            return (s.access(value, s.sets.single(number)),)
    return (value,)


def _of_super(s: Solver, item: Super, name: str) -> int:
    after: dict[tuple[Class, bool], list[int]] = {}
    found = []
    for number, receiver in s.members(item.receivers):
        cls = receiver.cls if isinstance(receiver, Instance) else receiver
        if not isinstance(cls, Class):
            continue
        is_meta = item.cls not in cls.mro
        mro = cls.mro
        if is_meta:
            mro = next((m.mro for m in cls.metaclasses if item.cls in m.mro), item.cls.mro)
        owner = program.lookup_in(mro, name, after=item.cls)
        if owner is not None:
            is_class = isinstance(receiver, Class) and not is_meta
            after.setdefault((owner, is_class), []).append(number)
        else:
            found.append(_of_outside_super(s, item.cls, number, name))
    for (owner, is_class), numbers in after.items():
        values = class_value(s, owner, name)
        if is_class:
            found += [through_class(s, values, one, _as_class(s, one)) for one in numbers]
        else:
            found.append(bind_all(s, values, s.sets.of(numbers)))
    return s.sets.union_all(found)


def _as_class(s: Solver, number: int) -> Class:
    item = s.objects[number]
    assert isinstance(item, Class)  # noqa: S101 (the caller looked)
    return item


def _of_outside_super(s: Solver, cls: Class, receiver: int, name: str) -> int:
    if name == "__new__":
        number, made = s.special("object.__new__", receiver)
        made.given = receiver
        return s.sets.single(number)
    if cls.outside and name != "__init_subclass__":
        method = s.outside(f"{cls.outside[0]}.{name}", is_end=True)
        return s.sets.single(s.bound(method, s.sets.single(receiver)))
    return EMPTY


# other objects


def _of_module(s: Solver, item: ModuleObject, name: str) -> int:
    module = item.module
    if name == "__name__":
        return EMPTY
    found = program.read_global(s, module, name)
    is_known = program.defines(module, name) or f"{module.name}.{name}" in s.modules
    if not is_known and program.defines(module, "__getattr__"):
        hooks = program.read_global(s, module, "__getattr__")
        receivers = s.sets.single(program.module_number(s, module))
        found = s.sets.union(found, _accesses(s, hooks, receivers))
    return found


def _of_function(s: Solver, number: int, item: Function, name: str) -> int:
    key = function_key(s, item)
    s.read(s.holders_of(name, key))
    stored = s.fields[name].get(key)
    found = EMPTY if stored is None else s.read(stored)
    if name in {"__get__", "__call__"}:
        found = s.sets.union(found, s.sets.single(number))
    return found


def function_key(s: Solver, item: Function) -> int:
    """Return the function as it is for all activations: its attributes are not told apart."""
    key = ("function", item.module.index, item.number, 0)
    known = s.known(key)
    if known is None:
        known = s.number(Function(item.module, item.unit, item.number, 0), key)
    return known


def _of_bound(s: Solver, number: int, item: Bound, name: str) -> int:
    if name == "__self__":
        return item.receivers
    if name in {"__func__", "__wrapped__"}:
        return s.sets.single(item.function)
    if name == "__call__":
        return s.sets.single(number)
    return attribute(s, s.sets.single(item.function), name)


def store(s: Solver, number: int, name: str, value: int) -> None:
    """Store something in an attribute of an object."""
    item = s.objects[number]
    match item:
        case Instance():
            s.write(s.field(item.cls.id, name), value)
        case Function():
            s.write(s.field(function_key(s, item), name), value)
        case Bound():
            store(s, item.function, name, value)
        case Class():
            s.class_stores.add(name)
            s.write(s.field(item.own_id, name), value)
        case ModuleObject():
            own = item.module.names.get(name)
            s.write(s.field(number, name) if own is None else own, value)
        case Special() | Property():
            s.write(s.field(number, name), value)
