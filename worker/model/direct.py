"""A model through pydantic-ai's direct requests: one request, bounded in time and in bytes."""

import asyncio
import warnings
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import AgentRunError, UsageExtractionFailedWarning
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from worker.model.capped_transport import AnswerTooLong, CappedTransport
from worker.model.failure import translated, unavailable, unreadable
from worker.model.interface import Halt

ANSWER_BYTES = 8 * 1024 * 1024
CONNECT_SECONDS = 10.0
CHECK_SECONDS = 0.5
"""How often a call that waits for its answer looks whether the work must stop."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds every call, and who can stop it."""

    seconds: float
    halt: Halt
    clock: Callable[[], datetime]
    answer_bytes: int = ANSWER_BYTES


class DirectEndpoint:
    """An endpoint over HTTP; used by one thread at a time."""

    def __init__(
        self,
        name: str,
        *,
        key: str,
        bounds: Bounds,
        make: Callable[[httpx2.AsyncClient], Model],
    ) -> None:
        """Open a client; `make` builds pydantic-ai's model on it."""
        # Usage that cannot be read is estimated here. For the process: filters are no thread's own.
        warnings.simplefilter("ignore", UsageExtractionFailedWarning)
        self._name = name
        self._key = key
        self._bounds = bounds
        transport = CappedTransport(httpx2.AsyncHTTPTransport(), cap=bounds.answer_bytes)
        timeout = httpx2.Timeout(bounds.seconds, connect=CONNECT_SECONDS)
        self._client = httpx2.AsyncClient(transport=transport, timeout=timeout)
        self._model = make(self._client)
        self._runner = asyncio.Runner()

    @property
    def name(self) -> str:
        """Return `vendor/model`."""
        return self._name

    @property
    def takes_schema(self) -> bool:
        """Whether the vendor itself holds answers to a JSON schema."""
        return bool(self._model.profile.get("supports_json_schema_output", False))

    def ask(
        self, history: Sequence[ModelMessage], parameters: ModelRequestParameters
    ) -> ModelResponse:
        """Send one request; the SDK's own retries are off, for they know no budget and no cancel.

        Raises:
            TryAgain, ModelLimited, ModelQuotaExhausted, ModelRejected, ModelOutputInvalid: as they say.
        """
        seconds = self._bounds.seconds
        settings = ModelSettings(timeout=seconds, request_timeout=seconds, max_retries=0)
        request = model_request(
            self._model,
            history,
            model_settings=settings,
            model_request_parameters=parameters,
        )
        try:
            return self._runner.run(self._answer_of(request))
        except AgentRunError as error:
            if too_long := _caused_by_length(error):
                raise unreadable(f"it sent {too_long}") from error
            raise translated(error, key=self._key, now=self._bounds.clock()) from error
        except AnswerTooLong as error:
            raise unreadable(f"it sent {error}") from error
        except (httpx2.HTTPError, OSError) as error:
            said = f"it did not answer: {type(error).__name__}"
            raise unavailable(said, is_lost=True) from error
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            # What SDKs raise on JSON of another form; pydantic's ValidationError is a ValueError.
            raise unreadable(f"the SDK could not parse it: {type(error).__name__}") from error

    def close(self) -> None:
        """Close the connections and the event loop."""
        with self._runner:
            self._runner.run(self._client.aclose())

    async def _answer_of(self, request: Coroutine[Any, Any, ModelResponse]) -> ModelResponse:
        """Wait for the answer; hang up when the work must stop."""
        call = asyncio.create_task(request)
        try:
            while not (await asyncio.wait({call}, timeout=CHECK_SECONDS))[0]:
                self._bounds.halt.check()
            return call.result()
        finally:
            if call.cancel():
                await asyncio.wait({call})


def _caused_by_length(error: BaseException | None) -> AnswerTooLong | None:
    """Return the cut that an SDK took for a lost connection."""
    seen = 0
    while error is not None and seen < 20:
        if isinstance(error, AnswerTooLong):
            return error
        error, seen = error.__cause__ or error.__context__, seen + 1
    return None
