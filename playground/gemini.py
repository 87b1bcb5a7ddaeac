"""A peer that speaks Gemini's REST wire on a port of this machine and answers from a script file."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground.gemini_errors import (
    GeminiFailure,
    invalid,
    key_invalid,
    key_missing,
    model_unknown,
    scripted,
)
from playground.gemini_wire import Asked, answer, count_tokens, stream
from playground.model_peer import Call, ModelPeer, PeerAnswer, PeerFailure, PeerUsage, Scripted
from playground.model_script import Reply, Script

MODELS = ("gemini-3-pro-preview", "gemini-3-flash-preview", "gemini-2.5-pro", "gemini-2.5-flash")
METHODS = ("generateContent", "streamGenerateContent", "countTokens")
_BASE = "/v1beta/models"


class GeminiWire:
    """The vendor's protocol."""

    def check_key(self, call: Call, key: str | None) -> None:
        """Look for the key in the head or in the address."""
        given = call.headers.get("x-goog-api-key") or call.query.get("key")
        if not given:
            raise key_missing()
        if key is not None and given != key:
            raise key_invalid()

    def asked(self, call: Call) -> tuple[str, int]:
        """Tell who asked also where the answer was an error."""
        with suppress(GeminiFailure):
            asked = Asked.read("", call.body)
            return asked.agent, asked.turn
        return "", 0

    def invalid(self, message: str) -> PeerFailure:
        """Return the refusal of a body that is no JSON object."""
        return invalid(f"Invalid JSON payload received. {message}")

    def answer(self, call: Call, script: Scripted) -> PeerAnswer:
        """Answer a listing, a count or a question."""
        if call.path == _BASE and call.method == "GET":
            return PeerAnswer({"models": [_model(name) for name in MODELS]})
        if not call.path.startswith(_BASE + "/"):
            raise GeminiFailure(404, "Not found.")
        name, _, method = call.path.removeprefix(_BASE + "/").partition(":")
        if name not in MODELS:
            raise model_unknown(name)
        if call.method == "GET" and not method:
            return PeerAnswer(_model(name))
        if call.method != "POST" or method not in METHODS:
            raise GeminiFailure(404, "Not found.")
        if method == "countTokens":
            return PeerAnswer(_count(call.body))
        return _generate(name, call, script, is_stream=method != "generateContent")


class GeminiPeer(ModelPeer):
    """A running peer; a context manager that ends it."""

    @classmethod
    def start(cls, script: Path, port: int = 0, *, key: str | None = None) -> "GeminiPeer":
        """Start a peer on 127.0.0.1.

        Args:
            script: a file of the form `p2a-script/1`.
            port: 0 takes a free one.
            key: the only API key that is accepted; None accepts any.

        Raises:
            ConfigurationInvalid: the script cannot be used.
        """
        return cls(GeminiWire(), Script.read(script), port=port, key=key).begin()


def _generate(model: str, call: Call, script: Scripted, *, is_stream: bool) -> PeerAnswer:
    asked = Asked.read(model, call.body)
    reply = _reply(asked, script)
    whole = answer(reply, asked)
    shown = PeerAnswer(whole, agent=asked.agent, turn=asked.turn, usage=_usage(whole), reply=reply)
    if not is_stream:
        return shown
    pieces = list(stream(reply, asked))
    if call.query.get("alt") != "sse":
        return replace(shown, body=pieces)
    events = tuple(f"data: {json.dumps(piece)}\r\n\r\n" for piece in pieces)
    return replace(shown, events=events)


def _reply(asked: Asked, script: Scripted) -> Reply:
    reply = script.reply(asked.agent, asked.turn)
    if reply is None:
        raise invalid(f"The script has no reply for agent {asked.agent!r}, turn {asked.turn}.")
    if reply.error is not None:
        raise scripted(
            reply.error.status,
            message=reply.error.message,
            model=asked.model,
            retry_seconds=reply.error.retry_seconds,
        )
    return reply


def _usage(whole: dict[str, Any]) -> PeerUsage | None:
    told = whole.get("usageMetadata")
    if told is None:
        return None
    output = told.get("candidatesTokenCount", 0) + told.get("thoughtsTokenCount", 0)
    return PeerUsage(told.get("promptTokenCount", 0), output)


def _count(body: dict[str, Any]) -> dict[str, Any]:
    tokens = count_tokens(body)
    details = [{"modality": "TEXT", "tokenCount": tokens}]
    return {"totalTokens": tokens, "promptTokensDetails": details}


def _model(name: str) -> dict[str, Any]:
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.replace("-", " ").title(),
        "description": "A scripted model.",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": list(METHODS),
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    }
