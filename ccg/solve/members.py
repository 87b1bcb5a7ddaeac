"""What an attribute of an object is: methods bound to it, fields, properties, names of modules; no I/O."""

import collections
import contextlib
import queue
import types

from ccg.solve import program
from ccg.solve.fields import OF_CLASS, OF_INSTANCE, stored, want
from ccg.solve.node import Node
from ccg.solve.objects import (
    Access,
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
from ccg.solve.solver import Solver

IMPLICIT_CLASS = frozenset({"__init_subclass__", "__class_getitem__"})
IMPLICIT_STATIC = frozenset({"__new__"})
_TYPES: dict[str, object] = {
    **{kind.__name__: kind for kind in (bool, bytes, complex, float, int, range, slice, str)},
    **{kind.__name__: kind for kind in (dict, frozenset, list, set, tuple)},
    "context": contextlib.AbstractContextManager,
    "coroutine": types.CoroutineType,
    "defaultdict": collections.defaultdict,
    "deque": collections.deque,
    "generator": types.GeneratorType,
    "queue": queue.Queue,
}
MAX_DOTS = 4
"""Parts of a name from outside; a longer chain of attributes is not followed."""


def member(s: Solver, number: int, name: str) -> Node:
    """Return what an attribute of an object is; a property comes as an `Access`."""
    key = (number, name)
    node = s.members.get(key)
    if node is None:
        node = s.members[key] = Node()
        target = node
        s.later(lambda: _fill(s, number, s.objects[number], name, target))
    return node


def _fill(s: Solver, number: int, item: Object, name: str, node: Node) -> None:
    match item:
        case Instance():
            _of_instance(s, number, item, name, node)
        case Class():
            _of_class(s, number, item, name, node)
        case ModuleObject():
            _of_module(s, item, name, node)
        case Super():
            _of_super(s, item, name, node)
        case Function():
            _of_function(s, number, item, name, node)
        case Bound():
            _of_bound(s, item, name, node)
        case _:
            _of_other(s, number, item, name, node)


def _of_other(s: Solver, number: int, item: Object, name: str, node: Node) -> None:
    match item:
        case Outside():
            if not item.is_end and item.name.count(".") < MAX_DOTS:
                s.add(node, [s.outside(f"{item.name}.{name}", is_end=item.is_instance)])
        case Constant() | Container():
            if hasattr(_TYPES.get(item.type), name):
                method = s.outside(builtin_method(item.type, name))
                s.add(node, [s.number(Bound(method, number))])
        case Special() | Property():
            s.flow(field(s, number, name), node)
            method = s.number(Special("method", Node(), number, name), ("method", number, name))
            s.add(node, [method])


def builtin_method(kind: str, name: str) -> str:
    """Return the name under which a method of a builtin type is known."""
    return f"<**Py{kind[:1].upper()}{kind[1:]}**>.{name}"


def field(s: Solver, number: int, name: str) -> Node:
    """Return what others store in an attribute of an object."""
    return s.fields.setdefault((number, name), Node())


def class_value(s: Solver, cls: Class, name: str) -> Node:
    """Return what stands under a name in a class itself, its body and what others store there."""
    key = ("class value", cls.id, name)
    node: Node | None = s.memo.get(key)
    if node is None:
        node = s.memo[key] = Node()
        s.union(cls.module, cls.unit.bindings.get(name, ()), 0, node)
        target = node
        want(s, OF_CLASS, [cls], name, lambda _, source: s.flow(source, target))
    return node


def _of_instance(s: Solver, number: int, item: Instance, name: str, node: Node) -> None:
    cls = item.cls
    if name == "__class__":
        s.add(node, [cls.id])
        return
    if name == "__dict__":
        s.add(node, [s.container_number("dict", ("__dict__", cls.id))])
        return
    is_found = _from_mro(s, cls.mro, name, number, node)
    is_found |= _stored_in_self(s, cls, name, node)
    want(s, OF_INSTANCE, cls.mro, name, lambda _, source: s.flow(source, node))
    enum = "Enum" if any(base.rpartition(".")[2] in ENUMS for base in cls.outside) else ""
    if is_found:
        return
    hook = program.lookup(cls, "__getattr__")
    if hook is not None:
        s.watch(
            class_value(s, hook, "__getattr__"),
            lambda new: s.add(node, [s.number(Access(one, number)) for one in new]),
        )
    elif enum and name in {"name", "value"}:
        return
    elif cls.outside:
        _from_outside_base(s, cls, name, number, node)


ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


def _from_outside_base(s: Solver, cls: Class, name: str, number: int, node: Node) -> None:
    base = cls.outside[0]
    if base == "<builtin>.object" or base.rpartition(".")[2] in {"Generic", "Protocol", "ABC"}:
        return
    if base.startswith("<builtin>.") and name.startswith("__"):
        return
    s.add(node, [s.number(Bound(s.outside(f"{base}.{name}", is_end=True), number))])


def _from_mro(s: Solver, mro: list[Class], name: str, number: int, node: Node) -> bool:
    """Bind what the classes hold under a name; each class, as others may store in any of them."""

    def bind_from(cls: Class) -> None:
        s.watch(
            class_value(s, cls, name),
            lambda new: s.add(node, [bound for one in new for bound in bind(s, one, number, cls)]),
        )

    owner = program.lookup_in(mro, name)
    if owner is not None:
        bind_from(owner)
    before = mro if owner is None else mro[: mro.index(owner)]
    if before:
        want(s, OF_CLASS, before, name, lambda cls, _: bind_from(cls))
    return owner is not None


def _stored_in_self(s: Solver, cls: Class, name: str, node: Node) -> bool:
    is_found = False
    for ancestor in cls.mro:
        units = ancestor.methods.get(name, ())
        if not units and name not in ancestor.unit.declared:
            continue
        key = ("self", ancestor.id, name)
        source: Node | None = s.memo.get(key)
        if source is None:
            source = s.memo[key] = Node()
            for unit in units:
                s.union(ancestor.module, unit.self_stores.get(name, ()), 0, source)
            _note_declaration(s, ancestor, name, source)
        s.flow(source, node)
        is_found = True
    return is_found


def _note_declaration(s: Solver, cls: Class, name: str, node: Node) -> None:
    annotation = _declaration(cls, name)
    if annotation >= 0:
        s.declared.append((node, cls.module, annotation))


def _declaration(cls: Class, name: str) -> int:
    found = cls.unit.declared.get(name, -1)
    for unit in cls.methods.get(name, ()) if found < 0 else ():
        found = unit.declared.get("." + name, found)
    return found


def bind(s: Solver, value: int, receiver: int, owner: Class) -> list[int]:
    """Return what comes out when a class's value is read through an instance."""
    item = s.objects[value]
    match item:
        case Function():
            name = item.unit.name.rpartition(".")[2]
            if name in IMPLICIT_STATIC:
                return [value]
            if name in IMPLICIT_CLASS:
                return [s.number(Bound(value, _class_of(s, receiver)))]
            return [s.number(Bound(value, receiver))]
        case Property():
            return [s.number(Access(value, receiver))]
        case Special():
            return _bind_special(s, item, value, receiver, owner)
        case Instance() if program.lookup(item.cls, "__get__") is not None:
            return [s.number(Access(value, receiver))]
        case Instance() if _is_class(s, receiver):
            return [value]
    return [value]


def _is_class(s: Solver, number: int) -> bool:
    return isinstance(s.objects[number], Class)


def _class_of(s: Solver, number: int) -> int:
    item = s.objects[number]
    return item.cls.id if isinstance(item, Instance) else number


def _bind_special(s: Solver, item: Special, value: int, receiver: int, owner: Class) -> list[int]:
    match item.kind:
        case "staticmethod":
            return sorted(item.function.objects) or [value]
        case "classmethod":
            of = _class_of(s, receiver)
            return [s.number(Bound(one, of)) for one in sorted(item.function.objects)]
        case "wrapper" | "partialmethod" | "dispatch":
            return [s.number(Bound(value, receiver))]
    return [value]


def _of_class(s: Solver, number: int, cls: Class, name: str, node: Node) -> None:
    if name == "__class__":
        s.add(node, [meta.id for meta in cls.metaclasses[:1]])
        return
    if name in {"__name__", "__qualname__", "__module__", "__doc__"}:
        return
    for ancestor in cls.mro:
        is_here = name in ancestor.unit.bindings
        s.watch(
            class_value(s, ancestor, name),
            lambda new: s.add(
                node, [x for one in new for x in _through_class(s, one, number, cls)]
            ),
        )
        if is_here:
            return
    for meta in cls.metaclasses:
        if _from_mro(s, meta.mro, name, number, node):
            return
        hook = program.lookup(meta, "__getattr__")
        if hook is not None:
            s.watch(
                class_value(s, hook, "__getattr__"),
                lambda new: s.add(node, [s.number(Access(one, number)) for one in new]),
            )
    if cls.outside and not name.startswith("__"):
        base = cls.outside[0]
        s.add(node, [s.number(Bound(s.outside(f"{base}.{name}", is_end=True), number))])


def _through_class(s: Solver, value: int, number: int, cls: Class) -> list[int]:
    """Return what comes out when a class's value is read through the class itself."""
    item = s.objects[value]
    is_enum = any(base.rpartition(".")[2] in ENUMS for base in cls.outside)
    if is_enum and isinstance(item, Constant | Container | Outside):
        return [s.instance(cls)]
    match item:
        case Function():
            name = item.unit.name.rpartition(".")[2]
            return [s.number(Bound(value, number))] if name in IMPLICIT_CLASS else [value]
        case Special(kind="staticmethod"):
            return sorted(item.function.objects)
        case Special(kind="classmethod"):
            return [s.number(Bound(one, number)) for one in sorted(item.function.objects)]
        case Instance() if program.lookup(item.cls, "__get__") is not None:
            return [s.number(Access(value, number))]
    return [value]


def _of_super(s: Solver, item: Super, name: str, node: Node) -> None:
    receiver = s.objects[item.receiver]
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    if not isinstance(cls, Class):
        return
    is_meta = item.cls not in cls.mro
    mro = cls.mro
    if is_meta:
        mro = next((meta.mro for meta in cls.metaclasses if item.cls in meta.mro), item.cls.mro)
    after = program.lookup_in(mro, name, after=item.cls)
    if after is not None:
        through_class = isinstance(receiver, Class) and not is_meta

        def see(value: int) -> None:
            if through_class:
                s.add(node, _through_class(s, value, item.receiver, cls))
            else:
                s.add(node, bind(s, value, item.receiver, after))

        s.each(class_value(s, after, name), see)
    elif name == "__new__":
        made = Special("object.__new__", Node(), item.receiver)
        s.add(node, [s.number(made, ("new", item.receiver))])
    elif item.cls.outside and name != "__init_subclass__":
        method = s.outside(f"{item.cls.outside[0]}.{name}", is_end=True)
        s.add(node, [s.number(Bound(method, item.receiver))])


def _of_module(s: Solver, item: ModuleObject, name: str, node: Node) -> None:
    module = item.module
    if name == "__name__":
        return
    s.flow(program.global_node(s, module, name), node)
    inner = f"{module.name}.{name}"
    is_known = program.defines(s, module, name) or inner in s.modules
    if not is_known and "__getattr__" in module.facts.units[0].bindings:
        number = s.number(item, ("module", module.name))
        s.watch(
            program.global_node(s, module, "__getattr__"),
            lambda new: s.add(node, [s.number(Access(one, number)) for one in new]),
        )


def _of_function(s: Solver, number: int, item: Function, name: str, node: Node) -> None:
    key = s.number(Function(item.module, item.unit, item.number, 0), _function_key(item))
    s.flow(field(s, key, name), node)
    if name == "__wrapped__":
        return
    if name in {"__get__", "__call__"}:
        s.add(node, [number])


def _function_key(item: Function) -> tuple[str, int, int, int]:
    return ("function", item.module.index, item.number, 0)


def _of_bound(s: Solver, item: Bound, name: str, node: Node) -> None:
    if name == "__self__":
        s.add(node, [item.receiver])
    elif name in {"__func__", "__wrapped__"}:
        s.add(node, [item.function])
    elif name == "__call__":
        s.add(node, [s.number(item)])
    else:
        s.flow(member(s, item.function, name), node)


def store(s: Solver, number: int, name: str, value: Node) -> None:
    """Let flow what is stored in an attribute of an object."""
    item = s.objects[number]
    match item:
        case Instance():
            s.flow(value, stored(s, OF_INSTANCE, item.cls, name))
        case Function():
            key = s.number(Function(item.module, item.unit, item.number, 0), _function_key(item))
            s.flow(value, field(s, key, name))
        case Bound():
            store(s, item.function, name, value)
        case Class():
            s.flow(value, stored(s, OF_CLASS, item, name))
        case ModuleObject() | Special() | Property():
            s.flow(value, field(s, number, name))


def special_methods(s: Solver, number: int, name: str) -> Node | None:
    """Return a special method as the interpreter finds it: on the type, not on the object."""
    item = s.objects[number]
    if isinstance(item, Instance):
        return None if program.lookup(item.cls, name) is None else member(s, number, name)
    if isinstance(item, Class):
        key = ("meta", number, name)
        for meta in item.metaclasses:
            if program.lookup(meta, name) is not None:
                node: Node = s.memo.setdefault(key, Node())
                _from_mro(s, meta.mro, name, number, node)
                return node
    return None
