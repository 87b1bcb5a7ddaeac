"""Gemini's requests and answers as its REST API writes them; no I/O.

Tokens are estimated: one for each four characters, rounded up.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.gemini_errors import invalid, signature_missing
from playground.model_script import Reply, ToolCall
from playground.tokens import CHARACTERS_PER_TOKEN, agent_of, tokens_of

NO_CANDIDATE = "NO_CANDIDATE"
"""As a script's `finish`: the answer has an empty list of candidates."""
THOUGHT_TOKENS = 16
"""Counted for an answer that has thoughts."""
DUMMY_SIGNATURES = frozenset(
    base64.b64encode(text).decode()
    for text in (b"skip_thought_signature_validator", b"context_engineering_is_the_way_to_go")
)
"""What Gemini's documentation lets a client send for a call that the model did not make."""

_STREAM_CHARACTERS = 64
# Below these the keys are the user's own data.
_FREE_FORM = frozenset(
    {
        "args",
        "response",
        "parameters",
        "parametersJsonSchema",
        "responseSchema",
        "responseJsonSchema",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for content, read: who asks, at which turn, and what bounds the answer."""

    model: str
    agent: str
    turn: int
    prompt_tokens: int
    max_tokens: int | None
    wants_thoughts: bool

    @classmethod
    def read(cls, model: str, body: dict[str, Any]) -> "Asked":
        """Read a request.

        Raises:
            GeminiFailure: its contents are not a conversation that Gemini accepts.
        """
        body = canonical(body)
        contents = _contents(body)
        config = body.get("generationConfig") or {}
        asked = cls(
            model=model,
            agent=agent_of(_system_text(body)),
            turn=sum(content.get("role") == "model" for content in contents),
            prompt_tokens=count_tokens(body),
            max_tokens=config.get("maxOutputTokens"),
            wants_thoughts=bool((config.get("thinkingConfig") or {}).get("includeThoughts")),
        )
        _check_responses(contents)
        if needs_signatures(model):
            _check_signatures(contents, model=model, agent=asked.agent)
        return asked


def canonical(value: Any) -> Any:
    """Write field names in camel case: as a protobuf server, Gemini reads snake case too."""
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = {_camel(name): item for name, item in value.items()}
    return {name: item if name in _FREE_FORM else canonical(item) for name, item in named.items()}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def needs_signatures(model: str) -> bool:
    """Tell whether a model refuses function calls that come back without their signature."""
    return model.startswith("gemini-3")


def signature(*, model: str, agent: str, turn: int) -> str:
    """Return the thought signature of an agent's turn; the same request gets the same one."""
    return base64.b64encode(hashlib.sha256(f"{model}/{agent}/{turn}".encode()).digest()).decode()


def count_tokens(body: dict[str, Any]) -> int:
    """Estimate the tokens of a request: instruction, contents and tools."""
    body = canonical(body)
    inner = body.get("generateContentRequest") or body
    parts = [inner.get(name) for name in ("systemInstruction", "contents", "tools")]
    text = "".join(json.dumps(part, ensure_ascii=False) for part in parts if part)
    return tokens_of(text)


def answer(reply: Reply, asked: Asked) -> dict[str, Any]:
    """Return the whole answer of generateContent."""
    head = _head(asked)
    if reply.block:
        usage = {"promptTokenCount": asked.prompt_tokens, "totalTokenCount": asked.prompt_tokens}
        return {"promptFeedback": {"blockReason": reply.block}, "usageMetadata": usage, **head}
    parts, finish = _parts(reply, asked)
    whole = {"candidates": [_candidate(parts, finish)], **head}
    if reply.finish == NO_CANDIDATE:
        whole["candidates"] = []
    if reply.usage is not None:
        whole["usageMetadata"] = _usage(reply, asked, parts)
    return whole


def stream(reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield the answer in the pieces of streamGenerateContent; the last one tells how it ended."""
    whole = answer(reply, asked)
    if not whole.get("candidates"):
        yield whole
        return
    candidate = whole["candidates"][0]
    pieces = _pieces(candidate.get("content", {}).get("parts", []))
    for part in pieces[:-1]:
        yield {"candidates": [_candidate([part], None)], **_head(asked)}
    yield {**whole, "candidates": [_candidate(pieces[-1:], candidate["finishReason"])]}


def _pieces(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    pieces = []
    for part in parts:
        text = part.get("text", "")
        for start in range(0, max(len(text), 1), _STREAM_CHARACTERS):
            piece = {"text": text[start : start + _STREAM_CHARACTERS]} if text else {}
            pieces.append({**part, **piece})
    return pieces


def _head(asked: Asked) -> dict[str, Any]:
    response_id = signature(model=asked.model, agent=asked.agent, turn=asked.turn)[:22]
    return {"modelVersion": asked.model, "responseId": response_id.replace("/", "_")}


def _candidate(parts: list[dict[str, Any]], finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0}
    if parts or finish == "STOP":
        candidate["content"] = {"parts": parts or [{"text": ""}], "role": "model"}
    if finish is not None:
        candidate["finishReason"] = finish
    return candidate


def _parts(reply: Reply, asked: Asked) -> tuple[list[dict[str, Any]], str]:
    parts: list[dict[str, Any]] = []
    finish = reply.finish
    if reply.thought and asked.wants_thoughts:
        parts.append({"text": reply.thought, "thought": True})
    text = reply.text
    if asked.max_tokens is not None and tokens_of(text) > asked.max_tokens:
        text = text[: asked.max_tokens * CHARACTERS_PER_TOKEN]
        finish = "MAX_TOKENS"
    if text:
        parts.append({"text": text})
    for position, call in enumerate(reply.calls):
        parts.append(_call(call, position, asked=asked, thinks=bool(reply.thought)))
    return parts, finish


def _call(call: ToolCall, position: int, *, asked: Asked, thinks: bool) -> dict[str, Any]:
    identity = f"{asked.agent.lower()}-{asked.turn}-{position}"
    part: dict[str, Any] = {
        "functionCall": {"id": identity, "name": call.name, "args": call.args},
    }
    # Of parallel calls only the first is signed.
    if position == 0 and (thinks or needs_signatures(asked.model)):
        part["thoughtSignature"] = signature(model=asked.model, agent=asked.agent, turn=asked.turn)
    return part


def _usage(reply: Reply, asked: Asked, parts: list[dict[str, Any]]) -> dict[str, Any]:
    shown = [part for part in parts if not part.get("thought")]
    output = sum(tokens_of(part.get("text") or json.dumps(part)) for part in shown)
    usage = {
        "promptTokenCount": asked.prompt_tokens,
        "candidatesTokenCount": output,
        **({"thoughtsTokenCount": THOUGHT_TOKENS} if reply.thought else {}),
        **(reply.usage or {}),
    }
    usage.setdefault("totalTokenCount", sum(usage.values()))
    details = [{"modality": "TEXT", "tokenCount": usage["promptTokenCount"]}]
    return {**usage, "promptTokensDetails": details}


def _contents(body: dict[str, Any]) -> list[dict[str, Any]]:
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        raise invalid("* GenerateContentRequest.contents: contents is not specified\n")
    for content in contents:
        if not isinstance(content, dict) or not isinstance(content.get("parts"), list):
            raise invalid("* GenerateContentRequest.contents.parts: must not be empty.\n")
        if content.get("role") not in {"user", "model", "function", None}:
            raise invalid("Please use a valid role: user, model.")
    return contents


def _system_text(body: dict[str, Any]) -> str:
    parts = (body.get("systemInstruction") or {}).get("parts") or []
    return "\n".join(str(part.get("text", "")) for part in parts)


def _calls(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [part for part in content["parts"] if kind in part]


def _check_responses(contents: list[dict[str, Any]]) -> None:
    previous: list[dict[str, Any]] = []
    for content in contents:
        asked = [part["functionCall"]["name"] for part in previous]
        given = [
            part["functionResponse"].get("name") for part in _calls(content, "functionResponse")
        ]
        if len(asked) != len(given):
            raise invalid(
                "Please ensure that the number of function response parts is equal to the number "
                "of function call parts of the function call turn."
            )
        if sorted(asked) != sorted(map(str, given)):
            raise invalid(
                "Please ensure that function response turn comes immediately after a function "
                "call turn. And the names of the function responses match the function calls."
            )
        previous = _calls(content, "functionCall") if content.get("role") == "model" else []


def _check_signatures(contents: list[dict[str, Any]], *, model: str, agent: str) -> None:
    """Check the calls of the present turn: those after the last text of the user."""
    start = max((n for n, content in enumerate(contents) if _is_user_text(content)), default=0)
    turn = 0
    for position, content in enumerate(contents):
        if content.get("role") != "model":
            continue
        calls = _calls(content, "functionCall")
        if calls and position > start:
            name = calls[0]["functionCall"].get("name", "")
            given = calls[0].get("thoughtSignature")
            if not given:
                raise signature_missing(name, position + 1)
            # The SDK writes URL-safe base64.
            plain = str(given).replace("-", "+").replace("_", "/")
            expected = signature(model=model, agent=agent, turn=turn)
            if plain != expected and plain not in DUMMY_SIGNATURES:
                raise invalid("Thought signature is not valid.")
        turn += 1


def _is_user_text(content: dict[str, Any]) -> bool:
    return content.get("role") in {"user", None} and not _calls(content, "functionResponse")
