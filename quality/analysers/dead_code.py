"""Code that never runs: statements after a way out, private definitions that nothing leads to."""

import ast
from collections.abc import Iterator

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.anchors import anchors
from quality.finding import Confidence, Finding, Severity
from quality.never_named import Private, never_named
from quality.private_use import PrivateUse, unused_by_graph
from quality.unreachable import unreachable

VERSION = "4"


class DeadCodeAnalyser:
    """Names what can be taken out without a difference."""

    name = "dead-code"
    scope = Scope.TREE
    dimensions = (Dimension.CODE_QUALITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look at every block, and at the graph for private functions and classes."""
        unreachable = (
            finding for source in subject.tree.product for finding in _unreachable(source)
        )
        return Analysis(None, (*unreachable, *_unused(subject)))


def _unreachable(source: Source) -> Iterator[Finding]:
    for statement, rest in unreachable(source.tree):
        first, last = rest[0], rest[-1]
        yield Finding(
            path=source.path,
            start_line=first.lineno,
            end_line=last.end_lineno or last.lineno,
            rule="unreachable-code",
            severity=Severity.MEDIUM,
            confidence=Confidence.HIGH,
            message=f"no run comes to this line: line {statement.lineno} never goes on",
            hint="Take it out, or mend the way out above it.",
            dimension=Dimension.CODE_QUALITY,
            analyser=DeadCodeAnalyser.name,
            anchor=anchors(source).at(first.lineno, first.col_offset),
        )


def _unused(subject: Subject) -> Iterator[Finding]:
    """Yield what nothing names and nothing from outside may call either."""
    candidates = never_named(subject.tree)
    if not candidates:
        return
    use = PrivateUse(candidates, subject.tree)
    verdicts = {private: use.is_unused(private) for private in candidates}
    unsure = [private for private, verdict in verdicts.items() if verdict is None]
    told = unused_by_graph(subject.graph(), unsure, use.exported) if unsure else frozenset()
    for private, verdict in verdicts.items():
        if verdict or private in told:
            yield _unused_finding(private)


def _unused_finding(private: Private) -> Finding:
    node = private.item.node
    kind = "class" if isinstance(node, ast.ClassDef) else "function"
    return Finding(
        path=private.path,
        start_line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        rule="unused-private",
        severity=Severity.LOW,
        confidence=Confidence.MEDIUM,
        message=f"nothing uses the private {kind} {private.item.name}",
        hint="Take it out, unless something outside of this repository calls it.",
        dimension=Dimension.CODE_QUALITY,
        analyser=DeadCodeAnalyser.name,
        anchor=private.item.name,
    )
