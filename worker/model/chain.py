"""The models of an agent in their order: asked with retries, counted, and left for the next one."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.tools import ToolDefinition

from p2a.errors import ModelError, ModelOutputInvalid, ModelRefused, ModelUnavailable, P2AError
from p2a.model_settings import Price
from worker.errors import ModelLimited, ModelRejected, limited
from worker.model.compaction import compacted
from worker.model.counting import counted, expected
from worker.model.endpoint import Endpoint
from worker.model.interface import Message, Reply, Supervisor, ToolSpec, Usage
from worker.model.retry import RetryPolicy, TryAgain
from worker.model.taped import ANSWER, dump_question, dump_whole
from worker.model.wire import parts_of, reply_of

ANSWERED = "answered"
INTERRUPTED = "interrupted"
LIMIT = "the model's limit is reached"
AWAY = "the model is not available"
HASTE = 5.0
"""Seconds that are waited for a model behind which another one stands."""
_MAY_MOVE_ON = (ModelUnavailable, ModelRejected)


@dataclass(frozen=True, slots=True)
class Asking:
    """How calls are made."""

    supervisor: Supervisor
    policy: RetryPolicy
    chance: Callable[[], float]
    clock: Callable[[], datetime]
    prices: Mapping[str, Price] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """What a conversation offers and asks for."""

    tools: tuple[ToolSpec, ...]
    schema: Mapping[str, Any] | None

    def parameters(self, *, with_schema: bool) -> ModelRequestParameters:
        """Return the form for one endpoint; the prompt tells the schema in words as well."""
        output = OutputObjectDefinition(json_schema=dict(self.schema)) if self.schema else None
        if not with_schema:
            output = None
        return ModelRequestParameters(
            function_tools=[
                ToolDefinition(
                    name=tool.name,
                    description=tool.description,
                    parameters_json_schema=dict(tool.parameters),
                )
                for tool in self.tools
            ],
            output_mode="native" if output else "text",
            output_object=output,
        )


class ModelChain:
    """Several endpoints as one model; used by one thread at a time."""

    def __init__(self, endpoints: Sequence[Endpoint], asking: Asking) -> None:
        self._endpoints = tuple(endpoints)
        self._asking = asking

    @property
    def name(self) -> str:
        """Return the names of the models in their order."""
        return ",".join(endpoint.name for endpoint in self._endpoints)

    def start(
        self,
        system: str,
        *,
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> "ChainConversation":
        """Start a conversation."""
        return ChainConversation(self, Form(tuple(tools), schema), system=system)

    def resume(
        self,
        saved: str,
        *,
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> "ChainConversation | None":
        """Go on with a saved conversation, None where it cannot be read any more."""
        try:
            history = ModelMessagesTypeAdapter.validate_json(saved)
        except ValidationError:
            return None
        return ChainConversation(self, Form(tuple(tools), schema), history=history)

    def request(
        self, history: Sequence[ModelMessage], form: Form, *, first: int
    ) -> tuple[ModelResponse, Usage, int]:
        """Ask the endpoints from `first` on; return the answer, what it used, and whose it is.

        Raises:
            ModelError: none could be asked; a limit that ends goes before other causes.
            BudgetReached: nothing more may be spent.
        """
        failures: list[ModelError] = []
        for place, endpoint in enumerate(self._endpoints[first:], start=first):
            is_last = place == len(self._endpoints) - 1
            try:
                return (*self._ask(endpoint, history, form, is_last=is_last), place)
            except _MAY_MOVE_ON as error:
                failures.append(error)
        raise _worth_telling(failures)

    def close(self) -> None:
        """Close every endpoint, the rest also when one of them fails."""
        with ExitStack() as closing:
            for endpoint in self._endpoints:
                closing.callback(endpoint.close)

    def _ask(
        self, endpoint: Endpoint, history: Sequence[ModelMessage], form: Form, *, is_last: bool
    ) -> tuple[ModelResponse, Usage]:
        """Ask one endpoint, again after failures that may pass."""
        asking = self._asking
        policy = asking.policy if is_last else asking.policy.hasty(HASTE)
        attempt = 1
        while True:
            try:
                return self._ask_once(endpoint, history, form)
            except TryAgain as error:
                if error.retry_after is not None:
                    asking.supervisor.hold(endpoint.name, error.retry_after)
                wait = policy.wait(attempt, asked=error.retry_after, chance=asking.chance())
                if wait is None:
                    raise self._given_up(error) from error
                why = AWAY if error.retry_after is None else LIMIT
                asking.supervisor.pause(wait, why=f"{why} ({endpoint.name})")
            attempt += 1

    def _ask_once(
        self, endpoint: Endpoint, history: Sequence[ModelMessage], form: Form
    ) -> tuple[ModelResponse, Usage]:
        """Ask once and count it, whatever comes of it."""
        asking = self._asking
        parameters = form.parameters(with_schema=self._takes_schema(endpoint, form))
        question = expected(endpoint.name, history, parameters, asking.prices)
        call = asking.supervisor.admit(endpoint.name, expected=question)
        usage, outcome = question, INTERRUPTED
        try:
            response = self._answer(endpoint, history, parameters)
            usage = counted(endpoint.name, response, question, asking.prices)
            outcome = ANSWERED
        except P2AError as error:
            usage, outcome = _usage_of_failure(error, question), error.code
            raise
        finally:
            asking.supervisor.settle(call, usage, outcome=outcome)
        return response, usage

    def _takes_schema(self, endpoint: Endpoint, form: Form) -> bool:
        """Tell whether the vendor is given the schema; there may be none."""
        if form.schema is None:
            return False
        asked = {"name": "takes a schema", "model": endpoint.name}
        return self._asking.supervisor.tape.exchange("value", asked, lambda: endpoint.takes_schema)

    def _answer(
        self,
        endpoint: Endpoint,
        history: Sequence[ModelMessage],
        parameters: ModelRequestParameters,
    ) -> ModelResponse:
        supervisor = self._asking.supervisor
        tape = supervisor.tape
        return tape.exchange(
            "model",
            {
                **dump_question(endpoint.name, history, parameters),
                "digest": tape.digest(lambda: dump_whole(history, parameters)),
            },
            lambda: endpoint.ask(history, parameters),
            ANSWER,
            meanwhile=supervisor.check,
        )

    def _given_up(self, error: TryAgain) -> ModelError:
        """Return a limit that was too long to wait for with its end, anything else as it is."""
        if error.retry_after is None or error.retry_after <= self._asking.policy.longest_wait:
            return error
        with self._asking.supervisor.tape.moment("limit") as now:
            end = now + timedelta(seconds=min(error.retry_after, 10**7))
        return limited(LIMIT, resume_at=end, why=error.why)


class ChainConversation:
    """A talk whose answers are kept whole, so that thought signatures go back with them.

    A long one is shortened (`worker.model.compaction`). It stays with the model that answered last.
    """

    def __init__(
        self,
        chain: ModelChain,
        form: Form,
        *,
        system: str = "",
        history: Sequence[ModelMessage] = (),
    ) -> None:
        self._chain = chain
        self._form = form
        self._system = system
        self._history = list(history)
        self._place = 0

    def send(self, message: Message) -> Reply:
        """Send a message and return the answer; a failed send leaves the history as it was.

        Raises:
            ModelUnavailable, ModelRejected, ModelRefused, ModelOutputInvalid, BudgetReached: as they say.
        """
        opening = [] if self._history else [SystemPromptPart(content=self._system)]
        request = ModelRequest(parts=[*opening, *parts_of(message)])
        talk = compacted([*self._history, request])
        response, usage, place = self._chain.request(talk, self._form, first=self._place)
        if response.finish_reason == "content_filter":
            raise _refused(response)
        self._place = place
        self._history = [*talk, response]
        return reply_of(response, usage)

    def saved(self) -> str:
        """Return what was said so far as text."""
        return ModelMessagesTypeAdapter.dump_json(self._history).decode()


def _usage_of_failure(error: P2AError, question: Usage) -> Usage:
    """Vendors bill no refusals; a lost, unreadable or unwanted answer may have been paid for."""
    is_lost = isinstance(error, TryAgain) and error.is_lost
    if is_lost or isinstance(error, ModelOutputInvalid) or not isinstance(error, ModelError):
        return question
    return Usage(is_estimated=True)


def _worth_telling(failures: Sequence[ModelError]) -> ModelError:
    limits = [error for error in failures if isinstance(error, ModelLimited)]
    if limits:
        return min(limits, key=lambda error: error.resume_at)
    passing = [error for error in failures if error.transient]
    return (passing or list(failures))[-1]


def _refused(response: ModelResponse) -> ModelRefused:
    details = response.provider_details or {}
    return ModelRefused(
        "the model's vendor blocked this request",
        why=str(details.get("refusal") or details.get("finish_reason") or "blocked")[:500],
        next_step="say the request in other words and command it again",
    )
