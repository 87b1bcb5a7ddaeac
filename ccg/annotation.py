"""What a type annotation says about a value's class; no I/O."""

import ast

from ccg.facts import Annotated, Attribute, Either, Expression, Name

_TRANSPARENT = frozenset({"Annotated", "ClassVar", "Final", "Optional", "Required", "Union"})
"""Subscripted names of `typing` whose arguments are the type itself."""
_NOTHING = frozenset({"Any", "None", "object"})


def read_annotation(node: ast.expr | None) -> Expression:
    """Return an instance of the annotated class, of either of a union's, or None."""
    match node:
        case ast.Constant(value=str(text)):
            return read_annotation(_parse(text))
        case ast.Name(id=name) if name not in _NOTHING:
            return Annotated(Name(name))
        case ast.Attribute():
            dotted = _dotted(node)
            return dotted and Annotated(dotted)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _either([left, right])
        case ast.Subscript(value=value, slice=index):
            return _subscript(value, index)
    return None


def _subscript(value: ast.expr, index: ast.expr) -> Expression:
    name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
    arguments = index.elts if isinstance(index, ast.Tuple) else [index]
    if name in {"type", "Type"}:
        return _dotted(arguments[0])
    if name == "Annotated":
        return read_annotation(arguments[0])
    if name in _TRANSPARENT:
        return _either(arguments)
    return read_annotation(value)


def _either(nodes: list[ast.expr]) -> Expression:
    return Either(tuple(option for node in nodes if (option := read_annotation(node))))


def _dotted(node: ast.expr) -> Expression:
    if isinstance(node, ast.Name):
        return Name(node.id)
    if isinstance(node, ast.Attribute) and (value := _dotted(node.value)):
        return Attribute(value, node.attr)
    return None


def _parse(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
