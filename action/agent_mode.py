"""Does what a comment or a label asks for: the bot's engine, inside of one job and with its token."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from action.agent_text import render_log, render_summary
from action.environment import Runner
from action.errors import InputInvalid, RefusedHere
from action.event import UNTRUSTED_WITH_SECRETS, Event, event_invalid
from action.inputs import Inputs
from action.made import made_on_pull
from action.outcome import SCORE_OUTPUTS, Outcome, score_text
from action.runner import notice_line
from p2a.checkout import Cache
from p2a.data_directory import make_data_directory
from p2a.domain import (
    BRANCH_PREFIX,
    CHANGING,
    DeliveryRecord,
    Lease,
    NewWorkflow,
    Workflow,
    WorkflowKind,
    WorkflowStatus,
)
from p2a.effects import Conclusion
from p2a.git import find_git
from p2a.github.connect import token_gateway
from p2a.github.gateway import Gateway
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.records import EffectState
from p2a.store.store import Store
from p2a.tape import Tape
from p2a.trigger.decide import NO_COMMAND, Ignore, Reply, decide
from worker.code_finder import CodeFinder
from worker.coordinator import Ending
from worker.cost import total
from worker.engine import Engine
from worker.laboratory import open_laboratory
from worker.model.open import open_model
from worker.story import Story, story_of

OWNER = "job"
EVENTS = frozenset({"issue_comment", "issues"})
MOST_TRIES = 20
"""Claims of one workflow in one job; waiting for GitHub costs one each."""
FILES = {"report": "report.json", "graph": "ccg.json"}
"""The files of a workflow that are outputs, by the output's name."""
MORE_FILES = ("ccg.html", "ccg-change.json", "quality.json")
ON_A_SERVER = (
    "`/p2a {kind}` belongs to the bot's server. Here each command is a job of GitHub Actions: its "
    "page shows how it fares, cancels it and runs it again."
)
ELSEWHERE = frozenset(
    {WorkflowKind.STATUS, WorkflowKind.CANCEL, WorkflowKind.RETRY, WorkflowKind.APPROVE}
)
NOTHING = "nothing was started: {reason}"
DONE_ALREADY = "this command was carried out already, by an earlier attempt: {url}"
REFUSED = "nothing was done: {user} may not write to this repository"


class SeekingStore(Store):
    """The store of one job, which knows nothing of earlier ones: each effect is looked for first."""

    def begin_effect(self, lease: Lease, key: str) -> EffectState:
        """Write down that an effect is about to happen, which an earlier job may have done."""
        state = super().begin_effect(lease, key)
        return replace(state, is_retry=state.done is None)


