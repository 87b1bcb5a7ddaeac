"""Reads a coverage report that foreign code may have written, and believes nothing else; no I/O."""

import json
from typing import Any

from quality.suite_result import FileCoverage

MAX_BYTES = 64 * 1024 * 1024
MAX_LINE = 1_000_000
MAX_NESTED = 1_000_000
MAX_ITEMS = 12_000_000
"""Objects and arrays, and values of both: read, each takes many times the bytes that it is written in."""


class CoverageInvalid(ValueError):
    """The content is no coverage report, or its numbers cannot be."""


def read_coverage(content: bytes) -> dict[str, FileCoverage]:
    """Return the lines that ran and that did not, by path.

    Raises:
        CoverageInvalid: too much, another form, a line out of range, or one that both ran and did not.
    """
    if content.count(b"{") + content.count(b"[") > MAX_NESTED or content.count(b",") > MAX_ITEMS:
        raise CoverageInvalid("it holds more than a report of a million lines does")
    try:
        data = json.loads(content)
        files = data["files"]
        return {str(path): _file(value) for path, value in sorted(files.items())}
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise CoverageInvalid(f"not a coverage report: {error}") from error


def percent(files: dict[str, FileCoverage]) -> float | None:
    """Return the share of statements and branches that ran, None when there is no statement."""
    done = sum(item.done for item in files.values())
    total = sum(item.total for item in files.values())
    return round(100 * done / total, 2) if total else None


def _file(value: Any) -> FileCoverage:
    executed, missing = _lines(value["executed_lines"]), _lines(value["missing_lines"])
    if not set(executed).isdisjoint(missing):
        raise CoverageInvalid("a line both ran and did not run")
    taken, not_taken = _branches(value, "executed"), _branches(value, "missing")
    if not taken.isdisjoint(not_taken):
        raise CoverageInvalid("a branch was both taken and not taken")
    return FileCoverage(executed, missing, len(taken), len(not_taken))


def _branches(value: Any, kind: str) -> set[tuple[int, int]]:
    """Return pairs of lines; the second is negative where the branch leaves the function."""
    pairs = {tuple(pair) for pair in value.get(f"{kind}_branches", [])}
    for pair in pairs:
        if len(pair) != 2 or not (_is_line(pair[0]) and _is_line(abs(pair[1]))):
            raise CoverageInvalid("a branch is not a pair of lines")
    return pairs


def _lines(value: Any) -> tuple[int, ...]:
    lines = {line for line in value if _is_line(line)}
    if len(lines) != len(value):
        raise CoverageInvalid("a line number is not one")
    return tuple(sorted(lines))


def _is_line(line: Any) -> bool:
    return isinstance(line, int) and not isinstance(line, bool) and 0 < line <= MAX_LINE
