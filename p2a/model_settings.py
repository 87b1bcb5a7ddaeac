"""Which models are asked, where, and what they may cost: the part of the settings about models."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from p2a.domain import AgentType
from p2a.environ import read_integer, read_list, read_url
from p2a.errors import ConfigurationInvalid
from p2a.vendors import VENDORS, split_model

DEFAULT_MODEL = "gemini/gemini-3-pro-preview"
MOST_DOLLARS = 100_000.0
"""A limit above this is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens."""

    input_usd: float
    output_usd: float


@dataclass(frozen=True, slots=True)
class DailyLimits:
    """What one repository and one person may use from midnight to midnight UTC; None is no limit."""

    repository_usd: float | None = None
    actor_usd: float | None = None
    repository_calls: int | None = None
    actor_calls: int | None = None


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The models in the order in which they are asked, and the bounds of asking them."""

    names: tuple[str, ...] = (DEFAULT_MODEL,)
    """`vendor/model`; the next is asked when one cannot be."""
    by_agent: Mapping[AgentType, tuple[str, ...]] = field(default_factory=dict)
    """Other models of single agents, for example cheaper ones."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The keys by vendor."""
    urls: Mapping[str, str] = field(default_factory=dict)
    """Base addresses by vendor, where they are not the vendor's own."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Prices by model that go before the price list."""
    calls_per_minute: int | None = None
    """Of each model, by all workers together."""
    budget_usd: float | None = None
    """What a workflow may cost where neither its command nor its repository says."""
    most_budget_usd: float | None = None
    """The most that a command or a repository may allow."""
    daily: DailyLimits = field(default_factory=DailyLimits)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "ModelSettings":
        """Read the settings from an environment.

        Raises:
            ConfigurationInvalid: a value is not of its form; the message names the variable.
        """
        names = read_list(environ, "P2A_MODEL") or (DEFAULT_MODEL,)
        by_agent = {agent: read_list(environ, f"P2A_MODEL_{agent.value}") for agent in AgentType}
        return cls(
            names=names,
            by_agent={agent: chosen for agent, chosen in by_agent.items() if chosen},
            keys=_keys(environ),
            urls=_urls(environ, first=names[0].partition("/")[0]),
            prices=_prices(environ, "P2A_MODEL_PRICES"),
            calls_per_minute=read_integer(environ, "P2A_MODEL_CALLS_PER_MINUTE"),
            budget_usd=_dollars(environ, "P2A_BUDGET_USD"),
            most_budget_usd=_dollars(environ, "P2A_MAX_BUDGET_USD"),
            daily=DailyLimits(
                repository_usd=_dollars(environ, "P2A_DAILY_USD_PER_REPOSITORY"),
                actor_usd=_dollars(environ, "P2A_DAILY_USD_PER_USER"),
                repository_calls=read_integer(environ, "P2A_DAILY_CALLS_PER_REPOSITORY"),
                actor_calls=read_integer(environ, "P2A_DAILY_CALLS_PER_USER"),
            ),
        )

    def of_agent(self, agent: AgentType) -> tuple[str, ...]:
        """Return the models that an agent asks, in their order."""
        return self.by_agent.get(agent, self.names)

    def all_names(self) -> tuple[str, ...]:
        """Return every model that any agent may ask, each once."""
        every = [self.names, *(self.by_agent[agent] for agent in sorted(self.by_agent))]
        return tuple(dict.fromkeys(name for names in every for name in names))

    def url_of(self, vendor: str) -> str | None:
        """Return the base address of a vendor, None for its own."""
        return self.urls.get(vendor)

    def required_key(self, name: str) -> str:
        """Return the key for a model; a compatible server of one's own needs none.

        Raises:
            ConfigurationInvalid: the vendor is unknown, the name or the key is missing.
        """
        vendor, model = split_model(name)
        if vendor is None or not model:
            raise ConfigurationInvalid(
                f"P2A_MODEL is {name!r}",
                why="it must be vendor/name",
                next_step=f"choose one of: {', '.join(f'{known}/NAME' for known in VENDORS)}",
            )
        key = self.keys.get(vendor.name)
        if key:
            return key
        if vendor.is_compatible and self.url_of(vendor.name):
            return "no-key"
        raise ConfigurationInvalid(
            f"{vendor.key_variable} is not set",
            why=f"the model {name} needs the vendor's key",
            next_step=f"set {vendor.key_variable}",
        )


def _keys(environ: Mapping[str, str]) -> dict[str, str]:
    found = {name: environ.get(vendor.key_variable, "") for name, vendor in VENDORS.items()}
    return {name: key for name, key in found.items() if key}


def _urls(environ: Mapping[str, str], *, first: str) -> dict[str, str]:
    urls: dict[str, str] = {}
    for name, vendor in VENDORS.items():
        variables = [vendor.own_url_variable, vendor.url_variable]
        if name == first:
            variables.insert(1, "P2A_MODEL_URL")
        url = next((url for variable in variables if (url := read_url(environ, variable))), None)
        if url:
            urls[name] = url
    return urls


def _prices(environ: Mapping[str, str], variable: str) -> dict[str, Price]:
    """Read `vendor/model=IN:OUT`, separated by commas."""
    prices: dict[str, Price] = {}
    for item in read_list(environ, variable):
        name, _, both = item.rpartition("=")
        each = [_number(part) for part in both.split(":")]
        if not name or len(each) != 2 or any(part is None for part in each):
            raise ConfigurationInvalid(
                f"{variable} holds {item!r}",
                why="it must be vendor/model=IN:OUT, dollars for a million tokens",
                next_step=f"correct {variable}, for example openai/qwen3=0.2:0.8",
            )
        prices[name] = Price(float(each[0] or 0), float(each[1] or 0))
    return prices


def _dollars(environ: Mapping[str, str], variable: str) -> float | None:
    value = environ.get(variable, "").strip()
    if not value:
        return None
    amount = _number(value)
    if not amount:
        raise ConfigurationInvalid(
            f"{variable} is not an amount of dollars: {value!r}",
            why=f"it must be a number above 0 and at most {MOST_DOLLARS:.0f}",
            next_step=f"correct {variable}",
        )
    return amount


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= MOST_DOLLARS else None
