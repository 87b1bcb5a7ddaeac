"""Gemini by its vendor's SDK, through pydantic-ai's direct requests; import it only where needed.

Importing costs more than a second, so `worker.model.open` does it when a model is first wanted.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import httpx2
from google.genai.types import HttpRetryOptions
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRequestRejectedError,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from p2a.errors import ModelOutputInvalid, ModelRefused, P2AError
from worker.errors import ModelQuotaExhausted, ModelRejected
from worker.model.capped_transport import AnswerTooLong, CappedTransport
from worker.model.interface import Finish, Halt, Message, Reply, ToolCall, ToolSpec, Usage
from worker.model.retry import RetryPolicy, TryAgain, with_retries

ANSWER_BYTES = 8 * 1024 * 1024
CONNECT_SECONDS = 10.0
CHECK_SECONDS = 0.5
"""How often a call that waits for its answer looks whether the work must stop."""

_SHOWN = 500
_REJECTED_NEXT = "run `p2a doctor`: it checks P2A_MODEL, P2A_MODEL_URL and the key"


class GeminiModel:
    """A Gemini model over HTTP; used by one thread at a time."""

    def __init__(
        self,
        name: str,
        *,
        key: str,
        url: str | None,
        seconds: float,
        policy: RetryPolicy,
        halt: Halt,
        chance: Callable[[], float],
    ) -> None:
        self._name = name
        self._key = key
        self._seconds = seconds
        self._policy = policy
        self._halt = halt
        self._chance = chance
        transport = CappedTransport(httpx2.AsyncHTTPTransport(), cap=ANSWER_BYTES)
        timeout = httpx2.Timeout(seconds, connect=CONNECT_SECONDS)
        self._client = httpx2.AsyncClient(transport=transport, timeout=timeout)
        provider = GoogleProvider(
            api_key=key,
            base_url=url,
            http_client=self._client,
            # The SDK's own retries know neither our budget nor a cancelled workflow.
            retry_options=HttpRetryOptions(attempts=1),
        )
        self._model = GoogleModel(name, provider=provider)
        self._runner = asyncio.Runner()

    @property
    def name(self) -> str:
        """Return `gemini/model`."""
        return f"gemini/{self._name}"

    def start(
        self,
        system: str,
        *,
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> "GeminiConversation":
        """Start a conversation."""
        output = OutputObjectDefinition(json_schema=dict(schema)) if schema else None
        parameters = ModelRequestParameters(
            function_tools=[
                ToolDefinition(
                    name=tool.name,
                    description=tool.description,
                    parameters_json_schema=dict(tool.parameters),
                )
                for tool in tools
            ],
            output_mode="native" if output else "text",
            output_object=output,
        )
        return GeminiConversation(self, system=system, parameters=parameters)

    def request(
        self, history: list[ModelMessage], parameters: ModelRequestParameters
    ) -> ModelResponse:
        """Ask once, again after failures that may pass.

        Raises:
            ModelUnavailable, ModelRejected, ModelRefused, ModelOutputInvalid: as they say.
        """
        return with_retries(
            lambda: self._request_once(history, parameters),
            policy=self._policy,
            sleep=self._halt.wait,
            chance=self._chance,
        )

    def close(self) -> None:
        """Close the connections and the event loop."""
        with self._runner:
            self._runner.run(self._client.aclose())

    def _request_once(
        self, history: list[ModelMessage], parameters: ModelRequestParameters
    ) -> ModelResponse:
        settings = ModelSettings(timeout=self._seconds, request_timeout=self._seconds)
        try:
            request = model_request(
                self._model,
                history,
                model_settings=settings,
                model_request_parameters=parameters,
            )
            return self._runner.run(self._answer_of(request))
        except AgentRunError as error:
            raise _translated(error, self._key) from error
        except AnswerTooLong as error:
            raise _unreadable(f"it sent {error}") from error
        except (httpx2.HTTPError, OSError) as error:
            raise TryAgain(
                "the model did not answer", why=type(error).__name__, next_step="try again"
            ) from error
        except (ValueError, RecursionError) as error:
            # pydantic's ValidationError and JSON errors of the SDK's own parsing are ValueErrors.
            raise _unreadable(f"the SDK could not parse it: {type(error).__name__}") from error

    async def _answer_of(self, request: Coroutine[Any, Any, ModelResponse]) -> ModelResponse:
        """Wait for the answer; hang up when the work must stop."""
        call = asyncio.create_task(request)
        try:
            while not (await asyncio.wait({call}, timeout=CHECK_SECONDS))[0]:
                self._halt.check()
            return call.result()
        finally:
            if call.cancel():
                await asyncio.wait({call})


class GeminiConversation:
    """A talk with Gemini: answers are kept whole, so that thought signatures go back with them."""

    def __init__(
        self, model: GeminiModel, *, system: str, parameters: ModelRequestParameters
    ) -> None:
        self._model = model
        self._parameters = parameters
        self._history: list[ModelMessage] = []
        self._opening: list[ModelRequestPart] = [SystemPromptPart(content=system)]

    def send(self, message: Message) -> Reply:
        """Send a message and return the answer; a failed send leaves the history as it was.

        Raises:
            ModelUnavailable, ModelRejected, ModelRefused, ModelOutputInvalid: as they say.
        """
        request = ModelRequest(parts=[*self._opening, *_parts(message)])
        response = self._model.request([*self._history, request], self._parameters)
        if response.finish_reason == "content_filter":
            raise ModelRefused(
                "the model's vendor blocked this request",
                why=str((response.provider_details or {}).get("finish_reason", "blocked")),
                next_step="say the request in other words and command it again",
            )
        self._history += [request, response]
        self._opening = []
        return _reply(response)


def _parts(message: Message) -> list[ModelRequestPart]:
    if isinstance(message, str):
        return [UserPromptPart(content=message)]
    return [
        ToolReturnPart(tool_name=answer.name, content=answer.text, tool_call_id=answer.call_id)
        for answer in message
    ]


def _reply(response: ModelResponse) -> Reply:
    texts = [part.content for part in response.parts if isinstance(part, TextPart)]
    calls = [_call(part) for part in response.parts if isinstance(part, ToolCallPart)]
    finish = {"stop": Finish.STOP, "tool_call": Finish.STOP, "length": Finish.LENGTH}
    return Reply(
        text="".join(texts),
        calls=tuple(calls),
        usage=usage_of(response),
        finish=finish.get(response.finish_reason or "", Finish.UNKNOWN),
    )


def _call(part: ToolCallPart) -> ToolCall:
    try:
        arguments = part.args_as_dict(raise_if_invalid=True)
    except (ValueError, AssertionError):
        arguments = None
    return ToolCall(id=part.tool_call_id, name=part.tool_name, arguments=arguments)


def usage_of(response: ModelResponse) -> Usage:
    """Return what an answer used; the price of a model that is not listed is None."""
    try:
        cost = float(response.cost().total_price)
    except (LookupError, ValueError, AssertionError):
        cost = None  # genai-prices does not know the model: unknown, never zero
    return Usage(
        input_tokens=response.usage.input_tokens,
        output_tokens=response.usage.output_tokens,
        cost_usd=cost,
    )


def _said(error: Exception, key: str) -> str:
    """Return what the vendor said, without our key, which an answer may quote."""
    body = getattr(error, "body", None)
    inner = body.get("error") if isinstance(body, dict) else None
    message = inner.get("message") if isinstance(inner, dict) else None
    text = message if isinstance(message, str) and message else str(error)
    return text.replace(key, "[the model's key]")[:_SHOWN]


def _translated(error: AgentRunError, key: str) -> P2AError:
    if isinstance(error, ModelQuotaExceededError):
        return ModelQuotaExhausted(
            "the model's quota is used up",
            why=_said(error, key),
            next_step="raise the quota with the vendor or wait until it resets, then `/p2a retry`",
        )
    if isinstance(error, ModelAuthenticationError):
        # The vendor's message may quote a part of the key.
        return ModelRejected(
            "the model's vendor did not accept the key",
            why=type(error).__name__,
            next_step=_REJECTED_NEXT,
        )
    if isinstance(error, ModelNotFoundError):
        return ModelRejected(
            f"the vendor does not know the model {error.model_name!r}", next_step=_REJECTED_NEXT
        )
    if isinstance(error, ModelRequestRejectedError):
        return ModelRejected(
            "the model's vendor refused the request",
            why=_said(error, key),
            next_step=_REJECTED_NEXT,
        )
    if isinstance(error, ModelAPIError):
        return TryAgain(
            "the model is not available",
            why=_said(error, key),
            next_step="wait until the vendor answers again",
            retry_after=error.retry_after,
        )
    if isinstance(error, UnexpectedModelBehavior):
        return _unreadable(_said(error, key))
    return ModelRejected("the model could not be asked", why=_said(error, key))


def _unreadable(why: str) -> ModelOutputInvalid:
    return ModelOutputInvalid(
        "the model's answer cannot be read",
        why=why,
        next_step="try again with `/p2a retry`, or configure another model",
    )
