"""The laboratory of one workflow: the worker's, with what the repository's tests need installed."""

from dataclasses import replace

from p2a.scratch import scratch
from quality.needs.detect import FOREIGN, Needs
from worker.command_run import Laboratory
from worker.run import Run
from worker.taped_sandbox import ENVIRONMENT

FORK = "the head is in somebody else's repository, so nothing of it is run"
INSTALLING = "installing what the tests need"


def laboratory_of(run: Run) -> Laboratory:
    """Return where the workflow's foreign code is run; packages are installed the first time.

    Raises:
        GitFailed: the base that says what to install is not here.
        LeaseLost, WorkflowCancelled, DeadlineExceeded: the work must stop.
    """
    if run.equipped is None:
        run.equipped = _equipped(run)
    return run.equipped


def _equipped(run: Run) -> Laboratory:
    laboratory, settings = run.laboratory, run.settings
    if run.is_fork:
        return Laboratory(None, None, reason=FORK)
    if laboratory.sandbox is None or settings.package_index is None:
        return laboratory
    needs = _needs(run)
    if needs.requirements and settings.test_env is None:
        run.log(INSTALLING)
    sandbox = laboratory.sandbox.stopped_by(run.check)
    python = run.tape.exchange(
        "environment",
        {"requirements": [str(item) for item in needs.requirements]},
        lambda: run.equip(settings, needs, sandbox=sandbox, check=run.check),
        ENVIRONMENT,
        meanwhile=run.check,
    )
    return replace(laboratory, python=python)


def _needs(run: Run) -> Needs:
    """Return what the base says; a change by somebody else gets nothing."""
    base, tree = run.story().base or run.trees.resolve(), run.tree()
    if base.is_fork:
        return FOREIGN
    with scratch("needs") as work:
        return tree.needs_since(base.settled, work / "base")
