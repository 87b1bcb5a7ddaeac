"""Modules and classes: what an import means, what a class inherits; no I/O."""

import builtins
from collections.abc import Iterator

from ccg.solve.node import Node
from ccg.solve.objects import Class, Container, Module, ModuleObject, Outside
from ccg.solve.solver import Solver
from ccg.syntax.facts import UnitKind

BUILTINS = frozenset(dir(builtins))


def absolute(module: Module, level: int, name: str) -> str:
    """Return the absolute name of a module that is imported."""
    if not level:
        return name
    parts = module.package.split(".") if module.package else []
    kept = parts[: len(parts) - (level - 1)] if level > 1 else parts
    return ".".join([*kept, name] if name else kept)


def find_module(s: Solver, importer: Module, name: str) -> Module | None:
    """Return the analysed module of this name, as the importer would find it.

    A script's siblings come first where its folder is no package: Python puts it on its path.
    """
    found = s.modules.get(name)
    if found is None and importer.package not in s.modules:
        folder = importer.name.rpartition(".")[0]
        found = s.modules.get(f"{folder}.{name}") if folder else None
    return found


def module_object(s: Solver, importer: Module, name: str) -> int:
    """Return a module as a value."""
    found = find_module(s, importer, name)
    return s.outside(name) if found is None else s.number(ModuleObject(found), ("module", found.name))


def global_node(s: Solver, module: Module, name: str) -> Node:
    """Return what a name of a module means to those who read it from elsewhere."""
    key = ("global", module.index, name)
    node: Node | None = s.memo.get(key)
    if node is None:
        node = s.memo[key] = Node()
        s.later(lambda: _fill_global(s, module, name, node))
    return node


def defines(s: Solver, module: Module, name: str) -> bool:
    """Tell whether a module binds a name itself."""
    return name in module.facts.units[0].bindings or name in _stored(s, module)


def _stored(s: Solver, module: Module) -> dict[str, list[int]]:
    key = ("stored", module.index)
    stored: dict[str, list[int]] | None = s.memo.get(key)
    if stored is None:
        stored = s.memo[key] = {}
        for name, value in module.facts.stored_globals:
            stored.setdefault(name, []).append(value)
    return stored


def _fill_global(s: Solver, module: Module, name: str, node: Node) -> None:
    values = [*module.facts.units[0].bindings.get(name, ()), *_stored(s, module).get(name, ())]
    s.union(module, values, 0, node)
    s.flow(field_of_module(s, module, name), node)
    if values:
        return
    found = _from_stars(s, module, name, set())
    if found is not None:
        s.flow(found, node)
    elif (inner := s.modules.get(f"{module.name}.{name}")) is not None:
        s.add(node, [s.number(ModuleObject(inner), ("module", inner.name))])
    elif name == "__name__":
        s.add(node, [s.constant("str", None)])
    elif name in BUILTINS:
        s.add(node, [s.outside(f"<builtin>.{name}")])
    else:
        for level, star in module.facts.stars:
            target = absolute(module, level, star)
            if find_module(s, module, target) is None:
                s.add(node, [s.outside(f"{target}.{name}")])


def field_of_module(s: Solver, module: Module, name: str) -> Node:
    """Return what others store in a module's attribute."""
    number = s.number(ModuleObject(module), ("module", module.name))
    return s.fields.setdefault((number, name), Node())


def _from_stars(s: Solver, module: Module, name: str, seen: set[str]) -> Node | None:
    if module.name in seen or name.startswith("_"):
        return None
    seen.add(module.name)
    for level, star in reversed(module.facts.stars):
        target = find_module(s, module, absolute(module, level, star))
        if target is None:
            continue
        exports = target.facts.exports
        if defines(s, target, name) and (exports is None or name in exports):
            return global_node(s, target, name)
        deeper = _from_stars(s, target, name, seen)
        if deeper is not None:
            return deeper
    return None


