"""The benchmarks' own arithmetic: pytest's last line, whether an account is true, and times."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.chain.by_hand import Outcome, counts_of
from benchmarks.chain.overhead import PLACES, signs_of, suite_seconds_of
from benchmarks.chain.probe import Place, Probe
from benchmarks.chain.real_fixes import read_cases, untruth
from p2a.domain import AgentType, Task, TaskStatus
from playground.journal import Write

BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("486 passed, 2 skipped in 2.80s", (486, 0, 0, 2)),
        ("1 failed, 3 passed, 1 error, 2 warnings in 61.18s (0:01:01)", (3, 1, 1, 0)),
        ("5 passed, 1 skipped, 2 xfailed, 4 xpassed, 7 subtests passed in 1s", (9, 0, 0, 3)),
        ("2 errors in 0.10s", (0, 0, 2, 0)),
    ],
)
def test_counts_of__pytests_last_line(line: str, counts: tuple[int, int, int, int]) -> None:
    assert counts_of(line) == counts


def told(passed: int, failed: int, *, ran: bool = True) -> dict[str, Any]:
    counts = {"passed": passed, "failed": failed, "errors": 0, "skipped": 0}
    return {"ran": ran, "reason": "" if ran else "a module is missing", **counts}


def outcome(passed: int, failed: int, *, exit_code: int) -> Outcome:
    return Outcome(exit_code, (passed, failed, 0, 0), 1.0, "the last line")


@pytest.mark.parametrize(
    ("account", "by_hand", "fault"),
    [
        (told(3, 1), outcome(3, 1, exit_code=1), ""),
        (told(4, 0), outcome(3, 1, exit_code=1), "told (4, 0, 0, 0), and by hand the last line"),
        (told(0, 0, ran=False), outcome(0, 2, exit_code=2), ""),
        (
            told(0, 0, ran=False),
            outcome(3, 0, exit_code=0),
            "not run (a module is missing), and by hand: the last line",
        ),
        (None, Outcome(5, None, 1.0, "no tests ran"), ""),
    ],
)
def test_untruth__is_what_the_product_told_otherwise(
    account: dict[str, Any] | None, by_hand: Outcome, fault: str
) -> None:
    assert untruth(account, by_hand) == fault


def write(
    number: int, seconds: float, path: str, *, method: str = "POST", status: int = 201
) -> Write:
    at = BEGAN + timedelta(seconds=seconds)
    return Write(number, at, "p2a[bot]", method, f"/repos/acme/shop/{path}", status)


def test_signs_of__are_the_first_accepted_writes() -> None:
    writes = [
        write(1, 0.5, "issues/comments/3/reactions", status=502),
        write(2, 1.0, "issues/comments/3/reactions"),
        write(3, 1.5, "issues/1/comments"),
        write(4, 2.0, "issues/comments/4", method="PATCH"),
        write(5, 9.0, "pulls"),
        write(6, 9.5, "issues/comments/3/reactions"),
    ]
    assert signs_of(writes, BEGAN) == {
        "acknowledged (reaction)": 1.0,
        "progress comment": 1.5,
        "draft pull request": 9.0,
    }


def task(name: str, **result: Any) -> Task:
    return Task(
        id=1,
        workflow_id="w",
        name=name,
        agent=AgentType.COORDINATOR,
        description="",
        status=TaskStatus.COMPLETED,
        order=1,
        attempt=1,
        progress_percentage=100,
        result=result,
    )


@pytest.mark.parametrize(("beside", "tester"), [(0.25, 5.5), (7.0, 7.0)])
def test_suite_seconds_of__are_those_that_are_waited_for(beside: float, tester: float) -> None:
    lines = [
        "checked out main at 0123456789ab",
        "tests before the change: 3 passed in 4.0 s",
        "tests that the change can affect: 1 passed in 0.5 s",
        "tests after the change: 4 passed, 1 skipped in 5.0 s",
    ]
    proof = {"before": {"ran": True, "seconds": beside}}
    tasks = [task("prepare"), task("tester", proof=proof), task("quality", proof=proof)]
    assert suite_seconds_of(tasks, lines) == {"prepare": 4.0, "tester": tester}


def test_read_cases__are_at_least_forty_commits_of_eight_projects() -> None:
    cases = read_cases()
    assert len({case.name for case in cases}) == len(cases) >= 40
    assert len({case.repository for case in cases}) >= 8
    assert all(len(case.commit) == 40 for case in cases)


# The profile's places ------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.module}.{place.name}")
def test_places__are_there(place: Place) -> None:
    assert place.find()[2] is not None


class Clockwork:
    """Something to be timed."""

    made = 0

    @classmethod
    def make(cls, number: int) -> int:
        cls.made += number
        return cls.made

    def fail(self) -> None:
        raise LookupError("as it does")


def test_probe__counts_calls_and_changes_nothing_that_they_do() -> None:
    probe = Probe()
    probe.watch(Place(name, __name__, f"Clockwork.{name}") for name in ("make", "fail"))
    assert [Clockwork.make(2), Clockwork.make(3)] == [2, 5]
    with pytest.raises(LookupError, match="as it does"):
        Clockwork().fail()
    assert {name: one.calls for name, one in probe.taken.items()} == {"make": 2, "fail": 1}
    assert all(one.seconds >= 0 for one in probe.taken.values())
