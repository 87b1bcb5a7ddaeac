"""Which names a scope's code binds; no I/O."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ccg.complexity import PARTS

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CLOSED = (*_COMPREHENSIONS, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
"""What is inside of these binds nothing around, but for the `:=` of a comprehension."""
_ALL_PARTS = {kind: parts for kind, parts in PARTS.items() if kind not in _CLOSED}
_READ_FIELDS = frozenset(
    {
        *("annotation", "cause", "cls", "context_expr", "exc", "guard", "iter", "keys", "msg"),
        *("subject", "test", "type", "type_params", "value"),
    }
)
"""Fields of expressions that are read."""
_STATEMENT_PARTS = {
    **{
        kind: tuple(name for name in parts if name not in _READ_FIELDS)
        for kind, parts in _ALL_PARTS.items()
        if not issubclass(kind, ast.expr)
    },
    ast.List: ("elts",),
    ast.Starred: ("value",),
    ast.Tuple: ("elts",),
}
"""Where code binds names that holds no `:=`: in its statements and their targets."""


@dataclass(slots=True)
class Bindings:
    """What the code of a scope does to names, inner scopes apart."""

    names: set[str] = field(default_factory=set)
    """What it binds, but for what it declares global or nonlocal."""
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)


def bound_names(code: Iterable[ast.AST], *, may_bind_in_expressions: bool = True) -> Bindings:
    """Return what the code does to names; less is read where its expressions are known to bind none."""
    found = Bindings()
    names = found.names
    parts_of = _ALL_PARTS if may_bind_in_expressions else _STATEMENT_PARTS
    worklist = list(code)
    while worklist:
        node: Any = worklist.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:
                names.add(node.id)
            continue
        for name in parts_of.get(kind, ()):
            part = getattr(node, name, None)
            if part:
                if type(part) is list:
                    worklist += part
                else:
                    worklist.append(part)
        note = _NOTES.get(kind)
        if note is not None:
            note(found, node)
    if found.globals or found.nonlocals:
        names -= found.globals | found.nonlocals
    return found


def _definition(found: Bindings, node: Any) -> None:
    found.names.add(node.name)


def _import(found: Bindings, node: ast.Import | ast.ImportFrom) -> None:
    found.names.update((a.asname or a.name.partition(".")[0]) for a in node.names)


def _global(found: Bindings, node: ast.Global) -> None:
    found.globals.update(node.names)


def _nonlocal(found: Bindings, node: ast.Nonlocal) -> None:
    found.nonlocals.update(node.names)


def _capture(found: Bindings, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> None:
    if node.name:
        found.names.add(node.name)


def _rest(found: Bindings, node: ast.MatchMapping) -> None:
    if node.rest:
        found.names.add(node.rest)


def _comprehension(found: Bindings, node: ast.AST) -> None:
    for inner in ast.walk(node):
        if isinstance(inner, ast.NamedExpr):
            found.names.add(inner.target.id)


def _type_alias(found: Bindings, node: Any) -> None:
    found.names.add(node.name.id)


_NOTES: dict[type, Callable[[Bindings, Any], None]] = {
    **dict.fromkeys(_COMPREHENSIONS, _comprehension),
    ast.AsyncFunctionDef: _definition,
    ast.ClassDef: _definition,
    ast.ExceptHandler: _capture,
    ast.FunctionDef: _definition,
    ast.Global: _global,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.MatchAs: _capture,
    ast.MatchMapping: _rest,
    ast.MatchStar: _capture,
    ast.Nonlocal: _nonlocal,
}
if hasattr(ast, "TypeAlias"):
    _NOTES[ast.TypeAlias] = _type_alias
