"""The nodes of a syntax tree; no I/O."""

from ast import AST


def walk(root: AST) -> list[AST]:
    """Return what `ast.walk` yields, in its order, in little more than half of its time."""
    found = [root]
    for node in found:  # it grows
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, AST)]
            elif isinstance(value, AST):
                found.append(value)
    return found


def outline(root: AST) -> tuple[object, ...]:
    """Return what a tree says, however deep it is: the same for trees that differ in their places alone."""
    return tuple(item for node in walk(root) for item in said(node))


def said(node: AST) -> list[object]:
    """Return what a node says without the nodes in it: its type, its values and how many nodes it has."""
    found: list[object] = [type(node)]
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [len(value), *map(_said, value)]
        else:
            found.append(_said(value))
    return found


def _said(value: object) -> object:
    # A number equals another of another type: 1 and True and 1.0.
    return AST if isinstance(value, AST) else (type(value), value)
