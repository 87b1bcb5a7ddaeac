"""Open the models that the settings name."""

import importlib
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from p2a.domain import AgentType
from p2a.errors import ConfigurationInvalid
from p2a.extras import install_advice
from p2a.model_settings import ModelSettings
from p2a.vendors import VENDORS
from worker.model.interface import Model, Supervisor
from worker.model.retry import RetryPolicy

if TYPE_CHECKING:
    from worker.model.direct import Bounds
    from worker.model.endpoint import Endpoint

CALL_SECONDS = 300.0
OWN_EXTRAS = frozenset({"google-generativeai"})
"""Vendors whose SDK is an extra of pyproject.toml beside that of the worker, of the same name."""

_DEFAULT_POLICY = RetryPolicy()


def open_model(
    settings: ModelSettings,
    supervisor: Supervisor,
    agent: AgentType,
    *,
    chance: Callable[[], float] = random.random,  # noqa: S311 (spreads retries, no secret)
    policy: RetryPolicy = _DEFAULT_POLICY,
    seconds: float = CALL_SECONDS,
) -> Model:
    """Open the models of an agent; what `supervisor` raises ends a call to them.

    Raises:
        ConfigurationInvalid: a vendor is unknown, a name, a key or an SDK is missing.
    """
    names = settings.of_agent(agent)
    keys = [settings.required_key(name) for name in names]
    return _open(
        settings,
        supervisor,
        list(zip(names, keys, strict=True)),
        chance=chance,
        policy=policy,
        seconds=seconds,
    )


def preload(settings: ModelSettings) -> None:
    """Load the SDKs of the configured vendors, before processes are forked that need them.

    Raises:
        ModuleNotFoundError: one is not installed.
    """
    importlib.import_module("worker.model.chain")
    for name in settings.all_names():
        vendor = name.partition("/")[0]
        if vendor in VENDORS:
            importlib.import_module(f"worker.model.{vendor.replace('-', '_')}")


def _open(
    settings: ModelSettings,
    supervisor: Supervisor,
    named: Sequence[tuple[str, str]],
    *,
    chance: Callable[[], float],
    policy: RetryPolicy,
    seconds: float,
) -> Model:
    # pydantic-ai takes more than a second to load: only a process that asks a model pays.
    from worker.model.chain import Asking, ModelChain
    from worker.model.direct import Bounds

    bounds = Bounds(seconds=seconds, halt=supervisor, clock=_now)
    asking = Asking(
        supervisor=supervisor, policy=policy, chance=chance, clock=_now, prices=settings.prices
    )
    endpoints = [_endpoint(settings, name, key=key, bounds=bounds) for name, key in named]
    return ModelChain(endpoints, asking)


def _endpoint(settings: ModelSettings, name: str, *, key: str, bounds: "Bounds") -> "Endpoint":
    """Load the vendor's SDK and return the model on it."""
    vendor, _, model = name.partition("/")
    url = settings.url_of(vendor)
    default = VENDORS[vendor].default_url
    try:
        match vendor:
            case "gemini":
                from worker.model import gemini

                return gemini.open_endpoint(model, key=key, url=url, bounds=bounds)
            case "openai":
                from worker.model import openai

                return openai.open_endpoint(model, key=key, url=url or default, bounds=bounds)
            case "anthropic":
                from worker.model import anthropic

                return anthropic.open_endpoint(model, key=key, url=url or default, bounds=bounds)
            case _:
                from worker.model import google_generativeai

                return google_generativeai.open_endpoint(model, key=key, url=url, bounds=bounds)
    except ModuleNotFoundError as error:
        raise ConfigurationInvalid(
            f"the SDK for {name} is not installed",
            why=str(error),
            next_step=install_advice("worker", *({vendor} & OWN_EXTRAS)),
        ) from error


def _now() -> datetime:
    return datetime.now(UTC)
