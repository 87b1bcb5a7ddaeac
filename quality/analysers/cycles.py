"""Modules that import one another while they are loaded."""

from ccg.metrics import cycles
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.finding import Confidence, Finding, Severity
from quality.imports import imported, modules

VERSION = "1"
SHOWN = 4
"""Modules of a ring in a message."""


class CycleAnalyser:
    """Names each ring of imports once: a strongly connected component of the product's modules."""

    name = "cycles"
    scope = Scope.TREE
    dimensions = (Dimension.CODE_QUALITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Follow the imports that run when a module is loaded."""
        known = modules(subject.tree.product)
        leads = {name: imported(name, known) for name in known}
        pairs = sorted((name, target) for name, targets in leads.items() for target in targets)
        findings = []
        for ring in cycles(pairs):
            first = ring[0]
            line = min(line for target, line in leads[first].items() if target in ring)
            findings.append(_finding(known[first].path, line, ring))
        return Analysis(None, tuple(findings))


def _finding(path: str, line: int, ring: tuple[str, ...]) -> Finding:
    shown = ", ".join(ring[:SHOWN])
    more = f" and {len(ring) - SHOWN} more" if ring[SHOWN:] else ""
    return Finding(
        path=path,
        start_line=line,
        end_line=line,
        rule="import-cycle",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        message=f"{len(ring)} modules import one another while they are loaded: {shown}{more}",
        hint="Move what both sides need into a module of its own that imports neither.",
        dimension=Dimension.CODE_QUALITY,
        analyser=CycleAnalyser.name,
        anchor=" ".join(ring),
    )
