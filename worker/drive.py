"""Takes the steps of a workflow, those that may be taken now at the same time, each as a stored task."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from p2a.domain import AgentType, LogLevel, Task, TaskStatus
from p2a.errors import LeaseLost, ModelOutputInvalid, ModelRefused, P2AError, WorkflowCancelled
from worker.coordinator import (
    Done,
    Ending,
    Signal,
    Stage,
    Step,
    agent_of,
    chain_of,
    may_fail,
    next_steps,
    without,
)
from worker.errors import BudgetReached, ModelLimited
from worker.progress import order_of
from worker.run import Run, StepResult
from worker.step_label import label_of
from worker.story import SIGNAL, finished, history_of, stage_of

logger = logging.getLogger(__name__)

UNABLE = "The {name} could not do its task, so nobody did it: {why}."

StepFunction = Callable[[Run, Step, Task], StepResult]


def drive(run: Run, functions: Mapping[Stage, StepFunction], chain: tuple[Stage, ...]) -> Ending:
    """Take every step that is left, in the order that the coordinator says.

    Raises:
        P2AError: a step could not be taken; finished ones stay finished.
    """
    while True:
        story = run.story()
        following = next_steps(history_of(story.tasks), without(chain, story.team.off))
        if isinstance(following, Done):
            # An end is not stopped any more: it was told, and there can be only one.
            if following.ending.waits:
                run.pulse.check()
            return following.ending
        run.pulse.check()
        if len(following) == 1:
            take(run, following[0], functions[following[0].stage])
        else:
            _take_together(run, following, functions)


def take(run: Run, step: Step, function: StepFunction) -> None:
    """Take one step and store what came of it, also when it fails."""
    tasks = run.store.tasks(run.workflow.id)
    # A landing stands before the step that stopped, whose results replace its own later.
    order = order_of(finished(tasks)) - (step.stage is Stage.LANDING)
    _take(run, step, function, order=order)


def _take_together(
    run: Run, steps: Sequence[Step], functions: Mapping[Stage, StepFunction]
) -> None:
    """Take steps at the same time, each on a copy of the tree as it is now.

    All come to their end, also when one fails: what the others paid for is kept.
    """
    first = order_of(finished(run.store.tasks(run.workflow.id)))
    run.tree()  # opened once, before others copy it
    with ThreadPoolExecutor(len(steps), thread_name_prefix="p2a-step") as threads:
        futures = [
            threads.submit(_on_branch, run, step, functions[step.stage], order=first + place)
            for place, step in enumerate(steps)
        ]
        try:
            errors = [future.exception() for future in futures]
        except BaseException:
            # A signal ends this thread: the others are to end as well.
            run.till.stop()
            raise
    _raise_first(errors)
    run.rejoin()


def _on_branch(run: Run, step: Step, function: StepFunction, *, order: int) -> None:
    branch = run.branch(step.stage.value)
    try:
        _take(branch, step, function, order=order)
    finally:
        run.equipped = run.equipped or branch.equipped
        branch.close()


def _raise_first(errors: Sequence[BaseException | None]) -> None:
    """Raise what ends the whole workflow before what ends one step."""
    found = [error for error in errors if error is not None]
    for kind in (LeaseLost, WorkflowCancelled, BaseException):
        for error in found:
            if isinstance(error, kind):
                raise error


def _take(run: Run, step: Step, function: StepFunction, *, order: int) -> None:
    with run.tape.lane(step.name):
        _take_on_tape(run, step, function, order=order)


def _take_on_tape(run: Run, step: Step, function: StepFunction, *, order: int) -> None:
    story = run.story()
    agent = AgentType(story.team.agents.get(step.stage.value, agent_of(step.stage)))
    with run.tape.moment("start", name=step.name):
        task = run.store.start_task(
            run.lease,
            name=step.name,
            agent=agent,
            description=label_of(step.stage, run.workflow.kind, is_fork=run.is_fork),
            order=order,
            depends_on=_depends_on(step, finished(story.tasks)),
        )
    run.task_id, run.agent = task.id, agent
    run.teller.refresh()
    try:
        result = function(run, step, task)
    except LeaseLost:
        raise
    except P2AError as error:
        is_unable = isinstance(error, ModelOutputInvalid | ModelRefused)
        if not is_unable or not may_fail(step.stage, chain_of(run.workflow.kind)):
            _leave(run, step, task, error)
            raise
        result = _unable(run, step, error)
    facts = {**result.facts, SIGNAL: result.signal.value}
    with run.tape.moment("finish", name=step.name, signal=result.signal.value):
        run.store.finish_task(run.lease, task.id, TaskStatus.COMPLETED, result=facts)
    run.tape.flush()
    seconds = (run.clock() - (task.started_at or run.clock())).total_seconds()
    logger.info("workflow %s: %s %s, %.1f s", run.workflow.id, step.name, result.signal, seconds)
    if result.signal is not Signal.UNABLE:
        label = label_of(step.stage, run.workflow.kind, facts, is_fork=run.is_fork)
        run.log(f"{label}: done", level=LogLevel.SUCCESS, task=step.name)


def _unable(run: Run, step: Step, error: P2AError) -> StepResult:
    """Return that an agent could not do its task: the coordinator goes on without it."""
    run.rejoin()
    note = UNABLE.format(name=step.stage.value, why=(error.why or error.what).rstrip("."))
    run.log(note, level=LogLevel.WARNING, task=step.name)
    return StepResult({"notes": [note]}, Signal.UNABLE)


def _depends_on(step: Step, tasks: Sequence[Task]) -> list[str]:
    """Return the names of the newest tasks of the stages that a step builds upon."""
    newest = {stage_of(task.name): task.name for task in tasks}
    return [newest[stage] for stage in step.after if stage in newest]


def _leave(run: Run, step: Step, task: Task, error: P2AError) -> None:
    """Store that a step could not be taken; one that only waits is still to be taken."""
    waits = isinstance(error, BudgetReached | ModelLimited)
    status = TaskStatus.PENDING if waits else TaskStatus.FAILED
    with run.tape.moment("finish", name=step.name, error=str(error)):
        run.store.finish_task(run.lease, task.id, status, result=_kept(run, task), error=str(error))
    # Only the code: the text may quote what strangers wrote, over several lines.
    logger.warning("workflow %s: %s stopped: %s", run.workflow.id, step.name, error.code)
    level = LogLevel.WARNING if waits else LogLevel.ERROR
    run.log(f"{step.name}: {error}", level=level, task=step.name)


def _kept(run: Run, task: Task) -> dict[str, Any]:
    """Return the newest checkpoint of a task, for the next try."""
    tasks = run.store.tasks(run.workflow.id)
    return next((item.result for item in tasks if item.id == task.id), task.result)
