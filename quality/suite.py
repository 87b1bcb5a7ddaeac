"""Runs the repository's own tests in the sandbox and reads what they left, believing little."""

import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from threading import Lock

from ccg.source import read_regular
from p2a.errors import SandboxUnavailable
from p2a.sandbox.interface import (
    Ending,
    Limits,
    Mount,
    Sandbox,
    SandboxResult,
)
from p2a.sandbox.toolbox import PythonEnvironment
from quality import canary, coverage_json, junit, suite_command
from quality.canary import Asked
from quality.coverage_json import CoverageInvalid
from quality.early_canary import EarlyCanary, Workbench
from quality.failures import addresses_hidden, conftest_failure, read_failures
from quality.junit import JUnit, JUnitInvalid
from quality.lull import Lull
from quality.node_ids import node_ids
from quality.product import is_product
from quality.suite_command import AFTER_SECONDS, Calls
from quality.suite_result import FileCoverage, SuiteResult, TestCounts, not_run
from quality.suite_selection import FILES, MAX_BYTES, selection
from quality.tree import TreeTooLarge, all_files, copy_files
from quality.unrun import is_recorded, is_same, unrun_files

TAIL = 6000
"""Characters of the output that are kept: its end says what went wrong."""
MAX_NAMES = 10
MAX_NAME = 80
"""Missing modules or fixtures that a reason names, and characters of each."""
NO_TESTS_COLLECTED = 5
BREAKDOWN = "pytest::internal"
"""What pytest's report calls an internal error, after which no more tests run (_pytest.junitxml)."""
MISSING_MODULES = "the tests need modules that are not installed here: {names} ({about})"
MISSING_FIXTURES = (
    "the tests need pytest plugins that are not installed here, for: {names} ({about})"
)
BROKE_OFF = "the test run broke off"
UNLOADED = "{path} could not be loaded: {message}"
GIVE_THEM = "a virtual environment in P2A_TEST_ENV can give them"
_COPYING = Lock()
"""Two threads that copy at once would wait for each other at every file, five times as long in all."""
_FINISHED = frozenset({0, 1})
_DURATION = re.compile(
    r"(\b(?:passed|failed|errors?|skipped|warnings?|ran) )in \d+(?:\.\d+)?s\b(?: \([\d:]+\))?"
)
"""How long pytest took, in its last line: `seconds` has it, and the same run has the same text."""
_MISSING = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '([\w.]{1,200})'")


def run_suite(
    tree: Path,
    *,
    sandbox: Sandbox | None,
    environment: PythonEnvironment | None,
    command: str | None,
    limits: Limits,
    work: Path,
    paths: Iterable[str] | None = None,
    asked: Asked | Lull = Asked.AFTERWARDS,
) -> SuiteResult:
    """Run the tests on a writable copy of the tree and return their outcome.

    Args:
        tree: the files; they are only read.
        sandbox: where foreign code may run; None means that it runs nowhere.
        environment: the Python inside, with pytest and coverage.
        command: the repository's test command; None means pytest.
        limits: the bounds of the run.
        work: an empty folder of ours, for the copy and the reports.
        paths: the files to copy; by default all but caches and git's own.
        asked: when the runner is asked about planted tests: after the tests, in a lull while they run,
            in a second copy of the tree, or never, and then coverage is left out too.
    """
    if sandbox is None or environment is None:
        return not_run("no sandbox works here, and foreign code runs nowhere else")
    every = tuple(all_files(tree) if paths is None else paths)
    workbench = Workbench(
        partial(make_place, tree, every, environment=environment, command=command, limits=limits),
        sandbox,
        work,
    )
    try:
        calls = workbench.make(work=work)
    except TreeTooLarge as error:
        return not_run(str(error))
    if asked is Asked.NEVER:
        calls = calls.without_coverage()
    try:
        with _early(workbench, calls, every, asked=asked) as early:
            ran = sandbox.run(calls.tests)
            report, trouble = _read_junit(work / "output")
            about = environment.absences or GIVE_THEM
            reason = _reason(ran, report, copy=work / "tree", about=about)
            result = _read_run(ran, report, reason or trouble, paths=every)
            if reason.startswith(BROKE_OFF):
                result = _with_conftest(result, ran, paths=every)
            if calls.after and report and result.is_measured and not result.not_loaded:
                folders = canary.places(every, homes=report.homes)
                silence = _follow(workbench, calls, folders, early=early, seconds=ran.seconds)
                result = (
                    _unbelieved(result, silence)
                    if silence
                    else _with_coverage(result, work, tree, every)
                )
    except SandboxUnavailable as error:
        return not_run(str(error))
    return replace(result, command=calls.shown)


