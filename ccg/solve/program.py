"""Modules and classes: what an import means, what a class inherits; no I/O."""

import builtins
import io
from collections.abc import Iterable, Iterator, Mapping

from ccg.solve.fixpoint import NOBODY, Derived
from ccg.solve.objects import Class, Container, Module, ModuleObject, Outside, Special
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver
from ccg.solve.state import OwnersBelow
from ccg.syntax.facts import UnitKind

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_NO_MEMBERS = frozenset({"__init__", "__slots__", "__doc__", "__module__", "__class_getitem__"})
"""What the body of a protocol may bind for itself."""
_COMMON = (bytes, dict, list, set, str, io.TextIOWrapper)
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


def module_number(s: Solver, module: Module) -> int:
    """Return a module as an object."""
    key = ("module", module.name)
    known = s.known(key)
    return s.number(ModuleObject(module), key) if known is None else known


def imported(s: Solver, importer: Module, name: str) -> int:
    """Return the object that `import name` gives."""
    found = find_module(s, importer, name)
    return s.outside(name) if found is None else module_number(s, found)


def defines(module: Module, name: str) -> bool:
    """Tell whether a module binds a name itself."""
    return name in module.names


def offers(s: Solver, module: Module, name: str) -> bool:
    """Tell whether a name can be imported from a module, as far as that is seen."""
    if defines(module, name) or star_source(s, module, name) is not None:
        return True
    stars = [absolute(module, level, star) for level, star in module.facts.stars]
    if any(find_module(s, module, star) is None for star in stars):
        return True
    return f"{module.name}.{name}" in s.modules or defines(module, "__getattr__")


def run_first(s: Solver, module: Module) -> None:
    """Carry out a module's body, if that was not done yet, before what it defines is imported."""
    frame = s.common[module.index][0]
    if not frame.is_begun:
        s.hurry(frame)


def read_global(s: Solver, module: Module, name: str) -> int:
    """Return what a name of a module may be for those who read it in a function or from elsewhere."""
    variable = module.names.get(name)
    if variable is None:
        foreign = module.foreign.get(name)
        if foreign is None:
            foreign = module.foreign[name] = Derived(_not_defined, (module, name))
        return s.read(foreign)
    return s.read(variable)


def _not_defined(s: Solver, module: Module, name: str) -> int:
    """Return what a name is that its module does not bind."""
    number = module_number(s, module)
    s.read(s.holders_of(name, number))
    stored = s.fields[name].get(number)
    value = EMPTY if stored is None else s.read(stored)
    return s.sets.union(value, from_elsewhere(s, module, name))


def from_elsewhere(s: Solver, module: Module, name: str) -> int:
    """Return what a name is that neither a module nor who stores in it gives a value."""
    found = star_source(s, module, name)
    if found is not None:
        return read_global(s, found, name)
    inner = s.modules.get(f"{module.name}.{name}")
    if inner is not None:
        return s.sets.single(module_number(s, inner))
    if name == "__name__":
        return s.text()
    if name in BUILTINS:
        return s.sets.single(s.outside(f"<builtin>.{name}"))
    stars = [absolute(module, level, star) for level, star in module.facts.stars]
    unknown = [star for star in stars if find_module(s, module, star) is None]
    return s.sets.of(s.outside(f"{star}.{name}") for star in unknown)


def star_source(s: Solver, module: Module, name: str) -> Module | None:
    """Return the module that a name comes from by `from module import *`, None where it does not.

    What is imported last counts, with all that comes through it, before what was imported earlier.
    """
    seen = {module.name}
    waiting = [_stars_of(s, module)]
    while waiting:
        target = next(waiting[-1], None)
        if target is None:
            waiting.pop()
            continue
        exports = target.facts.exports
        is_public = not name.startswith("_") if exports is None else name in exports
        if defines(target, name) and is_public:
            return target
        if target.name not in seen:
            seen.add(target.name)
            waiting.append(_stars_of(s, target))
    return None


def _stars_of(s: Solver, module: Module) -> Iterator[Module]:
    """Return the analysed modules of which a module imports all names, the last one first."""
    for level, star in reversed(module.facts.stars):
        target = find_module(s, module, absolute(module, level, star))
        if target is not None:
            yield target


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
        found.own_id = s.number(Special("class"), ("of class", *key))
        found.mro = [found]
    return found


def link_classes(s: Solver, bases: dict[int, tuple[list[int], list[int]]]) -> None:
    """Order the ancestors of all classes.

    Args:
        s: the solver.
        bases: for each class the sets of its bases and of its metaclasses.
    """
    classes = list(all_classes(s))
    for cls in classes:
        given, metas = bases[cls.id]
        for number in given:
            _add_base(s, cls, number)
        for number in metas:
            found = [item for _, item in s.members(number)]
            cls.metaclasses += [meta for meta in found if isinstance(meta, Class)]
    linearize(classes)
    for cls in classes:
        for base in cls.bases:
            base.subclasses.append(cls)
    for cls in classes:
        _inherit(cls)


def _add_base(s: Solver, cls: Class, number: int) -> None:
    for _, base in s.members(number):
        if isinstance(base, Class) and base is not cls and base not in cls.bases:
            cls.bases.append(base)
        elif isinstance(base, Outside):
            cls.outside.append(base.name)
            cls.is_protocol |= base.name in _PROTOCOLS
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
        worklist = [(cls, False)]
        waiting: set[int] = set()
        while worklist:
            here, has_bases = worklist.pop()
            if here.id in done:
                continue
            if has_bases:
                here.mro = _merge(here, [base for base in here.bases if base.id in done])
                done.add(here.id)
            elif here.id not in waiting:
                waiting.add(here.id)
                worklist.append((here, True))
                worklist += [(base, False) for base in reversed(here.bases)]


