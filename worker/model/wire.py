"""Our messages and replies as those of pydantic-ai; no I/O."""

from pydantic_ai.messages import (
    ModelRequestPart,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from worker.model.interface import Finish, Message, Reply, ToolCall, Usage

_FINISH = {"stop": Finish.STOP, "tool_call": Finish.STOP, "length": Finish.LENGTH}


def parts_of(message: Message) -> list[ModelRequestPart]:
    """Return what we send."""
    if isinstance(message, str):
        return [UserPromptPart(content=message)]
    return [
        ToolReturnPart(tool_name=answer.name, content=answer.text, tool_call_id=answer.call_id)
        for answer in message
    ]


def reply_of(response: ModelResponse, usage: Usage) -> Reply:
    """Return what was answered."""
    texts = [part.content for part in response.parts if isinstance(part, TextPart)]
    calls = [_call(part) for part in response.parts if isinstance(part, ToolCallPart)]
    return Reply(
        text="".join(texts),
        calls=tuple(calls),
        usage=usage,
        finish=_FINISH.get(response.finish_reason or "", Finish.UNKNOWN),
    )


def _call(part: ToolCallPart) -> ToolCall:
    try:
        arguments = part.args_as_dict(raise_if_invalid=True)
    except (ValueError, AssertionError):
        arguments = None
    return ToolCall(id=part.tool_call_id, name=part.tool_name, arguments=arguments)
