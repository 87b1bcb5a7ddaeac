"""What an analyser is asked and what it answers; no I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from ccg.graph import Graph, NotAnalysed
from p2a.domain import Dimension
from quality.finding import Finding
from quality.measure import Measure, NotMeasured
from quality.suite_result import SuiteResult
from quality.tree import SourceTree


class Scope(StrEnum):
    """How much an analyser must see to judge a file."""

    FILE = "file"
    """That file alone: what it says of an unchanged file holds for the base as well."""
    TREE = "tree"
    """All files."""
    TESTS = "tests"
    """All files, and what came of running the tests."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged: the files, what came of the tests, and an empty folder to work in."""

    tree: SourceTree
    suite: SuiteResult
    """Not measured for an analyser whose scope is less than `Scope.TESTS`."""
    work: Path
    graph: Callable[[], Graph]
    """Gives the files' Code Context Graph, built at the first call."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Findings and the one number behind them; what the analyser could not read is named.

    Without a measure the findings count by their weights; with one they are its explanation.
    """

    measure: Measure | NotMeasured | None
    findings: tuple[Finding, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
    size: Mapping[str, float] = field(default_factory=dict)
    """Sums over the files that are told and not judged, by name."""


class Analyser(Protocol):
    """Something that judges files without running them or obeying them."""

    @property
    def name(self) -> str:
        """Return the name that findings and the receipt carry."""
        ...

    @property
    def scope(self) -> Scope:
        """Return how much it must see to judge a file."""
        ...

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Return the scores that are not measured where it fails."""
        ...

    def version(self) -> str:
        """Return the version of what does the work."""
        ...

    def analyse(self, subject: Subject) -> Analysis:
        """Judge the product's files."""
        ...


@runtime_checkable
class Together(Protocol):
    """An analyser whose program takes long to begin, and judges two states of the files in one call."""

    def analyse_together(self, subject: Subject, other: Subject) -> tuple[Analysis, Analysis]:
        """Judge both, each as `analyse` would; neither is measured where the call fails."""
        ...


class Comparer(Protocol):
    """Something that judges what a change did: what it finds is in neither state alone."""

    @property
    def name(self) -> str:
        """Return the name that findings and the receipt carry."""
        ...

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Return the scores that its findings take points from."""
        ...

    def version(self) -> str:
        """Return the version of what does the work."""
        ...

    def compare(self, head: Subject, base: Subject) -> tuple[Finding, ...]:
        """Judge the change from base to head; every finding is a new one."""
        ...
