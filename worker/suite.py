"""Runs the repository's test suite in the sandbox and makes a record of what came of it."""

from dataclasses import replace

from p2a.sandbox.interface import Limits
from p2a.scratch import scratch
from quality.suite import run_suite
from quality.suite_result import SuiteResult, TestCounts, not_run
from worker.equipment import laboratory_of
from worker.records import SuiteRecord
from worker.run import Run
from worker.work_tree import WorkTree

TAIL_CHARACTERS = 4_000
SUITE_SECONDS = 900.0
FORK = "the head is in somebody else's repository, so its tests are not run"


def measure_suite(run: Run, tree: WorkTree) -> SuiteResult:
    """Run the suite on the present tree; the same tree is not run twice by one process."""
    digest = tree.digest()
    if digest not in run.measured:
        run.measured[digest] = _run(run, tree)
    return run.measured[digest]


def record_suite(run: Run, tree: WorkTree) -> SuiteRecord:
    """Run the suite as `measure_suite` and return its record."""
    result = measure_suite(run, tree)
    sandbox = run.laboratory.sandbox
    return record_of(result, tree=tree.digest(), backend=sandbox.name if sandbox else "")


def record_of(result: SuiteResult, *, tree: str, backend: str) -> SuiteRecord:
    """Return what is stored of a run."""
    counts = result.counts or TestCounts()
    return SuiteRecord(
        command=result.command,
        ran=result.is_measured,
        reason=result.reason_not_measured or "",
        exit_code=result.exit_code,
        passed=counts.passed if result.counts else None,
        failed=counts.failed if result.counts else None,
        errors=counts.errors if result.counts else None,
        skipped=counts.skipped if result.counts else None,
        seconds=result.seconds,
        backend=backend,
        failures=list(result.failed_tests),
        tail=result.output_tail[-TAIL_CHARACTERS:],
        tree=tree,
    )


def _run(run: Run, tree: WorkTree) -> SuiteResult:
    base = run.story().base
    if base is not None and base.is_fork:
        return not_run(FORK)
    if run.laboratory.sandbox is None:
        return not_run(run.laboratory.reason)
    sandbox, python = laboratory_of(run).required(check=run.check)
    seconds = min(SUITE_SECONDS, run.pulse.seconds_left())
    with scratch("suite") as work:
        return run_suite(
            tree.root,
            sandbox=sandbox,
            environment=python,
            command=None,
            limits=replace(Limits(), wall_seconds=seconds, cpu_seconds=int(seconds) + 1),
            work=work,
            paths=tree.workspace.paths(),
        )
