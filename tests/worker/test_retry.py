"""When a model is asked again."""

import pytest

from worker.model.retry import RetryPolicy

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


def test_hasty__gives_a_model_one_more_try_when_another_one_stands_behind_it() -> None:
    hasty = POLICY.hasty(5.0)
    assert hasty.wait(1, asked=4.0, chance=0.0) == 4.0
    assert hasty.wait(1, asked=6.0, chance=0.0) is None
    assert hasty.wait(2, asked=None, chance=0.0) is None
