"""The two lanes of the queue: a short command never waits behind long work; no I/O."""

from enum import StrEnum

from p2a.domain import Workflow, WorkflowKind

_ANSWERED = frozenset(
    {WorkflowKind.HELP, WorkflowKind.STATUS, WorkflowKind.CANCEL, WorkflowKind.RETRY}
)


class Lane(StrEnum):
    """A queue with worker processes of its own; the value names it."""

    WORK = "p2a"
    SHORT = "p2a-short"
    """For what takes seconds: it is served also while all others are busy for an hour."""


def lane_of(workflow: Workflow) -> Lane:
    """Return the lane of a workflow; one that was cancelled has only its end to tell."""
    is_short = workflow.kind in _ANSWERED or workflow.cancel_requested
    return Lane.SHORT if is_short else Lane.WORK
