"""Asks an analyser about one state of the files or two, and works no file twice in vain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from ccg.graph import NotAnalysed
from quality.analysers.interface import Analyser, Analysis, Comparer, Scope, Subject, Together
from quality.finding import Finding
from quality.measure import Measure, NotMeasured

Item = TypeVar("Item", Finding, NotAnalysed)


@dataclass(frozen=True, slots=True)
class Sides:
    """Head and base, and the Python files that are not the same in both."""

    head: Subject
    base: Subject
    changed: frozenset[str]
    """Paths of either that are new, gone or different."""


def ask(analyser: Analyser, subject: Subject) -> Analysis:
    """Return the analyser's answer; one that breaks down has measured nothing."""
    try:
        return analyser.analyse(subject)
    except Exception as error:  # noqa: BLE001 (a fault of one analyser is not the end of the others)
        return Analysis(NotMeasured(f"it broke down with {type(error).__name__}"))


def ask_both(analyser: Analyser, sides: Sides) -> tuple[Analysis, Analysis]:
    """Return the answers for head and base."""
    together = _ask_together(analyser, sides)
    head, before = together or (ask(analyser, sides.head), None)
    if analyser.scope is not Scope.FILE or isinstance(head.measure, NotMeasured):
        return head, ask(analyser, sides.base)
    before = before or ask(analyser, _changed(sides.base, sides))
    now = ask(analyser, _changed(sides.head, sides)) if head.measure else head
    return head, Analysis(
        _exchange(head.measure, now.measure, before.measure),
        (*_unchanged(head.findings, sides), *before.findings),
        (*_unchanged(head.not_analysed, sides), *before.not_analysed),
        {
            name: head.size.get(name, 0) - now.size.get(name, 0) + before.size.get(name, 0)
            for name in sorted({*head.size, *before.size})
        },
    )


def _ask_together(analyser: Analyser, sides: Sides) -> tuple[Analysis, Analysis] | None:
    """Return the answers for head and the base's changed files; None where each is to be asked for."""
    if analyser.scope is not Scope.FILE or not isinstance(analyser, Together):
        return None
    try:
        found = analyser.analyse_together(sides.head, _changed(sides.base, sides))
    except Exception:  # noqa: BLE001 (asked for one by one, the answers name the trouble)
        return None
    return None if any(isinstance(each.measure, NotMeasured) for each in found) else found


def ask_comparer(comparer: Comparer, sides: Sides) -> tuple[Finding, ...] | NotMeasured:
    """Return what it found, or that it broke down."""
    try:
        return comparer.compare(sides.head, sides.base)
    except Exception as error:  # noqa: BLE001 (as above)
        return NotMeasured(f"it broke down with {type(error).__name__}")


def _changed(subject: Subject, sides: Sides) -> Subject:
    return replace(subject, tree=subject.tree.only(sides.changed))


def _unchanged(items: Iterable[Item], sides: Sides) -> Iterator[Item]:
    return (item for item in items if item.path not in sides.changed)


def _exchange(
    every: Measure | None, now: Measure | NotMeasured | None, before: Measure | NotMeasured | None
) -> Measure | NotMeasured | None:
    """Return the base's measure: the head's, its changed files' share exchanged for the base's."""
    if every is None:
        return before if isinstance(before, NotMeasured) and not before.is_empty else None
    trouble = [
        item for item in (now, before) if isinstance(item, NotMeasured) and not item.is_empty
    ]
    if trouble:
        return trouble[0]
    part, whole = every.part, every.whole
    if isinstance(now, Measure):
        part, whole = part - now.part, whole - now.whole
    if isinstance(before, Measure):
        part, whole = part + before.part, whole + before.whole
    return (
        Measure(part, whole)
        if whole
        else NotMeasured("there was nothing to measure", is_empty=True)
    )
