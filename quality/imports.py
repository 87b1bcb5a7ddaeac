"""Which modules of a tree import which when they are loaded; no I/O."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from ccg.source import Source, module_name, source_folder_of
from quality.definitions import Function, inner_statements
from quality.type_checking import TypeChecking


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
    for node in _loaded(known[name]):
        for target in targets(node, name, known):
            if target != name:
                found.setdefault(target, node.lineno)
    return found


def _loaded(source: Source) -> Iterator[ast.Import | ast.ImportFrom]:
    checking = TypeChecking(source)
    waiting: list[ast.stmt] = list(reversed(source.tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif checking.guards(node) or _is_for_scripts_only(node):
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
    for names in candidates(node, name, is_package=known[name].path.endswith("__init__.py")):
        yield from [each for each in names if each in known][:1]


def candidates(
    node: ast.Import | ast.ImportFrom, name: str, *, is_package: bool
) -> Iterator[tuple[str, ...]]:
    """Yield for each name of an import in the module `name` what it may load: the first that is there."""
    if isinstance(node, ast.Import):
        yield from ((alias.name,) for alias in node.names)
        return
    base = absolute(node.module or "", node.level, name, is_package=is_package)
    for alias in node.names:
        yield (f"{base}.{alias.name}", base) if base else (alias.name,)


def absolute(module: str, level: int, name: str, *, is_package: bool) -> str:
    """Return the name of a module that is given with `level` dots before it in the module `name`."""
    if not level:
        return module
    parts = name.split(".")
    drop = level - is_package
    above = parts[: len(parts) - drop] if drop else parts
    return ".".join([*above, *([module] if module else [])])