def _early(
    workbench: Workbench, calls: Calls, paths: Sequence[str], *, asked: Asked | Lull
) -> AbstractContextManager[EarlyCanary | None]:
    if not isinstance(asked, Lull) or calls.planted is None:
        return nullcontext()
    return EarlyCanary(workbench, canary.likely_places(paths), lull=asked)


def _follow(
    workbench: Workbench,
    calls: Calls,
    folders: tuple[PurePosixPath, ...],
    *,
    early: EarlyCanary | None,
    seconds: float,
) -> str:
    """Write coverage's report, and return why the runner is not believed, nothing where it is.

    Args:
        workbench: where the tests ran.
        calls: what can be run there.
        folders: those in which planted tests must be reported.
        early: who may know already that they are.
        seconds: how long the tests took.
    """
    is_shown = early is not None and early.holds(folders)
    call = calls.report if is_shown else calls.after
    if call is None:
        return ""
    planted = () if is_shown else canary.plant(workbench.work / "tree", folders)
    most = min(call.limits.wall_seconds, max(AFTER_SECONDS, 2 * seconds))
    limits = replace(call.limits, wall_seconds=most)
    ran = workbench.sandbox.run(replace(call, argv=(*call.argv, *planted), limits=limits))
    if is_shown:
        return ""
    return canary.silence(workbench.work / "output", exit_code=ran.exit_code, planted=len(planted))


def fail_again(
    tree: Path,
    tests: Iterable[str],
    *,
    sandbox: Sandbox,
    environment: PythonEnvironment,
    limits: Limits,
    work: Path,
    paths: Iterable[str],
) -> bool:
    """Run tests alone, those that failed in an earlier run, and tell whether each of them fails again.

    Args:
        tree: the files; they are only read.
        tests: as the JUnit report named them.
        sandbox: where they run.
        environment: the Python inside.
        limits: the bounds of the run.
        work: a folder of ours, not there yet.
        paths: the files of the tree.
    """
    wanted, every = frozenset(tests), tuple(paths)
    ids = node_ids(sorted(wanted), every)
    if not ids:
        return False
    try:
        calls = make_place(
            tree, every, environment=environment, command=None, limits=limits, work=work
        )
        if calls.alone is None:
            return False
        sandbox.run(replace(calls.alone, argv=(*calls.alone.argv, *ids)))
    except (TreeTooLarge, SandboxUnavailable):
        return False
    report, _ = _read_junit(work / "output")
    return report is not None and frozenset(report.failed) == wanted


def make_place(
    tree: Path,
    paths: Iterable[str],
    *,
    environment: PythonEnvironment,
    command: str | None,
    limits: Limits,
    work: Path,
) -> Calls:
    """Copy the tree into `work / "tree"` and return what can be run there.

    Raises:
        TreeTooLarge: the files are not copied.
    """
    every = tuple(paths)
    copy, output, rules = work / "tree", work / "output", work / "rules"
    for folder in (copy, output, rules):
        folder.mkdir(parents=True)
    with _COPYING:
        copy_files(tree, every, target=copy)
    has_src = (copy / "src").is_dir()
    unrecorded = [path for path in every if path.endswith(".py") and not is_recorded(path)]
    configuration = suite_command.coverage_configuration(has_src=has_src, unrecorded=unrecorded)
    (rules / suite_command.COVERAGE_RULES).write_text(configuration, encoding="ascii")
    reporter = rules / suite_command.COVERAGE_REPORTER
    reporter.write_text(suite_command.COVERAGE_REPORT, encoding="ascii")
    return suite_command.build_calls(
        command,
        environment=environment,
        mounts=(
            Mount(copy, suite_command.PROJECT, writable=True),
            Mount(output, suite_command.OUTPUT, writable=True),
            Mount(rules, suite_command.RULES),
        ),
        has_src=has_src,
        limits=limits,
        selection=selection(_settings(copy)),
    )


def _unbelieved(result: SuiteResult, reason: str) -> SuiteResult:
    """Return the result of a runner that does not report planted failures: it is none."""
    return replace(result, reason_not_measured=reason, coverage=None, coverage_percent=None)


def _settings(copy: Path) -> dict[str, str]:
    """Return the texts of the files that may hold pytest's settings."""
    found = {}
    for name in FILES:
        try:
            text = read_regular(copy, name, limit=MAX_BYTES).decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        found[name] = text
    return found


