"""What stands for network, waits, models and sandbox in a replay: each asks the record alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters

from p2a.domain import AgentType
from p2a.model_settings import ModelSettings
from p2a.sandbox.interface import SandboxCommand, SandboxResult
from worker.model.chain import Asking, ModelChain
from worker.model.interface import Model, Supervisor
from worker.model.retry import RetryPolicy
from worker.pulse import Pulse


class StillPulse(Pulse):
    """A pulse that beats not and waits not: the lease is the replay's own, the end the record's."""

    def __enter__(self) -> "StillPulse":
        """Start nothing."""
        return self

    def __exit__(self, *_: object) -> None:
        """End nothing."""

    def check(self) -> None:
        """Raise what the record says to have ended the work here."""
        self.tape.check(_nothing)

    def wait(self, seconds: float, *, meanwhile: Callable[[], None] | None = None) -> None:
        """Let happen what happened meanwhile, without a wait."""
        self.check()
        if meanwhile is not None:
            meanwhile()
            self.check()


@dataclass(frozen=True, slots=True)
class PlayedEndpoint:
    """A model that is never asked: its answers are the record's."""

    name: str

    @property
    def takes_schema(self) -> bool:
        """Never reached: the record knows."""
        _unreachable()

    def ask(
        self, history: Sequence[ModelMessage], parameters: ModelRequestParameters
    ) -> ModelResponse:
        """Never reached: the record answers."""
        _unreachable()

    def close(self) -> None:
        """Close nothing."""


@dataclass(frozen=True, slots=True)
class PlayedSandbox:
    """A sandbox that runs nothing: what came of its commands is the record's."""

    name: str

    def run(self, command: SandboxCommand) -> SandboxResult:
        """Never reached: the record answers."""
        _unreachable()

    def stopped_by(self, check: Callable[[], None]) -> "PlayedSandbox":
        """Return this sandbox."""
        return self


def played_model(
    settings: ModelSettings, clock: Callable[[], datetime], supervisor: Supervisor, agent: AgentType
) -> Model:
    """Return the models of an agent in their order, with the retries of a worker."""
    asking = Asking(
        supervisor=supervisor,
        policy=RetryPolicy(),
        chance=_no_chance,
        clock=clock,
        prices=settings.prices,
    )
    return ModelChain([PlayedEndpoint(name) for name in settings.of_agent(agent)], asking)


def no_sleep(seconds: float) -> None:
    """Do not wait: what a wait was for is on the record."""


def _no_chance() -> float:
    return 0.0


def _nothing() -> None:
    return None


def _unreachable() -> NoReturn:
    raise AssertionError("a replay reaches nothing but its record")
