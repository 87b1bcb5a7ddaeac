"""What is stored in attributes of classes and instances from elsewhere; no I/O.

Nothing is kept for the many attributes that nobody stores: readers wait under the attribute's name until
somebody does.
"""

from collections.abc import Callable

from ccg.solve.node import Node
from ccg.solve.objects import Class
from ccg.solve.solver import Solver

OF_CLASS, OF_INSTANCE = "class", "instance"
Then = Callable[[Class, Node], None]


def stored(s: Solver, kind: str, cls: Class, name: str) -> Node:
    """Return what is stored in an attribute of a class, or of its instances."""
    holders: dict[int, tuple[Class, Node]] = s.memo.setdefault(("holders", kind, name), {})
    known = holders.get(cls.id)
    if known is not None:
        return known[1]
    node = Node()
    holders[cls.id] = (cls, node)
    for ancestors, then in s.memo.get(("wanted", kind, name), ()):
        if cls.id in ancestors:
            then(cls, node)
    return node


def want(s: Solver, kind: str, classes: list[Class], name: str, then: Then) -> None:
    """Call with each of these classes in which somebody stores the attribute, now or later."""
    ancestors = {cls.id for cls in classes}
    wanted: list[tuple[set[int], Then]] = s.memo.setdefault(("wanted", kind, name), [])
    wanted.append((ancestors, then))
    holders: dict[int, tuple[Class, Node]] = s.memo.get(("holders", kind, name), {})
    for cls, node in list(holders.values()):
        if cls.id in ancestors:
            then(cls, node)
