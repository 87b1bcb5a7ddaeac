"""Models behind Anthropic's messages; long answers come as a stream, as its SDK demands."""

import httpx2
from anthropic import AsyncAnthropic
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from worker.model.direct import Bounds, DirectEndpoint
from worker.model.endpoint import Endpoint


def open_endpoint(name: str, *, key: str, url: str, bounds: Bounds) -> Endpoint:
    """Return the model `name` of the server at `url`."""

    def make(client: httpx2.AsyncClient) -> Model:
        vendor = AsyncAnthropic(api_key=key, base_url=url, http_client=client, max_retries=0)
        return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=vendor))

    return DirectEndpoint(f"anthropic/{name}", key=key, bounds=bounds, make=make)
