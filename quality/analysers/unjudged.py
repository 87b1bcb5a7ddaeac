"""Code that the product runs and no score is about, since its path is that of a test or an example."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ccg.source import Source, module_name
from p2a.domain import Dimension
from quality import entry_points
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.known_packages import WELL_KNOWN
from quality.analysers.texts import read_others
from quality.dotted import dotted_name, imported_names
from quality.finding import Confidence, Finding, Severity
from quality.imports import absolute, candidates, modules
from quality.path_ends import PathEnds
from quality.product import is_product
from quality.tree import SourceTree
from quality.type_checking import TypeChecking

VERSION = "2"
MESSAGE = (
    "the product imports {path}, which no score is about: its path is that of a test or an example"
)
HINT = (
    "Move what the product needs to a file that is not named like a test, an example or a script."
)
_LOADERS = frozenset({"__import__", "import_module", "run_module"})
"""Functions that import what their first argument names."""
_PROJECT_FILES = {
    "pyproject.toml": entry_points.of_project,
    "setup.cfg": entry_points.of_setup_file,
}


@dataclass(frozen=True, slots=True)
class _Import:
    """The dotted names of which the first that is there is loaded, and where that is asked for."""

    names: tuple[str, ...]
    path: str
    line: int


class UnjudgedImportAnalyser:
    """Names each file that a path alone would keep out of sight, where the product runs it."""

    name = "unjudged"
    scope = Scope.TREE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Read every import of the product, those in functions too, and its entry points."""
        files = _Files(subject.tree)
        told: set[str] = set()
        findings: list[Finding] = []
        for item in files.imports():
            path = files.find(item.names)
            if path is not None and not is_product(path) and path not in told:
                told.add(path)
                findings.append(_finding(item, path))
        return Analysis(None, tuple(findings))


class _Files:
    """What the product imports, and which file a dotted name is."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._known = modules(tree.sources)

    def imports(self) -> Iterator[_Import]:
        """Yield the imports of the product's modules, then those by an entry point."""
        for name, source in self._known.items():
            if is_product(source.path):
                yield from _imports(name, source)
                yield from _loaded(name, source)
        for file in read_others(self._tree, wanted=_is_project_file):
            read = _PROJECT_FILES[file.path.rpartition("/")[2]]
            for module, line in read(file.text):
                yield _Import((module,), file.path, line)
        for source in self._tree.sources:
            if source.path == "setup.py":
                for module, line in entry_points.of_setup_script(source.tree):
                    yield _Import((module,), source.path, line)

    def find(self, names: tuple[str, ...]) -> str | None:
        """Return the file of the first name that is there, None where all are from elsewhere.

        A name that no file has from the root may be one from a folder on the search path.
        """
        for name in names:
            if name in self._known:
                return self._known[name].path
        if names[-1].partition(".")[0] in sys.stdlib_module_names:
            return None
        home = self._product.find(names[-1])
        if home is not None:
            inner = self._known.get(f"{module_name(home)}.{names[0].rpartition('.')[2]}")
            return inner.path if inner and len(names) > 1 else home
        ends = (self._others.find(name) for name in names if not _is_well_known(name))
        return next(filter(None, ends), None)

    @cached_property
    def _product(self) -> PathEnds:
        return PathEnds(source.path for source in self._tree.product)

    @cached_property
    def _others(self) -> PathEnds:
        paths = (source.path for source in self._tree.sources)
        return PathEnds(path for path in paths if not is_product(path))


def _is_well_known(name: str) -> bool:
    """Tell whether a name is that of a package, which tests often have a folder for."""
    return name.lower().replace("_", "-") in WELL_KNOWN


def _is_project_file(path: str) -> bool:
    return is_product(path) and path.rpartition("/")[2] in _PROJECT_FILES


def _imports(name: str, source: Source) -> Iterator[_Import]:
    """Yield what a module imports by a statement."""
    is_package = source.path.endswith("__init__.py")
    checking = TypeChecking(source)
    waiting: list[ast.AST] = [source.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            for names in candidates(node, name, is_package=is_package):
                yield _Import(names, source.path, node.lineno)
        elif isinstance(node, ast.If) and checking.guards(node):
            waiting.extend(node.orelse)
        elif not isinstance(node, ast.expr):
            waiting.extend(ast.iter_child_nodes(node))


def _loaded(name: str, source: Source) -> Iterator[_Import]:
    """Yield what a module imports by a call with a literal."""
    if not any(loader in source.text for loader in _LOADERS):
        return
    is_package = source.path.endswith("__init__.py")
    names = imported_names(source)
    for node in source.nodes:
        if isinstance(node, ast.Call) and _is_loader(node.func, names):
            for text in _first_text(node):
                module = text.lstrip(".")
                level = len(text) - len(module)
                target = absolute(module, level, name, is_package=is_package)
                yield _Import((target,), source.path, node.lineno)


def _is_loader(function: ast.expr, names: dict[str, str]) -> bool:
    return dotted_name(function, names).rpartition(".")[2] in _LOADERS


def _first_text(call: ast.Call) -> Iterator[str]:
    named = [keyword.value for keyword in call.keywords if keyword.arg in {"name", "mod_name"}]
    for value in (*call.args[:1], *named):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _finding(item: _Import, path: str) -> Finding:
    return Finding(
        path=item.path,
        start_line=item.line,
        end_line=item.line,
        rule="imports-unjudged-code",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=MESSAGE.format(path=path),
        hint=HINT,
        dimension=Dimension.SECURITY,
        analyser=UnjudgedImportAnalyser.name,
        anchor=path,
    )
