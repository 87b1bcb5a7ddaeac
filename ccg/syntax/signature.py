"""The text of a function's parameters, as `ast.unparse` writes them; no I/O."""

import ast
from collections.abc import Callable
from typing import Any

_DOTTED = (ast.Name, ast.Attribute, ast.Subscript)
"""What may stand before a dot or a bracket without parentheses."""
_OPERANDS = (*_DOTTED, ast.Constant)
_EXACT = (str, bytes, int, type(None))
"""Constants that are written as Python represents them."""


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the parameters in parentheses and the return's type."""
    text = f"({', '.join(_parameters(node.args))})"
    return f"{text} -> {written(node.returns)}" if node.returns else text


def written(node: ast.expr) -> str:
    """Return an expression's text; what is usual in annotations and defaults takes no `unparse`."""
    text = _usual(node)
    return ast.unparse(node) if text is None else text


def _parameters(arguments: ast.arguments) -> list[str]:
    positional, defaults = arguments.args, arguments.defaults
    if arguments.posonlyargs:
        positional = [*arguments.posonlyargs, *positional]
    bare = len(positional) - len(defaults)
    texts = [_parameter(argument) for argument in positional[:bare]]
    texts += map(_parameter, positional[bare:], defaults)
    if arguments.posonlyargs:
        texts.insert(len(arguments.posonlyargs), "/")
    if arguments.vararg:
        texts.append(f"*{_parameter(arguments.vararg)}")
    elif arguments.kwonlyargs:
        texts.append("*")
    texts += map(_parameter, arguments.kwonlyargs, arguments.kw_defaults)
    if arguments.kwarg:
        texts.append(f"**{_parameter(arguments.kwarg)}")
    return texts


def _parameter(argument: ast.arg, default: ast.expr | None = None) -> str:
    text = argument.arg
    if argument.annotation:
        text = f"{text}: {written(argument.annotation)}"
    return f"{text}={written(default)}" if default else text


def _usual(node: ast.expr) -> str | None:
    """Return the text of an expression of a usual kind, None for another."""
    if isinstance(node, ast.Name):
        return node.id
    write = _WRITERS.get(type(node))
    return write(node) if write is not None else None


def _constant(node: ast.Constant) -> str | None:
    if node.value is ...:
        return "..."
    is_exact = node.kind is None and isinstance(node.value, _EXACT)
    return repr(node.value) if is_exact else None


def _attribute(node: ast.Attribute) -> str | None:
    base = _usual(node.value) if isinstance(node.value, _DOTTED) else None
    return None if base is None else f"{base}.{node.attr}"


def _subscript(node: ast.Subscript) -> str | None:
    base = _usual(node.value) if isinstance(node.value, _DOTTED) else None
    index = node.slice
    parts = index.elts if isinstance(index, ast.Tuple) else []
    key = _items(parts) if parts else _usual(index)
    return None if base is None or key is None else f"{base}[{key}]"


def _union(node: ast.BinOp) -> str | None:
    """Write `a | b | c`: what is grouped to the right would need parentheses."""
    if not isinstance(node.op, ast.BitOr) or not isinstance(node.right, _OPERANDS):
        return None
    left = _usual(node.left) if isinstance(node.left, (*_OPERANDS, ast.BinOp)) else None
    right = _usual(node.right)
    return None if left is None or right is None else f"{left} | {right}"


def _negative(node: ast.UnaryOp) -> str | None:
    operand = node.operand
    is_number = isinstance(node.op, ast.USub) and isinstance(operand, ast.Constant)
    text = _usual(operand) if is_number else None
    return None if text is None else f"-{text}"


def _list(node: ast.List) -> str | None:
    parts = _all(node.elts)
    return None if parts is None else f"[{', '.join(parts)}]"


def _tuple(node: ast.Tuple) -> str | None:
    items = _items(node.elts)
    return None if items is None else f"({items})"


def _items(nodes: list[ast.expr]) -> str | None:
    """Write a tuple's items, which take a comma where there is only one."""
    parts = _all(nodes)
    if parts is None:
        return None
    return f"{parts[0]}," if len(parts) == 1 else ", ".join(parts)


def _all(nodes: list[ast.expr]) -> list[str] | None:
    """Return the texts of all, None when one of them is not of a usual kind."""
    parts = [text for node in nodes if (text := _usual(node)) is not None]
    return parts if len(parts) == len(nodes) else None


_WRITERS: dict[type[ast.expr], Callable[[Any], str | None]] = {
    ast.Attribute: _attribute,
    ast.BinOp: _union,
    ast.Constant: _constant,
    ast.List: _list,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.UnaryOp: _negative,
}
