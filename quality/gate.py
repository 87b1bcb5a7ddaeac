"""The gate that a team sets for its changes, and how a report stands against it; no I/O."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ccg.export.counted import counted
from p2a.domain import DEFAULT_WEIGHTS, Dimension
from quality.finding import Finding, Severity, worst_first
from quality.measure import Measure, NotMeasured
from quality.report import Report
from quality.score import Score, Scores

OVERALL = "overall"
NEW_FINDINGS = "new_findings"
CHANGED_LINES = "changed_lines"
COVERAGE = "coverage"
"""The analyser that counts statements and branches."""
SCORES = (OVERALL, *(str(name) for name in Dimension))
"""What a minimum or a drop can be about."""
RULES = (*SCORES, NEW_FINDINGS, CHANGED_LINES)
"""What can be informational."""
ASIDE = "base:"
"""How a trouble starts that takes no part of a score away."""


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """How many of the statements that a change touches its tests must run, in percent."""

    target: float
    threshold: float = 0.0
    """Points below the target that are let pass."""

    @property
    def least(self) -> float:
        """Return the percentage below which the gate is shut."""
        return max(0.0, self.target - self.threshold)


@dataclass(frozen=True, slots=True)
class Gate:
    """What a change must reach; a gate without rules lets everything pass that is measured."""

    minimum: Mapping[str, float] = field(default_factory=dict)
    """The least score by its name, from 0 to 100."""
    max_drop: Mapping[str, float] = field(default_factory=dict)
    """The points that a score may lose against the base, by its name."""
    changed_lines: ChangedLines | None = None
    informational: frozenset[str] = frozenset()
    """Rules that are shown and decide nothing."""
    comment: bool = False
    """Whether the bot also tells the end of a check in a comment of its pull request."""
    new_findings: Mapping[Severity, int] = field(default_factory=dict)
    """How many findings of a severity a change may bring."""

    @property
    def is_set(self) -> bool:
        """Whether there is a rule that decides something."""
        about_change = {
            name
            for name, rule in (
                (NEW_FINDINGS, self.new_findings),
                (CHANGED_LINES, self.changed_lines),
            )
            if rule
        }
        return not self.informational >= {*self.minimum, *self.max_drop, *about_change}

    @property
    def compared(self) -> tuple["Rule", ...]:
        """Return the kind of each rule that compares with a base, and needs one."""
        return (
            *(Rule.MAX_DROP for _ in self.max_drop),
            *(Rule.NEW_FINDINGS for _ in self.new_findings),
            *([Rule.CHANGED_LINES] if self.changed_lines else ()),
        )

    def with_minimum(self, overall: float | None) -> "Gate":
        """Return the gate with a least overall score; of two the higher one counts.

        Who asks for it decides by it, so it is not informational.
        """
        if overall is None:
            return self
        least = max(overall, self.minimum.get(OVERALL, 0.0))
        return replace(
            self,
            minimum={**self.minimum, OVERALL: least},
            informational=self.informational - {OVERALL},
        )


class Rule(StrEnum):
    """The kinds of rules, by their keys in the file."""

    MINIMUM = "minimum"
    MAX_DROP = "max_drop"
    NEW_FINDINGS = "new_findings"
    CHANGED_LINES = "changed_lines"


class Outcome(StrEnum):
    """How a report stands against one rule."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule's outcome with its reason, half a sentence."""

    rule: Rule
    subject: str
    """What it is about: one of `RULES`."""
    outcome: Outcome
    reason: str
    is_informational: bool = False
    severity: Severity | None = None
    """That of the findings which the rule counts."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The gate that holds, and what there is to say about the file that sets it."""

    gate: Gate = field(default_factory=Gate)
    fault: str = ""
    """Why the gate could not be read; nothing is then shown to meet it."""
    offence: str = ""
    """How the change would break the file; nothing else of the change's file counts."""
    notes: tuple[str, ...] = ()


