"""The comment that answers a check says its verdict first, then where the check run is, then the scores."""

from dataclasses import replace

import pytest

from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.effects import Conclusion
from tests.fakes.pulls import open_pull
from tests.fakes.workflows import NOON
from tests.fakes.workshop import Workshop
from tests.worker.test_pull_text import publication, story
from worker.coordinator import Ending
from worker.final import final_of_ending
from worker.pages import Pages
from worker.progress import Progress, render_progress
from worker.records import AssessmentRecord, PublishedRecord

URL = "https://github.com/o/r/runs/7"
PUBLISHED = PublishedRecord(
    branch="p2a/w", sha="d" * 40, pull_url="https://github.com/o/r/pull/1", check_url=URL, conclusion="failure",
)  # fmt: skip
TABLE = "| Score | Now |\n|:--|--:|\n| Security | 69.0 |"


def assessed(conclusion: Conclusion, reason: str, *, not_analysed: int = 0) -> AssessmentRecord:
    return AssessmentRecord(
        scores={},
        table=TABLE,
        conclusion=conclusion.value,
        conclusion_reason=reason,
        not_analysed_count=not_analysed,
        not_analysed_changed=not_analysed,
    )


def told(kind: WorkflowKind, record: AssessmentRecord) -> str:
    known = replace(story(), assessment=record, published=PUBLISHED)
    final = final_of_ending(kind, Ending.COMPLETED, published=PUBLISHED, assessment=record)
    workflow = replace(publication(known).workflow, kind=kind)
    return render_progress(Progress(workflow, known, NOON, final=final), Pages())


@pytest.mark.parametrize(
    ("conclusion", "reason", "missed", "head"),
    [
        (Conclusion.SUCCESS, "overall 90.1", 0, "### ✅ Success: overall 90.1"),
        (Conclusion.FAILURE, "1 of 3 tests did not pass", 0, "### ❌ Failure: 1 of 3 tests did not pass"),
        (Conclusion.NEUTRAL, "the tests were not measured: no @sandbox", 0, "### ⚪ Neutral: the tests were not measured: no @\u200bsandbox"),
        (Conclusion.SUCCESS, "overall 90.1", 1, "### ⚠️ Success: overall 90.1, but not all of it could be analysed"),
        (Conclusion.FAILURE, "a test did not pass", 1, "### ❌ Failure: a test did not pass"),
    ],
)  # fmt: skip
def test_check__its_verdict_with_the_reason_stands_first(
    conclusion: Conclusion, reason: str, missed: int, head: str
) -> None:
    text = told(WorkflowKind.CHECK, assessed(conclusion, reason, not_analysed=missed))
    assert text.startswith(f"{head}\n")
    assert f"]({URL}), of commit `dddddddddddd`\n" in text
    assert TABLE in text
    assert "- [x]" not in text


def test_change__its_check_run_is_linked_with_the_verdict() -> None:
    text = told(WorkflowKind.FIX, assessed(Conclusion.FAILURE, "1 of 3 tests did not pass"))
    assert text.startswith("### ✅ The draft pull request is ready for review\n")
    assert f"**Check run:** [failure]({URL}): 1 of 3 tests did not pass\n" in text
    assert "- [x]" in text


def test_check__the_one_comment_says_what_its_check_run_says(workshop: Workshop) -> None:
    origin = open_pull(workshop)
    workshop.issue = origin["number"]
    asked = {name: origin[name] for name in origin if name not in {"key", "comment_id"}}
    name = workshop.command(WorkflowKind.CHECK, "check", **asked)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (comment,) = workshop.bot_comments()
    (run,) = workshop.get(f"commits/{origin['head_sha']}/check-runs")["check_runs"]
    verdict = run["output"]["summary"].splitlines()[0]
    assert verdict == "### ⚪ Neutral: the tests were not measured: no sandbox in this test"
    assert comment.splitlines()[1] == verdict
    assert f"]({run['html_url']}), of commit `{origin['head_sha'][:12]}`" in comment
