"""What a check found, how findings are shown, and what they come to; no I/O."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from p2a.errors import ConfigurationInvalid, EnvironmentMissing, P2AError

_REDACTED = "***"
_MIN_SECRET = 4
"""Shorter ones would also blacken ordinary words."""


class Grade(StrEnum):
    """How a part stands."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """A part of the installation, what was found, and what to do unless it is ok."""

    part: str
    grade: Grade
    found: str
    next_step: str = ""
    exit_code: int = 0
    """What a failure makes the command exit with: 3 for a setting, 4 for a part."""


def ok(part: str, found: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(part, Grade.OK, found)


def warn(part: str, found: str, next_step: str) -> Finding:
    """Return a finding that takes something away but stops nothing."""
    return Finding(part, Grade.WARN, found, next_step)


def bad_setting(part: str, found: str, next_step: str) -> Finding:
    """Return the failure of a value that somebody set."""
    return Finding(part, Grade.FAIL, found, next_step, ConfigurationInvalid.exit_code)


def bad_part(part: str, found: str, next_step: str) -> Finding:
    """Return the failure of something outside of us: a program, a server, a disk."""
    return Finding(part, Grade.FAIL, found, next_step, EnvironmentMissing.exit_code)


def from_error(part: str, error: P2AError) -> Finding:
    """Return an error as a failure."""
    found = ": ".join(text for text in (error.what, error.why) if text)
    make = bad_setting if isinstance(error, ConfigurationInvalid) else bad_part
    return make(part, found, error.next_step)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 0 when nothing fails, else 3 if a setting is wrong, else 4."""
    codes = [finding.exit_code for finding in findings if finding.grade is Grade.FAIL]
    return min(codes, default=0)


def without(findings: Iterable[Finding], secrets: Iterable[str]) -> tuple[Finding, ...]:
    """Return the findings with every secret replaced, whatever a library put into a message."""
    worth = [secret for secret in secrets if len(secret) >= _MIN_SECRET]
    return tuple(
        replace(
            finding,
            found=_replaced(finding.found, worth),
            next_step=_replaced(finding.next_step, worth),
        )
        for finding in findings
    )


def _replaced(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, _REDACTED)
    return text


def as_table(findings: Sequence[Finding]) -> str:
    """Return the findings as lines for people: grade, part, what was found, what to do."""
    width = max((len(finding.part) for finding in findings), default=0)
    lines = []
    for finding in findings:
        lines.append(f"{finding.grade:<4}  {finding.part:<{width}}  {_line(finding.found)}")
        if finding.next_step:
            lines.append(f"{'':<4}  {'':<{width}}  next: {_line(finding.next_step)}")
    counts = ", ".join(
        f"{sum(finding.grade is grade for finding in findings)} {grade}" for grade in Grade
    )
    return "\n".join([*lines, "", counts]) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings for programs."""
    items = [
        {
            "part": finding.part,
            "grade": finding.grade,
            "found": finding.found,
            "next_step": finding.next_step,
        }
        for finding in findings
    ]
    return json.dumps({"exit_code": exit_code(findings), "findings": items}, indent=2) + "\n"
