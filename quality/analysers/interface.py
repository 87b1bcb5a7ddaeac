"""What an analyser is asked and what it answers; no I/O."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ccg.graph import NotAnalysed
from quality.finding import Finding
from quality.measure import Measure, NotMeasured
from quality.suite_result import SuiteResult
from quality.tree import SourceTree


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged: the files, what came of the tests, and an empty folder to work in."""

    tree: SourceTree
    suite: SuiteResult
    work: Path


@dataclass(frozen=True, slots=True)
class Analysis:
    """Findings and the one number behind them; what the analyser could not read is named."""

    measure: Measure | NotMeasured
    findings: tuple[Finding, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()


class Analyser(Protocol):
    """Something that judges files without running them or obeying them."""

    @property
    def name(self) -> str:
        """Return the name that findings and the receipt carry."""
        ...

    def version(self) -> str:
        """Return the version of what does the work."""
        ...

    def analyse(self, subject: Subject) -> Analysis:
        """Judge the product's files."""
        ...
