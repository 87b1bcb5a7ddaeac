"""The whole check of a folder: its files, its tests in the sandbox, its report and verdict."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccg.source import list_files
from p2a.checkout import Checkout
from p2a.effects import Conclusion
from p2a.errors import ConfigurationInvalid, GitFailed
from p2a.git import Git, find_git
from p2a.sandbox.interface import Limits
from p2a.scratch import remove_leftovers, scratch
from p2a.settings import Settings
from quality.assess import assess
from quality.change import Change, find_change
from quality.conclusion import Verdict, conclude
from quality.report import Report
from quality.suite_result import SuiteResult
from quality.suite_runner import SuiteRunner
from quality.tree import find_work_tree, known_files, make_links

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What is to be checked and how it is judged."""

    path: Path
    base: str | None = None
    """A commit: findings are then those of files changed since the merge base with it."""
    is_base_needed: bool = True
    """Whether a base that is not there is an error; else the report says so and goes on."""
    with_tests: bool = True
    minimum: float | None = None
    command: str | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Checked:
    """A report and what follows from it."""

    report: Report
    verdict: Verdict

    def exit_code(self, *, minimum: float | None) -> int:
        """Return 1 for a failure, and with a gate for whatever is no success."""
        conclusion = self.verdict.conclusion
        is_shut = minimum is not None and conclusion is not Conclusion.SUCCESS
        return int(conclusion is Conclusion.FAILURE or is_shut)


@dataclass(frozen=True, slots=True)
class _Place:
    """The folder, its files that count, and the repository around it if there is one."""

    folder: Path
    git: Git | None
    prefix: str
    files: tuple[str, ...] | None
    """What git tracks or would add; None outside of git."""

    @property
    def python_files(self) -> tuple[str, ...]:
        if self.files is None:
            return tuple(list_files(self.folder))
        return tuple(path for path in self.files if path.endswith(".py"))


@dataclass(frozen=True, slots=True)
class _Suites:
    """The tests of the folder as it is and of its base, each None where it was not run."""

    now: SuiteResult | None = None
    before: SuiteResult | None = None

    @property
    def known_failures(self) -> tuple[str, ...]:
        return self.before.failed_tests if self.before and self.before.is_measured else ()

    @property
    def tests_before(self) -> int | None:
        if self.before is None or self.before.counts is None or not self.before.is_measured:
            return None
        return self.before.counts.executed


def check(request: CheckRequest, *, settings: Settings, tell: Tell) -> Checked:
    """Measure the folder; `tell` hears what is being done.

    Raises:
        ConfigurationInvalid: the path is not a folder, or a base is given outside of git.
        GitFailed: git does not know the base, or does not trust the folder's owner.
    """
    remove_leftovers()
    place = _find_place(request.path)
    with scratch("check") as work:
        change, trouble = _find_change(request, place, work=work / "base")
        suites = _Suites()
        if request.with_tests:
            runner = SuiteRunner(request.command, limits=request.limits, settings=settings)
            suites = _run_tests(runner, place, change, work=work, tell=tell)
        tell("analysing the files")
        report = assess(place.folder, suite=suites.now, paths=place.python_files, change=change)
        if trouble:
            report = replace(report, trouble=(*report.trouble, trouble))
    verdict = conclude(
        report,
        minimum=request.minimum,
        with_tests=request.with_tests,
        known_failures=suites.known_failures,
        tests_before=suites.tests_before,
    )
    return Checked(report, verdict)


def _find_place(path: Path) -> _Place:
    folder = path.resolve()
    if not folder.is_dir():
        raise ConfigurationInvalid(
            f"{path} is not a folder", next_step="give the folder of a Python project"
        )
    top = find_work_tree(folder)
    if top is None:
        return _Place(folder, None, "", None)
    program = find_git()
    git = Git(program, Git.of_user(program, top).git_dir, work_tree=top)
    prefix = "" if folder == top else folder.relative_to(top).as_posix()
    files = known_files(git, prefix=prefix)
    return _Place(folder, git, prefix, tuple(path for path in files if _is_there(folder / path)))


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _find_change(request: CheckRequest, place: _Place, *, work: Path) -> tuple[Change | None, str]:
    if request.base is None:
        return None, ""
    if place.git is None:
        raise ConfigurationInvalid(
            f"{request.path} is not in a git work tree",
            why="a base is a commit of its repository",
            next_step="leave out --base, or give a folder of a clone",
        )
    work.mkdir()
    try:
        change = find_change(
            place.git,
            place.folder,
            revision=request.base,
            paths=place.python_files,
            work=work,
            prefix=place.prefix,
        )
    except GitFailed as error:
        if request.is_base_needed:
            raise
        return None, f"base: {error}"
    return change, ""


def _run_tests(
    runner: SuiteRunner, place: _Place, change: Change | None, *, work: Path, tell: Tell
) -> _Suites:
    """Run the tests, and where there is something to compare those of the base in the same way.

    Raises:
        GitFailed: the base is too large to check out, or objects of it are missing here.
    """
    tell("running the tests in the sandbox")
    now = runner.run(place.folder, place.files, work=work / "suite")
    if place.git is None or change is None or not now.is_measured:
        return _Suites(now)
    tell("running the base's tests in the sandbox")
    checkout = Checkout.create(work / "before", source=place.git, commit=change.base_sha)
    make_links(checkout.tree, checkout.files)
    start = f"{place.prefix}/" if place.prefix else ""
    paths = [path[len(start) :] for path in checkout.files if path.startswith(start)]
    before = runner.run(checkout.tree / place.prefix, paths, work=work / "suite-before")
    return _Suites(now, before)
