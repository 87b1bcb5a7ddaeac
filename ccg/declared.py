"""What a project declares to be used from outside: entry points, `__all__`, decorated functions.

The declaring files are read and parsed, never run.
"""

import ast
import configparser
import tomllib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ccg.graph import Graph
from ccg.model import NodeType
from ccg.roles import is_test_path
from ccg.source import MAX_BYTES, read_regular

MAX_MENTIONS = 20
"""Places that are kept of each name."""
_TABLES = (
    ("project", "scripts"),
    ("project", "gui-scripts"),
    ("project", "entry-points"),
    ("tool", "poetry", "scripts"),
    ("tool", "poetry", "plugins"),
    ("tool", "flit", "scripts"),
)
_HARMLESS = frozenset(
    {
        *("abstractmethod", "asynccontextmanager", "cache", "cached_property", "classmethod"),
        *("contextmanager", "dataclass", "deleter", "deprecated", "final", "getter", "lru_cache"),
        *("no_type_check", "overload", "override", "property", "runtime_checkable", "setter"),
        *("singledispatch", "staticmethod", "total_ordering", "unique", "wraps"),
    }
)
"""Decorators of the standard library that hand their function to nobody, by their last names."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Names of a graph that somebody outside of it may use."""

    entry_points: frozenset[str] = frozenset()
    """Ids that console scripts and entry points name."""
    exported: frozenset[str] = frozenset()
    """Ids that a module's `__all__` names."""
    decorated: Mapping[str, str] = field(default_factory=dict)
    """Ids of functions and classes that a decorator may have registered, with its name."""
    named: frozenset[str] = frozenset()
    """Ids that stand in a string, as `package.module.name` or `package.module:name`."""
    mentions: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """Where a bare name or an attribute of this name is read: the first paths and lines."""
    notes: tuple[str, ...] = ()
    """Declaring files that could not be read, and why."""


def read_declared(root: Path, graph: Graph) -> Declared:
    """Read the project files of the root and the modules of its graph; tests declare nothing."""
    notes: list[str] = []
    imported = _imported(graph)
    ids = {node.id for node in graph.nodes}
    names = list(_entry_points(root, notes))
    exported: set[str] = set()
    decorated: dict[str, str] = {}
    named: set[str] = set()
    mentions: dict[str, list[tuple[str, int]]] = {}
    for node in graph.nodes:
        if node.type is NodeType.MODULE and node.path and not is_test_path(node.path):
            tree = _parse(_read(root, node.path))
            if tree is not None:
                exported.update(f"{node.id}.{name}" for name in _all_names(tree))
                decorated.update(_decorated(tree, node.id))
                named.update(_named(tree) & ids)
                _mention(tree, node.path, mentions)
    return Declared(
        entry_points=frozenset(imported.get(name, name) for name in names),
        exported=frozenset(imported.get(name, name) for name in exported),
        decorated=decorated,
        named=frozenset(named),
        mentions={name: tuple(sorted(places)) for name, places in mentions.items()},
        notes=tuple(notes),
    )


def _imported(graph: Graph) -> dict[str, str]:
    """Return of the names that modules import, `package.name`, the ids they stand for."""
    modules = {node.id for node in graph.nodes if node.type is NodeType.MODULE}
    ids = {node.id for node in graph.nodes}
    found: dict[str, str] = {}
    for edge in graph.edges:
        if edge.type == "imports" and edge.source in modules:
            name = f"{edge.source}.{edge.target.rpartition('.')[2]}"
            if name not in ids:
                found.setdefault(name, edge.target)
    return found


def _read(root: Path, path: str) -> bytes | None:
    try:
        return read_regular(root, path, limit=MAX_BYTES)
    except OSError:
        return None


def _parse(content: bytes | None) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the analysed code, not about ours
            return None if content is None else ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _entry_points(root: Path, notes: list[str]) -> Iterator[str]:
    """Yield the dotted names that the project's own files declare as entry points."""
    for path, reader in (
        ("pyproject.toml", _from_pyproject),
        ("setup.cfg", _from_setup_cfg),
        ("setup.py", _from_setup_py),
    ):
        content = _read(root, path)
        if content is None:
            continue
        try:
            references = list(reader(content))
        except (ValueError, TypeError, configparser.Error, SyntaxError, RecursionError) as error:
            notes.append(
                f"{path} cannot be understood: {(str(error) or 'no reason').splitlines()[0]}"
            )
            continue
        for reference in references:
            module, _, attribute = reference.partition("[")[0].strip().partition(":")
            yield f"{module.strip()}.{attribute.strip()}" if attribute else module.strip()


def _from_pyproject(content: bytes) -> Iterator[str]:
    data = tomllib.loads(content.decode("utf-8"))
    for road in _TABLES:
        table: Any = data
        for name in road:
            table = table.get(name, {}) if isinstance(table, dict) else {}
        yield from _texts(table)


def _from_setup_cfg(content: bytes) -> Iterator[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(content.decode("utf-8"))
    if parser.has_section("options.entry_points"):
        yield from _lines(value for _, value in parser.items("options.entry_points"))


def _from_setup_py(content: bytes) -> Iterator[str]:
    for node in ast.walk(_parse(content) or ast.Module([], [])):
        if isinstance(node, ast.keyword) and node.arg == "entry_points":
            value = ast.literal_eval(node.value)
            groups = value.values() if isinstance(value, dict) else [value]
            for group in groups:
                yield from _lines([group] if isinstance(group, str) else _texts(group))


def _texts(value: Any) -> Iterator[str]:
    """Yield the strings of nested tables and lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _lines(values: Iterable[str]) -> Iterator[str]:
    """Yield the right sides of lines like `name = module:attribute`."""
    for value in values:
        for line in value.splitlines():
            if "=" in line:
                yield line.partition("=")[2].strip()


def _all_names(tree: ast.Module) -> set[str]:
    """Return the literal names that `__all__` is given or extended with."""
    found: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            targets: list[ast.expr] = statement.targets
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
            targets = [statement.target]
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            values = ast.walk(statement.value) if statement.value else ()
            constants = (node.value for node in values if isinstance(node, ast.Constant))
            found.update(value for value in constants if isinstance(value, str))
    return found


def _named(tree: ast.Module) -> set[str]:
    """Return the dotted names that stand in the strings of a module."""
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    texts = (value for value in constants if isinstance(value, str) and len(value) <= 200)
    return {text.replace(":", ".") for text in texts if "." in text or ":" in text}


def _mention(tree: ast.Module, path: str, mentions: dict[str, list[tuple[str, int]]]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = node.id if isinstance(node, ast.Name) else node.attr
            places = mentions.setdefault(name, [])
            if len(places) < MAX_MENTIONS:
                places.append((path, node.lineno))


def _decorated(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    """Yield the ids of what is decorated by something that may register it."""
    waiting: list[tuple[ast.AST, str]] = [(tree, module)]
    while waiting:
        scope, name = waiting.pop()
        for child in ast.iter_child_nodes(scope):
            inner = name
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{name}.{child.name}"
                registering = [
                    d for d in map(_last_name, child.decorator_list) if d not in _HARMLESS
                ]
                if registering:
                    yield inner, registering[0]
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                waiting.append((child, inner))


def _last_name(decorator: ast.expr) -> str:
    while isinstance(decorator, ast.Call):
        decorator = decorator.func
    if isinstance(decorator, ast.Attribute):
        return decorator.attr
    return decorator.id if isinstance(decorator, ast.Name) else "an expression"
