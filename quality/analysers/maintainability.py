"""Radon's maintainability index: which share of the lines stands in files hard to change."""

import ast
import tokenize
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version

from radon.metrics import h_visit_ast, mi_compute
from radon.visitors import ComplexityVisitor

from ccg.comments import CommentsUnreadable
from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.complexity import RADON_TRIPS
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.raw_metrics import RawMetrics, raw_metrics
from quality.analysers.suppressions import without_suppressions
from quality.code_lines import CodeLines
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
        size: Counter[str] = Counter()
        for source in subject.tree.product:
            lines = CodeLines(source).counted()
            read = _read(source)
            if isinstance(read, NotAnalysed):
                failed.append(read)
                continue
            index, sizes = read
            size.update(sizes)
            whole += lines
            hard += lines * _weight(index)
            if index < FAIR:
                findings.append(_finding(source.path, index=index, amount=lines * _weight(index)))
        measure = (
            Measure(hard, whole)
            if whole
            else NotMeasured("there is no Python code to measure", is_empty=True)
        )
        return Analysis(measure, tuple(findings), tuple(failed), size)


@dataclass(frozen=True, slots=True)
class FileMetrics:
    """Radon's metrics of a file: raw ones and those of Halstead, and the index made of them."""

    raw: RawMetrics
    volume: float
    effort: float
    complexity: int

    @property
    def index(self) -> float:
        """Return what `radon.metrics.mi_visit` does with `multi`."""
        raw = self.raw
        comments = (raw.comments + raw.multi) / float(raw.sloc) * 100 if raw.sloc else 0.0
        return float(mi_compute(self.volume, self.complexity, raw.lloc, comments))

    def size(self, raw: RawMetrics) -> dict[str, int]:
        """Return what can be summed over files; whole numbers, so that no order of them matters."""
        halstead = {"halstead_volume": self.volume, "halstead_effort": self.effort}
        return asdict(raw) | {name: round(value) for name, value in halstead.items()}


def _read(source: Source) -> tuple[float, dict[str, int]] | NotAnalysed:
    """Return the index and the sizes; the latter count the comments that silence a tool as well."""
    try:
        # The tokens come first: the comments are found on the way.
        tokens = tokens_of(source)
        raw, counted = raw_metrics(source.text, without_suppressions(source), tokens)
        metrics = file_metrics(source.tree, counted)
        return metrics.index, metrics.size(raw)
    except CommentsUnreadable as error:
        return NotAnalysed(source.path, f"maintainability: {error}")
    except RADON_TRIPS as error:
        reason = f"maintainability: radon could not read it ({type(error).__name__})"
        return NotAnalysed(source.path, reason)


def tokens_of(source: Source) -> list[tokenize.TokenInfo] | None:
    """Return the tokens, None where the tokenizer gives up: radon may count the file all the same."""
    with suppress(tokenize.TokenError, SyntaxError, RecursionError, MemoryError):
        return source.tokens()
    return None


def file_metrics(tree: ast.Module, raw: RawMetrics) -> FileMetrics:
    """Return radon's metrics of a file, without parsing it again.

    Raises:
        Exception: one of `RADON_TRIPS`.
    """
    halstead = h_visit_ast(tree).total
    complexity = ComplexityVisitor.from_ast(tree).total_complexity
    return FileMetrics(raw, halstead.volume, halstead.effort, complexity)


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
