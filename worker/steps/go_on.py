"""Takes up the workflow that stopped last, unless its change would reach nobody any more."""

from collections.abc import Sequence

from p2a.domain import CHANGING, Task, Workflow
from p2a.errors import GitFailed
from worker.github_site import Questions
from worker.going_on import to_go_on
from worker.reach import check_reach_of
from worker.run import Run

CHOSEN = "chosen"
NOTHING_STOPPED = (
    "Nothing here failed, was cancelled or reached its budget, so there is nothing to go on with."
)
GOES_ON = "Workflow `{id}` goes on from its last finished step. Its comment tells how it fares."
UNREACHABLE = "Nothing goes on: {what}, and {why}. Workflow `{id}` stays as it is; {next_step}."


def go_on(questions: Questions, run: Run, others: Sequence[Workflow], task: Task) -> str:
    """Make the workflow that `/p2a retry` or `/p2a resume` means pending again; return what is to be said.

    Which one it is was kept before: after a restart it is not the next one that stopped.

    Raises:
        GitHubError: GitHub did not tell whether its change would reach somebody.
    """
    chosen = task.result.get(CHOSEN)
    if chosen is None:
        found = to_go_on(others, wants_paused=run.workflow.origin.wants_paused)
        if found is None:
            return NOTHING_STOPPED
        try:
            if found.kind in CHANGING:
                check_reach_of(questions, found.origin)
        except GitFailed as error:
            return UNREACHABLE.format(
                what=error.what, why=error.why, id=found.id, next_step=error.next_step
            )
        chosen = found.id
        run.store.checkpoint_task(
            run.lease, task.id, result={CHOSEN: chosen}, progress_percentage=10
        )
    return run.tape.exchange("value", {"name": "said"}, lambda: _reopen(run, chosen))


def _reopen(run: Run, name: str) -> str:
    # Where that is done already, by an earlier try or another command, it goes on just the same.
    run.store.reopen(name, budget_usd=run.workflow.budget_usd)
    return GOES_ON.format(id=name)
