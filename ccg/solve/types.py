"""What annotations promise; no I/O."""

from collections.abc import Iterable
from typing import Any

from ccg.solve import program
from ccg.solve.node import Node
from ccg.solve.objects import (
    DECLARED,
    OVERRIDING,
    Class,
    Constant,
    Instance,
    Module,
    Outside,
    Special,
)
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


def is_live(cls: Class) -> bool:
    """Tell whether instances of exactly this class are to be expected.

    It is made somewhere, or nothing below it is: then those who use the library make it.
    """
    return cls.is_made or not any(one.is_made for one in program.descendants(cls))


def instances(s: Solver, cls: Class, via: int = DECLARED) -> list[int]:
    """Return what a variable of this declared class may hold."""
    found = [s.instance(cls, via)] if is_live(cls) else []
    below = program.descendants(cls)[1:]
    return found + [s.instance(sub, OVERRIDING) for sub in below if is_live(sub)]


def declare(s: Solver, module: Module, kind: Any, node: Node) -> None:
    """Put into a node what an annotation promises."""
    if kind is None:
        return
    match kind:
        case ["ref", value]:
            s.watch(s.value(module, value, 0), lambda new: promise(s, new, node))
        case ["union", kinds]:
            for one in kinds:
                declare(s, module, one, node)
        case ["of", value, kinds]:
            s.watch(s.value(module, value, 0), lambda new: _promise_of(s, module, new, kinds, node))


def promise(s: Solver, objects: Iterable[int], node: Node) -> None:
    """Put into a node instances of the classes that objects are."""
    for number in objects:
        item = s.objects[number]
        if isinstance(item, Class):
            s.add(node, instances(s, item))
        elif (isinstance(item, Special) and item.kind == "typevar") or (
            isinstance(item, Special) and item.kind == "newtype"
        ):
            s.watch(item.function, lambda new: promise(s, new, node))
        elif isinstance(item, Outside):
            _promise_outside(s, item, node)
        elif isinstance(item, Constant) and item.type == "str" and isinstance(item.value, str):
            continue


def _promise_outside(s: Solver, item: Outside, node: Node) -> None:
    name = item.name.rpartition(".")[2]
    if name in _NOTHING or item.is_instance:
        return
    if name in _PLAIN and item.name.startswith("<builtin>"):
        s.add(node, [s.constant(name)])
    elif name in _SEQUENCES or name in _MAPPINGS:
        kind = _SEQUENCES.get(name, "dict")
        s.add(node, [s.container_number(kind, ("declared", node))])
    elif not item.name.startswith(
        ("typing.", "typing_extensions.", "<builtin>", "collections.abc")
    ):
        s.add(node, [s.outside(item.name, is_instance=True)])


def _promise_of(
    s: Solver, module: Module, objects: Iterable[int], kinds: list[Any], node: Node
) -> None:
    for number in objects:
        item = s.objects[number]
        if isinstance(item, Class):
            s.add(node, instances(s, item))
        elif isinstance(item, Outside):
            name = item.name.rpartition(".")[2]
            if name in {"type", "Type"}:
                held = Node()
                declare(s, module, kinds[0], held)
                s.watch(held, lambda new: _classes(s, new, node))
            elif name in _TRANSPARENT:
                for kind in kinds[:1] if name == "Annotated" else kinds:
                    declare(s, module, kind, node)
            elif name in _SEQUENCES:
                _promise_sequence(s, module, name, kinds, node)
            elif name in _MAPPINGS:
                container = s.container("dict", ("declared", node))
                s.add(node, [s.container_number("dict", ("declared", node))])
                if len(kinds) > 1:
                    declare(s, module, kinds[1], container.rest)
            else:
                _promise_outside(s, item, node)


def _promise_sequence(s: Solver, module: Module, name: str, kinds: list[Any], node: Node) -> None:
    kind = _SEQUENCES[name]
    container = s.container(kind, ("declared", node))
    s.add(node, [s.container_number(kind, ("declared", node))])
    if kind == "tuple" and not (len(kinds) == 2 and kinds[1] is None):  # not `tuple[X, ...]`
        for position, one in enumerate(kinds):
            target = container.items.setdefault(("int", position), Node())
            declare(s, module, one, target)
        return
    of = kinds[2:3] if name == "Coroutine" else kinds[:1]
    for one in of:
        declare(s, module, one, container.rest)


def _classes(s: Solver, objects: Iterable[int], node: Node) -> None:
    for number in objects:
        item = s.objects[number]
        if isinstance(item, Instance):
            s.add(node, [item.cls.id])
