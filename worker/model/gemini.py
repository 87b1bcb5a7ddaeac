"""Gemini by its vendor's SDK google-genai; import it only where needed.

Importing an SDK costs more than a second, so `worker.model.open` does it when a model is wanted.
"""

import httpx2
from google.genai.types import HttpRetryOptions
from pydantic_ai.models import Model
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

from worker.model.direct import Bounds, DirectEndpoint
from worker.model.endpoint import Endpoint


def open_endpoint(name: str, *, key: str, url: str | None, bounds: Bounds) -> Endpoint:
    """Return the Gemini model `name`."""

    def make(client: httpx2.AsyncClient) -> Model:
        provider = GoogleProvider(
            api_key=key,
            base_url=url,
            http_client=client,
            retry_options=HttpRetryOptions(attempts=1),
        )
        return GoogleModel(name, provider=provider)

    return DirectEndpoint(f"gemini/{name}", key=key, bounds=bounds, make=make)
