"""When a model is asked again."""

import pytest

from worker.model.retry import RetryPolicy, TryAgain, with_retries

POLICY = RetryPolicy(attempts=3, first_wait=1.0, longest_wait=60.0)


@pytest.mark.parametrize(
    ("attempt", "asked", "chance", "wait"),
    [
        (1, None, 0.0, 0.5),
        (1, None, 1.0, 1.0),
        (2, None, 1.0, 2.0),
        (3, None, 1.0, None),
        (1, 14.0, 0.0, 14.0),
        (1, 14.0, 1.0, 15.0),
        (1, 61.0, 0.0, None),
    ],
)
def test_wait__honours_the_vendor_within_bounds(
    attempt: int, asked: float | None, chance: float, wait: float | None
) -> None:
    assert POLICY.wait(attempt, asked=asked, chance=chance) == wait


def test_with_retries__tries_until_it_answers() -> None:
    slept: list[float] = []
    failures = [TryAgain("away", retry_after=2.0), TryAgain("away")]

    def call() -> str:
        if failures:
            raise failures.pop(0)
        return "here"

    assert with_retries(call, policy=POLICY, sleep=slept.append, chance=lambda: 0.0) == "here"
    assert slept == [2.0, 1.0]


def test_with_retries__gives_up_with_the_last_failure() -> None:
    def call() -> str:
        raise TryAgain("away")

    with pytest.raises(TryAgain):
        with_retries(call, policy=POLICY, sleep=lambda _: None, chance=lambda: 0.0)
