"""Assertions that hold whatever the code under test does; no I/O."""

import ast
from dataclasses import dataclass

from ccg.nodes import outline, walk

_REFLEXIVE = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_REFLEXIVE_METHODS = frozenset(
    {"assertEqual", "assertIs", "assertListEqual", "assertDictEqual", "assertSetEqual"}
    | {"assertTupleEqual", "assertSequenceEqual", "assertCountEqual", "assertMultiLineEqual"}
)
_PURE = (ast.Name, ast.Attribute, ast.Constant, ast.expr_context)


@dataclass(frozen=True, slots=True)
class AlwaysTrue:
    """Why an assertion always holds, and whether an `__eq__` under test may be what is meant."""

    reason: str
    may_test_equality: bool = False


def says_nothing(node: ast.Assert | ast.Call) -> bool:
    """Tell whether the assertion holds for certain."""
    found = always_true(node)
    return found is not None and not found.may_test_equality


def always_true(node: ast.Assert | ast.Call) -> AlwaysTrue | None:
    """Return why the assertion says nothing, None where it says something."""
    if isinstance(node, ast.Assert):
        return _of_expression(node.test)
    if not isinstance(node.func, ast.Attribute) or not node.args:
        return None
    first = node.args[0]
    match node.func.attr:
        case "assertTrue":
            return _of_expression(first)
        case "assertFalse" if _truth(first) is False:
            return AlwaysTrue("a constant")
        case "assertIsNotNone" if isinstance(first, ast.Constant) and first.value is not None:
            return AlwaysTrue("a constant")
        case method if method in _REFLEXIVE_METHODS and len(node.args) > 1:
            return _of_pair(first, node.args[1], is_identity=method == "assertIs")
    return None


def _of_expression(node: ast.expr) -> AlwaysTrue | None:
    if isinstance(node, ast.Tuple) and node.elts:
        return AlwaysTrue("a tuple, which is true whatever stands in it")
    if _truth(node):
        return AlwaysTrue("a constant")
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return AlwaysTrue("a constant") if any(map(_truth, node.values)) else None
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        operator = node.ops[0]
        if isinstance(operator, _REFLEXIVE):
            is_identity = isinstance(operator, ast.Is)
            return _of_pair(node.left, node.comparators[0], is_identity=is_identity)
    return None


def _truth(node: ast.expr) -> bool | None:
    """Return whether a constant is true, None for what is no constant."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _truth(node.operand)
        return None if inner is None else not inner
    return None


def _of_pair(left: ast.expr, right: ast.expr, *, is_identity: bool) -> AlwaysTrue | None:
    if not all(isinstance(node, _PURE) for node in walk(left)):
        return None
    if outline(left) != outline(right):
        return None
    is_constant = isinstance(left, ast.Constant)
    # An attribute may be a property, and equality may be what is tested.
    may_mean = not is_constant and (not is_identity or isinstance(left, ast.Attribute))
    return AlwaysTrue("a comparison of something with itself", may_test_equality=may_mean)
