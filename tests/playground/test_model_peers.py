"""The scripted OpenAI and Anthropic refuse what the vendors refuse, in the vendors' words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from playground.anthropic_peer import start_anthropic_peer
from playground.model_peer import ModelPeer
from playground.openai_peer import start_openai_peer
from tests.fakes.workshop import write_script

KEY = "a-good-key"
REPLIES = [
    {"agent": "PLANNER", "turn": 0, "text": "a plan " * 40, "calls": [{"name": "r", "args": {}}]},
    {"agent": "TESTER", "turn": 0, "error": {"status": 429, "retry_seconds": 1.5}},
]
SYSTEM = "Agent: PLANNER\nYou plan."
TOOL_CALL = {"id": "call_1", "type": "function", "function": {"name": "r", "arguments": "{}"}}
TOOL_USE = {"type": "tool_use", "id": "toolu_1", "name": "r", "input": {}}


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return write_script(tmp_path / "s.json", {"format": "p2a-script/1", "replies": REPLIES})


@pytest.fixture
def openai(script: Path) -> Iterator[ModelPeer]:
    with start_openai_peer(script, key=KEY) as peer:
        yield peer


@pytest.fixture
def anthropic(script: Path) -> Iterator[ModelPeer]:
    with start_anthropic_peer(script, key=KEY) as peer:
        yield peer


def complete(peer: ModelPeer, *messages: dict[str, Any], **more: Any) -> httpx.Response:
    system = {"role": "system", "content": more.pop("system", SYSTEM)}
    headers = {"Authorization": f"Bearer {more.pop('key', KEY)}"}
    body = {"model": "gpt-5", "messages": [system, *messages], **more}
    return httpx.post(f"{peer.url}/v1/chat/completions", json=body, headers=headers)


def message(peer: ModelPeer, *messages: dict[str, Any], **more: Any) -> httpx.Response:
    headers = {"x-api-key": more.pop("key", KEY), "anthropic-version": "2023-06-01"}
    body = {
        "model": "claude-sonnet-5",
        "max_tokens": 1000,
        "system": SYSTEM,
        "messages": list(messages),
        **more,
    }
    return httpx.post(f"{peer.url}/v1/messages", json=body, headers=headers)


USER = {"role": "user", "content": "plan"}


def test_openai__an_answer_and_its_stream_say_the_same(openai: ModelPeer) -> None:
    whole = complete(openai, USER).json()
    streamed = complete(openai, USER, stream=True, stream_options={"include_usage": True})
    assert streamed.headers["content-type"] == "text/event-stream"
    lines = [line for line in streamed.text.split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    choices = [chunk["choices"][0] for chunk in chunks if chunk["choices"]]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    assert text == whole["choices"][0]["message"]["content"]
    assert choices[-1]["finish_reason"] == whole["choices"][0]["finish_reason"] == "tool_calls"
    assert chunks[-1]["usage"] == whole["usage"]


def test_anthropic__an_answer_and_its_stream_say_the_same(anthropic: ModelPeer) -> None:
    whole = message(anthropic, USER).json()
    events = message(anthropic, USER, stream=True).text.split("\n\n")
    parts = [json.loads(event.partition("data: ")[2]) for event in events if event]
    text = "".join(part["delta"].get("text", "") for part in parts if "delta" in part)
    assert text == whole["content"][0]["text"]
    assert parts[-2]["delta"]["stop_reason"] == whole["stop_reason"] == "tool_use"
    assert parts[-2]["usage"]["output_tokens"] == whole["usage"]["output_tokens"]
    assert [part["type"] for part in parts[:2]] == ["message_start", "ping"]


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([{"role": "tool", "tool_call_id": "call_9", "content": "x"}], "preceeding message"),
        ([USER, {"role": "assistant", "tool_calls": [TOOL_CALL]}], "call_1"),
        ([USER, {"role": "assistant", "tool_calls": [TOOL_CALL]}, USER], "call_1"),
    ],
)
def test_openai__refuses_a_history_that_is_not_whole(
    openai: ModelPeer, messages: list[dict[str, Any]], said: str
) -> None:
    answer = complete(openai, *messages)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([USER, {"role": "assistant", "content": [TOOL_USE]}], "toolu_1"),
        ([USER, {"role": "assistant", "content": [TOOL_USE]}, USER], "toolu_1"),
        (
            [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_9"}]}],
            "unexpected `tool_use_id`",
        ),
        ([{"role": "system", "content": "x"}], "top-level `system`"),
    ],
)
def test_anthropic__refuses_a_history_that_is_not_whole(
    anthropic: ModelPeer, messages: list[dict[str, Any]], said: str
) -> None:
    answer = message(anthropic, *messages)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_anthropic__wants_its_version_and_a_bound(anthropic: ModelPeer) -> None:
    headers = {"x-api-key": KEY}
    answer = httpx.post(f"{anthropic.url}/v1/messages", json={}, headers=headers)
    assert answer.json()["error"]["message"] == "anthropic-version: header is required"
    headers["anthropic-version"] = "2023-06-01"
    body = {"model": "claude-sonnet-5", "messages": [USER]}
    answer = httpx.post(f"{anthropic.url}/v1/messages", json=body, headers=headers)
    assert answer.json()["error"]["message"] == "max_tokens: Field required"


def test_openai__errors_as_the_vendor_writes_them(openai: ModelPeer) -> None:
    wrong = complete(openai, USER, key="sk-wrong-key-1234")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "invalid_api_key")
    unknown = complete(openai, USER, model="gpt-99")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "model_not_found")
    limited = complete(openai, USER, system="Agent: TESTER")
    assert limited.json()["error"]["code"] == "rate_limit_exceeded"
    assert (limited.headers["retry-after"], limited.headers["retry-after-ms"]) == ("2", "1500")


def test_anthropic__errors_as_the_vendor_writes_them(anthropic: ModelPeer) -> None:
    wrong = message(anthropic, USER, key="wrong")
    assert (wrong.status_code, wrong.json()["error"]["type"]) == (401, "authentication_error")
    unknown = message(anthropic, USER, model="claude-99")
    assert unknown.json()["error"] == {"type": "not_found_error", "message": "model: claude-99"}
    limited = message(anthropic, USER, system="Agent: TESTER")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "2")
    assert limited.json()["error"]["type"] == "rate_limit_error"


def test_peers__no_key_in_the_log(openai: ModelPeer, anthropic: ModelPeer) -> None:
    complete(openai, USER)
    message(anthropic, USER)
    assert KEY not in repr([*openai.requests, *anthropic.requests])
