"""What an expression can be, through scopes, imports, classes and returns; no I/O.

A first solver: it does not follow arguments into parameters nor the order of assignments; where it
knows nothing it answers nothing. Questions are asked in a sorted order, so answers repeat.
"""

import builtins
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ccg.facts import (
    Annotated,
    Attribute,
    Binding,
    Call,
    Defined,
    Either,
    Expression,
    Imported,
    Literal,
    ModuleFacts,
    Name,
    Scope,
    ScopeKind,
    SuperOf,
)
from ccg.modules import ModuleIndex

MAX_STEPS = 80
"""How many expressions one answer may lead through."""
BUILTIN = "<builtin>"
_BUILTINS = frozenset(dir(builtins))
_PROPERTY_NAMES = frozenset({"property", "cached_property", "setter", "getter", "deleter"})


@dataclass(frozen=True, slots=True)
class Known:
    """A module, class or function of the analysed files."""

    scope: Scope

    @property
    def id(self) -> str:
        """Return the scope's id."""
        return self.scope.id


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of an analysed class; `after` is set by `super()`: look behind this class."""

    scope: Scope
    after: Scope | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """Something of another package, by its dotted name, or an object of that type."""

    id: str
    is_instance: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A name within a scope: what a reference refers to."""

    scope: Scope
    name: str


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """What an import statement brings in."""

    module: Scope | None
    """The analysed module that is imported or imported from."""
    slots: tuple[Slot, ...] = ()
    """The imported module or name, if it is in the analysed files."""
    outside: str = ""
    """The dotted name of what is not."""


Value = Known | Instance | Outside
Values = tuple[Value, ...]


