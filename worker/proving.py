"""Runs what a change's tests are judged by: what it can affect first, failures again, the base with the tests alone."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from ccg.roles import is_test_path
from p2a.scratch import scratch
from quality.suite_result import SuiteResult
from worker.equipment import laboratory_of
from worker.examining import begin_examining
from worker.graphing import CACHE, graph_of
from worker.new_tests import brought_tests, can_be_named, module_of
from worker.proof import Outcomes, judge
from worker.records import BaseRecord, ProofRecord, SuiteRecord
from worker.run import Run
from worker.suite import measure_files, measure_suite, record_result
from worker.work_tree import WorkTree

MAX_AGAIN = 20
"""Failing tests that are run again: more of them are no coincidence."""
MAX_FILES = 200
"""Files of affected tests that are run before the suite: more of them are nearly the suite."""
SCOPE = "affected tests"
BESIDE = "without the change"
WAIT_SECONDS = 0.5

Unchanged = tuple[SuiteResult, SuiteRecord]
"""The change's tests on the base with them alone."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A run of tests on the whole change and its record, flaky ones named."""

    record: SuiteRecord
    result: SuiteResult


def run_tests(run: Run, tree: WorkTree, *, known: Collection[str]) -> Tested:
    """Run the tests that the change can affect, and the whole suite where they did not get worse.

    Args:
        run: the workflow.
        tree: the tree with the change and its tests.
        known: ids of tests that failed before the change.

    Raises:
        GitFailed: the base is not here.
        LeaseLost, WorkflowCancelled, DeadlineExceeded: the work must stop.
    """
    files = affected_files(run, tree)
    # Once the graph is there; the quality step wants the rest of this very tree.
    begin_examining(run, tree, _base(run))
    if files:
        # Nothing rests on what passes here: the suite is run after it.
        measured = measure_files(run, tree, files, is_plain=True)
        first = _tested(run, tree, measured, known=known, scope=SCOPE)
        run.log(f"tests that the change can affect: {first.record.line()}")
        if first.result.is_measured and not set(first.record.steady_failures) <= set(known):
            return first
    return run_suite_on(run, tree, known=known)


def run_suite_on(run: Run, tree: WorkTree, *, known: Collection[str]) -> Tested:
    """Run the suite; failures that are not known from before are run again."""
    return _tested(run, tree, measure_suite(run, tree), known=known)


def _tested(
    run: Run, tree: WorkTree, result: SuiteResult, *, known: Collection[str], scope: str = ""
) -> Tested:
    record = record_result(run, tree, result)
    flaky = _passing_again(run, tree, [one for one in result.failed_tests if one not in known])
    return Tested(record.model_copy(update={"scope": scope, "flaky": flaky}), result)


def _passing_again(run: Run, tree: WorkTree, failed: Sequence[str]) -> list[str]:
    """Return those of the failed tests that pass when their files are run again on the same tree."""
    files = files_of(failed, tree.workspace.paths())
    if not files or len(failed) > MAX_AGAIN:
        return []
    passed = {*measure_files(run, tree, files, again=True).passed_tests}
    return [name for name in failed if name in passed]


def files_of(tests: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Return the files in which tests stand, by the ids of pytest's report."""
    modules = {module_of(path): path for path in paths if can_be_named(path)}
    found = set()
    for test in tests:
        parts = test.partition("::")[0].split(".")
        starts = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        found.update(next(([modules[start]] for start in starts if start in modules), []))
    return sorted(found)


def affected_files(run: Run, tree: WorkTree) -> list[str]:
    """Return the files of tests that reach the change by the graph; none where they are all of them."""
    with scratch("affected") as work:
        change = tree.change_since(_base(run).sha, work / "base")
        graphed = graph_of(tree.root, base=change.root, cache=run.settings.data_dir / CACHE)
    tests = set(graphed.change.impact.tests) if graphed.change else set()
    reached = {node.path for node in graphed.graph.nodes if node.id in tests}
    files = sorted(path for path in reached if can_be_named(path))
    every = {node.path for node in graphed.graph.nodes if is_test_path(node.path)}
    return [] if len(files) > MAX_FILES or every <= reached else files


def _base(run: Run) -> BaseRecord:
    return run.story().base or run.trees.resolve()


@contextmanager
def running_without_the_change(
    run: Run, tree: WorkTree, *, name: str
) -> Iterator[Future[Unchanged] | None]:
    """Run the tests that the change brings on the base with them alone, beside the tests of the change.

    Args:
        run: the workflow.
        tree: the tree with the change and its tests.
        name: the step's, under which the run is recorded.

    Yields:
        What comes of it, None where the change brings no test.

    Raises:
        GitFailed: the base is not here.
        LeaseLost, WorkflowCancelled, DeadlineExceeded: the work must stop.
    """
    files = sorted(tests_of_change(tree))
    if not files:
        yield None
        return
    laboratory_of(run)  # made before two threads want it
    tests = [change for change in tree.workspace.changes() if is_test_path(change.path)]
    with scratch("proof") as work, ThreadPoolExecutor(1, thread_name_prefix="p2a-proof") as pool:
        base = tree.base_tree(work / "base")
        base.workspace.apply(tests)
        yield pool.submit(_run_beside, run, base, files, f"{name} {BESIDE}")


def _run_beside(run: Run, base: WorkTree, files: Sequence[str], lane: str) -> Unchanged:
    with run.tape.lane(lane):
        # What passes here proves nothing.
        result = measure_files(run, base, files, is_plain=True)
        return result, record_result(run, base, result)


def prove(
    run: Run, tree: WorkTree, tested: Tested, unchanged: Future[Unchanged] | None
) -> ProofRecord:
    """Judge the tests that the change brings, as they went without the change and with it.

    Args:
        run: the workflow.
        tree: the tree with the change and its tests.
        tested: the tests of the change.
        unchanged: those that it brings on the base, which may still run.

    Raises:
        LeaseLost, WorkflowCancelled, DeadlineExceeded: the work must stop.
    """
    if unchanged is None:
        return ProofRecord(tree=tree.digest())
    while wait([unchanged], timeout=WAIT_SECONDS).not_done:
        run.check()
    before, record = unchanged.result()
    brought = tests_of_change(tree)
    after = tested.result
    if not after.is_measured:
        after = measure_files(run, tree, sorted(brought))
    facts = {"before": record, "tree": tree.digest()}
    if reason := before.reason_not_measured or after.reason_not_measured:
        return ProofRecord.model_validate({"reason": reason, **facts})
    names = [name for found in brought.values() for name in found]
    judged = judge(
        names, before=Outcomes.of(before), after=Outcomes.of(after), flaky=tested.record.flaky
    )
    return judged.model_copy(update=facts)


def tests_of_change(tree: WorkTree) -> dict[str, list[str]]:
    """Return the ids of the tests that the change brings, by the path of their file."""
    found = {}
    for change in tree.workspace.changes():
        if change.content is None or not is_test_path(change.path) or not can_be_named(change.path):
            continue
        before = tree.workspace.original(change.path)
        old = None if before is None else before.decode("utf-8", "replace")
        names = brought_tests(change.path, old, change.content.decode("utf-8", "replace"))
        if names:
            found[change.path] = names
    return found
