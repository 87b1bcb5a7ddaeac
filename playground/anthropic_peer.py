"""A peer that speaks Anthropic's messages and answers from a script file."""

from pathlib import Path
from typing import Any

from playground.anthropic_errors import (
    AnthropicFailure,
    invalid,
    key_invalid,
    key_missing,
    model_unknown,
    scripted,
)
from playground.anthropic_wire import Asked, answer, stream, usage_of
from playground.model_peer import (
    Call,
    ModelPeer,
    PeerAnswer,
    PeerFailure,
    Scripted,
    start_peer,
)

MODELS = ("claude-sonnet-5", "claude-haiku-5-5", "claude-opus-5")
_BASE = "/v1"


class AnthropicWire:
    """The vendor's protocol."""

    def check_key(self, call: Call, key: str | None) -> None:
        """Look for the key, in either of its places, and for the version that a client must name."""
        bearer = call.headers.get("authorization", "").removeprefix("Bearer ").strip()
        given = call.headers.get("x-api-key") or bearer
        if not given:
            raise key_missing()
        if key is not None and given != key:
            raise key_invalid()
        if "anthropic-version" not in call.headers:
            raise invalid("anthropic-version: header is required")

    def asked(self, call: Call) -> tuple[str, int]:
        """Tell who asked also where the answer was an error."""
        try:
            asked = Asked.read(call.body)
        except AnthropicFailure:
            return "", 0
        return asked.agent, asked.turn

    def invalid(self, message: str) -> PeerFailure:
        """Return the refusal of a body that is no JSON object."""
        return invalid(f"The request body is not valid JSON: {message}")

    def answer(self, call: Call, script: Scripted) -> PeerAnswer:
        """Answer a listing or a question."""
        if call.method == "GET" and call.path == f"{_BASE}/models":
            data = [_model(name) for name in MODELS]
            ends = {"first_id": MODELS[0], "last_id": MODELS[-1]}
            return PeerAnswer({"data": data, "has_more": False, **ends})
        if call.method == "GET" and call.path.startswith(f"{_BASE}/models/"):
            return PeerAnswer(_model(_known(call.path.removeprefix(f"{_BASE}/models/"))))
        if (call.method, call.path) != ("POST", f"{_BASE}/messages"):
            raise AnthropicFailure(404, "Not found")
        _known(str(call.body.get("model", "")))
        asked = Asked.read(call.body)
        reply = script.reply(asked.agent, asked.turn)
        if reply is None:
            message = f"The script has no reply for agent {asked.agent!r}, turn {asked.turn}."
            raise invalid(message)
        if reply.error is not None:
            raise scripted(reply.error)
        whole = answer(reply, asked)
        return PeerAnswer(
            whole,
            headers={"request-id": "req_scripted"},
            events=tuple(stream(reply, asked)) if asked.is_stream else None,
            agent=asked.agent,
            turn=asked.turn,
            usage=usage_of(whole),
            reply=reply,
        )


def start_anthropic_peer(script: Path, *, port: int = 0, key: str | None = None) -> ModelPeer:
    """Start a peer on 127.0.0.1."""
    return start_peer(AnthropicWire(), script, port=port, key=key)


def _known(name: str) -> str:
    if name not in MODELS:
        raise model_unknown(name)
    return name


def _model(name: str) -> dict[str, Any]:
    return {
        "type": "model",
        "id": name,
        "display_name": name.replace("-", " ").title(),
        "created_at": "2025-09-29T00:00:00Z",
    }
