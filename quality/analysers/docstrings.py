"""Which share of the public classes, functions and modules says what it is for."""

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.exports import exports, is_private
from quality.finding import Confidence, Finding, Severity
from quality.measure import Measure, NotMeasured

VERSION = "2"
MESSAGE = "the public {kind} {name} has no docstring"
HINT = "Say in one sentence what it is for."
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_EXEMPT_DECORATORS = frozenset({"overload", "override", "setter", "deleter"})


@dataclass(frozen=True, slots=True)
class _Public:
    kind: str
    name: str
    line: int
    has_docstring: bool


class DocstringAnalyser:
    """Measure: public things with a docstring, of all public things.

    Public is what no underscore hides, in modules, classes and their bodies, not in functions, and
    of modules that an underscore hides what public ones export. Empty modules, overloads,
    overrides and setters need none.
    """

    name = "docstrings"
    scope = Scope.TREE
    dimensions = (Dimension.DOCUMENTATION,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look at every public thing."""
        sources = subject.tree.product
        exported = exports(sources)
        found = [
            (source.path, item)
            for source in sources
            for item in _public(source, exported.get(source.path, frozenset()))
        ]
        if not found:
            return Analysis(NotMeasured("there is nothing public to document", is_empty=True))
        missing = [(path, item) for path, item in found if not item.has_docstring]
        return Analysis(
            Measure(len(found) - len(missing), len(found)),
            tuple(_finding(path, item) for path, item in missing),
        )


def _public(source: Source, exported: Container[str]) -> Iterator[_Public]:
    if is_private(source.path):
        members = _members(source.tree.body, prefix="")
        yield from (item for item in members if item.name.partition(".")[0] in exported)
    elif source.tree.body:
        name = source.path.rpartition("/")[2].removesuffix(".py")
        shown = source.path.split("/")[-2] if name == "__init__" and "/" in source.path else name
        yield _Public("module", shown, 1, ast.get_docstring(source.tree) is not None)
        yield from _members(source.tree.body, prefix="")


def _members(body: list[ast.stmt], *, prefix: str) -> Iterator[_Public]:
    for node in body:
        if isinstance(node, ast.ClassDef | _Function) and not node.name.startswith("_"):
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            if _is_exempt(node):
                continue
            documented = ast.get_docstring(node) is not None
            yield _Public(kind, prefix + node.name, node.lineno, documented)
            if isinstance(node, ast.ClassDef):
                yield from _members(node.body, prefix=f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from _members(node.body, prefix=prefix)


def _is_exempt(node: ast.ClassDef | _Function) -> bool:
    names = {
        getattr(decorator, "attr", getattr(decorator, "id", ""))
        for decorator in node.decorator_list
    }
    return not _EXEMPT_DECORATORS.isdisjoint(names)


def _finding(path: str, item: _Public) -> Finding:
    return Finding(
        path=path,
        start_line=item.line,
        end_line=item.line,
        rule="no-docstring",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        message=MESSAGE.format(kind=item.kind, name=item.name),
        hint=HINT,
        dimension=Dimension.DOCUMENTATION,
        analyser=DocstringAnalyser.name,
        # A module that was renamed is the same one.
        anchor=item.kind if item.kind == "module" else f"{item.kind} {item.name}",
        amount=1,
    )
