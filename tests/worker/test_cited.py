"""A review's findings against the tree: what cites nothing real is dropped and counted."""

import json
from typing import Any

import pytest

from p2a.domain import WorkflowKind, WorkflowStatus
from tests.fakes.workshop import reply, small_script
from tests.worker.conftest import OpenWorkshop
from worker.cited import NO_FILE, with_real_findings
from worker.outcomes import Review, ReviewFinding, Severity, Verdict
from worker.records import DroppedFindingRecord

LINES = {"src/a.py": 10, "empty.py": 0}
REAL = {"path": "src/uploader/pieces.py", "line": 1, "severity": "error", "message": "Too big."}
INVENTED = {"path": "src/uploader/gone.py", "line": 1, "severity": "error", "message": "Leaks."}
BEYOND = {"path": "src/uploader/pieces.py", "line": 9_000, "severity": "info", "message": "Odd."}
OUTSIDE = {"path": "../../etc/passwd", "line": 1, "severity": "error", "message": "Root."}


def finding(path: str, line: int) -> ReviewFinding:
    return ReviewFinding(path=path, line=line, severity=Severity.ERROR, message="m")


def review(*findings: ReviewFinding, verdict: Verdict = Verdict.REVISE) -> Review:
    return Review(verdict=verdict, summary="s", findings=list(findings))


@pytest.mark.parametrize(
    ("path", "line", "reason"),
    [
        ("src/a.py", 1, None),
        ("src/a.py", 10, None),
        ("src/a.py", 11, "the file has 10 lines"),
        ("empty.py", 1, "the file has 0 lines"),
        ("src/b.py", 1, NO_FILE),
        ("a/src/a.py", 1, NO_FILE),
    ],
)
def test_findings__that_cite_nothing_real_are_dropped(
    path: str, line: int, reason: str | None
) -> None:
    found, dropped = with_real_findings(review(finding(path, line)), LINES.get)
    assert (found.findings == []) is (reason is not None)
    assert dropped == (
        [DroppedFindingRecord(path=path, line=line, reason=reason)] if reason else []
    )


def test_verdict__stands_on_what_is_real() -> None:
    both = review(finding("src/a.py", 1), finding("src/b.py", 1))
    assert with_real_findings(both, LINES.get)[0].verdict is Verdict.REVISE
    assert (
        with_real_findings(review(finding("src/b.py", 1)), LINES.get)[0].verdict is Verdict.APPROVE
    )
    assert with_real_findings(review(), LINES.get)[0].verdict is Verdict.REVISE


def reviewed(open_workshop: OpenWorkshop, *findings: dict[str, Any]) -> tuple[str, Any, list[str]]:
    """Return the pull request's text, the report, and the names of the tasks."""
    answer = [reply("REVIEWER", verdict="revise", summary="no", findings=list(findings))]
    workshop = open_workshop(small_script(REVIEWER=answer))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    stored = workshop.store.artifact(name, "report.json")
    assert stored is not None
    (pull,) = workshop.get("pulls?state=all")
    names = [task.name for task in workshop.store.tasks(name)]
    return pull["body"], json.loads(stored.content), names


def test_review__keeps_real_findings_and_counts_the_others(open_workshop: OpenWorkshop) -> None:
    suggested = {**REAL, "suggestion": "PIECE_SIZE = 4096"}
    body, report, names = reviewed(open_workshop, suggested, INVENTED, BEYOND, OUTSIDE)
    assert "developer-2" in names
    assert [item["path"] for item in report["review"]["findings"]] == [REAL["path"]]
    assert [(item["path"], item["line"]) for item in report["review_findings_dropped"]] == [
        ("src/uploader/gone.py", 1),
        ("src/uploader/pieces.py", 9_000),
        ("../../etc/passwd", 1),
    ]
    assert "`src/uploader/pieces.py:1`" in body
    assert "PIECE_SIZE = 4096" in body
    assert "Leaks." not in body
    assert "3 findings of the reviewer were dropped" in body


def test_review__of_invented_findings_sends_nothing_back(open_workshop: OpenWorkshop) -> None:
    _, report, names = reviewed(open_workshop, INVENTED, OUTSIDE)
    assert "developer-2" not in names
    assert report["review"]["verdict"] == "approve"
