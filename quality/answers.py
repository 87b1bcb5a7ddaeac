"""What all analysers together said of one state of the files; no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ccg.graph import NotAnalysed
from p2a.domain import Dimension
from p2a.secret_forms import redact
from quality.analysers.interface import Analyser, Analysis, Comparer
from quality.finding import Finding, in_order
from quality.measure import Measure, NotMeasured
from quality.score import Judgement
from quality.tree import SourceTree


@dataclass(frozen=True, slots=True)
class Panel:
    """Who is asked, in this order."""

    analysers: Sequence[Analyser]
    comparers: Sequence[Comparer] = ()

    def versions(self) -> dict[str, str]:
        """Return the version of each, by its name."""
        return {item.name: item.version() for item in self.members}

    @property
    def members(self) -> tuple[Analyser | Comparer, ...]:
        """Return all of them."""
        return (*self.analysers, *self.comparers)


@dataclass(frozen=True, slots=True)
class Answers:
    """The analyses by analyser, and of a head also what comparers found, or why they did not."""

    tree: SourceTree
    analyses: Mapping[str, Analysis]
    compared: Mapping[str, tuple[Finding, ...] | NotMeasured] = field(default_factory=dict)

    def add(self, analyses: Mapping[str, Analysis]) -> "Answers":
        """Return these and more."""
        return replace(self, analyses={**self.analyses, **analyses})

    @property
    def measures(self) -> dict[str, Measure | NotMeasured]:
        """Return the analysers' numbers, those of them that have one."""
        return {name: item.measure for name, item in self.analyses.items() if item.measure}

    @property
    def size(self) -> dict[str, float]:
        """Return the sums that are told and not judged."""
        return {name: n for item in self.analyses.values() for name, n in item.size.items()}

    @property
    def not_analysed(self) -> tuple[NotAnalysed, ...]:
        """Return the files that could not be parsed, or not be read by an analyser."""
        failed = (item for analysis in self.analyses.values() for item in analysis.not_analysed)
        return tuple(sorted({*self.tree.not_analysed, *failed}))

    @property
    def failures(self) -> dict[str, str]:
        """Return why analysers and comparers measured nothing although there was something."""
        every = {**self.measures, **self.compared}
        return {
            name: item.reason
            for name, item in every.items()
            if isinstance(item, NotMeasured) and not item.is_empty
        }

    def findings(self, renames: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
        """Return all findings in order; `renames` gives files the names by which they are told.

        No message and no anchor repeats a secret that stands in the code.
        """
        every = [item for analysis in self.analyses.values() for item in analysis.findings]
        for found in self.compared.values():
            every += () if isinstance(found, NotMeasured) else found
        names = renames or {}
        return in_order(
            replace(
                item,
                path=names.get(item.path, item.path),
                message=redact(item.message),
                anchor=redact(item.anchor),
            )
            for item in every
        )

    def judgement(self, panel: Panel, findings: Sequence[Finding]) -> Judgement:
        """Return what scores are made of; a failure leaves all its dimensions without a score."""
        failures = self.failures
        failed: dict[Dimension, str] = {}
        for item in panel.members:
            for dimension in item.dimensions if item.name in failures else ():
                failed.setdefault(dimension, f"{item.name}: {failures[item.name]}")
        return Judgement(self.measures, findings, self.tree.lines, failed)
