"""OpenAI's chat completions, as its API writes them; no I/O.

Tokens are estimated: one for each four characters, rounded up.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.model_peer import PeerUsage
from playground.model_script import Reply, ToolCall
from playground.openai_errors import invalid
from playground.tokens import agent_of, tokens_of

_FINISH = {"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "content_filter"}
_STREAM_CHARACTERS = 64
_CREATED = 1_764_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read: who asks, at which turn, and what bounds the answer."""

    model: str
    agent: str
    turn: int
    prompt_tokens: int
    max_tokens: int | None
    is_stream: bool
    wants_usage: bool

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Asked":
        """Read a request.

        Raises:
            OpenAiFailure: its messages are not a conversation that the API accepts.
        """
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages:
            raise invalid(
                "Invalid 'messages': empty array. Expected an array with minimum length 1, "
                "but got an empty array instead.",
                "messages",
            )
        _check_tools(messages)
        _check_form(body.get("response_format"))
        system = "\n".join(
            _text(one) for one in messages if one.get("role") in {"system", "developer"}
        )
        return cls(
            model=str(body.get("model", "")),
            agent=agent_of(system),
            turn=sum(one.get("role") == "assistant" for one in messages),
            prompt_tokens=tokens_of(json.dumps([messages, body.get("tools") or []])),
            max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
            is_stream=bool(body.get("stream")),
            wants_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        )


def answer(reply: Reply, asked: Asked) -> dict[str, Any]:
    """Return a chat completion."""
    message, finish = _message(reply, asked)
    whole = {
        **_head(asked, "chat.completion"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
    }
    if reply.finish == "NO_CANDIDATE":
        whole["choices"] = []
    usage = _usage(reply, asked, message)
    return whole if usage is None else {**whole, "usage": usage}


def stream(reply: Reply, asked: Asked) -> Iterator[str]:
    """Yield the completion as the events of a stream."""
    whole = answer(reply, asked)
    head = _head(asked, "chat.completion.chunk")
    for choice in whole["choices"]:
        yield from (_event({**head, "choices": [part]}) for part in _deltas(choice))
    if asked.wants_usage and "usage" in whole:
        yield _event({**head, "choices": [], "usage": whole["usage"]})
    yield "data: [DONE]\n\n"


def usage_of(whole: Mapping[str, Any]) -> PeerUsage | None:
    """Return the tokens that an answer tells."""
    told = whole.get("usage")
    return PeerUsage(told["prompt_tokens"], told["completion_tokens"]) if told else None


def _deltas(choice: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    message = choice["message"]
    yield _part({"role": "assistant", "content": ""})
    text = message.get("content") or ""
    for start in range(0, len(text), _STREAM_CHARACTERS):
        yield _part({"content": text[start : start + _STREAM_CHARACTERS]})
    if message.get("refusal"):
        yield _part({"refusal": message["refusal"]})
    for index, call in enumerate(message.get("tool_calls", [])):
        yield _part({"tool_calls": [{"index": index, **call}]})
    yield {"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}


def _part(delta: Mapping[str, Any]) -> dict[str, Any]:
    return {"index": 0, "delta": dict(delta), "finish_reason": None}


def _event(chunk: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(chunk)}\n\n"


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    name = hashlib.sha256(f"{asked.model}/{asked.agent}/{asked.turn}".encode()).hexdigest()[:24]
    return {
        "id": f"chatcmpl-{name}",
        "object": kind,
        "created": _CREATED,
        "model": asked.model,
        "system_fingerprint": None,
    }


def _message(reply: Reply, asked: Asked) -> tuple[dict[str, Any], str]:
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    if reply.block:
        return {**message, "refusal": "I'm sorry, but I can't assist with that."}, "stop"
    text, finish = reply.text, _FINISH.get(reply.finish, "stop")
    if asked.max_tokens is not None and tokens_of(text) > asked.max_tokens:
        text, finish = text[: asked.max_tokens * 4], "length"
    message["content"] = text or None
    if reply.calls:
        calls = [_call(call, asked, place) for place, call in enumerate(reply.calls)]
        message["tool_calls"] = calls
        finish = "tool_calls" if finish == "stop" else finish
    return message, finish


def _call(call: ToolCall, asked: Asked, place: int) -> dict[str, Any]:
    return {
        "id": f"call_{asked.agent.lower()}_{asked.turn}_{place}",
        "type": "function",
        "function": {"name": call.name, "arguments": json.dumps(call.args)},
    }


def _usage(reply: Reply, asked: Asked, message: Mapping[str, Any]) -> dict[str, Any] | None:
    if reply.usage is None:
        return None
    shown = (message.get("content") or "") + json.dumps(message.get("tool_calls") or "")
    thoughts = reply.usage.get("thoughtsTokenCount", 0)
    inputs = reply.usage.get("promptTokenCount", asked.prompt_tokens)
    outputs = reply.usage.get("candidatesTokenCount", tokens_of(shown)) + thoughts
    return {
        "prompt_tokens": inputs,
        "completion_tokens": outputs,
        "total_tokens": inputs + outputs,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": thoughts, "audio_tokens": 0},
    }


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def _check_form(form: Mapping[str, Any] | None) -> None:
    if form is None or form.get("type") != "json_schema":
        return
    schema = form.get("json_schema") or {}
    for name in ("name", "schema"):
        if name not in schema:
            raise invalid(
                f"Missing required parameter: 'response_format.json_schema.{name}'.",
                f"response_format.json_schema.{name}",
            )


def _check_tools(messages: list[dict[str, Any]]) -> None:
    """Hold that each call of a tool is answered, and nothing else is."""
    open_calls: list[str] = []
    for place, message in enumerate(messages):
        if message.get("role") == "tool":
            if message.get("tool_call_id") not in open_calls:
                raise invalid(
                    f"Invalid parameter: messages with role 'tool' must be a response to a "
                    f"preceeding message with 'tool_calls' (messages.[{place}].role).",
                    f"messages.[{place}].role",
                )
            open_calls.remove(message["tool_call_id"])
            continue
        if open_calls:
            break
        if message.get("role") == "assistant":
            open_calls = [call["id"] for call in message.get("tool_calls") or []]
    if open_calls:
        raise invalid(
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
            + ", ".join(open_calls),
            "messages",
        )
