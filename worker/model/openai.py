"""Models behind OpenAI's chat completions: OpenAI itself, vLLM, Ollama, llama.cpp and the like."""

import httpx2
from openai import AsyncOpenAI
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from worker.model.direct import Bounds, DirectEndpoint
from worker.model.endpoint import Endpoint


def open_endpoint(name: str, *, key: str, url: str, bounds: Bounds) -> Endpoint:
    """Return the model `name` of the server at `url`."""

    def make(client: httpx2.AsyncClient) -> Model:
        vendor = AsyncOpenAI(api_key=key, base_url=url, http_client=client, max_retries=0)
        return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=vendor))

    return DirectEndpoint(f"openai/{name}", key=key, bounds=bounds, make=make)
