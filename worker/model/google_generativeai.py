"""Gemini by the SDK google-generativeai, which its vendor ended in November 2025: an extra of its own.

It knows no thought signatures, so the Gemini 3 models refuse tool calls that come back through it;
it is here for Gemini 2.5 and for those who must stay with that SDK.
"""

import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests
from google.api_core import exceptions as google_errors
from pydantic_ai.messages import (
    FinishReason,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponsePart,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.usage import RequestUsage

from p2a.errors import P2AError
from worker.errors import ModelRejected
from worker.model import failure
from worker.model.capped_adapter import CappedAdapter
from worker.model.capped_transport import AnswerTooLong
from worker.model.direct import CHECK_SECONDS, Bounds
from worker.model.endpoint import Endpoint

with warnings.catch_warnings():
    # It says at every import that it is deprecated: so do our documents.
    warnings.simplefilter("ignore", FutureWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    import google.generativeai as genai
    from google.generativeai.client import get_default_generative_client

VENDOR = "google-generativeai"
_FINISH: dict[str, FinishReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
}
_SCHEMA_KEYS = frozenset({"type", "description", "properties", "required", "items", "enum"})


def open_endpoint(name: str, *, key: str, url: str | None, bounds: Bounds) -> Endpoint:
    """Return the Gemini model `name`; the SDK's key and address are the whole process's."""
    options = {"api_endpoint": url} if url else None
    genai.configure(api_key=key, transport="rest", client_options=options)
    client = get_default_generative_client()
    adapter = CappedAdapter(cap=bounds.answer_bytes, seconds=bounds.seconds)
    # The SDK offers no place for a transport of one's own.
    session = client.transport._session
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return GenerativeAiEndpoint(name, key=key, bounds=bounds)


class GenerativeAiEndpoint:
    """An endpoint over the SDK's REST transport."""

    def __init__(self, name: str, *, key: str, bounds: Bounds) -> None:
        self._model = name
        self._key = key
        self._bounds = bounds

    @property
    def name(self) -> str:
        """Return `google-generativeai/model`."""
        return f"{VENDOR}/{self._model}"

    @property
    def takes_schema(self) -> bool:
        """Whether answers can be asked for as JSON; the form itself stands in the prompt."""
        return True

    def ask(
        self, history: Sequence[ModelMessage], parameters: ModelRequestParameters
    ) -> ModelResponse:
        """Send one request.

        Raises:
            TryAgain, ModelLimited, ModelQuotaExhausted, ModelRejected, ModelOutputInvalid: as they say.
        """
        model = genai.GenerativeModel(
            self._model,
            system_instruction=_system(history) or None,
            tools=[_tool(parameters)] if parameters.function_tools else None,
            generation_config={"response_mime_type": "application/json"}
            if parameters.output_object
            else None,
        )
        contents = [content for message in history if (content := _content(message))["parts"]]
        # None in place of the SDK's own retries.
        options = {"retry": None, "timeout": self._bounds.seconds}
        answer = self._call(lambda: model.generate_content(contents, request_options=options))
        try:
            return _response(answer, name=self._model)
        except (AttributeError, TypeError, ValueError) as error:
            raise failure.unreadable(type(error).__name__) from error

    def close(self) -> None:
        """Close the connections."""
        get_default_generative_client().transport.close()

    def _call(self, call: Callable[[], Any]) -> Any:
        """Call in a thread that is left behind when the work must stop; its own time-out ends it."""
        outcome: list[Any] = []
        failures: list[Exception] = []

        def work() -> None:
            try:
                outcome.append(call())
            except Exception as error:  # noqa: BLE001 (handed to the caller's thread)
                failures.append(error)

        thread = threading.Thread(target=work, name="p2a-google-generativeai", daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(CHECK_SECONDS)
            self._bounds.halt.check()
        if failures:
            raise self._translated(failures[0]) from failures[0]
        return outcome[0]

    def _translated(self, error: Exception) -> P2AError:
        if isinstance(error, AnswerTooLong):
            return failure.unreadable(f"it sent {error}")
        if isinstance(error, requests.RequestException | TimeoutError):
            return failure.unavailable(
                f"it did not answer: {type(error).__name__}",
                is_lost=not isinstance(error, requests.exceptions.ConnectTimeout),
            )
        if isinstance(error, google_errors.GoogleAPICallError):
            return self._of_vendor(error)
        if isinstance(error, ValueError | LookupError | TypeError | RecursionError):
            return failure.unreadable(f"the SDK could not parse it: {type(error).__name__}")
        return ModelRejected("the model could not be asked", why=type(error).__name__)

    def _of_vendor(self, error: google_errors.GoogleAPICallError) -> P2AError:
        said = str(error.message).replace(self._key, "[the model's key]")[: failure.SHOWN]
        details = [each for each in error.details if isinstance(each, Mapping)]
        if error.code == 429 and any("PerDay" in quota for quota in failure.quotas(details)):
            return failure.daily_limit(said, now=self._bounds.clock())
        if error.code in {401, 403} or "API key not valid" in said:
            return failure.key_refused(type(error).__name__)
        if error.code == 404:
            return ModelRejected(
                f"the vendor does not know the model {self._model!r}",
                next_step=failure.REJECTED_NEXT,
            )
        if error.code == 429 or (error.code or 500) >= 500:
            return failure.unavailable(said, retry_after=_retry_seconds(details))
        return ModelRejected(
            "the model's vendor refused the request", why=said, next_step=failure.REJECTED_NEXT
        )


def _retry_seconds(details: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the seconds of a google.rpc.RetryInfo, such as `14s`."""
    for detail in details:
        delay = str(detail.get("retryDelay", ""))
        if delay.endswith("s") and delay[:-1].replace(".", "", 1).isdigit():
            return float(delay[:-1])
    return None


def _system(history: Sequence[ModelMessage]) -> str:
    parts = [part for message in history for part in message.parts]
    return "\n\n".join(part.content for part in parts if isinstance(part, SystemPromptPart))


def _content(message: ModelMessage) -> dict[str, Any]:
    if isinstance(message, ModelRequest):
        return {"role": "user", "parts": [made for p in message.parts if (made := _asked(p))]}
    return {"role": "model", "parts": [made for p in message.parts if (made := _answered(p))]}


def _asked(part: Any) -> dict[str, Any] | None:
    if isinstance(part, UserPromptPart):
        return {"text": str(part.content)}
    if isinstance(part, ToolReturnPart):
        answer = {"name": part.tool_name, "response": {"result": str(part.content)}}
        return {"function_response": answer}
    return None


def _answered(part: Any) -> dict[str, Any] | None:
    if isinstance(part, TextPart) and part.content:
        return {"text": part.content}
    if isinstance(part, ToolCallPart):
        return {"function_call": {"name": part.tool_name, "args": part.args_as_dict()}}
    return None


def _tool(parameters: ModelRequestParameters) -> dict[str, Any]:
    return {
        "function_declarations": [
            {
                "name": tool.name,
                "description": tool.description or "",
                "parameters": reduced(tool.parameters_json_schema),
            }
            for tool in parameters.function_tools
        ]
    }


def reduced(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a JSON schema the SDK's own form of schema can hold."""
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if choices:
        return {**reduced({**schema, **choices[0], "anyOf": ()}), "nullable": True}
    kept = {name: value for name, value in schema.items() if name in _SCHEMA_KEYS}
    if "type" in kept:
        kept["type"] = str(kept["type"]).upper()
    if "properties" in kept:
        kept["properties"] = {name: reduced(each) for name, each in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = reduced(kept["items"])
    return kept


def _response(answer: Any, *, name: str) -> ModelResponse:
    usage = RequestUsage(
        input_tokens=answer.usage_metadata.prompt_token_count,
        output_tokens=answer.usage_metadata.candidates_token_count,
    )
    blocked: Any = answer.prompt_feedback.block_reason if answer.prompt_feedback else None
    if blocked:
        details = {"finish_reason": blocked.name}
        return ModelResponse(
            parts=[],
            usage=usage,
            model_name=name,
            finish_reason="content_filter",
            provider_details=details,
        )
    candidate = answer.candidates[0] if answer.candidates else None
    reason = candidate.finish_reason.name if candidate else "NO_CANDIDATE"
    parts = [_part(part) for part in candidate.content.parts] if candidate else []
    return ModelResponse(
        parts=[part for part in parts if part is not None],
        usage=usage,
        model_name=name,
        finish_reason=_FINISH.get(reason),
        provider_details={"finish_reason": reason},
    )


def _part(part: Any) -> ModelResponsePart | None:
    if part.function_call.name:
        arguments = type(part).to_dict(part)["function_call"].get("args") or {}
        return ToolCallPart(tool_name=part.function_call.name, args=_whole(arguments))
    return TextPart(content=part.text) if part.text else None


def _whole(value: Any) -> Any:
    """Give whole numbers back as such: the SDK makes a float of every number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    return value
