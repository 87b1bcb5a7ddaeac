"""Whose word on money counts, and whether one more call fits in."""

import pytest

from p2a.errors import ConfigurationInvalid
from p2a.model_settings import DailyLimits, ModelSettings
from p2a.store.records import Spent
from worker.budget import RUN_AGAIN, Allowance, allowance_of, check_spent, dollars
from worker.errors import BudgetReached
from worker.model.interface import Usage


@pytest.mark.parametrize(
    ("command", "repository", "server", "most", "budget"),
    [
        (None, None, None, None, None),
        (None, None, 3.0, None, 3.0),
        (None, 2.0, 3.0, None, 2.0),
        (1.0, 2.0, 3.0, None, 1.0),
        (9.0, 2.0, 3.0, 5.0, 5.0),
        (None, 9.0, None, 5.0, 5.0),
        (None, None, None, 5.0, 5.0),
    ],
)
def test_allowance_of__the_nearest_word_counts_up_to_the_servers_most(
    command: float | None,
    repository: float | None,
    server: float | None,
    most: float | None,
    budget: float | None,
) -> None:
    settings = ModelSettings(budget_usd=server, most_budget_usd=most)
    found = allowance_of(settings, command_usd=command, repository_usd=repository)
    assert found.budget_usd == budget


DAILY = DailyLimits(repository_usd=5.0, actor_usd=2.0, repository_calls=10, actor_calls=4)


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        (Spent(), None),
        (Spent(workflow_usd=0.5), None),
        (Spent(workflow_usd=1.0), "the budget is reached"),
        (Spent(workflow_usd=0.95), "the budget is reached"),
        (Spent(repository_usd=5.0), "of this repository"),
        (Spent(actor_usd=2.5), "of the user"),
        (Spent(repository_calls=10), "of this repository"),
        (Spent(actor_calls=4), "of the user"),
    ],
)
def test_check_spent__stops_before_a_call_that_cannot_be_paid(
    spent: Spent, said: str | None
) -> None:
    allowance = Allowance(1.0, DAILY)
    usage = Usage(100, 0, 0.1)
    if said is None:
        check_spent(spent, allowance, model="m", expected=usage)
        return
    with pytest.raises(BudgetReached, match=said) as caught:
        check_spent(spent, allowance, model="m", expected=usage)
    assert "/p2a resume" in caught.value.next_step


@pytest.mark.parametrize(
    ("budget", "cost", "said", "then"),
    [
        (
            0.001,
            0.0042,
            "of $0.001 are used",
            "`/p2a resume --budget DOLLARS` with more than $0.0042",
        ),
        (0.5, 0.4, "of $0.50 are used", "comment `/p2a resume` to go on"),
    ],
)
def test_check_spent__does_not_advise_the_same_budget_where_it_is_too_small(
    budget: float, cost: float, said: str, then: str
) -> None:
    with pytest.raises(BudgetReached) as caught:
        check_spent(
            Spent(workflow_usd=0.2), Allowance(budget), model="m", expected=Usage(9, 0, cost)
        )
    assert said in caught.value.why
    assert then in caught.value.next_step
    local = Allowance(budget, is_local=True)
    with pytest.raises(BudgetReached) as caught:
        check_spent(Spent(workflow_usd=0.2), local, model="m", expected=Usage(9, 0, cost))
    assert caught.value.next_step == RUN_AGAIN


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0.001, "$0.001"), (2.5, "$2.50"), (12.0, "$12.00"), (0.0001, "$0.0001"), (0.0, "$0.00")],
)
def test_dollars__shows_enough_digits(amount: float, text: str) -> None:
    assert dollars(amount) == text


def test_check_spent__a_budget_without_a_price_cannot_be_held() -> None:
    unknown = Usage(100, 0, None)
    with pytest.raises(ConfigurationInvalid, match="P2A_MODEL_PRICES"):
        check_spent(Spent(), Allowance(1.0), model="openai/qwen3", expected=unknown)
    check_spent(Spent(), Allowance(), model="openai/qwen3", expected=unknown)
