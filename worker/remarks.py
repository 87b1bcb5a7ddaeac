"""A review's findings held against the code: moved to what they quote, dropped, or kept; no I/O."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Sequence

from p2a.inert import is_shown_whole
from worker.cited import MAX_PATH, NO_FILE, NO_LINE
from worker.new_secrets import brings_secret
from worker.outcomes import PullFinding, Severity
from worker.records import DroppedFindingRecord, RemarkRecord

NO_QUOTE = "the quoted line is not in the file"
MAX_LINES = 60
"""Lines of one finding; a longer one is cut to its beginning."""
FINGERPRINT = "<!-- p2a:finding:{value} -->"
_FINGERPRINT = re.compile(r"<!-- p2a:finding:([0-9a-f]{16}) -->")
_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}

ReadLines = Callable[[str], list[str] | None]
"""Return the lines of a text file of the head, None where there is no such file."""

MayChange = Callable[[str], bool]
"""Tell whether a change by an agent may touch a path."""


def hold(
    findings: Iterable[PullFinding], read_lines: ReadLines, may_change: MayChange
) -> tuple[list[RemarkRecord], list[DroppedFindingRecord]]:
    """Return the findings that stand in the code, the worst first, and a record of each other one."""
    kept: list[RemarkRecord] = []
    dropped: list[DroppedFindingRecord] = []
    for finding in sorted(findings, key=lambda one: _WEIGHT[one.severity]):
        held = _held(finding, read_lines(finding.path), may_change)
        if isinstance(held, RemarkRecord):
            kept.append(held)
        else:
            path = finding.path[:MAX_PATH]
            dropped.append(DroppedFindingRecord(path=path, line=finding.line, reason=held))
    return kept, dropped


def without_repeats(
    remarks: Sequence[RemarkRecord], said: Collection[str]
) -> tuple[list[RemarkRecord], int]:
    """Return the remarks whose fingerprints were not said before, and how many were."""
    new = [one for one in remarks if one.fingerprint not in said]
    return new, len(remarks) - len(new)


def fingerprints_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the fingerprints that texts of ours carry."""
    return frozenset(value for text in texts for value in _FINGERPRINT.findall(text))


def fingerprint(path: str, lines: Sequence[str]) -> str:
    """Return what a finding is known by: its file and the code it is about, wherever that moved.

    The words of a model differ from run to run, so they do not count.
    """
    code = "\n".join(" ".join(line.split()) for line in lines)
    return hashlib.sha256(f"{path}\0{code}".encode("utf-8", "replace")).hexdigest()[:16]


def _held(
    finding: PullFinding, lines: list[str] | None, may_change: MayChange
) -> RemarkRecord | str:
    if lines is None:
        return NO_FILE
    first = _first_line(finding, lines)
    if isinstance(first, str):
        return first
    length = max(0, (finding.last_line or finding.line) - finding.line)
    last = min(first + min(length, MAX_LINES - 1), len(lines))
    code = lines[first - 1 : last]
    # A suggestion replaces exactly the lines that the finding named.
    replacement = _replacement(finding, lines, code) if last - first == length else None
    return RemarkRecord(
        path=finding.path,
        first_line=first,
        last_line=last,
        severity=finding.severity.value,
        message=finding.message,
        replacement=replacement,
        is_offered=may_change(finding.path) and is_shown_whole(replacement or ""),
        fingerprint=fingerprint(finding.path, code),
    )


def _replacement(finding: PullFinding, lines: list[str], code: list[str]) -> str | None:
    """Return what a finding would put in the place of `code`, None where that is nothing to repeat."""
    text = finding.replacement
    if text is None or text.strip("\n").split("\n") == code:
        return None
    return None if brings_secret(text, before="\n".join(lines)) else text


def _first_line(finding: PullFinding, lines: list[str]) -> int | str:
    """Return the line that the finding is about: the one that it quotes, where it quotes one."""
    quoted = finding.quote.strip()
    if not quoted:
        is_there = finding.line <= len(lines)
        return finding.line if is_there else NO_LINE.format(count=len(lines))
    places = [number for number, line in enumerate(lines, start=1) if line.strip() == quoted]
    if finding.line in places:
        return finding.line
    if not places:
        return NO_QUOTE
    return min(places, key=lambda number: abs(number - finding.line))
