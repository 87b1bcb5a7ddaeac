"""Examines a workflow's tree while its tests run."""

from collections.abc import Callable
from concurrent.futures import Future, wait

from worker.examined import Examined, examined
from worker.graphing import CACHE
from worker.records import BaseRecord
from worker.run import Run
from worker.work_tree import WorkTree

WAIT_SECONDS = 0.5


def begin_examining(run: Run, tree: WorkTree, base: BaseRecord) -> Future[Examined]:
    """Begin to examine a copy of the present tree, if that was not begun before.

    Nothing of it is run, so it may go on beside its tests. Where the base is not here, the promise
    holds `GitFailed`.
    """

    def prepare() -> Callable[[], Examined]:
        copy = tree.copy(f"examined-{digest[:12]}")
        return lambda: examined(copy, base, cache=run.settings.data_dir / CACHE)

    digest = tree.digest()
    return run.foresight.begin(f"{base.against or base.sha} {digest}", prepare)


def examine(run: Run, tree: WorkTree, base: BaseRecord) -> Examined:
    """Return what the files of the present tree say, which may have been found out meanwhile.

    It is closed with the run.

    Raises:
        GitFailed: the base is not here.
        LeaseLost, WorkflowCancelled, DeadlineExceeded: the work must stop.
    """
    promise = begin_examining(run, tree, base)
    while wait([promise], timeout=WAIT_SECONDS).not_done:
        run.check()
    return promise.result()