def all_classes(s: Solver) -> Iterator[Class]:
    """Return the analysed classes, in the order of modules and lines."""
    for module in s.modules.values():
        for number, unit in enumerate(module.facts.units):
            if unit.kind == UnitKind.CLASS:
                yield class_of(s, module, number)


def class_of(s: Solver, module: Module, number: int) -> Class:
    """Return the class of a unit."""
    key = (module.index, number)
    found = s.classes.get(key)
    if found is None:
        found = s.classes[key] = Class(module, module.facts.units[number], number)
        found.id = s.number(found, ("class", *key))
        found.mro = [found]
    return found


def link_classes(s: Solver) -> None:
    """Follow the bases of all classes, then order their ancestors."""
    classes = list(all_classes(s))
    nodes = {}
    for cls in classes:
        values = [value for value in cls.unit.bases if value >= 0]
        metas = [value for name, value in cls.unit.keywords if name == "metaclass"]
        nodes[cls.id] = (
            [s.value(cls.module, value, 0) for value in values],
            [s.value(cls.module, value, 0) for value in metas],
        )
    s.run()
    for cls in classes:
        bases, metas = nodes[cls.id]
        for node in bases:
            _add_base(s, cls, node)
        for node in metas:
            found = [s.objects[number] for number in sorted(node.objects)]
            cls.metaclasses += [meta for meta in found if isinstance(meta, Class)]
    for cls in classes:
        cls.mro = linearize(cls)
        for base in cls.bases:
            base.subclasses.append(cls)
    for cls in classes:
        _inherit(cls)


def _add_base(s: Solver, cls: Class, node: Node) -> None:
    for number in sorted(node.objects):
        base = s.objects[number]
        if isinstance(base, Class) and base is not cls and base not in cls.bases:
            cls.bases.append(base)
        elif isinstance(base, Outside):
            cls.outside.append(base.name)
        elif isinstance(base, Container):
            cls.outside.append(f"<builtin>.{base.type}")


def _inherit(cls: Class) -> None:
    outside = [name for ancestor in cls.mro for name in ancestor.outside if ancestor is not cls]
    cls.outside = list(dict.fromkeys([*cls.outside, *outside]))
    for ancestor in cls.mro[1:]:
        cls.metaclasses += [meta for meta in ancestor.metaclasses if meta not in cls.metaclasses]


def linearize(cls: Class) -> list[Class]:
    """Return the method resolution order (C3, Barrett et al. 1996), depth first where there is none."""
    return _c3(cls, frozenset()) or _depth_first(cls, [])


def _c3(cls: Class, below: frozenset[int]) -> list[Class] | None:
    if cls.id in below or len(below) > 100:
        return None
    lines: list[list[Class]] = []
    for base in cls.bases:
        line = _c3(base, below | {cls.id})
        if line is None:
            return None
        lines.append(line)
    lines.append(list(cls.bases))
    merged = [cls]
    while lines := [line for line in lines if line]:
        for line in lines:
            if not any(line[0] in other[1:] for other in lines):
                head = line[0]
                break
        else:
            return None
        merged.append(head)
        lines = [line[1:] if line[0] is head else line for line in lines]
    return merged


def _depth_first(cls: Class, seen: list[Class]) -> list[Class]:
    if cls not in seen:
        seen.append(cls)
        for base in cls.bases:
            _depth_first(base, seen)
    return seen


def descendants(cls: Class) -> list[Class]:
    """Return a class and all below it, breadth first."""
    found = [cls]
    for one in found:
        found += [sub for sub in one.subclasses if sub not in found]
    return found


def lookup(cls: Class, name: str, *, after: Class | None = None) -> Class | None:
    """Return the class in whose body an attribute is found, None when in none of the analysed."""
    mro = cls.mro
    start = mro.index(after) + 1 if after is not None and after in mro else 0
    for ancestor in mro[start:]:
        if name in ancestor.unit.bindings:
            return ancestor
    return None


def is_subclass(cls: Class, other: Class) -> bool:
    """Tell whether a class is another one or below it."""
    return other in cls.mro
