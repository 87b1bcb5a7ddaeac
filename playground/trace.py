"""What an App made, counted from the playground's log of writes: the proof of exactly once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from playground.journal import Write

_COMMENTS = re.compile(r"/repos/[^/]+/[^/]+/issues/\d+/comments\Z")
_PULLS = re.compile(r"/repos/[^/]+/[^/]+/pulls\Z")
_REFS = re.compile(r"/repos/[^/]+/[^/]+/git/refs\Z")
_NEW_CHECKS = re.compile(r"/repos/[^/]+/[^/]+/check-runs\Z")
_CHECKS = re.compile(r"/repos/[^/]+/[^/]+/check-runs(/\d+)?\Z")


@dataclass(frozen=True, slots=True)
class Trace:
    """How often an App made each thing."""

    branches: int
    pulls: int
    comments: int
    checks: int
    completed_checks: int

    @property
    def is_exactly_once(self) -> bool:
        """Whether there is one of each."""
        return self == ONE_OF_EACH


ONE_OF_EACH = Trace(branches=1, pulls=1, comments=1, checks=1, completed_checks=1)


def trace(writes: Iterable[Write], *, actor: str) -> Trace:
    """Count what `actor` (an App's login, such as `p2a[bot]`) made; refused requests do not count."""
    done = [write for write in writes if write.done and write.actor == actor]
    made = [write for write in done if write.method == "POST"]
    return Trace(
        branches=_count(made, _REFS),
        pulls=_count(made, _PULLS),
        comments=_count(made, _COMMENTS),
        checks=_count(made, _NEW_CHECKS),
        completed_checks=_count([write for write in done if _completes(write)], _CHECKS),
    )


def _count(writes: Iterable[Write], pattern: re.Pattern[str]) -> int:
    return sum(bool(pattern.match(write.path)) for write in writes)


def _completes(write: Write) -> bool:
    request = write.request if isinstance(write.request, dict) else {}
    return request.get("conclusion") is not None or request.get("status") == "completed"
