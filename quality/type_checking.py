"""Which statements of a module are for type checkers alone; no I/O."""

import ast
from collections.abc import Iterator, Sequence
from typing import Protocol

from quality.definitions import Definition, inner_statements
from quality.remembered import remembered

_NAME = "TYPE_CHECKING"
_TYPING = frozenset({"typing", "typing_extensions"})
_BINDING = frozenset(
    {ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.MatchAs, ast.ExceptHandler}
    | {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg, ast.keyword}
)
"""What may bind a name besides `ast.Name`: most nodes are nothing of the kind."""


class Parsed(Protocol):
    """A module's tree, and all nodes of it in the order of `ast.walk`."""

    @property
    def tree(self) -> ast.Module:
        """Return the tree."""
        ...

    @property
    def nodes(self) -> Sequence[ast.AST]:
        """Return the nodes."""
        ...


class TypeChecking:
    """Knows the name by which a module asks whether a type checker reads it."""

    def __init__(self, module: Parsed) -> None:
        self._module = module

    def guards(self, node: ast.stmt) -> bool:
        """Tell whether the body of a statement never runs: `if TYPE_CHECKING`, by typing's own name.

        A module that gives the name another value than False runs what is below it.
        """
        test = node.test if isinstance(node, ast.If) else None
        return _dotted(test).rpartition(".")[2] == _NAME and _dotted(test) in self._names

    @property
    def _names(self) -> frozenset[str]:
        return _asking(self._module)


@remembered
def _asking(module: Parsed) -> frozenset[str]:
    """Return the names by which a module asks."""
    found: set[tuple[str, bool]] = set()
    harmless: set[ast.AST] = set()
    for node in module.nodes:
        if isinstance(node, ast.Name):
            if _is_stored(node) and node not in harmless:
                found.add((_NAME, False))
        elif type(node) in _BINDING:
            found.update(_bound(node))
            if isinstance(node, ast.Assign | ast.AnnAssign) and _is_false(node.value):
                harmless.update(_targets(node))
    found.update((_dotted(target), False) for target in _assigned(module.tree))
    others = {name for name, is_typing in found if not is_typing}
    if _NAME in others:
        return frozenset()
    names = {name for name, is_typing in found if is_typing} - others
    return frozenset(name for name in names if name.partition(".")[0] not in others)


def _dotted(node: ast.AST | None) -> str:
    """Return a name, or a name and its attribute; empty for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _is_stored(node: ast.Name) -> bool:
    return node.id == _NAME and isinstance(node.ctx, ast.Store)


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _assigned(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield what a module assigns to outside of its functions: in these many a local is named `t`."""
    waiting: list[ast.stmt] = [*tree.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Assign | ast.AnnAssign) and not _is_false(node.value):
            yield from _targets(node)
        elif not isinstance(node, Definition):
            waiting.extend(inner_statements(node))


def _bound(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield what a node binds, and whether it is then as typing has it."""
    if isinstance(node, ast.Import):
        yield from map(_imported, node.names)
    elif isinstance(node, ast.ImportFrom):
        is_typing = not node.level and node.module in _TYPING
        for alias in node.names:
            name = _NAME if alias.name == "*" else alias.asname or alias.name
            if alias.name != "*" or is_typing:
                yield name, is_typing and alias.name in {_NAME, "*"}
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        every = ((_dotted(target), _is_false(node.value)) for target in _targets(node))
        yield from (item for item in every if item[0].rpartition(".")[2] == _NAME)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, False
    elif _NAME in _named(node):
        yield _NAME, False


def _named(node: ast.AST) -> tuple[str | None, ...]:
    """Return what a pattern, a handler, a parameter or an argument of a call is named."""
    if isinstance(node, ast.MatchAs | ast.ExceptHandler):
        return (node.name,)
    return (node.arg,) if isinstance(node, ast.arg | ast.keyword) else ()


def _imported(alias: ast.alias) -> tuple[str, bool]:
    name = alias.asname or alias.name.partition(".")[0]
    return (f"{name}.{_NAME}", True) if alias.name in _TYPING else (name, False)
