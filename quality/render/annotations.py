"""Findings as annotations of a check run; no I/O."""

from collections.abc import Iterable

from p2a.effects import Annotation, AnnotationLevel
from p2a.inert import clean
from quality.finding import Finding, Severity, worst_first
from quality.report import Report

LEVELS = {
    Severity.LOW: AnnotationLevel.NOTICE,
    Severity.MEDIUM: AnnotationLevel.WARNING,
    Severity.HIGH: AnnotationLevel.FAILURE,
}
MAX_MESSAGE = 4000


def annotations(report: Report) -> tuple[Annotation, ...]:
    """Return an annotation for each new finding at the lines that a change touched, the worst first.

    Without a base, for each finding.
    """
    return annotate(finding for finding in report.findings if report.is_in_sight(finding))


def annotate(findings: Iterable[Finding]) -> tuple[Annotation, ...]:
    """Return an annotation for each finding, the worst first."""
    return tuple(
        Annotation(
            path=finding.path,
            start_line=finding.start_line,
            end_line=finding.end_line,
            level=LEVELS[finding.severity],
            message=clean(f"{finding.message}\n{finding.hint}")[:MAX_MESSAGE],
            title=clean(f"{finding.rule} ({finding.analyser})"),
        )
        for finding in worst_first(findings)
    )
