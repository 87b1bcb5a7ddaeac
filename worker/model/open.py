"""Open the model that the settings name."""

import random
from collections.abc import Callable

from p2a.errors import ConfigurationInvalid
from p2a.settings import MODEL_KEY_VARIABLES, Settings
from worker.model.interface import Halt, Model
from worker.model.retry import RetryPolicy

VENDORS = tuple(MODEL_KEY_VARIABLES)
CALL_SECONDS = 300.0

_DEFAULT_POLICY = RetryPolicy()


def open_model(
    settings: Settings,
    halt: Halt,
    *,
    chance: Callable[[], float] = random.random,  # noqa: S311 (spreads retries, no secret)
    policy: RetryPolicy = _DEFAULT_POLICY,
    seconds: float = CALL_SECONDS,
) -> Model:
    """Open the model `vendor/name` of the settings; what `halt` raises ends a call to it.

    Raises:
        ConfigurationInvalid: the vendor is unknown, the name or the key is missing.
    """
    vendor, _, name = settings.model.partition("/")
    if vendor not in VENDORS or not name:
        raise ConfigurationInvalid(
            f"P2A_MODEL is {settings.model!r}",
            why="it must be vendor/name",
            next_step=f"choose one of: {', '.join(f'{known}/NAME' for known in VENDORS)}",
        )
    if not settings.model_key:
        variable = MODEL_KEY_VARIABLES[vendor]
        raise ConfigurationInvalid(
            f"{variable} is not set",
            why=f"the model {settings.model} needs the vendor's key",
            next_step=f"set {variable}",
        )
    # The SDK takes more than a second and 90 MiB to load: only a process that asks a model pays.
    from worker.model.gemini import GeminiModel

    return GeminiModel(
        name,
        key=settings.model_key,
        url=settings.model_url,
        seconds=seconds,
        policy=policy,
        halt=halt,
        chance=chance,
    )
