"""One model of one vendor, asked once: what the chain of models needs of each vendor's adapter."""

from collections.abc import Sequence
from typing import Protocol

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters


class Endpoint(Protocol):
    """A model behind its vendor's SDK."""

    @property
    def name(self) -> str:
        """Return `vendor/model`."""
        ...

    @property
    def takes_schema(self) -> bool:
        """Whether the vendor itself holds answers to a JSON schema."""
        ...

    def ask(
        self, history: Sequence[ModelMessage], parameters: ModelRequestParameters
    ) -> ModelResponse:
        """Send one request and return its answer; nothing is tried twice.

        Raises:
            TryAgain: a failure that may pass.
            ModelLimited, ModelQuotaExhausted, ModelRejected, ModelOutputInvalid: as they say.
        """
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
