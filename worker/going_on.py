"""Which workflow `/p2a retry` and `/p2a resume` go on with; no I/O."""

from collections.abc import Sequence

from p2a.domain import Workflow, WorkflowStatus
from worker.coordinator import Ending
from worker.errors import BudgetReached

ENDING = "ending"
_STOPPED = frozenset({WorkflowStatus.FAILED, WorkflowStatus.CANCELLED})


def is_refused(workflow: Workflow) -> bool:
    """Whether it ended before any work, because its author may not command anything."""
    return _ended(workflow, Ending.REFUSED.value)


def to_go_on(workflows: Sequence[Workflow], *, wants_paused: bool = False) -> Workflow | None:
    """Return the workflow that is taken up again, None where there is none; the newest come first.

    A refused one never is: whoever may not write here could keep others from their own work.
    With `wants_paused` the newest whose budget is reached goes before all that failed after it.
    """
    stopped = [one for one in workflows if one.status in _STOPPED and not is_refused(one)]
    paused = [one for one in stopped if wants_paused and _ended(one, BudgetReached.code)]
    return next(iter([*paused, *stopped]), None)


def told_in_order(workflows: Sequence[Workflow]) -> list[Workflow]:
    """Return the workflows as people are shown them: what was refused comes last."""
    return sorted(workflows, key=is_refused)


def _ended(workflow: Workflow, ending: str) -> bool:
    return workflow.status.is_final and workflow.result.get(ENDING) == ending
