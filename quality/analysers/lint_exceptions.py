"""What ruff finds and the code around it shows to be as it should be; no I/O.

Ruff looks at one file at a time and knows neither who imports from it nor what is made to be
imported from.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from ccg.source import Source
from quality.remembered import remembered

AVAILABILITY = "importlib.util.find_spec"
"""Ruff's advice where an import only asks whether something is installed."""
CHANGING_CALLS = frozenset(
    {"choice", "getcwd", "getpid", "monotonic", "now", "perf_counter", "randint", "random", "time"}
    | {"time_ns", "today", "token_bytes", "token_hex", "token_urlsafe", "utcnow", "uuid1", "uuid4"}
)
"""Functions whose result differs between the definition and a later call."""
_NAMED = re.compile(r"`([^`]+)`")
_EXPORTS = "__all__"


def is_meant(rule: str, message: str, *, source: Source, sources: Sequence[Source]) -> bool:
    """Tell whether a finding is none.

    Args:
        rule: ruff's code.
        message: ruff's words; the first name between backticks is what the finding is about.
        source: the file.
        sources: all files, which may import from it.
    """
    named = _NAMED.search(message)
    name = named[1].rpartition(".")[2] if named else ""
    match rule:
        case "F401":
            is_asked = AVAILABILITY in message
            return is_asked or is_facade(source) or is_imported(name, source, sources)
        case "F403":
            return is_facade(source)
        case "F822":
            return any(_defines(node, "__getattr__") for node in source.tree.body)
        case "B008":
            return name not in CHANGING_CALLS
        case _:
            return False


def is_facade(source: Source) -> bool:
    """Tell whether others import from the file what it imports: a package's own, or imports alone."""
    if PurePath(source.path).name == "__init__.py":
        return True
    return all(_is_plumbing(node) for node in source.tree.body)


def is_imported(name: str, source: Source, sources: Sequence[Source]) -> bool:
    """Tell whether another file takes the name from this one, as far as their texts show."""
    module = PurePath(source.path).stem
    wanted = {(module, name), (module, "*")}
    return any(
        not wanted.isdisjoint(_taken(other))
        for other in sources
        if other is not source and name in other.text and module in other.text
    )


@remembered
def _taken(source: Source) -> frozenset[tuple[str, str]]:
    """Return what a file takes from modules, by their last names."""
    return frozenset(item for node in source.nodes for item in _taken_by(node))


def _taken_by(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.ImportFrom(module=str(origin), names=names):
            yield from ((origin.rpartition(".")[2], alias.name) for alias in names)
        case ast.Attribute(value=ast.Name(id=origin) | ast.Attribute(attr=origin), attr=attribute):
            yield origin, attribute


def _is_plumbing(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name == _EXPORTS
        case ast.AugAssign(target=ast.Name(id=name)) | ast.AnnAssign(target=ast.Name(id=name)):
            return name == _EXPORTS
        case _:
            return False


def _defines(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == name
