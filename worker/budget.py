"""What a workflow may spend: whose word counts, and whether one more call fits in; no I/O."""

from dataclasses import dataclass, field

from p2a.errors import ConfigurationInvalid
from p2a.model_settings import DailyLimits, ModelSettings
from p2a.store.records import Spent
from worker.errors import BudgetReached
from worker.model.interface import Usage

RESUME = "comment `/p2a resume` to go on, or `/p2a resume --budget DOLLARS` with another budget"
LARGER = "comment `/p2a resume --budget DOLLARS` with more than {cost}: the answer costs as well"
RUN_AGAIN = "run it again with a larger --budget"
TOMORROW = "comment `/p2a resume` after midnight UTC, or ask the operator for a higher limit"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one workflow may use; None is no limit."""

    budget_usd: float | None = None
    daily: DailyLimits = field(default_factory=DailyLimits)
    is_local: bool = False
    """Whether it is run on a terminal, where no comment goes on with it."""

    @property
    def bounds_money(self) -> bool:
        """Whether any limit is one of money."""
        limits = (self.budget_usd, self.daily.repository_usd, self.daily.actor_usd)
        return any(limit is not None for limit in limits)


def allowance_of(
    settings: ModelSettings, *, command_usd: float | None, repository_usd: float | None
) -> Allowance:
    """Return what holds: the command's budget, else the repository's, else the server's.

    The server's greatest budget bounds the first two, and holds where nobody said anything.
    """
    asked = command_usd if command_usd is not None else repository_usd
    budget = asked if asked is not None else settings.budget_usd
    most = settings.most_budget_usd
    if most is not None:
        budget = most if budget is None else min(budget, most)
    return Allowance(budget, settings.daily)


def check_spent(spent: Spent, allowance: Allowance, *, model: str, expected: Usage) -> None:
    """Return when one more call may be made whose question alone will use `expected`.

    Raises:
        BudgetReached: it may not; a call is never begun that cannot be paid for.
        ConfigurationInvalid: a limit of money cannot be held, because the price is not known.
    """
    daily = allowance.daily
    if allowance.bounds_money and expected.cost_usd is None:
        raise ConfigurationInvalid(
            f"the budget cannot be held with the model {model}",
            why="its price is not known",
            next_step="name its price in P2A_MODEL_PRICES, or take the limits of money away",
        )
    cost = expected.cost_usd or 0.0
    then = _after_the_budget(allowance, cost)
    _check_money(spent.workflow_usd, cost, allowance.budget_usd, "the budget", then)
    today = (
        (spent.repository_usd, daily.repository_usd, "today's limit of this repository"),
        (spent.actor_usd, daily.actor_usd, "today's limit of the user"),
    )
    for used, limit, name in today:
        _check_money(used, cost, limit, name, TOMORROW)
    calls = (
        (spent.repository_calls, daily.repository_calls, "today's limit of this repository"),
        (spent.actor_calls, daily.actor_calls, "today's limit of the user"),
    )
    for made, most, name in calls:
        if most is not None and made >= most:
            raise _reached(name, f"{made} of {most} calls of a model were made", TOMORROW)


def dollars(amount: float) -> str:
    """Return an amount with at least two digits behind the point, and with all of up to six."""
    whole, _, digits = f"{amount:.6f}".partition(".")
    return f"${whole}.{digits.rstrip('0'):0<2}"


def _after_the_budget(allowance: Allowance, cost: float) -> str:
    """Return what goes on when the budget is reached; the same again helps only where the question fits."""
    if allowance.is_local:
        return RUN_AGAIN
    is_too_small = allowance.budget_usd is not None and cost > allowance.budget_usd + 1e-9
    return LARGER.format(cost=dollars(cost)) if is_too_small else RESUME


def _check_money(used: float, cost: float, limit: float | None, name: str, then: str) -> None:
    # A nanodollar of tolerance: sums of binary fractions are not exact.
    if limit is not None and (used >= limit - 1e-9 or used + cost > limit + 1e-9):
        why = f"${used:.4f} of {dollars(limit)} are used, and the next question alone costs ${cost:.4f}"
        raise _reached(name, why, then)


def _reached(name: str, why: str, then: str) -> BudgetReached:
    return BudgetReached(f"{name} is reached", why=why, next_step=then)
