"""Reads type annotations: what they name is looked up as the code around would; no I/O."""

import ast
from typing import Any

from ccg.syntax import ops
from ccg.syntax.expressions import ExpressionLowerer

MAX_NESTING = 12
"""Levels of an annotation that are read."""


class AnnotationReader(ExpressionLowerer):
    """Turns annotations into types of `ModuleFacts.annotations`."""

    def annotation(self, node: ast.expr | None) -> int:
        """Return the number of an annotation's type, -1 where it says nothing."""
        kind = self._type(node, 0) if node is not None else None
        if kind is None:
            return -1
        self.facts.annotations.append(kind)
        return len(self.facts.annotations) - 1

    def _type(self, node: ast.expr, depth: int) -> Any:
        if depth > MAX_NESTING:
            return None
        match node:
            case ast.Constant(value=str(text)):
                parsed = _parse(text)
                return self._type(parsed, depth + 1) if parsed else None
            case ast.Name(id=name):
                return ["ref", self._lazy(name)]
            case ast.Attribute():
                value = self._dotted(node)
                return None if value < 0 else ["ref", value]
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return ["union", [self._type(left, depth + 1), self._type(right, depth + 1)]]
            case ast.Subscript(value=value, slice=index):
                base = self._dotted(value)
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                of = [self._type(part, depth + 1) for part in parts]
                return None if base < 0 else ["of", base, of]
            case ast.List(elts=elements):
                return ["union", [self._type(element, depth + 1) for element in elements]]
        return None

    def _lazy(self, name: str) -> int:
        """Return a name's value; one that is bound only later is looked up among the module's."""
        value = self.scope.state.values.get(name)
        if value is not None and self.scope.is_function:
            return value
        if self.scope.is_function and name in self.scope.names:
            return self.emit_free(self.scope.unit, name)
        return self.load_outside(name)

    def _dotted(self, node: ast.expr) -> int:
        if isinstance(node, ast.Name):
            return self._lazy(node.id)
        if isinstance(node, ast.Attribute):
            base = self._dotted(node.value)
            return base if base < 0 else self.emit((ops.ATTR, base, node.attr))
        return -1


def _parse(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
