"""When the runs of both trees are waited for."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Event
from typing import cast

from quality.change import Change
from quality.lull import Lull, Processors
from quality.needs.detect import Needs
from quality.suite_result import SuiteResult, not_run
from quality.suite_runner import SuiteRunner
from quality.trials import Trials

PLACE = Path("nowhere")
CHANGE = Change(root=PLACE, base_sha="0" * 40, files=(), paths=())


class Runner:
    """Begins a run when it is let, and ends it when it is let; the base's outcome is known."""

    def __init__(self, check: Callable[[], None], lull: Lull) -> None:
        self.check = check
        self.lull = lull
        self.is_begun = False
        self.end = Event()

    def run(self, tree: Path, paths: object, *, work: Path) -> SuiteResult:
        Event().wait(0.2)  # what copies the tree
        self.is_begun = True
        self.check()
        self.end.wait(30)
        return not_run("head")

    def run_base(self, tree: Path, paths: object, *, work: Path) -> SuiteResult:
        return not_run("base")


def test_trials__start_returns_when_the_tests_are_at_work_and_not_when_they_end() -> None:
    made: list[Runner] = []

    def make(*, needs: Needs, check: Callable[[], None], asked: Lull) -> Runner:
        assert needs == Needs(("six",))
        made.append(Runner(check, asked))
        return made[0]

    with Trials(cast(Callable[..., SuiteRunner], make), work=PLACE) as trials:
        trials.start(PLACE, (), needs=Needs(("six",)))
        trials.start_base(CHANGE)
        assert made[0].is_begun
        assert not made[0].end.is_set()
        made[0].end.set()
        suites = trials.results()
    assert [suites.now, suites.before] == [not_run("head"), not_run("base")]


def test_trials__whoever_waits_for_the_results_tells_of_idle_processors() -> None:
    ticks = count(step=100)

    def stat() -> str:
        idle = next(ticks)
        return f"cpu  1 0 1 {idle} 0 0 0 0 0 0\ncpu0 1 0 1 {idle} 0 0 0 0 0 0\n"

    made: list[Runner] = []

    def make(*, needs: Needs, check: Callable[[], None], asked: Lull) -> Runner:
        made.append(Runner(check, asked))
        return made[0]

    runner = cast(Callable[..., SuiteRunner], make)
    with Trials(runner, work=PLACE, processors=Processors(stat)) as trials:
        trials.start(PLACE, (), needs=Needs())
        made[0].lull.then(made[0].end.set)  # the tests end no sooner
        assert trials.results().now == not_run("head")
