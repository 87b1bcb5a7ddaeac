"""Works a stored workflow on GitHub: claims it, takes its steps, and ends it in one final state."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from p2a.checkout import Cache
from p2a.domain import Lease, LogLevel, Workflow, WorkflowKind, WorkflowStatus
from p2a.effects import PutCheck
from p2a.errors import (
    ConfigurationInvalid,
    GitHubError,
    GitHubRateLimited,
    LeaseLost,
    ModelError,
    P2AError,
    WorkflowCancelled,
)
from p2a.github.gateway import Gateway
from p2a.github.perform import Performer
from p2a.settings import Settings
from p2a.store.store import Store
from p2a.tape import Tape, Untaped
from quality.environment import find_environment
from worker.artifact_links import links_of
from worker.check_teller import tell_check
from worker.code_finder import CodeFinder
from worker.command_run import Laboratory
from worker.comment_teller import CommentTeller
from worker.coordinator import Ending, chain_of
from worker.drive import drive
from worker.errors import BudgetReached, GaveUp, ModelLimited, PermissionUnverified
from worker.final import Final, final_of_ending, final_of_error, final_of_wait
from worker.github_site import GitHubSite
from worker.prompt import Fence
from worker.publish import plan_failed_check
from worker.pulse import Pulse
from worker.run import Equip, OpenModel, Run, resumes
from worker.stages import on_github
from worker.steps.landing import land
from worker.story import story_of
from worker.taped_end import end_tape
from worker.trees import GitHubTrees, run_folder

logger = logging.getLogger(__name__)

FIRST_BACKOFF = 2.0
LONGEST_BACKOFF = 60.0
LONGEST_OUTAGE = timedelta(days=1)
"""How long a workflow waits for GitHub to come back, work and last word alike."""
LONGEST_PARK = timedelta(days=3)
"""How long after its command a workflow may still wait for a limit of its models to end."""

OpenGateway = Callable[[Workflow, Callable[[float], None], Tape], Gateway]
"""Open the gateway for a workflow; the function waits, and raises when the work must stop."""
OpenTape = Callable[[Workflow, Lease], Tape]
"""Open the tape by way of which a try of a workflow meets the outside world."""


def _untaped(workflow: Workflow, lease: Lease) -> Tape:
    return Untaped()


@dataclass(frozen=True, slots=True)
class Engine:
    """What every workflow of this process shares."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    owner: str
    cache: Cache
    laboratory: Laboratory
    finder: CodeFinder
    open_gateway: OpenGateway
    open_model: OpenModel
    first_backoff: float = FIRST_BACKOFF
    """Seconds before the second try; doubled for each further one."""
    open_tape: OpenTape = _untaped
    open_pulse: Callable[..., Pulse] = Pulse
    equip: Equip = find_environment

    def perform(self, workflow_id: str) -> WorkflowStatus | None:
        """Claim a workflow and work it to its end, or as far as this try comes.

        Returns the status in which it was left; None when another worker has it or took it over.
        """
        seconds = self.settings.lease_seconds
        lease = self.store.claim(workflow_id, owner=self.owner, seconds=seconds)
        if lease is None:
            logger.info("workflow %s is not to be claimed now", workflow_id)
            return None
        workflow = self.store.workflow(workflow_id)
        logger.info(
            "workflow %s: %s in %s#%d, try %d",
            *(workflow_id, workflow.kind, workflow.origin.repository.full_name),
            *(workflow.origin.number, workflow.attempt),
        )
        begun = workflow.started_at or self.clock()
        deadline = begun + timedelta(seconds=self.settings.workflow_seconds)
        tape = self.open_tape(workflow, lease)
        pulse = self.open_pulse(
            self.store,
            lease,
            deadline=deadline,
            clock=self.clock,
            lease_seconds=seconds,
            tape=tape,
        )
        try:
            with pulse:
                status = self._work(workflow, lease, pulse)
        except LeaseLost as error:
            logger.warning("workflow %s: %s", workflow_id, error)
            return None
        taken = (self.clock() - begun).total_seconds()
        logger.info("workflow %s: left as %s, %.1f s", workflow_id, status, taken)
        return status

    def _work(self, workflow: Workflow, lease: Lease, pulse: Pulse) -> WorkflowStatus:
        try:
            gateway = self.open_gateway(workflow, pulse.wait, pulse.tape)
        except LeaseLost:
            raise
        except P2AError as error:
            return self._without_github(workflow, lease, pulse, error)
        with gateway:
            attempt = _Attempt(self, workflow, lease, pulse, gateway)
            return attempt.work()

    def _without_github(
        self, workflow: Workflow, lease: Lease, pulse: Pulse, error: P2AError
    ) -> WorkflowStatus:
        """Try again later, or fail where nobody but the store can be told."""
        logger.error("workflow %s: GitHub cannot be used: %s", workflow.id, error)
        if self.may_wait(workflow, error):
            return self.release(workflow, lease, pulse, error, counts=False)
        self.store.log(workflow.id, message=str(error), level=LogLevel.ERROR)
        end_tape(pulse.tape, self.store, workflow, WorkflowStatus.FAILED, error=str(error))
        self.store.finish(lease, WorkflowStatus.FAILED, result={}, error=str(error))
        return WorkflowStatus.FAILED

    def may_wait(self, workflow: Workflow, error: P2AError) -> bool:
        """Tell whether an error is an outage of GitHub, which costs a workflow time but no try."""
        # Who may not be verified is told so soon, and commands again: nothing was done yet.
        is_outage = isinstance(error, GitHubError) and not isinstance(error, PermissionUnverified)
        is_outage = is_outage and error.transient
        return is_outage and self.clock() - workflow.created_at < LONGEST_OUTAGE

    def release(
        self,
        workflow: Workflow,
        lease: Lease,
        pulse: Pulse,
        error: P2AError,
        *,
        counts: bool = True,
        untold: str | None = None,
    ) -> WorkflowStatus:
        """Wait a little, longer after each try, then give the workflow back for another one.

        Raises:
            LeaseLost: another worker has it already.
        """
        asked = error.retry_after if isinstance(error, GitHubRateLimited) else 0.0
        # The token counts every claim, also those that cost no try.
        own = self.first_backoff * 2 ** min(lease.token - 1, 10)
        seconds = min(LONGEST_BACKOFF, max(asked, own))
        self.store.log(
            workflow.id,
            message=f"try {workflow.attempt} did not succeed, again in {seconds:.0f} s: {error}",
            level=LogLevel.WARNING,
        )
        logger.warning("workflow %s: again in %.0f s: %s", workflow.id, seconds, error)
        pulse.rest(seconds)
        end_tape(pulse.tape, self.store, workflow, WorkflowStatus.PENDING, error=str(error))
        self.store.release(lease, counts=counts, untold=untold)
        return WorkflowStatus.PENDING


