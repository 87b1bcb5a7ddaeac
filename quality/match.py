"""Which findings a change brought and which it took away; no I/O."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from quality.changed_lines import Touched
from quality.finding import Finding

Key = Callable[[Finding], Hashable]


@dataclass(frozen=True, slots=True)
class Matched:
    """The findings that one state has and the other has not."""

    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]


def match(
    head: Sequence[Finding], base: Sequence[Finding], touched: Mapping[str, Touched] | None = None
) -> Matched:
    """Tell findings of the head from those of the base, in their order.

    The same fingerprint is the same finding. Of the rest, one that says the same of a line that the
    change left alone is the same, though other lines of its statement changed; and one with the
    same rule and the same anchor in another file is one that moved, and neither new nor fixed.

    Args:
        head: what the head has.
        base: what the base has, by the paths of the head.
        touched: what the change did to files, by their paths.
    """
    before = {finding.fingerprint for finding in base}
    now = {finding.fingerprint for finding in head}
    new = [finding for finding in head if finding.fingerprint not in before]
    fixed = [finding for finding in base if finding.fingerprint not in now]
    new, fixed = _part(new, fixed, _old_place(new, touched or {}), _place)
    new, fixed = _part(new, fixed, _kind, _kind)
    return Matched(tuple(new), tuple(fixed))


def _part(
    new: list[Finding], fixed: list[Finding], key: Key, old_key: Key
) -> tuple[list[Finding], list[Finding]]:
    """Return both without the pairs of equal keys; None is no key."""
    same = Counter(map(key, new)) & Counter(map(old_key, fixed))
    return list(_without(new, same, key)), list(_without(fixed, same, old_key))


def _without(findings: Iterable[Finding], same: Counter[Hashable], key: Key) -> Iterable[Finding]:
    left = Counter(same)
    for finding in findings:
        value = key(finding)
        if value is not None and left[value] > 0:
            left[value] -= 1
        else:
            yield finding


def _kind(finding: Finding) -> Hashable:
    return (finding.analyser, finding.rule, finding.anchor) if finding.anchor else None


def _place(finding: Finding) -> Hashable:
    return (finding.path, finding.start_line, finding.analyser, finding.rule, finding.message)


def _old_place(findings: Iterable[Finding], touched: Mapping[str, Touched]) -> Key:
    """Return what gives the place that a finding had in the base; a new line has none."""
    paths = {finding.path for finding in findings} & touched.keys()
    stayed = {path: touched[path].stayed() for path in paths}

    def key(finding: Finding) -> Hashable:
        old = stayed[finding.path](finding.start_line) if finding.path in stayed else None
        if old is None:
            return None
        return (finding.path, old, finding.analyser, finding.rule, finding.message)

    return key
