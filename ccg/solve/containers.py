"""What stands in lists, tuples, dicts, sets, generators and their like; no I/O."""

from collections.abc import Callable, Iterable

from ccg.solve.node import Node
from ccg.solve.objects import Class, Constant, Container, Module, Outside
from ccg.solve.solver import Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op

MAX_KEYS = 400
"""Keys of one container that are told apart."""
INDEXED = frozenset({"list", "tuple"})
Key = tuple[str, object]


def item_node(s: Solver, container: Container, key: Key) -> Node:
    """Return what stands under a key."""
    node = container.items.get(key)
    if node is None:
        if len(container.items) >= MAX_KEYS:
            return container.rest
        node = container.items[key] = Node()
        s.flow(container.rest, node)
        for watcher in tuple(container.watchers):
            watcher(key, node)
    return node


def watch_items(s: Solver, container: Container, watcher: Callable[[Key, Node], None]) -> None:
    """Call with each key and its node, those to come as well."""
    for key, node in list(container.items.items()):
        watcher(key, node)
    container.watchers.append(watcher)


def elements(s: Solver, number: int) -> Node:
    """Return everything that stands in a container: its values, for a dict too."""
    key = ("elements", number)
    node: Node | None = s.memo.get(key)
    if node is None:
        node = s.memo[key] = Node()
        container = s.objects[number]
        assert isinstance(container, Container)  # noqa: S101 (the caller looked)
        s.flow(container.rest, node)
        target = node
        watch_items(s, container, lambda key, item: s.flow(item, target))
    return node


def iterated(s: Solver, number: int) -> Node:
    """Return what iterating over a container gives: keys of a dict, elements of another."""
    container = s.objects[number]
    assert isinstance(container, Container)  # noqa: S101 (the caller looked)
    if container.type not in {"dict", "defaultdict"}:
        return elements(s, number)
    memo = ("keys", number)
    node: Node | None = s.memo.get(memo)
    if node is None:
        node = s.memo[memo] = Node()
        target = node
        watch_items(s, container, lambda key, _: s.add(target, [s.constant(key[0], key[1])]))
        s.flow(key_node(s, number), node)
    return node


def key_node(s: Solver, number: int) -> Node:
    """Return the keys of a dict that are no literals."""
    node: Node = s.memo.setdefault(("dict keys", number), Node())
    return node


def literal_key(s: Solver, number: int) -> Key | None:
    """Return the key that an object is, None for one that is not told apart."""
    item = s.objects[number]
    if isinstance(item, Constant) and item.value is not None and not isinstance(item.value, tuple):
        return (item.type, item.value)
    if isinstance(item, Constant) and item.type == "NoneType":
        return ("NoneType", None)
    if isinstance(item, Class):
        return ("class", item.id)
    return None


def read(s: Solver, container: Container, number: int, key: Node, target: Node) -> None:
    """Let flow what a subscript reads: under each literal key its own, under another everything."""
    unknown = ("unknown key", target, number)

    def see(objects: Iterable[int]) -> None:
        for item in objects:
            literal = literal_key(s, item)
            if literal is None:
                if unknown not in s.memo:
                    s.memo[unknown] = True
                    s.flow(elements(s, number), target)
            else:
                s.flow(item_at(s, container, literal), target)

    s.watch(key, see)
    if not key.objects:
        s.unsettled.append(lambda: None if key.objects else s.flow(elements(s, number), target))


def item_at(s: Solver, container: Container, key: Key) -> Node:
    """Return what reading a key gives; a position from the end counts from the known end."""
    if container.type in INDEXED and key[0] == "int":
        position = key[1]
        if isinstance(position, int) and position < 0:
            position += sum(1 for kind, _ in container.items if kind == "int")
            return item_node(s, container, ("int", position)) if position >= 0 else container.rest
    return item_node(s, container, key)


def write(s: Solver, container: Container, number: int, key: Node, value: Node) -> None:
    """Let flow what a subscript stores."""

    def see(objects: Iterable[int]) -> None:
        for item in objects:
            literal = literal_key(s, item)
            if literal is None:
                s.flow(value, container.rest)
                s.add(key_node(s, number), [item])
            else:
                s.flow(value, item_node(s, container, literal))

    s.watch(key, see)
    if not key.objects:
        s.unsettled.append(lambda: None if key.objects else s.flow(value, container.rest))


def copy_into(s: Solver, source: int, target: Container, target_number: int) -> None:
    """Let everything in one container flow into another, key by key."""
    container = s.objects[source]
    if not isinstance(container, Container) or container is target:
        return
    copied = ("copied", source, target_number)
    if copied in s.memo:
        return
    s.memo[copied] = True
    s.flow(container.rest, target.rest)
    s.flow(key_node(s, source), key_node(s, target_number))
    watch_items(s, container, lambda key, node: s.flow(node, item_node(s, target, key)))


def of_elements(s: Solver, kind: str, key: object, node: Node) -> int:
    """Return a container that holds what is in a node, under no known key."""
    number = s.container_number(kind, key)
    container = s.objects[number]
    assert isinstance(container, Container)  # noqa: S101 (just made)
    s.flow(node, container.rest)
    return number


def mapping(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    """A display of a dict."""
    key = (module.index, value, context)
    number, container = s.container_number("dict", key), s.container("dict", key)
    for given, element in op[1]:
        inner = s.value(module, element, context)
        if given >= 0:
            write(s, container, number, s.value(module, given, context), inner)
        else:
            s.each(inner, lambda one: copy_into(s, one, container, number))
    s.add(node, [number])


def comprehension(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    """A comprehension or a generator expression."""
    number = s.container_number(op[1], (module.index, value, context))
    container = s.container(op[1], (module.index, value, context))
    s.flow(s.value(module, op[3], context), container.rest)
    if op[2] >= 0:
        s.flow(s.value(module, op[2], context), key_node(s, number))
    s.add(node, [number])


def part(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    """A slice of a sequence."""

    def see(objects: Iterable[int]) -> None:
        for number in objects:
            item = s.objects[number]
            if isinstance(item, Container):
                s.add(node, [_slice_of(s, number, item, (module.index, value, context), op)])
            elif isinstance(item, Constant | Outside):
                s.add(node, [number])

    s.watch(s.value(module, op[1], context), see)


def _slice_of(s: Solver, number: int, source: Container, place: object, op: Op) -> int:
    # a slice of a slice, as in `x = x[1:]` in a loop, would make containers without an end
    key = ("slice", -1 if source.is_part else number, place)
    made, target = s.container_number(source.type, key), s.container(source.type, key)
    is_exact = not source.is_part and not target.is_part
    target.is_part = True
    lower, upper = op[2], op[3]
    is_exact &= source.type in INDEXED and isinstance(lower, int | None) and (lower or 0) >= 0
    s.flow(source.rest, target.rest)

    def shift(key: Key, node: Node) -> None:
        position = key[1]
        if not (is_exact and key[0] == "int" and isinstance(position, int)):
            s.flow(node, target.rest)
        elif position >= (lower or 0) and (upper is None or upper < 0 or position < upper):
            s.flow(node, item_node(s, target, ("int", position - (lower or 0))))

    watch_items(s, source, shift)
    return made


RULES = {
    ops.DICT: mapping,
    ops.COMPREHENSION: comprehension,
    ops.SLICE: part,
}
