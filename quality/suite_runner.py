"""Runs the tests of several trees in the same way: one sandbox, one Python, one command."""

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path
from threading import Lock

from p2a.errors import EnvironmentMissing
from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.interface import Limits, Sandbox
from p2a.sandbox.toolbox import PythonEnvironment
from p2a.settings import Settings
from quality.canary import Asked
from quality.environment import find_environment
from quality.kept_suites import KeptSuites, Setting, key_of
from quality.lull import Lull
from quality.needs.detect import Needs
from quality.stopwatch import Stopwatch
from quality.suite import fail_again, make_place, run_suite
from quality.suite_result import SuiteResult, not_run
from quality.tree import all_files


class SuiteRunner:
    """The sandbox and what runs in it, chosen when the first tests are run.

    Args:
        command: the repository's test command; None means pytest.
        limits: the bounds of each run.
        settings: which sandbox, and where its Python comes from.
        needs: what is installed for the tests, of all trees the same.
        cache: a folder of the user's own where a base's outcome is kept; None keeps none.
        check: called about twice a second during a run; what it raises ends the run.
        asked: as for `run_suite`.
    """

    def __init__(
        self,
        command: str | None,
        *,
        limits: Limits,
        settings: Settings,
        needs: Needs,
        cache: Path | None = None,
        check: Callable[[], None] = lambda: None,
        asked: Asked | Lull = Asked.AFTERWARDS,
    ) -> None:
        self._command = command
        self._limits = limits
        self._settings = settings
        self._needs = needs
        self._cache = cache
        self._check = check
        self._asked = asked
        self._choosing = Lock()

    def run(self, tree: Path, paths: Iterable[str] | None, *, work: Path) -> SuiteResult:
        """Run the tests of a tree; a machine without a sandbox is a reason, not an error.

        Args:
            tree: the files; they are only read.
            paths: those that count; by default all but caches and git's own.
            work: a folder of ours, not there yet.
        """
        return self._run(tree, paths, work=work, is_base=False)

    def run_base(self, tree: Path, paths: Iterable[str], *, work: Path) -> SuiteResult:
        """Run the tests of a commit's own files, as `run`, or tell what came of them lately."""
        return self._run(tree, paths, work=work, is_base=True)

    def _run(
        self, tree: Path, paths: Iterable[str] | None, *, work: Path, is_base: bool
    ) -> SuiteResult:
        try:
            with self._choosing:  # two trees' tests may be run at once
                sandbox, environment = self._laboratory
        except EnvironmentMissing as error:
            return not_run(str(error))
        run = partial(
            run_suite,
            tree,
            sandbox=sandbox,
            environment=environment,
            command=self._command,
            limits=self._limits,
            work=work,
            asked=self._asked,
        )
        if not is_base or paths is None:
            return run(paths=paths)
        files = tuple(paths)
        setting = Setting(sandbox.name, environment, self._command, self._limits)
        with KeptSuites(self._cache) as kept:
            key = key_of(tree, files, setting)
            known = kept.find(key)
            if known is not None and self._still_holds(known, tree, files, work=work):
                return known
            result = run(paths=files)
            kept.keep(key, result)
        return result

    def _still_holds(
        self, known: SuiteResult, tree: Path, files: tuple[str, ...], *, work: Path
    ) -> bool:
        """Tell whether the tests that failed in an earlier run, if any did, fail now as well."""
        sandbox, environment = self._laboratory
        return not known.has_failed or fail_again(
            tree,
            known.failed_tests,
            sandbox=sandbox,
            environment=environment,
            limits=self._limits,
            work=work.with_name(f"{work.name}-again"),
            paths=files,
        )

    def watch(
        self, tree: Path, paths: Iterable[str] | None, *, modules: str, work: Path
    ) -> Stopwatch:
        """Return a stopwatch for a tree whose tests have run here before."""
        sandbox, environment = self._laboratory
        calls = make_place(
            tree,
            all_files(tree) if paths is None else paths,
            environment=environment,
            command=self._command,
            limits=self._limits,
            work=work,
        )
        return Stopwatch(sandbox, calls, modules=modules)

    @cached_property
    def _laboratory(self) -> tuple[Sandbox, PythonEnvironment]:
        settings = self._settings
        sandbox = choose_sandbox(settings.sandbox).stopped_by(self._check)
        environment = find_environment(settings, self._needs, sandbox=sandbox, check=self._check)
        return sandbox, environment