class Resolver:
    """Answers what expressions mean, given the facts of all files."""

    def __init__(self, modules: Mapping[str, ModuleFacts]) -> None:
        self._modules = modules
        self._index = ModuleIndex(modules)
        self._scopes = {scope.id: scope for facts in modules.values() for scope in facts.scopes}
        self._facts_of = {scope: facts for facts in modules.values() for scope in facts.scopes}
        self._answers: dict[tuple[Expression, Scope], Values] = {}
        self._lines: dict[Scope, tuple[Scope, ...]] = {}
        self._steps = 0

    def values(self, expression: Expression, scope: Scope) -> Values:
        """Return what the expression can be when it stands in the scope; nothing if unknown."""
        if expression is None or self._steps >= MAX_STEPS:
            return ()
        question = (expression, scope)
        if question not in self._answers:
            self._answers[question] = ()  # a question that leads back to itself adds nothing
            self._steps += 1
            self._answers[question] = _distinct(self._answer(expression, scope))
            self._steps -= 1
        return self._answers[question]

    def callees(self, expression: Expression, scope: Scope) -> tuple[Known | Outside, ...]:
        """Return the functions that a call of the expression runs; for a class its `__init__`."""
        found: list[Known | Outside] = []
        for value in self.values(expression, scope):
            found += self._called(value)
        return tuple(dict.fromkeys(found))

    def slots(self, expression: Expression, scope: Scope) -> tuple[Slot, ...]:
        """Return which names of which scopes a read refers to, imports followed."""
        match expression:
            case Name(id=name):
                owner = self._owner_of(name, scope)
                return self._follow(Slot(owner, name)) if owner else ()
            case Attribute(value=value, name=name):
                found = [
                    slot
                    for base in self.values(value, scope)
                    for slot in self._attribute_slots(base, name)
                ]
                return tuple(dict.fromkeys(found))
        return ()

    def imported(self, imported: Imported, scope: Scope) -> ImportTarget:
        """Return what an import statement brings in, re-exports followed."""
        name = self._index.target(imported, self._facts_of[scope])
        module = self._index.get(name)
        if imported.symbol is None:
            if module is None:
                return ImportTarget(None, outside=name)
            return ImportTarget(module.scope, (Slot(module.scope, ""),))
        dotted = f"{name}.{imported.symbol}"
        if module is None:
            beneath = self._index.get(dotted)  # a package without __init__.py
            if beneath is None:
                return ImportTarget(None, outside=dotted)
            return ImportTarget(None, (Slot(beneath.scope, ""),))
        slots = self._module_slots(module.scope, imported.symbol)
        return ImportTarget(module.scope, slots, "" if slots else dotted)

    def line_of(self, scope: Scope) -> tuple[Scope, ...]:
        """Return the class and its analysed bases in the order of Python's MRO."""
        if scope not in self._lines and self._steps < MAX_STEPS:
            self._steps += 1
            self._lines[scope] = (scope,)  # a class that inherits from itself ends here
            bases = [
                value.scope
                for place in scope.bases
                for value in self.values(place.value, scope.parent or scope)
                if isinstance(value, Known) and value.scope.kind is ScopeKind.CLASS
            ]
            lines = [[*self.line_of(base)] for base in bases if base is not scope]
            self._lines[scope] = (scope, *_merge([*lines, bases]))
            self._steps -= 1
        return self._lines.get(scope, (scope,))

    def is_property(self, function: Scope) -> bool:
        """Tell whether reading the attribute calls the function."""
        names = {getattr(item, "name", getattr(item, "id", "")) for item in function.decorators}
        return not _PROPERTY_NAMES.isdisjoint(names)

    def _answer(self, expression: Expression, scope: Scope) -> Iterable[Value]:  # noqa: C901 (one arm per form)
        match expression:
            case Name(id=name):
                owner = self._owner_of(name, scope)
                if owner:
                    return self.slot_values(Slot(owner, name))
                return (Outside(f"{BUILTIN}.{name}"),) if name in _BUILTINS else ()
            case Attribute(value=value, name=name):
                return self._attribute_values(self.values(value, scope), name)
            case Call(function=function):
                return self._call_values(self.values(function, scope))
            case Either(options=options):
                return [value for option in options for value in self.values(option, scope)]
            case Literal(type=kind):
                return (Outside(f"{BUILTIN}.{kind}", is_instance=True),)
            case Defined(id=scope_id):
                return (Known(self._scopes[scope_id]),)
            case SuperOf(id=scope_id):
                return (Instance(self._scopes[scope_id], self._scopes[scope_id]),)
            case Annotated(type=kind):
                return map(_instance, self.values(kind, scope))
            case Imported():
                return self._imported_values(expression, scope)
        return ()

    def _called(self, value: Value) -> list[Known | Outside]:
        match value:
            case Known(scope=scope) if scope.kind is ScopeKind.CLASS:
                return [
                    found
                    for slot in self._attribute_slots(value, "__init__")
                    for found in self._functions(slot)
                ]
            case Instance():
                return [
                    found
                    for slot in self._attribute_slots(value, "__call__")
                    for found in self._functions(slot)
                ]
            case Known(scope=scope) if scope.kind is ScopeKind.MODULE:
                return []
            case Outside(is_instance=True):
                return []
        return [value]

    def _functions(self, slot: Slot) -> list[Known]:
        return [
            value
            for value in self.slot_values(slot)
            if isinstance(value, Known) and value.scope.kind is ScopeKind.FUNCTION
        ]

    def _call_values(self, functions: Values) -> Iterable[Value]:
        for value in functions:
            if isinstance(value, Known) and value.scope.kind is ScopeKind.CLASS:
                yield Instance(value.scope)
            elif isinstance(value, Known) and value.scope.kind is ScopeKind.FUNCTION:
                yield from self._returned(value.scope)

    def _returned(self, function: Scope) -> Iterable[Value]:
        yield from self.values(function.return_annotation, function.parent or function)
        for expression in function.returns:
            yield from self.values(expression, function)

    def _attribute_values(self, bases: Values, name: str) -> Iterable[Value]:
        for base in bases:
            if isinstance(base, Outside):
                # an annotation of typing says what it holds, not what it is
                if not (base.is_instance and base.id.startswith("typing.")):
                    yield Outside(f"{base.id}.{name}")
                continue
            for slot in self._attribute_slots(base, name):
                for value in self.slot_values(slot):
                    if (
                        isinstance(base, Instance)
                        and isinstance(value, Known)
                        and self.is_property(value.scope)
                    ):
                        yield from self._returned(value.scope)
                    else:
                        yield value

    def _attribute_slots(self, base: Value, name: str) -> tuple[Slot, ...]:
        if isinstance(base, Outside):
            return ()
        if base.scope.kind is ScopeKind.MODULE:
            return self._module_slots(base.scope, name)
        if base.scope.kind is not ScopeKind.CLASS:
            return ()
        line = self.line_of(base.scope)
        if isinstance(base, Instance) and base.after:
            line = line[1:]
        for scope in line:
            if name in scope.bindings or name in scope.attributes:
                return self._follow(Slot(scope, name))
        return ()

    def _module_slots(self, module: Scope, name: str) -> tuple[Slot, ...]:
        owner = self._star_owner(module, name, seen=set())
        if owner:
            return self._follow(Slot(owner, name))
        submodule = self._index.get(f"{module.id}.{name}")
        return (Slot(submodule.scope, ""),) if submodule else ()

    def _star_owner(self, module: Scope, name: str, *, seen: set[Scope]) -> Scope | None:
        """Return the module that binds the name: this one or one that it imports a star from."""
        if name in module.bindings:
            return module
        seen.add(module)
        for star in module.star_imports:
            target = self._index.get(self._index.target(star, self._facts_of[module]))
            if target and target.scope not in seen and not name.startswith("_"):
                owner = self._star_owner(target.scope, name, seen=seen)
                if owner:
                    return owner
        return None

    def _owner_of(self, name: str, scope: Scope) -> Scope | None:
        """Return the scope in which Python would find the name."""
        current: Scope | None = scope
        while current:
            reachable = current is scope or current.kind is not ScopeKind.CLASS
            if reachable and name in current.bindings and name not in current.global_names:
                return current
            if current.kind is ScopeKind.MODULE:
                return self._star_owner(current, name, seen=set())
            current = current.parent
        return None

    def slot_values(self, slot: Slot) -> Iterable[Value]:
        """Return what the name can be."""
        if not slot.name:
            return (Known(slot.scope),)
        return [
            value
            for binding in _bindings(slot)
            for value in self.values(binding.value, binding.scope)
        ]

    def _follow(self, slot: Slot) -> tuple[Slot, ...]:
        """Replace a name that only an import binds by what is imported."""
        bindings = _bindings(slot)
        if self._steps >= MAX_STEPS or not all(
            isinstance(binding.value, Imported) for binding in bindings
        ):
            return (slot,)
        self._steps += 1
        found = [
            followed
            for binding in bindings
            if isinstance(binding.value, Imported)
            for followed in self.imported(binding.value, binding.scope).slots
        ]
        self._steps -= 1
        return tuple(dict.fromkeys(found)) or (slot,)

    def _imported_values(self, imported: Imported, scope: Scope) -> Iterable[Value]:
        target = self.imported(imported, scope)
        if target.outside:
            return (Outside(target.outside),)
        return [value for slot in target.slots for value in self.slot_values(slot)]


def _bindings(slot: Slot) -> list[Binding]:
    return [*slot.scope.bindings.get(slot.name, ()), *slot.scope.attributes.get(slot.name, ())]


def _instance(value: Value) -> Value:
    if isinstance(value, Outside):
        return Outside(value.id, is_instance=True)
    is_class = isinstance(value, Known) and value.scope.kind is ScopeKind.CLASS
    return Instance(value.scope) if is_class else value


def _distinct(values: Iterable[Value]) -> Values:
    return tuple(dict.fromkeys(values))


def _merge(lines: list[list[Scope]]) -> list[Scope]:
    """Merge the bases' lines as C3 does; where Python would refuse, the first head goes on."""
    merged: list[Scope] = []
    while lines := [line for line in lines if line]:
        heads = [line[0] for line in lines]
        tails = {scope for line in lines for scope in line[1:]}
        head = next((scope for scope in heads if scope not in tails), heads[0])
        merged.append(head)
        lines = [[scope for scope in line if scope is not head] for line in lines]
    return merged
