"""Code that the product imports and no score is about, since its path is that of a test or an example."""

import ast
from collections.abc import Iterator, Mapping

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.definitions import is_for_types_only
from quality.finding import Confidence, Finding, Severity
from quality.imports import modules, targets
from quality.product import is_product

VERSION = "1"
MESSAGE = (
    "the product imports {path}, which no score is about: its path is that of a test or an example"
)
HINT = (
    "Move what the product needs to a file that is not named like a test, an example or a script."
)


class UnjudgedImportAnalyser:
    """Names each file that a path alone would keep out of sight, where the product runs it."""

    name = "unjudged"
    scope = Scope.TREE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Read every import of the product, those in functions too."""
        known = modules(subject.tree.sources)
        told: set[str] = set()
        findings: list[Finding] = []
        for name, source in known.items():
            if not is_product(source.path):
                continue
            for target, line in _imports(name, known):
                path = known[target].path
                if not is_product(path) and path not in told:
                    told.add(path)
                    findings.append(_finding(source.path, line, path))
        return Analysis(None, tuple(findings))


def _imports(name: str, known: Mapping[str, Source]) -> Iterator[tuple[str, int]]:
    """Yield the modules of the tree that a module imports anywhere, and the lines."""
    waiting: list[ast.AST] = [known[name].tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((target, node.lineno) for target in targets(node, name, known))
        elif isinstance(node, ast.If) and is_for_types_only(node):
            waiting.extend(node.orelse)
        elif not isinstance(node, ast.expr):
            waiting.extend(ast.iter_child_nodes(node))


def _finding(place: str, line: int, path: str) -> Finding:
    return Finding(
        path=place,
        start_line=line,
        end_line=line,
        rule="imports-unjudged-code",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        message=MESSAGE.format(path=path),
        hint=HINT,
        dimension=Dimension.SECURITY,
        analyser=UnjudgedImportAnalyser.name,
        anchor=path,
    )
