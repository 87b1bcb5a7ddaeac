"""Tells the end of a workflow that met no error: the last edit of the comment and a reaction."""

from p2a.domain import Task
from worker.artifact_links import REPORT_ARTIFACT, links_of
from worker.comment_teller import CommentTeller
from worker.coordinator import Ending, Step
from worker.final import final_of_ending
from worker.report import report_of
from worker.run import Run, StepResult
from worker.steps.quality import put_json


def report(teller: CommentTeller, run: Run, step: Step, task: Task) -> StepResult:
    """Store the report with what was published, then write the final state."""
    story = run.story()
    put_json(run, REPORT_ARTIFACT, report_of(run.workflow, story, run.calls()))
    ending = Ending.NOTHING_TO_DO if story.nothing else Ending.COMPLETED
    final = final_of_ending(
        run.workflow.kind,
        ending,
        nothing=story.nothing,
        published=story.published,
        assessment=story.assessment,
    )
    teller.final(final, links_of(run))
    return StepResult()
