"""The whole chain on a repository of this machine, without any GitHub: a branch and a report."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from p2a.domain import (
    BRANCH_PREFIX,
    DeliveryRecord,
    LogLevel,
    NewWorkflow,
    Origin,
    Repository,
    Task,
    WorkflowKind,
)
from p2a.errors import LeaseLost, P2AError
from p2a.git import Git, Identity
from p2a.scratch import scratch
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from worker.code_finder import CodeFinder
from worker.command_run import Laboratory
from worker.coordinator import LOCAL, Ending, Signal, Stage, Step
from worker.drive import StepFunction, drive
from worker.errors import BudgetReached
from worker.final import final_of_error
from worker.prompt import Fence
from worker.publish import TAKEN_BACK, commit_message
from worker.pulse import Pulse
from worker.records import PublishedRecord
from worker.report import report_of
from worker.run import OpenModel, Run, StepResult
from worker.stages import WORK
from worker.story import Story, open_questions, story_of
from worker.trees import LocalTrees

AUTHOR = Identity("p2a", "p2a@localhost")
OWNER = "local"
TITLE_CHARACTERS = 200
NEEDS_INFORMATION = "more must be known: {questions} Say it in the prompt and run again."


@dataclass(frozen=True, slots=True)
class LocalRequest:
    """What is to be done, where, and from which commit."""

    prompt: str
    git: Git
    name: str
    base_ref: str
    budget_usd: float | None = None
    """What its models may cost; None leaves it to the settings."""


@dataclass(frozen=True, slots=True)
class LocalOutcome:
    """How it ended: the report, and the branch when there is one."""

    succeeded: bool
    headline: str
    branch: str
    report: dict[str, Any]
    story: Story


@dataclass(frozen=True, slots=True)
class Terminal:
    """Tells the lines of the progress log to somebody who waits."""

    tell: Callable[[str], None]

    def line(self, message: str, level: LogLevel) -> None:
        """Tell one line."""
        self.tell(message)

    def refresh(self, *, force: bool = False) -> None:
        """Do nothing: a terminal has no comment to edit."""

    def pause(self, text: str) -> None:
        """Do nothing: the line of the log was told already."""

    def flush(self) -> None:
        """Do nothing: every line was told at once."""


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """What a local run needs."""

    settings: Settings
    clock: Callable[[], datetime]
    laboratory: Laboratory
    finder: CodeFinder
    open_model: OpenModel
    tell: Callable[[str], None]

    def run(self, request: LocalRequest) -> LocalOutcome:
        """Do the chain; the repository gets a branch, its work tree is not touched.

        Raises:
            GitFailed: the base names no commit.
        """
        with scratch("local") as folder:
            database = open_engine(f"sqlite:///{folder}/p2a.db")
            try:
                migrate(database)
                return self._run(request, Store(database, self.clock), folder)
            finally:
                database.dispose()

    def _run(self, request: LocalRequest, store: Store, folder: Path) -> LocalOutcome:
        workflow_id = _record(store, request, now=self.clock())
        seconds = self.settings.lease_seconds
        lease = store.claim(workflow_id, owner=OWNER, seconds=seconds)
        if lease is None:
            raise LeaseLost("the local workflow could not be claimed")
        workflow = store.workflow(workflow_id)
        deadline = self.clock() + timedelta(seconds=self.settings.workflow_seconds)
        pulse = Pulse(store, lease, deadline=deadline, clock=self.clock, lease_seconds=seconds)
        with pulse:
            run = Run(
                workflow=workflow,
                lease=lease,
                settings=self.settings,
                store=store,
                pulse=pulse,
                clock=self.clock,
                trees=LocalTrees(request.git, request.base_ref, folder / "checkout"),
                laboratory=self.laboratory,
                finder=self.finder,
                open_model=self.open_model,
                teller=Terminal(self.tell),
                fence=Fence(secrets.token_hex(8)),
                is_local=True,
            )
            try:
                ending = drive(run, _functions(request), LOCAL)
                return _outcome(run, ending)
            except BudgetReached as error:
                return _paused(run, request, error)
            except P2AError as error:
                return _failure(run, error)
            finally:
                run.close()


def _record(store: Store, request: LocalRequest, *, now: datetime) -> str:
    key = f"local:{secrets.token_hex(8)}"
    workflow = NewWorkflow(
        kind=WorkflowKind.FIX,
        origin=Origin(
            key=key,
            repository=Repository(id=0, owner=OWNER, name=request.name),
            installation_id=0,
            number=0,
            is_pull_request=False,
            user=OWNER,
            user_id=0,
            base_ref=request.base_ref,
        ),
        title=request.prompt.strip().splitlines()[0][:TITLE_CHARACTERS],
        body="",
        prompt=request.prompt,
        budget_usd=request.budget_usd,
    )
    delivery = DeliveryRecord(guid=key, event=OWNER, action="run", digest="", received_at=now)
    return store.record_delivery(delivery, workflow).workflow_id


def _functions(request: LocalRequest) -> Mapping[Stage, StepFunction]:
    return {**WORK, Stage.PUBLISH: partial(publish, request.git), Stage.REPORT: report}


def publish(git: Git, run: Run, step: Step, task: Task) -> StepResult:
    """Write one commit and its branch into the repository; index and files stay as they are.

    Raises:
        GitFailed: git does not take it.
    """
    story = run.story()
    if not story.changes:
        return StepResult({"nothing": TAKEN_BACK}, Signal.NOTHING)
    record = _write_branch(git, run, story)
    run.log(f"branch {record.branch} at {record.sha[:12]}", task=step.name)
    return StepResult({"published": record.model_dump()})


def _write_branch(git: Git, run: Run, story: Story) -> PublishedRecord:
    base = story.base or run.trees.resolve()
    branch = BRANCH_PREFIX + run.workflow.id
    tree = git.write_tree(base.sha, story.changes)
    message = commit_message(run.workflow, story)
    # The start as the date: a repeated step makes the same commit.
    when = run.workflow.started_at or run.workflow.created_at
    sha = git.commit(tree, parent=base.sha, message=message, identity=AUTHOR, when=when)
    git.create_branch(branch, sha)
    return PublishedRecord(branch=branch, sha=sha)


def report(run: Run, step: Step, task: Task) -> StepResult:
    """Do nothing: the outcome holds the report."""
    return StepResult()


def _outcome(run: Run, ending: Ending) -> LocalOutcome:
    story = story_of(run.store.tasks(run.workflow.id))
    branch = story.published.branch if story.published else ""
    headline = f"branch {branch}" if branch else f"nothing to do: {story.nothing}"
    if ending.waits:
        headline = NEEDS_INFORMATION.format(questions=" ".join(open_questions(story)))
    return LocalOutcome(
        succeeded=not ending.waits,
        headline=headline,
        branch=branch,
        report=report_of(run.workflow, story, run.calls()),
        story=story,
    )


def _paused(run: Run, request: LocalRequest, error: BudgetReached) -> LocalOutcome:
    """Keep the edits of a run that may spend nothing more on a branch."""
    story = replace(run.story(), changes=run.tree().workspace.changes())
    if story.changes:
        story = replace(story, published=_write_branch(request.git, run, story))
    return LocalOutcome(
        succeeded=False,
        headline=f"{error.what}; {error.why}",
        branch=story.published.branch if story.published else "",
        report={**report_of(run.workflow, story, run.calls()), "error": str(error)},
        story=story,
    )


def _failure(run: Run, error: P2AError) -> LocalOutcome:
    final = final_of_error(error)
    story = story_of(run.store.tasks(run.workflow.id))
    return LocalOutcome(
        succeeded=False,
        headline=final.headline,
        branch="",
        report={**report_of(run.workflow, story, run.calls()), "error": str(error)},
        story=story,
    )


def report_json(outcome: LocalOutcome) -> str:
    """Return the report as JSON text."""
    return json.dumps(outcome.report, sort_keys=True, indent=1) + "\n"
