"""Blocks of code that were copied, also where the names were changed."""

from collections.abc import Sequence

from ccg.graph import NotAnalysed
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.duplicates import (
    Duplicate,
    Place,
    exactly,
    find_duplicates,
    up_to_names,
    without_names,
)
from quality.finding import Confidence, Finding, Severity
from quality.units import units

VERSION = "3"
EXACT_LINES = 12
EXACT_TOKENS = 60
RENAMED_LINES = 20
RENAMED_TOKENS = 120
LOGIC = 5
"""Units of a block that are more than rows of a table."""
TOO_DEEP = "duplication: nested too deeply to be compared"
LARGE = 40
"""Lines from which on a copy is a burden for every change."""


class DuplicationAnalyser:
    """Names each copied block at its later place."""

    name = "duplication"
    scope = Scope.TREE
    dimensions = (Dimension.CODE_QUALITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Compare all files of the product, in the order of their paths."""
        places: list[Place] = []
        failed: list[NotAnalysed] = []
        for source in subject.tree.product:
            try:
                places += [Place(source.path, unit) for unit in units(source)]
            except RecursionError:
                failed.append(NotAnalysed(source.path, TOO_DEEP))
        findings = [
            _finding(item, is_exact=True)
            for item in find_duplicates(places, form=str, is_same=exactly)
            if _is_long(item, lines=EXACT_LINES, tokens=EXACT_TOKENS)
        ]
        told = {
            (item.path, line)
            for item in findings
            for line in range(item.start_line, item.end_line + 1)
        }
        findings += (
            _finding(item, is_exact=False)
            for item in find_duplicates(places, form=without_names, is_same=up_to_names)
            if _is_long(item, lines=RENAMED_LINES, tokens=RENAMED_TOKENS)
            and not any((place.path, place.unit.start_line) in told for place in item.later)
        )
        return Analysis(None, tuple(findings), tuple(failed))


def _is_long(item: Duplicate, *, lines: int, tokens: int) -> bool:
    return item.logic >= LOGIC and item.lines >= lines and item.tokens >= tokens


def _finding(item: Duplicate, *, is_exact: bool) -> Finding:
    first, last = item.later[0], item.later[-1]
    other = item.earlier[0]
    here, there = _scope(item.later), _scope(item.earlier)
    where = f"{there} in {other.path}" if there else other.path
    change = "" if is_exact else ", under other names"
    return Finding(
        path=first.path,
        start_line=first.unit.start_line,
        end_line=last.unit.end_line,
        rule="duplicated-code",
        severity=Severity.MEDIUM if item.lines >= LARGE else Severity.LOW,
        confidence=Confidence.HIGH if is_exact else Confidence.MEDIUM,
        message=f"repeats {item.lines} lines of {where}, line {other.unit.start_line}{change}",
        hint="Give both places one function to call.",
        dimension=Dimension.CODE_QUALITY,
        analyser=DuplicationAnalyser.name,
        # Without paths: which of two copies comes later may change when a file is renamed.
        anchor=" = ".join(sorted((here, there))),
    )


def _scope(places: Sequence[Place]) -> str:
    """Return what a run stands in: the innermost name that all of its units share."""
    first = places[0].unit.scope.split(".")
    for place in places:
        parts = place.unit.scope.split(".")
        first = [one for one, other in zip(first, parts, strict=False) if one == other]
    return ".".join(first) or places[0].unit.scope