def decide(report: Report, gate: Gate, *, with_tests: bool = True) -> tuple[Ruling, ...]:
    """Return a ruling for each rule that applies: minima, then drops, new findings and changed lines.

    Args:
        report: what was measured.
        gate: the rules. Those about a change apply only where there is a base to compare with.
        with_tests: whether the tests were asked for.
    """
    rulings = [
        *_minima(report, gate, with_tests=with_tests),
        *_drops(report, gate),
        *_new_findings(report, gate, with_tests=with_tests),
        *_changed_lines(report, gate),
    ]
    return tuple(
        replace(ruling, is_informational=ruling.subject in gate.informational) for ruling in rulings
    )


def _minima(report: Report, gate: Gate, *, with_tests: bool) -> Iterator[Ruling]:
    for name in SCORES:
        if name in gate.minimum:
            yield _minimum(report, name, gate.minimum[name], with_tests=with_tests)


def _minimum(report: Report, name: str, least: float, *, with_tests: bool) -> Ruling:
    value, shown = _of(report.scores, name), shown_name(name)
    if isinstance(value, NotMeasured):
        reason = f"{shown} was not measured ({value.reason}), so its minimum of {least:g} is not shown to be met"
        return Ruling(Rule.MINIMUM, name, Outcome.UNKNOWN, reason)
    absent = _absent(report, with_tests=with_tests) if name == OVERALL else []
    if value >= least and absent:
        reached = f"{shown} {value:g} of what was measured, the minimum is {least:g}"
        return Ruling(Rule.MINIMUM, name, Outcome.UNKNOWN, reached)
    if value >= least:
        return Ruling(
            Rule.MINIMUM, name, Outcome.MET, f"{shown} {value:g}, the minimum is {least:g}"
        )
    below = f"{shown} {value:g} is below the minimum of {least:g}"
    if absent:
        return Ruling(
            Rule.MINIMUM,
            name,
            Outcome.UNKNOWN,
            f"{below}, without what was not measured: {absent[0]}",
        )
    return Ruling(Rule.MINIMUM, name, Outcome.MISSED, below)


def _absent(report: Report, *, with_tests: bool) -> list[str]:
    every = asked_trouble(report, with_tests=with_tests)
    return [item for item in every if not item.startswith(ASIDE)]


def asked_trouble(report: Report, *, with_tests: bool) -> tuple[str, ...]:
    """Return what was asked for and could not be measured, and why."""
    return tuple(
        item for item in report.trouble if with_tests or not item.startswith(f"{COVERAGE}:")
    )


def shown_name(name: str) -> str:
    """Return a rule's subject in words."""
    return name.replace("_", " ")


def _of(scores: Scores, name: str) -> Score:
    if name == OVERALL:
        return scores.overall
    return scores.by_dimension.get(Dimension(name), NotMeasured("it has no analyser"))


def _drops(report: Report, gate: Gate) -> Iterator[Ruling]:
    before = report.comparison.scores if report.comparison else None
    if before is None:
        return
    for name in (name for name in SCORES if name in gate.max_drop):
        old = _of(before, name)
        if not isinstance(old, NotMeasured):
            yield _drop(report, name, before, gate.max_drop[name])


def _drop(report: Report, name: str, before: Scores, most: float) -> Ruling:
    shown = shown_name(name)
    absent = _no_more_measured(report.scores, before, name)
    if absent:
        return Ruling(Rule.MAX_DROP, name, Outcome.UNKNOWN, f"{shown} cannot be compared: {absent}")
    parts = before.measured
    old, new = _number(before, name, parts), _number(report.scores, name, parts)
    lost = round(old - new, 1)
    fell = f"{shown} fell by {_points(lost)} from {old:g} to {new:g}"
    allowed = f"{_points(most)} {'is' if most == 1 else 'are'} allowed"
    if lost <= most:
        reason = fell if lost > 0 else f"{shown} did not fall"
        return Ruling(Rule.MAX_DROP, name, Outcome.MET, f"{reason}, {allowed}")
    if not _is_worse(report, name):
        reason = f"{fell}, but the change brings neither a finding nor untested code there"
        return Ruling(Rule.MAX_DROP, name, Outcome.MET, reason)
    return Ruling(Rule.MAX_DROP, name, Outcome.MISSED, f"{fell}, {allowed}")


def _points(number: float) -> str:
    return f"{number:g} point" if number == 1 else f"{number:g} points"