@dataclass(frozen=True, slots=True)
class AgentMode:
    """The chain as a step of a job."""

    inputs: Inputs
    event: Event
    runner: Runner
    settings: Settings
    folder: Path
    """For the files that the step leaves."""
    tell: Callable[[str], None]

    def run(self) -> Outcome:
        """Do what the event asks for, if it does and its sender may.

        Raises:
            RefusedHere: the job's event gives anybody's code the repository's secrets.
            EventInvalid: the event is not of the form that GitHub documents.
            P2AError: the work could not be begun.
        """
        workflow = self._wanted()
        if isinstance(workflow, Ignore):
            return _nothing(NOTHING.format(reason=workflow.reason))
        make_data_directory(self.settings.data_dir)
        done = self._done_already(workflow)
        if done:
            return _nothing(DONE_ALREADY.format(url=done), pull_request=done)
        database = open_engine(self.settings.database_url)
        try:
            migrate(database)
            store = SeekingStore(database, _now)
            return self._outcome(self._perform(store, workflow), store)
        finally:
            database.dispose()

    def _wanted(self) -> NewWorkflow | Ignore:
        """Decide as the bot does; what only its server can do is answered."""
        if self.event.name in UNTRUSTED_WITH_SECRETS:
            raise RefusedHere(
                f"the mode agent does not run in a {self.event.name} job",
                why="it holds the repository's secrets while the code may be anybody's",
                next_step="use `on: issue_comment` or `on: issues`, see docs/workflows/agent.yml",
            )
        if self.event.name not in EVENTS:
            return Ignore(f"{self.event.name or 'no event'} gives no command; comments do")
        try:
            decision = decide(self.event.delivery, repositories=("*/*",), installation_id=0)
        except ValueError as error:
            raise event_invalid(f"it is not of the form of {self.event.name}") from error
        if isinstance(decision, Reply):
            return Ignore(NO_COMMAND)
        if isinstance(decision, Ignore):
            return decision
        wanted = decision.workflow
        if wanted.kind in ELSEWHERE:
            text = ON_A_SERVER.format(kind=wanted.kind)
            return replace(wanted, kind=WorkflowKind.HELP, prompt=text)
        return wanted

    def _done_already(self, wanted: NewWorkflow) -> str:
        """Return the page of what an earlier attempt of this job made: nothing is paid twice."""
        if wanted.kind not in CHANGING:
            return ""
        with self._gateway(wanted) as gateway:
            pull = gateway.find_pull(f"{BRANCH_PREFIX}{wanted.id}")
            if pull is not None and pull.is_ours:
                return pull.url
            return made_on_pull(gateway, wanted) if wanted.origin.is_pull_request else ""

    def _perform(self, store: Store, wanted: NewWorkflow) -> Workflow:
        event = self.event.delivery
        record = DeliveryRecord(
            guid=event.guid,
            event=event.event,
            action=event.action,
            digest=event.digest,
            received_at=_now(),
        )
        workflow_id = store.record_delivery(record, wanted).workflow_id
        engine = self._engine(store)
        self.tell(f"workflow {workflow_id}: {wanted.kind} in #{wanted.origin.number}")
        for _ in range(MOST_TRIES):
            if engine.perform(workflow_id) is not WorkflowStatus.PENDING:
                break
        return store.workflow(workflow_id)

    def _engine(self, store: Store) -> Engine:
        cache = self.settings.data_dir / "cache"
        return Engine(
            settings=self.settings,
            store=store,
            clock=_now,
            owner=OWNER,
            cache=Cache(cache, program=find_git()),
            laboratory=open_laboratory(self.settings),
            finder=CodeFinder(cache),
            open_gateway=self._gateway,
            open_model=partial(open_model, self.settings.models),
        )

    def _gateway(
        self,
        work: Workflow | NewWorkflow,
        sleep: Callable[[float], None] = time.sleep,
        tape: Tape | None = None,
    ) -> Gateway:
        if self.inputs.token is None:
            raise InputInvalid(
                "the input `token` is empty",
                why="the mode agent comments, and opens a pull request",
                next_step="leave it out for the job's own token, or give one of an App",
            )
        return token_gateway(
            self.settings,
            token=self.inputs.token,
            app_slug=self.inputs.app,
            repository=work.origin.repository,
            clock=_now,
            sleep=sleep,
            tape=tape,
        )

    def _outcome(self, workflow: Workflow, store: Store) -> Outcome:
        story = story_of(store.tasks(workflow.id))
        refused = workflow.result.get("ending") == Ending.REFUSED
        notes = [REFUSED.format(user=workflow.origin.user)] if refused else []
        is_done = workflow.status is WorkflowStatus.COMPLETED
        return Outcome(
            exit_code=0 if is_done or refused else 1,
            outputs={
                "conclusion": _conclusion(workflow, story, refused=refused),
                **_outputs(story),
                **self._write_files(workflow, store),
            },
            summary=render_summary(workflow, story, now=_now()),
            text=render_log(store.progress(workflow.id)),
            commands=tuple(map(notice_line, notes)),
        )

    def _write_files(self, workflow: Workflow, store: Store) -> dict[str, str]:
        outputs: dict[str, str] = {}
        for output, name in (*FILES.items(), *((None, name) for name in MORE_FILES)):
            stored = store.artifact(workflow.id, name)
            if stored is not None:
                (self.folder / name).write_bytes(stored.content)
                outputs |= {output: str(self.folder / name)} if output else {}
        return {**outputs, "files": str(self.folder)} if outputs else outputs


def _nothing(note: str, *, pull_request: str = "") -> Outcome:
    return Outcome(
        exit_code=0,
        outputs={"conclusion": str(Conclusion.NEUTRAL), "pull-request": pull_request},
        summary=f"p2a: {note}\n",
        commands=(notice_line(note),),
    )


def _conclusion(workflow: Workflow, story: Story, *, refused: bool) -> str:
    if refused:
        return str(Conclusion.NEUTRAL)
    if workflow.status is not WorkflowStatus.COMPLETED:
        return str(Conclusion.FAILURE)
    if story.assessment is not None:
        return story.assessment.conclusion
    return str(Conclusion.NEUTRAL)


def _outputs(story: Story) -> dict[str, str]:
    cost, published, assessment = total(story.tasks), story.published, story.assessment
    outputs = {
        "cost": "" if cost.usd is None else f"{cost.usd:.4f}",
        "input-tokens": str(cost.input_tokens),
        "output-tokens": str(cost.output_tokens),
    }
    if published is not None:
        made = published.pull_url or published.commit_url or published.review_url
        outputs |= {"branch": published.branch, "pull-request": made}
    if assessment is not None:
        scores = assessment.scores
        outputs |= {out: score_text(scores.get(str(name))) for name, out in SCORE_OUTPUTS.items()}
        outputs |= {
            "overall": score_text(assessment.overall),
            "findings": str(assessment.findings),
            "new-findings": str(len(assessment.annotations)),
        }
    return outputs


def _now() -> datetime:
    return datetime.now(UTC)
