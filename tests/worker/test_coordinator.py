"""The order of the steps, as tables."""

import pytest

from p2a.domain import WorkflowKind
from worker.coordinator import (
    FIX,
    Done,
    Ending,
    Signal,
    Stage,
    Step,
    Taken,
    chain_of,
    may_fail,
    next_steps,
)

S = Stage


def run_through(signals: dict[str, Signal], kind: WorkflowKind = WorkflowKind.FIX) -> list[str]:
    """Take steps to the end, those at the same time joined by `+`; `signals` by the step's name."""
    history: list[Taken] = []
    names = []
    while not isinstance(steps := next_steps(history, chain_of(kind)), Done):
        names.append("+".join(step.name for step in steps))
        history += [Taken(one.stage, signals.get(one.name, Signal.DONE)) for one in steps]
        assert len(names) < 30
    return [*names, steps.ending.value]


BEFORE = ["authorise", "acknowledge", "prepare", "coordinator", "planner", "developer"]
AFTER = ["documenter", "rebase", "quality", "publish", "report", "completed"]
BOTH = "reviewer+tester"
REVISE, FAILED = Signal.REVISE, Signal.TESTS_FAILED


@pytest.mark.parametrize(
    ("signals", "names"),
    [
        ({}, [*BEFORE, BOTH, *AFTER]),
        ({"authorise": Signal.REFUSED}, ["authorise", "refused"]),
        ({"coordinator": Signal.NOTHING}, [*BEFORE[:4], "report", "nothing-to-do"]),
        ({"developer": Signal.NOTHING}, [*BEFORE, "report", "nothing-to-do"]),
        ({"reviewer": REVISE}, [*BEFORE, BOTH, "developer-2", "reviewer-2+tester-2", *AFTER]),
        (
            {"reviewer": REVISE, "reviewer-2": REVISE},
            [*BEFORE, BOTH, "developer-2", "reviewer-2+tester-2", *AFTER],
        ),
        ({"tester": FAILED}, [*BEFORE, BOTH, "developer-2", *AFTER]),
        (
            {"reviewer": REVISE, "tester": FAILED, "reviewer-2": REVISE},
            [*BEFORE, BOTH, "developer-2", "reviewer-2", *AFTER],
        ),
        (
            {"reviewer": REVISE, "tester-2": FAILED},
            [*BEFORE, BOTH, "developer-2", "reviewer-2+tester-2", "developer-3", *AFTER],
        ),
    ],
)
def test_next_steps__walk_the_graph(signals: dict[str, Signal], names: list[str]) -> None:
    assert run_through(signals) == names


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            WorkflowKind.CHECK,
            ["authorise", "acknowledge", "prepare", "quality", "publish", "report"],
        ),
        (WorkflowKind.GRAPH, ["authorise", "acknowledge", "prepare", "graph", "report"]),
        (WorkflowKind.ASK, ["authorise", "acknowledge", "prepare", "ask", "report"]),
        (
            WorkflowKind.REVIEW,
            ["authorise", "acknowledge", "prepare", "examine", "submit", "report"],
        ),
        (WorkflowKind.TEST, [*BEFORE[:3], "tester", *AFTER[1:-1]]),
        (WorkflowKind.DOCS, [*BEFORE[:3], "documenter", *AFTER[1:-1]]),
        (WorkflowKind.HELP, ["authorise", "answer"]),
        (WorkflowKind.RETRY, ["authorise", "answer"]),
    ],
)
def test_next_steps__have_a_chain_for_each_kind(kind: WorkflowKind, names: list[str]) -> None:
    assert run_through({}, kind) == [*names, "completed"]


def prefix(*more: Taken) -> list[Taken]:
    return [*(Taken(Stage(name)) for name in BEFORE), *more]


def test_next_steps__tell_the_developer_both_reasons_at_once() -> None:
    history = prefix(Taken(S.REVIEWER, REVISE), Taken(S.TESTER, FAILED))
    assert next_steps(history) == (
        Step(S.DEVELOPER, 2, frozenset({REVISE, FAILED}), after=(S.REVIEWER, S.TESTER)),
    )


@pytest.mark.parametrize(("done", "left"), [(S.REVIEWER, S.TESTER), (S.TESTER, S.REVIEWER)])
def test_next_steps__go_on_with_the_half_that_a_crash_left(done: Stage, left: Stage) -> None:
    signal = {S.REVIEWER: REVISE, S.TESTER: FAILED}[done]
    assert next_steps(prefix(Taken(done, signal))) == (Step(left, after=(S.DEVELOPER,)),)


def test_next_steps__say_what_a_step_builds_upon() -> None:
    both = prefix(Taken(S.REVIEWER), Taken(S.TESTER))
    assert next_steps(both) == (Step(S.DOCUMENTER, after=(S.REVIEWER, S.TESTER)),)
    both += [Taken(S.DOCUMENTER)]
    assert next_steps(both) == (Step(S.REBASE, after=(S.DOCUMENTER,)),)
    both += [Taken(S.REBASE)]
    assert next_steps(both) == (Step(S.QUALITY, after=(S.REBASE,)),)


def test_next_steps__of_a_chain_without_developer_send_nothing_back() -> None:
    chain = (S.PREPARE, S.REVIEWER, S.TESTER, S.REPORT)
    history = [Taken(S.PREPARE), Taken(S.REVIEWER, REVISE), Taken(S.TESTER, FAILED)]
    assert next_steps(history, chain) == (Step(S.REPORT, after=(S.REVIEWER, S.TESTER)),)


def test_next_steps__end_after_the_report() -> None:
    assert next_steps([Taken(stage) for stage in FIX]) == Done(Ending.COMPLETED)


def test_next_steps__go_on_without_an_agent_that_is_unable() -> None:
    history = prefix(Taken(S.REVIEWER, Signal.UNABLE), Taken(S.TESTER, FAILED))
    steps = next_steps(history)
    assert not isinstance(steps, Done)
    (step,) = steps
    assert (step.name, step.because) == ("developer-2", frozenset({FAILED}))


@pytest.mark.parametrize(
    ("stage", "kind", "expected"),
    [
        (S.REVIEWER, WorkflowKind.FIX, True),
        (S.TESTER, WorkflowKind.FIX, True),
        (S.DOCUMENTER, WorkflowKind.FIX, True),
        (S.DEVELOPER, WorkflowKind.FIX, False),
        (S.PLANNER, WorkflowKind.FIX, False),
        (S.TESTER, WorkflowKind.TEST, False),
        (S.DOCUMENTER, WorkflowKind.DOCS, False),
        (S.EXAMINE, WorkflowKind.REVIEW, False),
    ],
)
def test_may_fail__is_for_who_looks_at_a_developers_change(
    stage: Stage, kind: WorkflowKind, *, expected: bool
) -> None:
    assert may_fail(stage, chain_of(kind)) is expected
