"""Radon's maintainability index: which share of the lines stands in files hard to change."""

from dataclasses import replace
from importlib.metadata import version

from radon.metrics import h_visit_ast, mi_compute
from radon.visitors import ComplexityVisitor

from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.comments import CommentsUnreadable
from quality.analysers.complexity import RADON_TRIPS
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.raw_metrics import raw_metrics
from quality.analysers.suppressions import without_suppressions
from quality.finding import Confidence, Finding, Severity
from quality.measure import Measure, NotMeasured

FAIR = 20.0
"""Below it radon ranks a file B, below `POOR` C (radon 6, `mi_rank`)."""
POOR = 10.0
HALF = 0.5
"""Of its lines count for a file of rank B, all of them for one of rank C."""
MESSAGE = "the maintainability index of this file is {value:.1f}, below {limit:.0f}"
HINT = "Divide the file by what its parts are about, and shorten its longest functions."


class MaintainabilityAnalyser:
    """Measure: weighted lines of the files ranked B and C, of all lines."""

    name = "maintainability"
    scope = Scope.FILE
    dimensions = (Dimension.CODE_QUALITY,)

    def version(self) -> str:
        """Return radon's version."""
        return f"radon {version('radon')}"

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every file; the index is radon's, docstrings counted as comments.

        Comments raise the index, so those that only silence a tool are taken out before.
        """
        hard = whole = 0.0
        findings: list[Finding] = []
        failed: list[NotAnalysed] = []
        for source in subject.tree.product:
            lines = len(source.lines)
            index = _index(source)
            if isinstance(index, NotAnalysed):
                failed.append(index)
                continue
            whole += lines
            hard += lines * _weight(index)
            if index < FAIR:
                findings.append(_finding(source.path, index=index, amount=lines * _weight(index)))
        measure = (
            Measure(hard, whole)
            if whole
            else NotMeasured("there is no Python code to measure", is_empty=True)
        )
        return Analysis(measure, tuple(findings), tuple(failed))


def _index(source: Source) -> float | NotAnalysed:
    try:
        return maintainability_index(replace(source, text=without_suppressions(source)))
    except CommentsUnreadable as error:
        return NotAnalysed(source.path, f"maintainability: {error}")
    except RADON_TRIPS as error:
        reason = f"maintainability: radon could not read it ({type(error).__name__})"
        return NotAnalysed(source.path, reason)


def maintainability_index(source: Source) -> float:
    """Return what `radon.metrics.mi_visit` does for a text with `multi`, without parsing again.

    Raises:
        Exception: one of `RADON_TRIPS`.
    """
    raw = raw_metrics(source.text)
    comments = (raw.comments + raw.multi) / float(raw.sloc) * 100 if raw.sloc else 0.0
    volume = h_visit_ast(source.tree).total.volume
    complexity = ComplexityVisitor.from_ast(source.tree).total_complexity
    return float(mi_compute(volume, complexity, raw.lloc, comments))


def _weight(index: float) -> float:
    if index < POOR:
        return 1.0
    return HALF if index < FAIR else 0.0


def _finding(path: str, *, index: float, amount: float) -> Finding:
    return Finding(
        path=path,
        start_line=1,
        end_line=1,
        rule="hard-to-maintain",
        severity=Severity.MEDIUM if index < POOR else Severity.LOW,
        confidence=Confidence.MEDIUM,
        message=MESSAGE.format(value=index, limit=FAIR),
        hint=HINT,
        dimension=Dimension.CODE_QUALITY,
        analyser=MaintainabilityAnalyser.name,
        amount=amount,
    )
