"""Keeps what was done when the models cannot be asked any more: scores, graph, and a partial draft."""

from dataclasses import replace
from typing import Any

from p2a.domain import WorkflowKind
from p2a.errors import P2AError
from worker.artifact_links import REPORT_ARTIFACT
from worker.coordinator import Stage, Step
from worker.drive import take
from worker.errors import BudgetReached
from worker.github_site import GitHubSite
from worker.measure import measure
from worker.outcomes import Feedback
from worker.pages import Pages
from worker.publish import plan_change
from worker.records import PartialRecord, Record
from worker.report import report_of
from worker.run import Run, StepResult
from worker.steps.publish import publication_of, still_allowed
from worker.steps.quality import put_json, store_measured
from worker.story import Story, finished, stage_of
from worker.suite import record_suite

NOTE = "{what}; what was done by then is in the partial draft {url}"


def land(site: GitHubSite, run: Run, error: P2AError) -> None:
    """Take the landing as a step of its own, where there is a tree to measure.

    Raises:
        P2AError: it could not be done; the workflow ends all the same.
    """
    story = run.story()
    if run.workflow.kind is not WorkflowKind.FIX or story.base is None:
        return
    rounds = [task for task in finished(story.tasks) if stage_of(task.name) is Stage.LANDING]
    step = Step(Stage.LANDING, round=len(rounds) + 1)
    take(run, step, lambda run, step, task: _land(site, run, error, task_id=task.id))


def _land(site: GitHubSite, run: Run, error: P2AError, *, task_id: int) -> StepResult:
    """Measure without a model; the edits of a workflow that ran out of money become a draft."""
    story = replace(run.story(), changes=run.tree().workspace.changes())
    facts: dict[str, Any] = {}
    if story.assessment is None or story.changes != run.story().changes:
        story = _measured(run, story, task_id=task_id)
        facts = {name: _dumped(story, name) for name in ("assessment", "graph", "suite")}
    put_json(run, REPORT_ARTIFACT, report_of(run.workflow, story, run.calls()))
    if isinstance(error, BudgetReached) and story.changes:
        partial = _publish(site, run, story, error)
        note = NOTE.format(what=error.what, url=partial.pull_url)
        facts |= {"partial": partial.model_dump(), "notes": [note]}
    return StepResult(facts)


def _measured(run: Run, story: Story, *, task_id: int) -> Story:
    base = story.base or run.trees.resolve()
    measured = measure(run, run.tree(), base)
    store_measured(run, task_id, measured, Feedback(feedback="", recommendations=[]))
    return replace(
        story,
        assessment=measured.record,
        graph=measured.graphed.record,
        suite=record_suite(run, run.tree()),
    )


def _dumped(story: Story, name: str) -> dict[str, Any]:
    record: Record = getattr(story, name)
    return record.model_dump()


def _publish(site: GitHubSite, run: Run, story: Story, error: BudgetReached) -> PartialRecord:
    """Open a draft of the edits so far; one that is there already is not opened again."""
    digest = run.tree().digest()
    if story.partial is not None and story.partial.tree == digest:
        return story.partial
    still_allowed(site, run)
    publication = replace(
        publication_of(run, story),
        partial=error.what,
        branch=f"{run.workflow.branch}-partial{digest[:8]}",
    )
    _, pull = (site.perform(effect) for effect in plan_change(publication, Pages()))
    run.log(f"partial draft pull request {pull.url}", task=Stage.LANDING.value)
    return PartialRecord(branch=publication.branch, tree=digest, pull_url=pull.url)
