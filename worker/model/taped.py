"""Questions to a model and its answers, as they stand in a record; no I/O."""

from collections.abc import Sequence
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import ModelRequestParameters

from p2a.tape import Codec

_PASSING = frozenset({"timestamp", "run_id", "conversation_id"})
"""What is another in each process and no model is sent."""


def dump_question(
    name: str, history: Sequence[ModelMessage], parameters: ModelRequestParameters
) -> dict[str, Any]:
    """Return a question: what was said since the last answer, and how many messages were before.

    What was before stands in the events before, so that a long talk is not kept again at each turn.
    """
    start = 1 + max((n for n, said in enumerate(history) if said.kind == "response"), default=-1)
    messages = ModelMessagesTypeAdapter.dump_python(list(history[start:]), mode="json")
    return {
        "model": name,
        "earlier": start,
        "messages": _lasting(messages),
        "tools": [tool.name for tool in parameters.function_tools],
        "schema": bool(parameters.output_object),
    }


def dump_whole(
    history: Sequence[ModelMessage], parameters: ModelRequestParameters
) -> dict[str, Any]:
    """Return all that is sent, for its digest."""
    tools = [
        {"name": tool.name, "about": tool.description, "form": tool.parameters_json_schema}
        for tool in parameters.function_tools
    ]
    output = parameters.output_object.json_schema if parameters.output_object else None
    messages = ModelMessagesTypeAdapter.dump_python(list(history), mode="json")
    return {"messages": _lasting(messages), "tools": tools, "output": output}


def _lasting(value: Any) -> Any:
    match value:
        case dict():
            return {k: _lasting(v) for k, v in value.items() if k not in _PASSING and v is not None}
        case list():
            return [_lasting(item) for item in value]
        case _:
            return value


def _dump(response: ModelResponse) -> Any:
    return ModelMessagesTypeAdapter.dump_python([response], mode="json")[0]


def _load(value: Any) -> ModelResponse:
    (message,) = ModelMessagesTypeAdapter.validate_python([value])
    if not isinstance(message, ModelResponse):
        raise TypeError("an answer of a model is a response")
    return message


ANSWER: Codec[ModelResponse] = Codec(_dump, _load)
