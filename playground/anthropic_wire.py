"""Anthropic's messages, as its API writes them; no I/O.

Tokens are estimated: one for each four characters, rounded up.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.anthropic_errors import invalid
from playground.model_peer import PeerUsage
from playground.model_script import Reply, ToolCall
from playground.tokens import agent_of, tokens_of

_STOP = {"STOP": "end_turn", "MAX_TOKENS": "max_tokens", "SAFETY": "refusal"}
_STREAM_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read: who asks, at which turn, and what bounds the answer."""

    model: str
    agent: str
    turn: int
    prompt_tokens: int
    max_tokens: int
    is_stream: bool

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Asked":
        """Read a request.

        Raises:
            AnthropicFailure: its messages are not a conversation that the API accepts.
        """
        for name in ("max_tokens", "messages"):
            if name not in body:
                raise invalid(f"{name}: Field required")
        messages = body["messages"]
        if not isinstance(messages, list) or not messages:
            raise invalid("messages: at least one message is required")
        for place, message in enumerate(messages):
            if message.get("role") not in {"user", "assistant"}:
                raise invalid(
                    f'messages.{place}.role: Input should be "user" or "assistant" '
                    "(the system prompt goes into the top-level `system` parameter)"
                )
        _check_tools(messages)
        return cls(
            model=str(body.get("model", "")),
            agent=agent_of(_text(body.get("system"))),
            turn=sum(one["role"] == "assistant" for one in messages),
            prompt_tokens=tokens_of(
                json.dumps([body.get("system"), messages, body.get("tools") or []])
            ),
            max_tokens=int(body["max_tokens"]),
            is_stream=bool(body.get("stream")),
        )


def answer(reply: Reply, asked: Asked) -> dict[str, Any]:
    """Return a message."""
    blocks, stop = _blocks(reply, asked)
    name = hashlib.sha256(f"{asked.model}/{asked.agent}/{asked.turn}".encode()).hexdigest()[:24]
    whole = {
        "id": f"msg_{name}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": [] if reply.finish == "NO_CANDIDATE" else blocks,
        "stop_reason": stop,
        "stop_sequence": None,
    }
    usage = _usage(reply, asked, blocks)
    return whole if usage is None else {**whole, "usage": usage}


def stream(reply: Reply, asked: Asked) -> Iterator[str]:
    """Yield the message as the events of a stream."""
    whole = answer(reply, asked)
    usage = whole.get("usage")
    begun = {**whole, "content": [], "stop_reason": None}
    if usage is not None:
        begun["usage"] = {**usage, "output_tokens": 1}
    yield _event("message_start", message=begun)
    yield _event("ping")
    for index, block in enumerate(whole["content"]):
        yield from _block_events(index, block)
    ended: dict[str, Any] = {
        "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
    }
    if usage is not None:
        ended["usage"] = {"output_tokens": usage["output_tokens"]}
    yield _event("message_delta", **ended)
    yield _event("message_stop")


def usage_of(whole: Mapping[str, Any]) -> PeerUsage | None:
    """Return the tokens that an answer tells."""
    told = whole.get("usage")
    return PeerUsage(told["input_tokens"], told["output_tokens"]) if told else None


def _block_events(index: int, block: Mapping[str, Any]) -> Iterator[str]:
    if block["type"] == "text":
        yield _event("content_block_start", index=index, content_block={"type": "text", "text": ""})
        text = block["text"]
        for start in range(0, len(text), _STREAM_CHARACTERS):
            part = {"type": "text_delta", "text": text[start : start + _STREAM_CHARACTERS]}
            yield _event("content_block_delta", index=index, delta=part)
    else:
        empty = {**block, "input": {}}
        yield _event("content_block_start", index=index, content_block=empty)
        part = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield _event("content_block_delta", index=index, delta=part)
    yield _event("content_block_stop", index=index)


def _event(kind: str, **values: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **values})}\n\n"


def _blocks(reply: Reply, asked: Asked) -> tuple[list[dict[str, Any]], str]:
    if reply.block:
        return [], "refusal"
    blocks: list[dict[str, Any]] = []
    text, stop = reply.text, _STOP.get(reply.finish, "end_turn")
    if tokens_of(text) > asked.max_tokens:
        text, stop = text[: asked.max_tokens * 4], "max_tokens"
    if text:
        blocks.append({"type": "text", "text": text})
    blocks += [_call(call, asked, place) for place, call in enumerate(reply.calls)]
    if reply.calls and stop == "end_turn":
        stop = "tool_use"
    return blocks, stop


def _call(call: ToolCall, asked: Asked, place: int) -> dict[str, Any]:
    identity = f"toolu_{asked.agent.lower()}_{asked.turn}_{place}"
    return {"type": "tool_use", "id": identity, "name": call.name, "input": call.args}


def _usage(reply: Reply, asked: Asked, blocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    if reply.usage is None:
        return None
    shown = "".join(block.get("text") or json.dumps(block) for block in blocks)
    thoughts = reply.usage.get("thoughtsTokenCount", 0)
    return {
        "input_tokens": reply.usage.get("promptTokenCount", asked.prompt_tokens),
        "output_tokens": reply.usage.get("candidatesTokenCount", tokens_of(shown)) + thoughts,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "service_tier": "standard",
    }


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def _of_kind(message: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    content = message.get("content")
    blocks = content if isinstance(content, list) else []
    return [block for block in blocks if block.get("type") == kind]


def _check_tools(messages: list[dict[str, Any]]) -> None:
    """Hold that each use of a tool has its result in the next message, and nothing else has."""
    used: list[str] = []
    for place, message in enumerate(messages):
        results = [block.get("tool_use_id") for block in _of_kind(message, "tool_result")]
        missing = [name for name in used if name not in results]
        if missing:
            raise _unanswered(place - 1, missing)
        foreign = [name for name in results if name not in used]
        if foreign:
            raise invalid(
                f"messages.{place}.content.0: unexpected `tool_use_id` found in `tool_result` "
                f"blocks: {', '.join(map(str, foreign))}. Each `tool_result` block must have a "
                "corresponding `tool_use` block in the previous message."
            )
        used = [block["id"] for block in _of_kind(message, "tool_use")]
    if used:
        raise _unanswered(len(messages) - 1, used)


def _unanswered(place: int, names: list[str]) -> Exception:
    return invalid(
        f"messages.{place}: `tool_use` ids were found without `tool_result` blocks immediately "
        f"after: {', '.join(names)}. Each `tool_use` block must have a corresponding "
        "`tool_result` block in the next message."
    )
