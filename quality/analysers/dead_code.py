"""Code that never runs: statements after a way out, private definitions that nothing leads to."""

from collections.abc import Iterator

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Subject
from quality.finding import Confidence, Finding, Severity
from quality.unreachable import unreachable

VERSION = "1"


class DeadCodeAnalyser:
    """Names what can be taken out without a difference."""

    name = "dead-code"

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look at every block, and at the graph for private functions and classes."""
        findings = [
            finding for source in subject.tree.product for finding in _unreachable(source)
        ]
        return Analysis(None, tuple(findings))


def _unreachable(source: Source) -> Iterator[Finding]:
    lines = source.lines
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
            anchor=lines[first.lineno - 1].strip(),
        )