def _merge(cls: Class, bases: list[Class]) -> list[Class]:
    lines = [line for line in [*[list(base.mro) for base in bases], list(bases)] if line]
    if len(lines) <= 2:  # one base
        return [cls, *lines[0][: MAX_ANCESTORS - 1]] if lines else [cls]
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
    """Return a class and all below it, breadth first; to be asked when all classes are linked."""
    if not cls.below:
        found = {cls.id: cls}
        worklist = [cls]
        for one in worklist:
            new = [sub for sub in one.subclasses if sub.id not in found]
            found.update((sub.id, sub) for sub in new)
            worklist += new
            if len(worklist) > MAX_DESCENDANTS:
                break
        cls.below = worklist
    return cls.below


def live_below(s: Solver, cls: Class) -> Mapping[Class, None]:
    """Return those of a class and all below it of which instances are to be expected, by now.

    A class is made somewhere, or nothing below it is: then those who use the library make it.
    """
    s.read(s.world)
    key = ("live", cls.id)
    known: dict[Class, None] | None = s.of_round.get(key)
    if known is None:
        makers = _makers(s)
        below = [one for one in descendants(cls) if one.is_made or one.id not in makers]
        if not s.world.value:  # it is not known yet which are made
            below = [one for one in below if not one.subclasses]
        known = s.of_round[key] = dict.fromkeys(below)
    return known


def implementing(s: Solver, protocol: Class) -> list[Class]:
    """Return the live classes that have all that a protocol names, by inheritance or not."""
    live = live_below(s, protocol)
    found = [one for one in live if not one.is_protocol]
    names = _members(protocol)
    for one in s.classes.values() if names else ():
        if one.is_protocol or protocol in one.mro:
            continue
        if all(_has_member(one, name) for name in names) and one in live_below(s, one):
            found.append(one)
    return found or list(live)


def _members(protocol: Class) -> list[str]:
    """Return the names that a class must have to be one of a protocol."""
    own = (one for one in protocol.mro if one.is_protocol)
    names = (name for one in own for name in [*one.unit.bindings, *one.stores])
    found = [name for name in dict.fromkeys(names) if name not in _NO_MEMBERS]
    return [] if len(found) == 1 and _is_common(found[0]) else found


def _is_common(name: str) -> bool:
    """Tell whether a method's name says little: it is special, or builtin types have it too."""
    return name.startswith("__") or any(hasattr(kind, name) for kind in _COMMON)


def _has_member(cls: Class, name: str) -> bool:
    return lookup(cls, name) is not None or stores(cls, name)


def _makers(s: Solver) -> set[int]:
    """Return the classes that are made themselves or have a class below them that is."""
    known: set[int] | None = s.of_round.get("makers")
    if known is None:
        made = (cls for cls in s.classes.values() if cls.is_made)
        known = s.of_round["makers"] = {ancestor.id for cls in made for ancestor in cls.mro}
    return known


def owners_below(s: Solver, cls: Class, name: str) -> list[Class]:
    """Return where live classes from one on downwards find an attribute."""
    known = s.owners_below.get((cls, name))
    if known is None:
        known = s.owners_below[cls, name] = OwnersBelow(_owners_below(s, cls, name))
    s.read(known.place)
    return known.found


def renew_owners(s: Solver) -> None:
    """Find out again who owns what below classes; who read it is done again where that changed."""
    for (cls, name), known in list(s.owners_below.items()):
        found = _owners_below(s, cls, name)
        if found != known.found:
            known.found = found
            s.notify(known.place)


def _owners_below(s: Solver, cls: Class, name: str) -> list[Class]:
    reader, s.reader = s.reader, NOBODY  # who reads is told by `renew_owners`
    live = live_below(s, cls)
    s.reader = reader
    own = lookup(cls, name)
    owners = [*([own] if own else ()), *_definers_below(s, cls, name)]
    found = [one for one in owners if one in live]
    if len(found) < len(owners):
        inherited = {lookup(each, name) for each in live}
        found = [one for one in owners if one in live or one in inherited]
    return found


def _definers_below(s: Solver, cls: Class, name: str) -> list[Class]:
    """Return the classes below one whose bodies bind a name."""
    if not s.definers:
        for one in s.classes.values():
            for bound in one.unit.bindings:
                s.definers.setdefault(bound, []).append(one)
    definers = s.definers.get(name, ())
    if len(definers) > len(descendants(cls)):
        return [one for one in descendants(cls)[1:] if name in one.unit.bindings]
    return [one for one in definers if cls in one.mro and one is not cls]


def lookup(cls: Class, name: str) -> Class | None:
    """Return the class in whose body an attribute is found, None when in none of the analysed."""
    owners = cls.owners
    if name not in owners:
        owners[name] = lookup_in(cls.mro, name)
    return owners[name]


def stores(cls: Class, name: str) -> bool:
    """Tell whether a class or one above it stores or declares an attribute of its instances."""
    known = cls.storing.get(name)
    if known is None:
        known = cls.storing[name] = any(name in ancestor.stores for ancestor in cls.mro)
    return known


def lookup_in(mro: list[Class], name: str, *, after: Class | None = None) -> Class | None:
    """Return the first class of an order, or the first after a class, that has an attribute."""
    if after is not None and after in mro:
        mro = mro[mro.index(after) + 1 :]
    for one in mro:
        if name in one.unit.bindings:
            return one
    return None
