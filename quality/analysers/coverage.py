"""Which share of the product's statements the repository's own tests ran."""

import ast
from collections.abc import Iterator
from importlib.metadata import version

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.finding import Confidence, Finding, Severity
from quality.measure import Measure, NotMeasured
from quality.suite_result import FileCoverage, why_no_coverage

MESSAGE = "no test reaches {name}, {count} long"
HINT = "Add a test that calls it and checks what comes back."


class CoverageAnalyser:
    """Measure: statements that ran and branches taken in the product's files, of all of them.

    The tests are the repository's own, so the number is self-reported. No comment and no setting
    of the repository leaves a statement out.
    """

    name = "coverage"
    scope = Scope.TESTS
    dimensions = (Dimension.TEST_COVERAGE,)

    def version(self) -> str:
        """Return the version of coverage beside us."""
        return f"coverage {version('coverage')}"

    def analyse(self, subject: Subject) -> Analysis:
        """Sum over the product's files, and name each function of which nothing ran."""
        suite = subject.suite
        if suite.coverage is None:
            return Analysis(NotMeasured(why_no_coverage(suite)))
        files = suite.coverage
        done = sum(item.done for item in files.values())
        total = sum(item.total for item in files.values())
        if not total:
            return Analysis(NotMeasured("the tests' run saw no statement of the product"))
        findings = [
            finding
            for source in subject.tree.product
            if source.path in files
            for finding in _untested(source, files[source.path])
        ]
        return Analysis(Measure(done, total), tuple(findings))


def _untested(source: Source, covered: FileCoverage) -> Iterator[Finding]:
    executed, missing = set(covered.executed), set(covered.missing)
    for name, node in _functions(source.tree.body, prefix=""):
        first = node.body[0].lineno
        lines = set(range(first, (node.end_lineno or first) + 1))
        if executed.isdisjoint(lines) and not missing.isdisjoint(lines):
            count = len(missing & lines)
            size = "one statement" if count == 1 else f"{count} statements"
            yield Finding(
                path=source.path,
                start_line=node.lineno,
                end_line=node.end_lineno or node.lineno,
                rule="untested-function",
                severity=Severity.LOW,
                confidence=Confidence.HIGH,
                message=MESSAGE.format(name=name, count=size),
                hint=HINT,
                dimension=Dimension.TEST_COVERAGE,
                analyser=CoverageAnalyser.name,
                anchor=name,
                amount=count,
            )


def _functions(
    body: list[ast.stmt], *, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, prefix=f"{prefix}{node.name}.")
