"""The whole check of a folder: its files, its tests in the sandbox, its report and verdict."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from p2a.effects import Conclusion
from p2a.errors import ConfigurationInvalid, EnvironmentMissing, GitFailed
from p2a.git import Git, find_git
from p2a.sandbox.interface import Limits
from p2a.sandbox.toolbox import python_of
from p2a.scratch import remove_leftovers, scratch
from p2a.settings import Settings
from quality.change import Change, find_change
from quality.conclusion import Verdict, conclude
from quality.gate import Policy
from quality.gate_source import (
    policy_for_change,
    policy_of_commit,
    policy_of_folder,
    policy_without_base,
)
from quality.needs.detect import FOREIGN, NO_BASE, Needs
from quality.needs.source import needs_of_change, needs_of_folder
from quality.report import Report
from quality.suite_runner import SuiteRunner
from quality.tree import find_work_tree, is_bare, known_files
from quality.trials import Trials

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
    with_setup: bool = True
    """Whether packages may be installed for the tests: not for a change by somebody else."""
    minimum: float | None = None
    command: str | None = None
    with_timing: bool = False
    """Whether the tests and imports of head and base are timed as well, which takes six runs more."""
    cache: Path | None = None
    """A folder of the user's own where the graph's facts and the outcome of the base's tests are kept
    for the next time."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Checked:
    """A report and what follows from it."""

    report: Report
    verdict: Verdict

    @property
    def exit_code(self) -> int:
        """Return 1 for a failure, and with a gate for whatever is no success."""
        conclusion = self.verdict.conclusion
        is_shut = self.verdict.is_gated and conclusion is not Conclusion.SUCCESS
        return int(conclusion is Conclusion.FAILURE or is_shut)


@dataclass(frozen=True, slots=True)
class _Place:
    """The folder, its files that count, and the repository around it if there is one."""

    folder: Path
    git: Git | None
    prefix: str
    files: tuple[str, ...] | None
    """What git tracks or would add; None outside of git."""


def check(request: CheckRequest, *, settings: Settings, tell: Tell) -> Checked:
    """Measure the folder; `tell` hears what is being done.

    Raises:
        ConfigurationInvalid: the path is not a folder, a base is given outside of git, the
            `.p2a.yml` of what is checked without a base cannot be used, there is no environment
            where the settings say, or the data directory cannot be made or holds files of the repository.
        GitFailed: git does not know the base, or does not trust the folder's owner.
    """
    remove_leftovers()
    place = _find_place(request.path)
    if request.with_tests:
        _require(settings, place)
    cache = _outside(place, request.cache)
    with scratch("check") as work:
        runner = partial(
            SuiteRunner, request.command, limits=request.limits, settings=settings, cache=cache
        )
        with Trials(runner, work=work) as tests:
            if request.with_tests and settings.package_index is None:
                # Nothing is installed for them that a base would have to allow.
                tests.start(place.folder, place.files, needs=Needs())
            change, trouble = _find_change(request, place, work=work / "base")
            policy = _find_policy(request, place, change)
            if request.with_tests:
                if settings.package_index is not None:
                    needs = _find_needs(request, place, change)
                    tests.start(place.folder, place.files, needs=needs)
                tests.start_base(change)
            tell(tests.shown)
            # The analysers take time to import, and the tests are at work by now.
            from quality.examine import Examination

            examination = Examination(
                place.folder, paths=place.files, change=change, graph_cache=cache
            )
            if request.with_tests:
                tell("waiting for the tests in the sandbox")
            suites = tests.results()
            timings = tests.timings(examination.packages, tell) if request.with_timing else ()
        head = place.git.resolve("HEAD") if place.git else None
        report = examination.report(suites.now, base_suite=suites.before, head_sha=head)
        if trouble:
            report = replace(report, trouble=(*report.trouble, trouble))
        report = replace(report, timings=timings)
    verdict = conclude(
        report,
        policy=policy,
        with_tests=request.with_tests,
        known_failures=suites.known_failures,
        tests_before=suites.tests_before,
    )
    return Checked(report, verdict)


def _require(settings: Settings, place: _Place) -> None:
    """Refuse at once what no tests can be run with: who set it waits for none in vain."""
    if _has_files_in(settings.data_dir, place):
        raise ConfigurationInvalid(
            f"P2A_DATA_DIR is {settings.data_dir}, where files of the repository lie that is checked",
            why="a change could put programs there that its own tests are run with",
            next_step="set it to a folder outside of the repository",
        )
    if settings.test_env is None:
        return
    try:
        python_of(settings.test_env)
    except EnvironmentMissing as error:
        raise ConfigurationInvalid(error.what, why=error.why, next_step=error.next_step) from error


def _outside(place: _Place, cache: Path | None) -> Path | None:
    """Return the cache folder unless it lies in the repository, where a change could write it."""
    return None if cache is None or _is_inside(cache, place) else cache


def _has_files_in(folder: Path, place: _Place) -> bool:
    """Tell whether files that are checked lie in a folder; what git ignores is none of them."""
    if not _is_inside(folder, place) or not folder.is_dir():
        return False
    if place.git is None or place.git.work_tree is None:
        return any(folder.iterdir())
    start = f"{folder.resolve().relative_to(place.git.work_tree.resolve()).as_posix()}/"
    return any(path.startswith(start) for path in known_files(place.git))


def _is_inside(folder: Path, place: _Place) -> bool:
    top = place.git.work_tree if place.git else None
    return folder.resolve().is_relative_to(top or place.folder)


def _find_place(path: Path) -> _Place:
    folder = path.resolve()
    if not folder.is_dir():
        raise ConfigurationInvalid(
            f"{path} is not a folder", next_step="give the folder of a Python project"
        )
    top = find_work_tree(folder)
    if top is None and is_bare(folder):
        raise ConfigurationInvalid(
            f"{path} is a bare repository",
            why="it has no work tree: no files that could be measured",
            next_step="clone it, and give the folder of the clone",
        )
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
    try:
        change = find_change(
            place.git,
            place.folder,
            revision=request.base,
            paths=place.files or (),
            work=work,
            prefix=place.prefix,
        )
    except GitFailed as error:
        if request.is_base_needed:
            raise
        return None, f"base: {error}"
    return change, ""


def _find_needs(request: CheckRequest, place: _Place, change: Change | None) -> Needs:
    """Read what is to be installed for the tests."""
    if not request.with_setup:
        return FOREIGN
    if change is not None and place.git is not None:
        return needs_of_change(place.git, change)
    if request.base is not None:
        return NO_BASE
    return needs_of_folder(place.folder, git=place.git)


def _find_policy(request: CheckRequest, place: _Place, change: Change | None) -> Policy:
    """Read the gate where a change cannot write it: see `quality.gate_source`."""
    git = place.git
    if git is None or git.work_tree is None:
        policy = policy_of_folder(place.folder)
    elif change is not None:
        tip = git.resolve(request.base or change.base_sha)
        policy = policy_for_change(git, git.work_tree, base=change.base_sha, tip=tip)
    elif request.base is not None:
        policy = policy_without_base(git.work_tree)
    else:
        head = git.resolve("HEAD")
        policy = (
            policy_of_commit(git, git.work_tree, commit=head)
            if head
            else policy_of_folder(git.work_tree)
        )
    return replace(policy, gate=policy.gate.with_minimum(request.minimum))