def _no_more_measured(now: Scores, before: Scores, name: str) -> str:
    """Return which score the base has and the head has not, with the reason; empty where none."""
    asked = before.measured if name == OVERALL else {Dimension(name)}
    for dimension in sorted(asked - now.measured):
        value = _of(now, dimension)
        why = value.reason if isinstance(value, NotMeasured) else ""
        return f"{shown_name(dimension)} was not measured after the change ({why})"
    return ""


def _number(scores: Scores, name: str, parts: Collection[Dimension]) -> float:
    """Return a score; the overall one made of these parts alone, so that two can be compared."""
    names = parts if name == OVERALL else {Dimension(name)}
    total = sum(DEFAULT_WEIGHTS[part] for part in names)
    values = {part: scores.by_dimension[part] for part in names}
    weighed = (DEFAULT_WEIGHTS[p] * v for p, v in values.items() if isinstance(v, float))
    return round(sum(weighed) / total, 1)


def _is_worse(report: Report, name: str) -> bool:
    """Tell whether the change brings a finding or untested code to a score.

    A function that no test runs is told whenever its lines are touched, so statements are counted.
    """
    found = {
        str(item.dimension)
        for item in report.findings
        if item.analyser != COVERAGE and report.is_new(item)
    }
    if name == OVERALL:
        return bool(found) or _has_more_untested(report)
    return name in found or (name == Dimension.TEST_COVERAGE and _has_more_untested(report))


def _has_more_untested(report: Report) -> bool:
    """Compare how many statements and branches no test ran, with and without the change."""
    before = report.comparison.measures.get(COVERAGE) if report.comparison else None
    now = report.measures.get(COVERAGE)
    if not isinstance(before, Measure) or not isinstance(now, Measure):
        return False
    return now.whole - now.part > before.whole - before.part


def _new_findings(report: Report, gate: Gate, *, with_tests: bool) -> Iterator[Ruling]:
    if report.comparison is None:
        return
    absent = _absent(report, with_tests=with_tests)
    for severity in (each for each in reversed(Severity) if each in gate.new_findings):
        found = (item for item in report.findings if item.severity is severity)
        new = worst_first(item for item in found if report.is_new(item))
        yield _new_of(severity, new, gate.new_findings[severity], absent)


def _new_of(severity: Severity, new: Sequence[Finding], most: int, absent: Sequence[str]) -> Ruling:
    told = f"{counted(len(new), 'new finding')} of {severity} severity"
    if new:
        more = f" and {len(new) - 1} more" if len(new) > 1 else ""
        told = f"{told} ({new[0].rule} at {new[0].path}:{new[0].start_line}{more})"
    reason = f"{told}, {most} {'is' if most == 1 else 'are'} allowed"
    outcome = Outcome.MISSED if len(new) > most else Outcome.MET
    if absent and outcome is Outcome.MET:
        outcome = Outcome.UNKNOWN
        reason = f"{reason}, without what was not measured: {absent[0]}"
    return Ruling(Rule.NEW_FINDINGS, NEW_FINDINGS, outcome, reason, severity=severity)


def _changed_lines(report: Report, gate: Gate) -> Iterator[Ruling]:
    if gate.changed_lines is None or report.comparison is None:
        return
    least, measure = gate.changed_lines.least, report.comparison.changed_coverage
    if isinstance(measure, NotMeasured) and not measure.is_empty:
        reason = f"the coverage of the changed lines was not measured ({measure.reason})"
        yield Ruling(Rule.CHANGED_LINES, CHANGED_LINES, Outcome.UNKNOWN, reason)
    elif isinstance(measure, NotMeasured) or not measure.whole:
        yield Ruling(
            Rule.CHANGED_LINES, CHANGED_LINES, Outcome.MET, "the change touches no statement"
        )
    else:
        share = round(100 * measure.part / measure.whole, 1)
        outcome = Outcome.MET if share >= least else Outcome.MISSED
        reason = f"tests ran {measure.part:g} of {measure.whole:g} changed statements ({share:g} %), {least:g} % are needed"
        yield Ruling(Rule.CHANGED_LINES, CHANGED_LINES, outcome, reason)
