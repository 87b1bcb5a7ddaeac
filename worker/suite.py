"""Runs the repository's test suite in the sandbox and makes a record of what came of it."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from p2a.sandbox.interface import Limits
from p2a.scratch import scratch
from quality.canary import Asked
from quality.suite import run_suite
from quality.suite_result import SuiteResult, TestCounts, not_run
from quality.tree import make_links
from worker.equipment import laboratory_of
from worker.records import SuiteRecord
from worker.run import Run
from worker.work_tree import WorkTree

TAIL_CHARACTERS = 4_000
SUITE_SECONDS = 900.0
_FILES_ALONE = ("pytest", "--continue-on-collection-errors")
FORK = "the head is in somebody else's repository, so its tests are not run"


def measure_suite(run: Run, tree: WorkTree) -> SuiteResult:
    """Run the suite on the present tree; the same tree is not run twice by one process."""
    digest = tree.digest()
    if digest not in run.measured:
        run.measured[digest] = _run(run, tree)
    return run.measured[digest]


def measure_files(
    run: Run, tree: WorkTree, files: Sequence[str], *, again: bool = False, is_plain: bool = False
) -> SuiteResult:
    """Run the tests of some files alone on the present tree, one that cannot be loaded besides.

    Args:
        run: the workflow.
        tree: where they are.
        files: paths for which `worker.new_tests.can_be_named` holds.
        again: whether they are to be run once more when this process has run them.
        is_plain: whether coverage and planted tests are left out, where nothing rests on a test that
            passes.
    """
    command = shlex.join([*_FILES_ALONE, *(f"./{path}" for path in files)])
    key = f"{tree.digest()} {command}{' again' if again else ''}{' plain' if is_plain else ''}"
    if key not in run.measured:
        run.measured[key] = _run(run, tree, command, is_plain=is_plain)
    return run.measured[key]


def record_suite(run: Run, tree: WorkTree) -> SuiteRecord:
    """Run the suite as `measure_suite` and return its record."""
    return record_result(run, tree, measure_suite(run, tree))


def record_result(run: Run, tree: WorkTree, result: SuiteResult) -> SuiteRecord:
    """Return the record of a run on the present tree."""
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


def _run(
    run: Run, tree: WorkTree, command: str | None = None, *, is_plain: bool = False
) -> SuiteResult:
    if run.is_fork:
        return not_run(FORK)
    if run.laboratory.sandbox is None:
        return not_run(run.laboratory.reason)
    sandbox, python = laboratory_of(run).required(check=run.check)
    seconds = min(SUITE_SECONDS, run.pulse.seconds_left())
    with scratch("suite") as work:
        return run_suite(
            with_links(tree, work / "source"),
            sandbox=sandbox,
            environment=python,
            command=command,
            limits=replace(Limits(), wall_seconds=seconds, cpu_seconds=int(seconds) + 1),
            work=work / "run",
            paths=tree.workspace.paths(),
            asked=Asked.NEVER if is_plain else Asked.AFTERWARDS,
        )


def with_links(tree: WorkTree, folder: Path) -> Path:
    """Return the tree's files with the links of its commit as links: a copy where it has any."""
    if not tree.links:
        return tree.root
    tree.workspace.copy_to(folder)
    make_links(folder, tree.links)
    return folder
