"""Holds a review's findings against the code: what cites lines that are not there is dropped; no I/O."""

from collections.abc import Callable

from worker.outcomes import Review, ReviewFinding, Verdict
from worker.records import DroppedFindingRecord

NO_FILE = "the change's tree has no such text file"
NO_LINE = "the file has {count} lines"
MAX_PATH = 200

CountLines = Callable[[str], int | None]
"""Return how many lines a text file of the change's tree has, None where there is no such file."""


def with_real_findings(
    review: Review, count_lines: CountLines
) -> tuple[Review, list[DroppedFindingRecord]]:
    """Return the review with the findings that cite real lines, and a record of each other one.

    A review that sends the change back for nothing but lines that do not exist does not do so.
    """
    real: list[ReviewFinding] = []
    dropped: list[DroppedFindingRecord] = []
    for finding in review.findings:
        reason = _fault(finding, count_lines)
        if reason is None:
            real.append(finding)
        else:
            record = DroppedFindingRecord(
                path=finding.path[:MAX_PATH], line=finding.line, reason=reason
            )
            dropped.append(record)
    verdict = Verdict.APPROVE if dropped and not real else review.verdict
    return review.model_copy(update={"findings": real, "verdict": verdict}), dropped


def _fault(finding: ReviewFinding, count_lines: CountLines) -> str | None:
    count = count_lines(finding.path)
    if count is None:
        return NO_FILE
    return NO_LINE.format(count=count) if finding.line > count else None
