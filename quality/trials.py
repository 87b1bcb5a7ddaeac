"""Runs the tests of a tree and of its base, both at once, while somebody reads the files."""

from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from threading import Condition, Event, get_ident
from typing import Self

from quality.change import Change
from quality.lull import ENOUGH, Lull, Processors
from quality.needs.detect import Needs
from quality.stopwatch import Stopwatch
from quality.suite_result import SuiteResult, Suites
from quality.suite_runner import SuiteRunner
from quality.timing import Timing, alternately

WAIT_SECONDS = 0.5
BEGIN_SECONDS = 1.0
"""How long runs are waited for to begin: an environment that is installed first takes longer."""
Trees = list[tuple[Path, Iterable[str] | None]]


class Trials:
    """The runs of both; they end with the block that they are used in.

    Args:
        runner: makes the runner, given what is installed, what it is to call about twice a second, and
            when it may ask about planted tests.
        work: a folder of ours.
        processors: says how many have nothing to do.
    """

    def __init__(
        self,
        runner: Callable[..., SuiteRunner],
        *,
        work: Path,
        processors: Processors | None = None,
    ) -> None:
        self._stop = Event()
        self._begun: set[int] = set()
        """The threads whose run is at work in the sandbox."""
        self._news = Condition()
        self._lull = Lull()
        self._processors = processors or Processors()
        self._make = runner
        self._runner: SuiteRunner
        self._work = work
        self._pool = ThreadPoolExecutor(2)
        self._trees: Trees = []
        self._runs: list[Future[SuiteResult]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Also when we are told to end: nothing is removed under a run that goes on.
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def start(self, tree: Path, files: Iterable[str] | None, *, needs: Needs) -> None:
        """Start to run the tests of the tree, with what is to be installed for them."""
        self._runner = self._make(needs=needs, check=self._check, asked=self._lull)
        self._trees = [(tree, files)]
        run = self._runner.run
        self._runs.append(self._pool.submit(run, tree, files, work=self._work / "suite"))

    def start_base(self, change: Change | None) -> None:
        """Start to run the tests of the base, if there is one, in the way of the tree's.

        All are at work, for most projects, when this returns: whoever then reads files in this
        process would slow down whoever copies them.
        """
        if change is not None:
            self._trees.append((change.root, change.files))
            base = partial(self._runner.run_base, change.root, change.files)
            self._runs.append(self._pool.submit(base, work=self._work / "suite-before"))
        for begun in self._runs:
            begun.add_done_callback(self._tell)
        with self._news:
            self._news.wait_for(self._all_begun, timeout=BEGIN_SECONDS)

    @property
    def shown(self) -> str:
        """Return what is being done, in a few words."""
        tests = ("", " while the tests run", " while the tests run, the base's too")
        return f"reading the files{tests[len(self._runs)]}"

    def results(self) -> Suites:
        """Wait for the runs, and return what came of them; whoever calls has nothing else to do."""
        self._processors.idle()  # what was idle until now does not count
        # A signal may come to another thread: this one hears of it only between its waits.
        while wait(self._runs, timeout=WAIT_SECONDS).not_done:
            if self._processors.idle() >= ENOUGH:
                self._lull.begin()
        return Suites(*(run.result() for run in self._runs))

    def timings(
        self, modules: Iterable[str], tell: Callable[[str], None] = lambda _: None
    ) -> tuple[Timing, ...]:
        """Time the tests and the imports of both, alternately; nothing where one is missing.

        Args:
            modules: the packages to import.
            tell: hears what is being done.
        """
        if len(self._runs) < 2 or not all(run.result().is_measured for run in self._runs):
            return ()
        names = ", ".join(sorted(modules))
        head, base = (self._watch(number, names) for number in range(2))
        if not head.has_tests:
            return ()
        tell("timing the tests of head and base in turn")
        found = [alternately("Tests", head.tests, base.tests)]
        if names:
            found.append(alternately(f"Import of {names}", head.imports, base.imports))
        return tuple(found)

    def _watch(self, number: int, names: str) -> Stopwatch:
        tree, paths = self._trees[number]
        work = self._work / f"timed-{number}"
        return self._runner.watch(tree, paths, modules=names or "sys", work=work)

    def _all_begun(self) -> bool:
        finished = sum(run.done() for run in self._runs)
        return len(self._begun) + finished >= len(self._runs)

    def _tell(self, _: object = None) -> None:
        with self._news:
            self._news.notify_all()

    def _check(self) -> None:
        if get_ident() not in self._begun:
            self._begun.add(get_ident())
            self._tell()
        if self._stop.is_set():
            raise CancelledError
