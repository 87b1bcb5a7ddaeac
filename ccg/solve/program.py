"""Modules and classes: what an import means, what a class inherits; no I/O."""

import builtins
from collections.abc import Iterable, Iterator

from ccg.solve.node import Node
from ccg.solve.objects import Class, Container, Module, ModuleObject, Outside
from ccg.solve.solver import Solver
from ccg.syntax.facts import UnitKind

MAX_ANCESTORS = 200
"""Classes that one class inherits from; more are left out."""
MAX_DESCENDANTS = 500
"""Classes below one class; more are left out."""
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
    return (
        s.outside(name) if found is None else s.number(ModuleObject(found), ("module", found.name))
    )


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


def offers(s: Solver, module: Module, name: str) -> bool:
    """Tell whether a name can be imported from a module, as far as that is seen."""
    if defines(s, module, name) or _from_stars(s, module, name, set()) is not None:
        return True
    stars = [absolute(module, level, star) for level, star in module.facts.stars]
    if any(find_module(s, module, star) is None for star in stars):
        return True
    return f"{module.name}.{name}" in s.modules or defines(s, module, "__getattr__")


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
    if module.name in seen:
        return None
    seen.add(module.name)
    for level, star in reversed(module.facts.stars):
        target = find_module(s, module, absolute(module, level, star))
        if target is None:
            continue
        exports = target.facts.exports
        is_public = not name.startswith("_") if exports is None else name in exports
        if defines(s, target, name) and is_public:
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
        base_nodes, meta_nodes = nodes[cls.id]
        for node in base_nodes:
            _add_base(s, cls, node)
        for node in meta_nodes:
            found = [s.objects[number] for number in sorted(node.objects)]
            cls.metaclasses += [meta for meta in found if isinstance(meta, Class)]
    linearize(classes)
    for cls in classes:
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


def linearize(classes: Iterable[Class]) -> None:
    """Order the ancestors of all classes: C3 (Barrett et al. 1996), plainly in order where it fails.

    A class that is its own ancestor, which Python refuses, does not inherit from itself.
    """
    done: set[int] = set()
    for cls in classes:
        todo = [(cls, False)]
        waiting: set[int] = set()
        while todo:
            here, has_bases = todo.pop()
            if here.id in done:
                continue
            if has_bases:
                here.mro = _merge(here, [base for base in here.bases if base.id in done])
                done.add(here.id)
            elif here.id not in waiting:
                waiting.add(here.id)
                todo.append((here, True))
                todo += [(base, False) for base in reversed(here.bases)]


def _merge(cls: Class, bases: list[Class]) -> list[Class]:
    lines = [line for line in [*[list(base.mro) for base in bases], list(bases)] if line]
    merged = [cls]
    while lines and len(merged) < MAX_ANCESTORS:
        head = next(
            (line[0] for line in lines if not any(line[0] in other[1:] for other in lines)),
            lines[0][0],
        )
        merged.append(head)
        lines = [rest for line in lines if (rest := [one for one in line if one is not head])]
    return merged


def descendants(cls: Class) -> list[Class]:
    """Return a class and all below it, breadth first."""
    found = {cls.id: cls}
    todo = [cls]
    for one in todo:
        new = [sub for sub in one.subclasses if sub.id not in found]
        found.update((sub.id, sub) for sub in new)
        todo += new
        if len(todo) > MAX_DESCENDANTS:
            break
    return todo


def lookup(cls: Class, name: str) -> Class | None:
    """Return the class in whose body an attribute is found, None when in none of the analysed."""
    return lookup_in(cls.mro, name)


def lookup_in(mro: list[Class], name: str, *, after: Class | None = None) -> Class | None:
    """Return the first class of an order, or the first after a class, that has an attribute."""
    start = mro.index(after) + 1 if after is not None and after in mro else 0
    return next((one for one in mro[start:] if name in one.unit.bindings), None)
