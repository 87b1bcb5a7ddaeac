"""A peer that speaks OpenAI's chat completions and answers from a script file."""

from pathlib import Path
from typing import Any

from playground.model_peer import (
    Call,
    ModelPeer,
    PeerAnswer,
    PeerFailure,
    Scripted,
    start_peer,
)
from playground.openai_errors import (
    OpenAiFailure,
    invalid,
    key_invalid,
    key_missing,
    model_unknown,
    scripted,
)
from playground.openai_wire import Asked, answer, stream, usage_of

MODELS = ("gpt-5", "gpt-5-mini", "gpt-4.1", "qwen3")
"""The last one is nobody's whose prices are known, as on one's own machine."""
_BASE = "/v1"


class OpenAiWire:
    """The vendor's protocol."""

    def check_key(self, call: Call, key: str | None) -> None:
        """Look for the bearer's token."""
        given = call.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not given:
            raise key_missing()
        if key is not None and given != key:
            raise key_invalid(given)

    def asked(self, call: Call) -> tuple[str, int]:
        """Tell who asked also where the answer was an error."""
        try:
            asked = Asked.read(call.body)
        except OpenAiFailure:
            return "", 0
        return asked.agent, asked.turn

    def invalid(self, message: str) -> PeerFailure:
        """Return the refusal of a body that is no JSON object."""
        return invalid(f"We could not parse the JSON body of your request. ({message})")

    def answer(self, call: Call, script: Scripted) -> PeerAnswer:
        """Answer a listing or a question."""
        if call.method == "GET" and call.path == f"{_BASE}/models":
            return PeerAnswer({"object": "list", "data": [_model(name) for name in MODELS]})
        if call.method == "GET" and call.path.startswith(f"{_BASE}/models/"):
            return PeerAnswer(_model(_known(call.path.removeprefix(f"{_BASE}/models/"))))
        if (call.method, call.path) != ("POST", f"{_BASE}/chat/completions"):
            raise OpenAiFailure(404, f"Invalid URL ({call.method} {call.path})")
        _known(str(call.body.get("model", "")))
        asked = Asked.read(call.body)
        reply = script.reply(asked.agent, asked.turn)
        if reply is None:
            message = f"The script has no reply for agent {asked.agent!r}, turn {asked.turn}."
            raise invalid(message)
        if reply.error is not None:
            raise scripted(reply.error, model=asked.model)
        whole = answer(reply, asked)
        return PeerAnswer(
            whole,
            events=tuple(stream(reply, asked)) if asked.is_stream else None,
            agent=asked.agent,
            turn=asked.turn,
            usage=usage_of(whole),
            reply=reply,
        )


def start_openai_peer(script: Path, *, port: int = 0, key: str | None = None) -> ModelPeer:
    """Start a peer on 127.0.0.1; clients ask below `<url>/v1`."""
    return start_peer(OpenAiWire(), script, port=port, key=key)


def _known(name: str) -> str:
    if name not in MODELS:
        raise model_unknown(name)
    return name


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_735_689_600, "owned_by": "system"}
