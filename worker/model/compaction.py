"""Shortens a long talk so that every call still has its answer; no I/O.

What we sent is cut first: answers of the model stay whole then, for vendors sign their thoughts and calls.
Where that is not enough, the oldest turns go, each call together with its answer.
"""

from collections.abc import Sequence
from dataclasses import replace

from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

LONGEST = 240_000
"""Characters of a talk, about 60,000 tokens: a longer one is shortened before it is sent."""
WANTED = 120_000
"""Characters that it is shortened to, so that it is not shortened again at the next turn."""
KEPT_TURNS = 4
"""The newest turns, which stay as they are."""
SHORT = 400
"""Characters of an old answer that are kept."""
CUT = "\n[{count} characters of this old answer were cut; call the tool again where you need them]"
SIGNATURE = "thought_signature"
LEFT_OUT = "[{count} earlier turns of this talk were left out. They called: {names}.]"


def compacted(history: Sequence[ModelMessage]) -> list[ModelMessage]:
    """Return the talk, shortened when it is longer than `LONGEST`; its first and newest turns stay.

    Args:
        history: our messages and the model's in turn, the first and the last ours.
    """
    if size_of(history) <= LONGEST:
        return list(history)
    last_old = len(history) - 2 * KEPT_TURNS
    shortened = [
        _cut(message) if number < last_old else message for number, message in enumerate(history)
    ]
    return _without_oldest(shortened) if size_of(shortened) > WANTED else shortened


def size_of(history: Sequence[ModelMessage]) -> int:
    """Return the characters of a talk as it is stored."""
    return len(ModelMessagesTypeAdapter.dump_json(list(history)))


def _cut(message: ModelMessage) -> ModelMessage:
    if not isinstance(message, ModelRequest):
        return message
    return replace(message, parts=[_short(part) for part in message.parts])


def _short(part: ModelRequestPart) -> ModelRequestPart:
    if not isinstance(part, ToolReturnPart) or not isinstance(part.content, str):
        return part
    rest = len(part.content) - SHORT
    if rest <= len(CUT):
        return part
    return ToolReturnPart(
        tool_name=part.tool_name,
        content=part.content[:SHORT] + CUT.format(count=rest),
        tool_call_id=part.tool_call_id,
    )


def _without_oldest(history: list[ModelMessage]) -> list[ModelMessage]:
    """Leave out turns from the oldest on: an answer of the model and what we sent for it."""
    first, rest = history[0], history[1:]
    pairs = [rest[place : place + 2] for place in range(0, len(rest) - 1, 2)]
    dropped: list[ModelMessage] = []
    while len(pairs) > KEPT_TURNS and size_of([first, *_flat(pairs)]) > WANTED:
        dropped += pairs.pop(0)
    if not dropped or not isinstance(first, ModelRequest):
        return history
    note = UserPromptPart(content=_note(dropped))
    kept = [_unsigned(message) for message in _flat(pairs)]
    return [replace(first, parts=[*first.parts, note]), *kept]


def _unsigned(message: ModelMessage) -> ModelMessage:
    """Return an answer without Gemini's signatures, which hold in the talk that they were made in.

    pydantic-ai sends what Gemini wants in their place: https://ai.google.dev/gemini-api/docs/thought-signatures
    """
    if not isinstance(message, ModelResponse):
        return message
    return replace(message, parts=[_unsigned_part(part) for part in message.parts])


def _unsigned_part(part: ModelResponsePart) -> ModelResponsePart:
    details = part.provider_details if isinstance(part, ToolCallPart | TextPart) else None
    if not details or SIGNATURE not in details:
        return part
    rest = {name: value for name, value in details.items() if name != SIGNATURE}
    return replace(part, provider_details=rest or None)


def _flat(pairs: Sequence[Sequence[ModelMessage]]) -> list[ModelMessage]:
    return [message for pair in pairs for message in pair]


def _note(dropped: Sequence[ModelMessage]) -> str:
    turns = [message for message in dropped if isinstance(message, ModelResponse)]
    calls = [part for turn in turns for part in turn.parts if isinstance(part, ToolCallPart)]
    counts: dict[str, int] = {}
    for call in calls:
        counts[call.tool_name[:40]] = counts.get(call.tool_name[:40], 0) + 1
    names = ", ".join(f"{name} {count} times" for name, count in sorted(counts.items()))
    return LEFT_OUT.format(count=len(turns), names=names or "no tool")
