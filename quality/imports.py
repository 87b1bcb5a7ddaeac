"""Which modules of a tree import which when they are loaded; no I/O."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from ccg.source import Source, module_name, source_folder_of
from quality.definitions import Function, inner_statements, is_for_types_only


def modules(sources: Sequence[Source]) -> dict[str, Source]:
    """Return the files by the dotted names under which they are imported."""
    paths = frozenset(source.path for source in sources)
    return {
        module_name(source.path, source_folder=source_folder_of(source.path, paths=paths)): source
        for source in sources
    }


def imported(name: str, known: Mapping[str, Source]) -> dict[str, int]:
    """Return the modules that a module imports while it is loaded, each with its first line.

    Imports in functions, for type checkers and under `if __name__ == "__main__"` are left out. A package is imported by
    its submodule only where the submodule asks it for a name.
    """
    found: dict[str, int] = {}
    for node in _loaded(known[name].tree):
        for target in targets(node, name, known):
            if target != name:
                found.setdefault(target, node.lineno)
    return found


def _loaded(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    waiting: list[ast.stmt] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif is_for_types_only(node) or _is_for_scripts_only(node):
            waiting.extend(reversed(getattr(node, "orelse", ())))
        elif not isinstance(node, Function):
            waiting.extend(reversed(inner_statements(node)))


def _is_for_scripts_only(node: ast.stmt) -> bool:
    test = node.test if isinstance(node, ast.If) else None
    return isinstance(test, ast.Compare) and getattr(test.left, "id", "") == "__name__"


def targets(
    node: ast.Import | ast.ImportFrom, name: str, known: Mapping[str, Source]
) -> Iterator[str]:
    """Yield the modules that an import in the module `name` may load."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in known)
        return
    base = _base(node, name, is_package=known[name].path.endswith("__init__.py"))
    for alias in node.names:
        submodule = f"{base}.{alias.name}" if base else alias.name
        if submodule in known:
            yield submodule
        elif base in known:
            yield base


def _base(node: ast.ImportFrom, name: str, *, is_package: bool) -> str:
    """Return the absolute name of the module that is imported from."""
    if not node.level:
        return node.module or ""
    parts = name.split(".")
    drop = node.level - is_package
    above = parts[: len(parts) - drop] if drop else parts
    return ".".join([*above, *([node.module] if node.module else [])])