def _read_run(
    ran: SandboxResult, report: JUnit | None, reason: str, *, paths: Sequence[str]
) -> SuiteResult:
    tail = addresses_hidden(ran.output[-TAIL:])
    return SuiteResult(
        exit_code=ran.exit_code,
        counts=report.counts if report else None,
        failed_tests=report.failed if report else (),
        lacking_tests=report.lacking if report else (),
        failures=read_failures(report.broken, paths, root=suite_command.PROJECT) if report else (),
        passed_tests=report.passed if report else (),
        output_tail=_DURATION.sub(r"\1in some seconds", tail),
        seconds=ran.seconds,
        reason_not_measured=reason or None,
    )


def _with_conftest(result: SuiteResult, ran: SandboxResult, *, paths: Sequence[str]) -> SuiteResult:
    """Say it of a run that broke off at a `conftest.py`: which one, and why."""
    failed = conftest_failure(ran.output, paths, root=suite_command.PROJECT)
    if failed is None:
        return result
    reason = UNLOADED.format(path=failed.name, message=failed.message)
    return replace(result, failures=(failed,), reason_not_measured=reason)


def _read_junit(output: Path) -> tuple[JUnit | None, str]:
    try:
        content = read_regular(output, suite_command.JUNIT, limit=junit.MAX_BYTES)
        return junit.read_junit(content), ""
    except OSError as error:
        return None, f"the test run left no report: {error.strerror or error}"
    except JUnitInvalid as error:
        return None, f"the test run left a report that cannot be read: {error}"


def _reason(ran: SandboxResult, report: JUnit | None, *, copy: Path, about: str) -> str:
    """Say why this run is no measurement, empty when it is one; `about` is said of what lacks."""
    if ran.ending is not Ending.EXITED:
        return f"the test run was ended after {ran.seconds:.0f} s: {ran.ending.value}"
    texts = report.collection_errors if report else ()
    missing = _missing_modules([*texts, ran.output], copy=copy)
    is_unfinished = ran.exit_code not in _FINISHED
    if missing and is_unfinished:
        return MISSING_MODULES.format(names=_listed(missing), about=about)
    if report and report.absent_fixtures:
        return MISSING_FIXTURES.format(names=_listed(report.absent_fixtures), about=about)
    counts = report.counts if report else TestCounts()
    if report and BREAKDOWN in report.failed:
        return f"the test runner broke down: {_last_line(ran.output)}"
    if ran.exit_code == NO_TESTS_COLLECTED:
        return "no tests were found"
    if ran.exit_code == 0 and counts.total == 0:
        return "no tests ran"
    if is_unfinished and not counts.total:
        return f"{BROKE_OFF} with exit code {ran.exit_code}: {_last_line(ran.output)}"
    if counts.total and counts.total == counts.skipped:
        return f"all {counts.skipped} tests were skipped"
    return ""


def _listed(names: Sequence[str]) -> str:
    """Name the first few; foreign code says how many there are, and how long each is."""
    shown = ", ".join(name[:MAX_NAME] for name in names[:MAX_NAMES])
    more = len(names) - MAX_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _missing_modules(texts: Iterable[str], *, copy: Path) -> list[str]:
    """Return the top-level modules that could not be imported and are not the tree's own."""
    names = {name.partition(".")[0] for text in texts for name in _MISSING.findall(text)}
    return sorted(name for name in names if not _is_own(name, copy))


def _is_own(name: str, copy: Path) -> bool:
    places = (copy / name, copy / f"{name}.py", copy / "src" / name, copy / "src" / f"{name}.py")
    return any(place.exists() for place in places)


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no output"


def _with_coverage(
    result: SuiteResult, work: Path, tree: Path, paths: Sequence[str]
) -> SuiteResult:
    """Add the coverage of the product's files; without a readable report it stays unknown, whatever the tests did."""
    try:
        content = read_regular(
            work / "output", suite_command.COVERAGE, limit=coverage_json.MAX_BYTES
        )
        read: dict[str, FileCoverage] = coverage_json.read_coverage(content)
    except (OSError, CoverageInvalid):
        has_product = any(path.endswith(".py") and is_product(path) for path in paths)
        return result if has_product else replace(result, coverage={})
    known = [path for path in paths if path in read and is_product(path)]
    files = {path: read[path] for path in known if is_same(path, tree, work / "tree")}
    files |= unrun_files(tree, paths, reported=files)
    return replace(result, coverage=files, coverage_percent=coverage_json.percent(files))
