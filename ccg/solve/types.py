"""What annotations promise; no I/O."""

from collections.abc import Collection
from typing import Any

from ccg.solve import program
from ccg.solve.objects import DECLARED, OVERRIDING, Class, Instance, Module, Outside, Special
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver

_TRANSPARENT = frozenset(
    {"Annotated", "ClassVar", "Final", "NotRequired", "Optional", "ReadOnly", "Required", "Union"}
)
_SEQUENCES = {
    "List": "list",
    "list": "list",
    "Sequence": "list",
    "MutableSequence": "list",
    "Iterable": "list",
    "Collection": "list",
    "Set": "set",
    "set": "set",
    "FrozenSet": "set",
    "frozenset": "set",
    "AbstractSet": "set",
    "MutableSet": "set",
    "Deque": "list",
    "deque": "list",
    "Iterator": "generator",
    "AsyncIterator": "generator",
    "AsyncIterable": "generator",
    "Generator": "generator",
    "AsyncGenerator": "generator",
    "Tuple": "tuple",
    "tuple": "tuple",
    "Awaitable": "coroutine",
    "Coroutine": "coroutine",
}
_MAPPINGS = frozenset(
    {"Dict", "dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict"}
)
_PLAIN = frozenset({"str", "int", "bytes", "float", "bool", "complex"})
_NOTHING = frozenset({"Any", "None", "object", "NoReturn", "Never"})
_NO_CLASS = ("typing.", "typing_extensions.", "<builtin>", "collections.abc")
MAX_CLASSES = 8
"""Classes of a hierarchy that are told apart where an instance may be of any of them."""
_Place = tuple[Any, ...]
"""Where an annotation stands: what it promises is made there."""


def instances(s: Solver, cls: Class) -> int:
    """Return what a variable of this declared class may hold."""
    return s.derive(("instances", cls.id), _instances, cls)


def _instances(s: Solver, cls: Class) -> int:
    found = program.implementing(s, cls) if cls.is_protocol else program.live_below(s, cls)
    return one_of(s, cls, found)


def one_of(s: Solver, cls: Class, live: Collection[Class]) -> int:
    """Return an instance of one of several classes, all of them a class or below it."""
    if len(live) > MAX_CLASSES:
        return s.sets.single(s.instance(cls, DECLARED, is_open=True))
    return s.sets.of(s.instance(one, DECLARED if one is cls else OVERRIDING) for one in live)


def declared(s: Solver, module: Module, annotation: int) -> int:
    """Return what an annotation promises."""
    key = ("declared", module.index, annotation)
    return s.derive(key, _declared, module, module.facts.annotations[annotation], key)


def _declared(s: Solver, module: Module, kind: Any, place: _Place) -> int:
    match kind:
        case ["ref", value]:
            return promise(s, s.export(module, value), place)
        case ["union", kinds]:
            return _any(s, module, kinds, place)
        case ["of", value, kinds]:
            return s.sets.union_all(
                _of(s, module, number, kinds, place)
                for number in s.sets.members[s.export(module, value)]
            )
    return EMPTY


def _any(s: Solver, module: Module, kinds: list[Any], place: _Place) -> int:
    return s.sets.union_all(
        _declared(s, module, kind, (*place, index)) for index, kind in enumerate(kinds)
    )


def promise(s: Solver, classes: int, place: _Place) -> int:
    """Return instances of the classes that objects are."""
    found = []
    for _, item in s.members(classes):
        if isinstance(item, Class):
            found.append(instances(s, item))
        elif isinstance(item, Special) and item.kind == "typevar":
            found.append(promise(s, s.read(item.function), place))
        elif isinstance(item, Outside):
            found.append(_of_outside(s, item, place))
    return s.sets.union_all(found)


def _of_outside(s: Solver, item: Outside, place: _Place) -> int:
    name = item.name.rpartition(".")[2]
    if name in _NOTHING or item.is_instance:
        return EMPTY
    if name in _PLAIN and item.name.startswith("<builtin>"):
        return s.sets.single(s.constant(name))
    if name in _SEQUENCES or name in _MAPPINGS:
        return s.sets.single(s.container(_SEQUENCES.get(name, "dict"), place)[0])
    if item.name.startswith(_NO_CLASS):
        return EMPTY
    return s.sets.single(s.outside(item.name, is_instance=True))


def _of(s: Solver, module: Module, number: int, kinds: list[Any], place: _Place) -> int:
    """Return what `item[kinds]` promises."""
    item = s.objects[number]
    if isinstance(item, Class):
        return instances(s, item)
    if not isinstance(item, Outside):
        return EMPTY
    name = item.name.rpartition(".")[2]
    if name in {"type", "Type"}:
        held = _any(s, module, kinds[:1], place)
        return s.sets.of(one.cls.id for _, one in s.members(held) if isinstance(one, Instance))
    if name in _TRANSPARENT:
        return _any(s, module, kinds[:1] if name == "Annotated" else kinds, place)
    if name in _SEQUENCES:
        return _sequence(s, module, name, kinds, place)
    if name in _MAPPINGS:
        made, container = s.container("dict", place)
        s.write(container.rest, _any(s, module, kinds[1:2], (*place, "value")))
        return s.sets.single(made)
    return _of_outside(s, item, place)


def _sequence(s: Solver, module: Module, name: str, kinds: list[Any], place: _Place) -> int:
    kind = _SEQUENCES[name]
    number, container = s.container(kind, place)
    if kind == "tuple" and not (len(kinds) == 2 and kinds[1] is None):  # not `tuple[X, ...]`
        for position, one in enumerate(kinds):
            target = s.item_variable(container, ("int", position))
            s.write(target, _declared(s, module, one, (*place, position)))
    else:
        of = kinds[2:3] if name == "Coroutine" else kinds[:1]
        s.write(container.rest, _any(s, module, of, (*place, "element")))
    return s.sets.single(number)
