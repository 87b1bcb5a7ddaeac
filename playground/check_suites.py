"""Check suites and runs as records: opening, sums over a suite, and the buttons users press."""

from dataclasses import dataclass, replace

from playground.git_commit import NO_OBJECT
from playground.records import CheckRun, CheckSuite
from playground.state import State

WORST_FIRST = (
    "failure",
    "timed_out",
    "startup_failure",
    "action_required",
    "cancelled",
    "stale",
    "success",
    "neutral",
    "skipped",
)
"""Which conclusion of its runs a suite takes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A commit that was pushed and wants checks."""

    repository_id: int
    head_sha: str
    head_branch: str | None
    sender_id: int
    before: str = NO_OBJECT


def request(state: State, wanted: Wanted) -> None:
    """Open a suite of the commit for each installed App that may write checks, and tell it."""
    for installation in state.installations_on(wanted.repository_id):
        app_id = installation.app_id
        if installation.permissions.get("checks") != "write":
            continue
        if find(state, wanted, app_id=app_id) is None:
            state.emit(
                "check_suite",
                "requested",
                wanted.repository_id,
                sender_id=wanted.sender_id,
                only_app_id=app_id,
                check_suite=open_suite(state, wanted, app_id=app_id),
            )


def find(state: State, wanted: Wanted, *, app_id: int) -> CheckSuite | None:
    """Return the App's suite of the commit."""
    return state.check_suites.first(
        repository_id=wanted.repository_id, app_id=app_id, head_sha=wanted.head_sha
    )


def open_suite(state: State, wanted: Wanted, *, app_id: int) -> CheckSuite:
    """Store a new suite."""
    now = state.now()
    suite = CheckSuite(
        id=state.next_id(),
        repository_id=wanted.repository_id,
        app_id=app_id,
        head_sha=wanted.head_sha,
        head_branch=wanted.head_branch,
        created_at=now,
        updated_at=now,
        before=wanted.before,
        after=wanted.head_sha,
    )
    return state.check_suites.put(suite)


def sum_up(state: State, suite_id: int, *, sender_id: int) -> CheckSuite:
    """Bring a suite's status and conclusion up to date with its runs; tell when it completes."""
    suite = state.check_suites.need(suite_id)
    runs = latest(state.check_runs.where(suite_id=suite_id))
    conclusion = _conclusion(runs)
    if conclusion is not None:
        status = "completed"
    else:
        status = "in_progress" if any(run.status != "queued" for run in runs) else "queued"
    changed = replace(suite, status=status, conclusion=conclusion, updated_at=state.now())
    state.check_suites.put(changed)
    if status == "completed" and (suite.status, suite.conclusion) != (status, conclusion):
        state.emit(
            "check_suite",
            "completed",
            suite.repository_id,
            sender_id=sender_id,
            check_suite=changed,
        )
    return changed


def latest(runs: list[CheckRun]) -> list[CheckRun]:
    """Return only the newest run of each suite and name."""
    newest = {(run.suite_id, run.name): run for run in runs}
    return sorted(newest.values(), key=lambda run: run.id)


def _conclusion(runs: list[CheckRun]) -> str | None:
    if not runs or any(run.status != "completed" for run in runs):
        return None
    found = {run.conclusion for run in runs}
    return next((word for word in WORST_FIRST if word in found), "neutral")


def rerun(state: State, check_run_id: int, *, sender_id: int) -> CheckRun:
    """Press a check run's re-run button: its App is told `rerequested`."""
    with state.lock:
        run = state.check_runs.need(check_run_id)
        _reopen(state, run.suite_id)
        state.emit(
            "check_run",
            "rerequested",
            run.repository_id,
            sender_id=sender_id,
            only_app_id=run.app_id,
            check_run=run,
        )
        return run


def rerun_suite(state: State, suite_id: int, *, sender_id: int) -> CheckSuite:
    """Press "Re-run all checks": the suite's App is told `rerequested`."""
    with state.lock:
        suite = _reopen(state, suite_id)
        state.emit(
            "check_suite",
            "rerequested",
            suite.repository_id,
            sender_id=sender_id,
            only_app_id=suite.app_id,
            check_suite=suite,
        )
        return suite


def press(state: State, check_run_id: int, *, identifier: str, sender_id: int) -> CheckRun:
    """Press one of a check run's own buttons: its App is told `requested_action`.

    Raises:
        LookupError: the run has no such button.
    """
    with state.lock:
        run = state.check_runs.need(check_run_id)
        if identifier not in [action.identifier for action in run.actions]:
            raise LookupError(f"check run {check_run_id} has no action {identifier!r}")
        state.emit(
            "check_run",
            "requested_action",
            run.repository_id,
            sender_id=sender_id,
            only_app_id=run.app_id,
            check_run=run,
            requested_action={"identifier": identifier},
        )
        return run


def _reopen(state: State, suite_id: int) -> CheckSuite:
    suite = state.check_suites.need(suite_id)
    reopened = replace(suite, status="queued", conclusion=None, updated_at=state.now())
    return state.check_suites.put(reopened)