class _Attempt:
    """One try of one workflow."""

    def __init__(
        self, engine: Engine, workflow: Workflow, lease: Lease, pulse: Pulse, gateway: Gateway
    ) -> None:
        self._engine = engine
        self._workflow = workflow
        self._lease = lease
        self._pulse = pulse
        store, settings, tape = engine.store, engine.settings, pulse.tape
        performer = Performer(gateway, store, lease, sleep=pulse.wait, check=pulse.check)
        self._site = GitHubSite(gateway, performer.perform)
        self._teller = CommentTeller(
            workflow,
            perform=performer.perform,
            story=lambda: story_of(store.tasks(workflow.id)),
            clock=engine.clock,
            every_seconds=settings.progress_seconds,
            tape=tape,
        )
        self._run = Run(
            workflow=workflow,
            lease=lease,
            settings=settings,
            store=store,
            pulse=pulse,
            clock=engine.clock,
            trees=GitHubTrees(
                workflow,
                gateway,
                engine.cache,
                run_folder(settings.data_dir, workflow.id, token=lease.token),
                settings.github_url,
                tape,
            ),
            laboratory=engine.laboratory.by_way_of(tape),
            finder=engine.finder,
            open_model=engine.open_model,
            teller=self._teller,
            fence=Fence(tape.exchange("value", {"name": "fence"}, lambda: secrets.token_hex(8))),
            tape=tape,
            equip=engine.equip,
        )

    def work(self) -> WorkflowStatus:
        """Take the steps and end the workflow, or give it back for another try."""
        try:
            if self._workflow.error_message is not None:
                return self._tell(_untold(self._workflow))
            self._check_attempts()
            if self._lease.token > 1 and self._run.story().tasks:
                self._teller.begin()
            functions = on_github(self._site, self._teller)
            ending = drive(self._run, functions, chain_of(self._workflow.kind))
            return self._end(ending)
        except LeaseLost:
            raise
        except P2AError as error:
            return self._stop(error)
        except Exception as error:
            logger.exception("workflow %s met an unexpected error", self._workflow.id)
            return self._fail(error)
        finally:
            self._run.close()

    def _check_attempts(self) -> None:
        tries = self._engine.settings.max_attempts
        if self._workflow.attempt > tries:
            raise GaveUp(
                f"gave up after {tries} tries",
                why=self._last_error() or "each of them ended without a word, as after a crash",
                next_step="the operator finds more in the worker's log",
            )

    def _last_error(self) -> str:
        errors = [task.error_message for task in self._run.story().tasks if task.error_message]
        return errors[-1] if errors else ""

    def _wait(self, ending: Ending) -> WorkflowStatus:
        """Tell what a person is asked for, and give the workflow up until they replied."""
        engine, story = self._engine, self._run.story()
        # A job ends with its workflow: nobody would ever take it up again.
        keeps = not engine.settings.job_url
        final = final_of_wait(ending, story, keeps=keeps)
        self._teller.final(final)
        engine.store.log(self._workflow.id, message=final.headline)
        status = WorkflowStatus.WAITING if keeps else final.status
        self._end_tape(status, error="")
        if keeps:
            return engine.store.wait(self._lease)
        engine.store.finish(self._lease, final.status, result={"ending": ending.value})
        return final.status

    def _end(self, ending: Ending) -> WorkflowStatus:
        if ending.waits:
            return self._wait(ending)
        story = self._run.story()
        final = final_of_ending(
            self._workflow.kind,
            ending,
            nothing=story.nothing,
            published=story.published,
            assessment=story.assessment,
        )
        published = story.published.model_dump() if story.published else {}
        result = {"ending": ending.value, **published}
        error = final.headline if final.status is WorkflowStatus.FAILED else None
        self._end_tape(final.status, error=error or "")
        self._engine.store.finish(self._lease, final.status, result=result, error=error)
        return final.status

    def _stop(self, error: P2AError) -> WorkflowStatus:
        if isinstance(error, ModelLimited) and self._may_park(error):
            return self._park(error)
        if self._engine.may_wait(self._workflow, error):
            return self._engine.release(
                self._workflow, self._lease, self._pulse, error, counts=False
            )
        may_pass = error.transient and not isinstance(error, ModelLimited)
        if may_pass and self._workflow.attempt < self._engine.settings.max_attempts:
            return self._engine.release(self._workflow, self._lease, self._pulse, error)
        if isinstance(error, BudgetReached | ModelError | ConfigurationInvalid):
            return self._land(error)
        return self._fail(error)

    def _may_park(self, error: ModelLimited) -> bool:
        return error.resume_at - self._workflow.created_at < LONGEST_PARK

    def _park(self, error: ModelLimited) -> WorkflowStatus:
        """Tell until when the work waits, and give the workflow back until then."""
        text = resumes(error.what, error.resume_at)
        if error.resume_at - self._engine.clock() > timedelta(hours=12):
            text = f"{text} on {error.resume_at:%Y-%m-%d}"
        self._run.log(text, level=LogLevel.WARNING)
        try:
            self._teller.pause(text)
            self._teller.refresh(force=True)
        except GitHubError as trouble:
            logger.warning("workflow %s: the wait is not told: %s", self._workflow.id, trouble)
        self._end_tape(WorkflowStatus.PENDING, error=str(error))
        self._engine.store.release(self._lease, counts=False, until=error.resume_at)
        return WorkflowStatus.PENDING

    def _land(self, error: P2AError) -> WorkflowStatus:
        """Measure and keep what was done, then end; while GitHub is away both wait."""
        try:
            land(self._site, self._run, error)
        except LeaseLost:
            raise
        except WorkflowCancelled as cancelled:
            return self._fail(cancelled)
        except P2AError as trouble:
            logger.warning("workflow %s: not landed: %s", self._workflow.id, trouble)
            if self._engine.may_wait(self._workflow, trouble):
                return self._engine.release(
                    self._workflow, self._lease, self._pulse, trouble, counts=False
                )
        return self._fail(error)

    def _fail(self, error: Exception) -> WorkflowStatus:
        """Tell the final state on GitHub, then in the store."""
        store, workflow = self._engine.store, self._workflow
        by = self._run.tape.exchange(
            "value", {"name": "cancelled by"}, lambda: store.workflow(workflow.id).cancelled_by
        )
        final = final_of_error(error, cancelled_by=by)
        store.log(workflow.id, message=_one_text(final), level=LogLevel.ERROR)
        return self._tell(final)

    def _tell(self, final: Final) -> WorkflowStatus:
        """Write a failure's last word; while GitHub is away the workflow waits with it."""
        engine, workflow = self._engine, self._workflow
        self._pulse.wind_down()
        told = _one_text(final)
        try:
            self._tell_failure(final)
        except LeaseLost:
            raise
        except P2AError as trouble:
            logger.error("workflow %s: the end could not be told: %s", workflow.id, trouble)
            if engine.may_wait(workflow, trouble):
                return engine.release(
                    workflow, self._lease, self._pulse, trouble, counts=False, untold=told
                )
            # The store still says it; nothing more can be done from here.
        result = {"ending": _ending_of(final)}
        self._end_tape(final.status, error=told)
        engine.store.finish(self._lease, final.status, result=result, error=told)
        return final.status

    def _end_tape(self, status: WorkflowStatus, *, error: str) -> None:
        run = self._run
        end_tape(run.tape, run.store, self._workflow, status, error=error, tree=run.digest())

    def _tell_failure(self, final: Final) -> None:
        workflow = self._workflow
        if workflow.kind is WorkflowKind.CHECK:
            head = self._check_head()
            if head:
                check = _failed_check(workflow, final, head_sha=head)
                tell_check(self._site, workflow, check)
        self._teller.final(final, links_of(self._run))

    def _check_head(self) -> str:
        """Return the commit whose check run was begun or would be completed."""
        base = self._run.story().base
        if self._workflow.origin.head_sha:
            return self._workflow.origin.head_sha
        return base.sha if base else ""


def _failed_check(workflow: Workflow, final: Final, *, head_sha: str) -> PutCheck:
    cancelled = final.status is WorkflowStatus.CANCELLED
    return plan_failed_check(workflow, head_sha=head_sha, why=_one_text(final), cancelled=cancelled)


def _untold(workflow: Workflow) -> Final:
    """Return the end that an earlier worker came to and could not tell."""
    cancelled = workflow.cancel_requested
    status = WorkflowStatus.CANCELLED if cancelled else WorkflowStatus.FAILED
    headline, _, rest = (workflow.error_message or "").partition(". ")
    return Final(status, headline, cause=rest, reaction="confused")


def _ending_of(final: Final) -> str:
    return BudgetReached.code if final.is_pause else final.status.value


def _one_text(final: Final) -> str:
    parts = (final.headline, final.cause, final.next_step)
    return ". ".join(part.rstrip(".") for part in parts if part) + "."
