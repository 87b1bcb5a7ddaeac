"""How many tokens a call used: what the vendor told, or our estimate where that cannot be true; no I/O."""

import json
from collections.abc import Mapping, Sequence

from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelResponse,
    TextPart,
    ToolCallPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.usage import RequestUsage

from p2a.model_settings import Price
from worker.model.interface import Usage
from worker.model.price import price_of

CHARACTERS_PER_TOKEN = 4
"""About what vendors' tokenisers make of English text and code."""
MOST_TOKENS = 50_000_000
"""More than any model takes or gives in one call: a vendor who tells more is not believed."""


def expected(
    name: str,
    history: Sequence[ModelMessage],
    parameters: ModelRequestParameters,
    prices: Mapping[str, Price],
) -> Usage:
    """Return what a question alone will use, estimated."""
    said = len(ModelMessagesTypeAdapter.dump_json(list(history)))
    tools = sum(len(json.dumps(tool.parameters_json_schema)) for tool in parameters.function_tools)
    return _estimated(name, _tokens(said + tools), 0, prices)


def counted(
    name: str, response: ModelResponse, question: Usage, prices: Mapping[str, Price]
) -> Usage:
    """Return what a call used; `question` is its estimate from before."""
    told = response.usage
    output = _output_characters(response)
    is_told = 0 < told.input_tokens <= MOST_TOKENS and 0 <= told.output_tokens <= MOST_TOKENS
    if not is_told or (output and not told.output_tokens):
        return _estimated(name, question.input_tokens, _tokens(output), prices)
    return Usage(told.input_tokens, told.output_tokens, price_of(name, told, prices))


def _estimated(name: str, inputs: int, outputs: int, prices: Mapping[str, Price]) -> Usage:
    usage = RequestUsage(input_tokens=inputs, output_tokens=outputs)
    return Usage(inputs, outputs, price_of(name, usage, prices), is_estimated=True)


def _output_characters(response: ModelResponse) -> int:
    texts = [part.content for part in response.parts if isinstance(part, TextPart)]
    calls = [part.args_as_json_str() for part in response.parts if isinstance(part, ToolCallPart)]
    return sum(len(text) for text in [*texts, *calls])


def _tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_PER_TOKEN)
