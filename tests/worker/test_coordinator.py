"""The order of the steps, as tables."""

import pytest

from p2a.domain import WorkflowKind
from worker.coordinator import FIX, Done, Ending, Signal, Stage, Step, Taken, chain_of, next_step

S = Stage


def run_through(signals: dict[str, Signal], kind: WorkflowKind = WorkflowKind.FIX) -> list[str]:
    """Take steps to the end; `signals` by the step's name."""
    history: list[Taken] = []
    names = []
    while isinstance(step := next_step(history, chain_of(kind)), Step):
        names.append(step.name)
        history.append(Taken(step.stage, signals.get(step.name, Signal.DONE)))
        assert len(names) < 30
    return [*names, step.ending.value]


ALL = [stage.value for stage in FIX]


@pytest.mark.parametrize(
    ("signals", "names"),
    [
        ({}, [*ALL, "completed"]),
        ({"authorise": Signal.REFUSED}, ["authorise", "refused"]),
        ({"coordinator": Signal.NOTHING}, [*ALL[:4], "report", "nothing-to-do"]),
        ({"developer": Signal.NOTHING}, [*ALL[:6], "report", "nothing-to-do"]),
        (
            {"reviewer": Signal.REVISE},
            [*ALL[:7], "developer-2", "reviewer-2", *ALL[7:], "completed"],
        ),
        (
            {"reviewer": Signal.REVISE, "reviewer-2": Signal.REVISE},
            [*ALL[:7], "developer-2", "reviewer-2", *ALL[7:], "completed"],
        ),
        ({"tester": Signal.TESTS_FAILED}, [*ALL[:8], "developer-2", *ALL[8:], "completed"]),
        (
            {"reviewer": Signal.REVISE, "tester": Signal.TESTS_FAILED},
            [*ALL[:7], "developer-2", "reviewer-2", "tester", "developer-3", *ALL[8:], "completed"],
        ),
    ],
)
def test_next_step__walks_the_chain(signals: dict[str, Signal], names: list[str]) -> None:
    assert run_through(signals) == names


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            WorkflowKind.CHECK,
            ["authorise", "acknowledge", "prepare", "quality", "publish", "report"],
        ),
        (WorkflowKind.GRAPH, ["authorise", "acknowledge", "prepare", "graph", "report"]),
        (WorkflowKind.HELP, ["authorise", "answer"]),
        (WorkflowKind.RETRY, ["authorise", "answer"]),
    ],
)
def test_next_step__has_a_chain_for_each_kind(kind: WorkflowKind, names: list[str]) -> None:
    assert run_through({}, kind) == [*names, "completed"]


def test_next_step__tells_the_developer_why() -> None:
    history = [Taken(S.DEVELOPER), Taken(S.REVIEWER, Signal.REVISE)]
    assert next_step(history) == Step(S.DEVELOPER, round=2, because=Signal.REVISE)


def test_next_step__ends_after_the_report() -> None:
    assert next_step([Taken(S.REPORT)]) == Done(Ending.COMPLETED)
