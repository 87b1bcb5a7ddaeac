"""What each definition of a file itself says, so that two versions can be compared; no I/O."""

import ast
from collections.abc import Iterator

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def own_code(tree: ast.Module) -> dict[str, str]:
    """Return a text per name, equal when the code is: moved, re-formatted or commented is equal.

    The module has the name ``""``, the rest their dotted names in it, such as `Class.method`;
    a variable of a module or class has what is assigned to it. A definition's own code is without
    that of the definitions within; docstrings and imports are left out, since an import shows in
    the edges. The tree is used up.

    Raises:
        RecursionError: the code is nested too deeply.
    """
    found: dict[str, list[str]] = {"": []}
    _collect(tree, "", found)
    return {name: "\n".join(parts) for name, parts in found.items()}


def _collect(scope: ast.Module | Definition, name: str, found: dict[str, list[str]]) -> None:
    _without_docstring(scope)
    for inner in list(_definitions(scope)):
        inner_name = f"{name}.{inner.name}" if name else inner.name
        found.setdefault(inner_name, [])
        _collect(inner, inner_name, found)
        _empty(inner)
    own = found[name]
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        own.append(ast.dump(scope))
        return
    if isinstance(scope, ast.ClassDef):
        own += [ast.dump(part) for part in (*scope.decorator_list, *scope.bases, *scope.keywords)]
    for statement in scope.body:
        if not isinstance(statement, (*_DEFINITIONS, ast.Import, ast.ImportFrom)):
            target = _assigned(statement)
            place = found.setdefault(f"{name}.{target}" if name else target, []) if target else own
            place.append(ast.dump(statement))


def _without_docstring(scope: ast.Module | Definition) -> None:
    first = scope.body[0] if scope.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        scope.body = scope.body[1:]


def _definitions(scope: ast.AST) -> Iterator[Definition]:
    """Yield the definitions that stand directly in a scope, in whatever statement."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, Definition):
            yield child
        else:
            yield from _definitions(child)


def _empty(definition: Definition) -> None:
    """Leave of a definition no more than that it stands there."""
    definition.body, definition.decorator_list = [], []
    if isinstance(definition, ast.ClassDef):
        definition.bases, definition.keywords = [], []
    else:
        definition.returns = None
        definition.args = ast.arguments([], [], None, [], [], None, [])


def _assigned(statement: ast.stmt) -> str:
    """Return the one name that a statement gives a value to, if it does nothing else."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr | None = statement.targets[0]
    else:
        target = statement.target if isinstance(statement, ast.AnnAssign | ast.AugAssign) else None
    return target.id if isinstance(target, ast.Name) else ""
