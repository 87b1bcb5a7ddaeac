"""What can make a test fail: not what no run comes to, nor what fails and is passed over; no I/O."""

import ast

from quality.unreachable import ends

_BLOCKS = frozenset({"body", "orelse", "finalbody"})
_CAUGHT = frozenset({"AssertionError", "Exception", "BaseException"})
"""The classes of what an assertion raises."""


def live_nodes(root: ast.AST) -> list[ast.AST]:
    """Return the nodes that `ast.walk` yields, in its order, but for those that cannot fail.

    Left out is what stands behind a `return` and its like, below `if False`, in a `try` whose handler
    passes over a failed assertion, and in a `with suppress(...)` of one.
    """
    found = [root]
    for node in found:  # it grows
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list) and not (name == "body" and _is_idle(node)):
                is_block = name in _BLOCKS
                for item in value:
                    if isinstance(item, ast.AST):
                        found.append(item)
                        if is_block and isinstance(item, ast.stmt) and ends(item):
                            break
    return found


def _is_idle(node: ast.AST) -> bool:
    """Tell whether nothing that fails in the body of a statement makes the function fail."""
    match node:
        case ast.If() | ast.While():
            return isinstance(node.test, ast.Constant) and not node.test.value
        case ast.Try() | ast.TryStar():
            return any(_passes_over(handler) for handler in node.handlers)
        case ast.With() | ast.AsyncWith():
            return any(_suppresses(item.context_expr) for item in node.items)
    return False


def _passes_over(handler: ast.ExceptHandler) -> bool:
    is_caught = handler.type is None or _is_of_assertions(handler.type)
    return is_caught and all(map(_is_nothing, handler.body))


def _suppresses(context: ast.expr) -> bool:
    return (
        isinstance(context, ast.Call)
        and _last_name(context.func) == "suppress"
        and any(map(_is_of_assertions, context.args))
    )


def _is_of_assertions(kind: ast.expr) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(_last_name(each) in _CAUGHT for each in kinds)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return | ast.Expr):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass | ast.Continue)
