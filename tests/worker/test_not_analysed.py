"""What the scores say nothing of stands beside them, and no green sign stands above it."""

from dataclasses import replace

import pytest

from ccg.graph import NotAnalysed
from p2a.domain import WorkflowKind
from quality.check import Checked
from quality.conclusion import conclude
from quality.report import Comparison
from tests.fakes.reports import report
from tests.fakes.workflows import NOON
from tests.worker.test_pull_text import publication, rendered, story
from worker.coordinator import Ending
from worker.final import final_of_ending
from worker.measure import MAX_NOT_ANALYSED, assessment_of
from worker.pages import Pages
from worker.progress import Progress, render_progress
from worker.records import AssessmentRecord, PublishedRecord

BROKEN = "src/uploader/send.py"
OLD = tuple(NotAnalysed(f"old/{n:02}.py", "syntax error") for n in range(30))
PUBLISHED = PublishedRecord(branch="p2a/w", pull_url="https://github.com/o/r/pull/1")


def assessed(*left_out: NotAnalysed) -> AssessmentRecord:
    compared = Comparison(base_sha="c" * 40, changed_files=(BROKEN,), new=frozenset())
    found = report(not_analysed=left_out, comparison=compared)
    return assessment_of(Checked(found, conclude(found)), None)


def test_assessment_of__keeps_what_was_not_analysed_those_of_the_change_first() -> None:
    record = assessed(*OLD, NotAnalysed(BROKEN, "syntax error in line 3"))
    assert len(record.not_analysed) == MAX_NOT_ANALYSED
    assert record.not_analysed[0].path == BROKEN
    assert (record.not_analysed_count, record.not_analysed_changed) == (31, 1)


def test_assessment__of_before_is_still_read() -> None:
    assert AssessmentRecord.model_validate({"scores": {}}).not_analysed == []


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        (
            WorkflowKind.FIX,
            "### ⚠️ The draft pull request is made, but not all of it could be analysed",
        ),
        (WorkflowKind.CHECK, "### ⚪ Neutral: the tests were not measured: no sandbox"),
    ],
)
def test_final__of_a_change_that_breaks_a_file_is_not_ready(kind: WorkflowKind, head: str) -> None:
    broken = assessed(NotAnalysed(BROKEN, "syntax error in line 3"))
    final = final_of_ending(kind, Ending.COMPLETED, published=PUBLISHED, assessment=broken)
    told = replace(story(), assessment=broken, published=PUBLISHED)
    text = render_progress(Progress(publication(told).workflow, told, NOON, final=final), Pages())
    assert text.startswith(f"{head}\n")
    assert "ready for review" not in text
    assert f"Not analysed: `{BROKEN}`: syntax error in line 3\n" in text
    assert "The scores say nothing of what was not analysed." in text


def test_final__of_a_change_beside_an_old_broken_file_is_ready() -> None:
    final = final_of_ending(
        WorkflowKind.FIX, Ending.COMPLETED, published=PUBLISHED, assessment=assessed(*OLD)
    )
    assert final.headline == "The draft pull request is ready for review"
    assert not final.is_incomplete


def test_pull__names_a_few_files_that_were_not_analysed_and_counts_the_rest() -> None:
    record = assessed(*OLD, NotAnalysed(BROKEN, "syntax error in line 3"))
    text = rendered(replace(story(), assessment=record))
    _, _, quality = text.partition("### Quality\n")
    assert (
        f"\n\nNot analysed: `{BROKEN}`: syntax error in line 3\n\nNot analysed: `old/00.py`"
        in quality
    )
    assert "\n\nNot analysed: 26 more\n" in quality
    assert "Not analysed" not in rendered(story())
