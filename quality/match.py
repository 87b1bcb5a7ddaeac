"""Which findings a change brought and which it took away; no I/O."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quality.finding import Finding


@dataclass(frozen=True, slots=True)
class Matched:
    """The findings that one state has and the other has not."""

    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]


def match(head: Sequence[Finding], base: Sequence[Finding]) -> Matched:
    """Tell findings of the head from those of the base, in their order.

    The same fingerprint is the same finding. Of the rest, one with the same rule and the same anchor
    in another file is one that moved, and neither new nor fixed.
    """
    before = {finding.fingerprint for finding in base}
    now = {finding.fingerprint for finding in head}
    new = [finding for finding in head if finding.fingerprint not in before]
    fixed = [finding for finding in base if finding.fingerprint not in now]
    moved = _counted(new) & _counted(fixed)
    return Matched(tuple(_without(new, moved)), tuple(_without(fixed, moved)))


def _counted(findings: Iterable[Finding]) -> Counter[tuple[str, str, str]]:
    return Counter(_kind(finding) for finding in findings if finding.anchor)


def _kind(finding: Finding) -> tuple[str, str, str]:
    return (finding.analyser, finding.rule, finding.anchor)


def _without(
    findings: Iterable[Finding], moved: Counter[tuple[str, str, str]]
) -> Iterable[Finding]:
    left = Counter(moved)
    for finding in findings:
        if finding.anchor and left[_kind(finding)] > 0:
            left[_kind(finding)] -= 1
        else:
            yield finding
