"""The functions and classes of a parsed file with their qualified names; no I/O."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Defined:
    """A function or class, and where it stands."""

    name: str
    """Qualified within its file, such as `Class.method` or `outer.inner`."""
    node: Definition
    owner: Definition | None
    """The class or function in whose body it stands directly."""


def definitions(tree: ast.Module) -> Iterator[Defined]:
    """Yield all definitions of a file from the top, those in other statements included."""
    waiting: list[tuple[ast.stmt, str, Definition | None]] = [
        (statement, "", None) for statement in reversed(tree.body)
    ]
    while waiting:
        node, prefix, owner = waiting.pop()
        if isinstance(node, Definition):
            name = prefix + node.name
            yield Defined(name, node, owner)
            prefix, owner = f"{name}.", node
        waiting.extend((inner, prefix, owner) for inner in reversed(inner_statements(node)))


def functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Yield the functions of a file from the top, methods and inner ones included."""
    for item in definitions(tree):
        if not isinstance(item.node, ast.ClassDef):
            yield item.name, item.node


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield all statements of a file from the top, each before those in it."""
    waiting = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(inner_statements(node)))


def inner_statements(node: ast.stmt) -> list[ast.stmt]:
    """Return the statements that stand directly in a statement, in their order."""
    found: list[ast.stmt] = [*getattr(node, "body", ())]
    if isinstance(node, ast.Match):
        for case in node.cases:
            found += case.body
    for handler in getattr(node, "handlers", ()):
        found += handler.body
    found += getattr(node, "orelse", ())
    found += getattr(node, "finalbody", ())
    return found


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body but for those within inner functions and classes.

    An inner definition itself is yielded, what is in it is not.
    """
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))
