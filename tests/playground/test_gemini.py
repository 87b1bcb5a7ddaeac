"""The scripted peer, driven by the vendor's own SDK and by the library that the worker uses."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from google import genai
from google.genai import errors, types
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.tools import ToolDefinition

from p2a.errors import ConfigurationInvalid
from playground.gemini import GeminiPeer
from playground.model_peer import PeerRequest

MODEL = "gemini-3-pro-preview"
KEY = "a-key-for-tests"
SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}

Start = Callable[..., GeminiPeer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    peers: list[GeminiPeer] = []

    def start(*replies: dict[str, Any], key: str | None = None) -> GeminiPeer:
        script = tmp_path / f"script-{len(peers)}.json"
        script.write_text(json.dumps({"format": "p2a-script/1", "replies": replies}))
        peers.append(GeminiPeer.start(script, key=key))
        return peers[-1]

    yield start
    for peer in peers:
        peer.stop()


def client(peer: GeminiPeer, key: str = KEY) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=peer.url))


def as_agent(name: str, **values: Any) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(
        system_instruction=f"You plan.\nAgent: {name}\nBe brief.", **values
    )


def ask(peer: GeminiPeer, contents: Any = "Fix it", **config: Any) -> Any:
    with client(peer) as vendor:
        return vendor.models.generate_content(
            model=config.pop("model", MODEL),
            contents=contents,
            config=config.pop("config", None) or as_agent("PLANNER", **config),
        )


def post(
    peer: GeminiPeer, body: object, *, method: str = "generateContent", **options: Any
) -> httpx.Response:
    headers = options.pop("headers", {"x-goog-api-key": KEY})
    url = f"{peer.url}/v1beta/models/{options.pop('model', MODEL)}:{method}"
    return httpx.post(url, json=body, headers=headers, **options)


def body_of(*contents: dict[str, Any], agent: str = "DEVELOPER") -> dict[str, Any]:
    instruction = {"parts": [{"text": f"Agent: {agent}"}]}
    return {"systemInstruction": instruction, "contents": list(contents)}


USER = {"role": "user", "parts": [{"text": "Fix it"}]}
READ = {"agent": "DEVELOPER", "turn": 0, "calls": [{"name": "read", "args": {"path": "a.py"}}]}
DONE = {"agent": "DEVELOPER", "turn": 1, "text": "done"}


# The vendor's SDK -------------------------------------------------------------------------------


def test_generate__answers_the_agent_at_its_turn(start: Start) -> None:
    peer = start(
        {"agent": "REVIEWER", "turn": 0, "text": "no"},
        {"agent": "PLANNER", "turn": 0, "text": '{"steps": ["ä"]}'},
        {"agent": "PLANNER", "turn": 1, "text": "second"},
    )
    reply = ask(peer)
    assert reply.text == '{"steps": ["ä"]}'
    assert reply.candidates[0].finish_reason is types.FinishReason.STOP
    assert reply.model_version == MODEL
    usage = reply.usage_metadata
    assert usage.candidates_token_count == 4
    assert usage.thoughts_token_count is None
    assert usage.total_token_count == usage.prompt_token_count + 4
    history = [
        types.UserContent("Fix it"),
        types.ModelContent('{"steps": ["ä"]}'),
        types.UserContent("go on"),
    ]
    assert ask(peer, history).text == "second"


def test_generate__the_same_request_gets_the_same_answer_from_a_new_peer(start: Start) -> None:
    replies = [{"agent": "PLANNER", "turn": 0, "calls": READ["calls"]}]
    first, second = (ask(start(*replies)).model_dump(exclude={"sdk_http_response"}) for _ in "ab")
    assert first == second


def test_generate__usage_of_the_script_wins(start: Start) -> None:
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 20, "thoughtsTokenCount": 300}
    peer = start({"agent": "PLANNER", "turn": 0, "text": "x", "usage": usage})
    found = ask(peer).usage_metadata
    assert (found.prompt_token_count, found.thoughts_token_count) == (1000, 300)
    assert found.total_token_count == 1320


def test_generate__thoughts_are_shown_only_when_asked_for(start: Start) -> None:
    peer = start({"agent": "PLANNER", "turn": 0, "text": "answer", "thought": True})
    silent = ask(peer)
    assert len(silent.candidates[0].content.parts) == 1
    assert silent.usage_metadata.thoughts_token_count == 16
    config = types.ThinkingConfig(include_thoughts=True)
    loud = ask(peer, thinking_config=config).candidates[0].content.parts
    assert [part.thought for part in loud] == [True, None]


def test_stream__comes_in_pieces_with_the_usage_at_the_end(start: Start) -> None:
    text = "word " * 60
    peer = start({"agent": "PLANNER", "turn": 0, "text": text})
    with client(peer) as vendor:
        chunks = list(
            vendor.models.generate_content_stream(
                model=MODEL, contents="Fix it", config=as_agent("PLANNER")
            )
        )
    assert len(chunks) > 2
    assert "".join(chunk.text or "" for chunk in chunks) == text
    assert chunks[0].usage_metadata is None
    last = chunks[-1]
    assert last.usage_metadata is not None
    assert last.usage_metadata.candidates_token_count == 75
    assert last.candidates
    assert last.candidates[0].finish_reason is types.FinishReason.STOP


def test_stream__without_sse_is_an_array(start: Start) -> None:
    peer = start({"agent": "DEVELOPER", "turn": 0, "text": "a" * 100})
    reply = post(peer, body_of(USER), method="streamGenerateContent")
    assert reply.headers["content-type"].startswith("application/json")
    parts = [item["candidates"][0]["content"]["parts"][0]["text"] for item in reply.json()]
    assert parts == ["a" * 64, "a" * 36]


def test_stream__a_call_keeps_its_signature(start: Start) -> None:
    peer = start({**READ, "text": "I look.", "agent": "PLANNER"})
    with client(peer) as vendor:
        chunks = list(
            vendor.models.generate_content_stream(
                model=MODEL, contents="Fix it", config=as_agent("PLANNER")
            )
        )
    assert chunks[-1].candidates
    content = chunks[-1].candidates[0].content
    assert content
    assert content.parts
    assert content.parts[0].function_call
    assert content.parts[0].thought_signature


def test_count_tokens__counts_what_generate_counts(start: Start) -> None:
    peer = start({"agent": "", "turn": 0, "text": "x"})
    with client(peer) as vendor:
        counted = vendor.models.count_tokens(model=MODEL, contents="Fix it " * 100)
        used = vendor.models.generate_content(model=MODEL, contents="Fix it " * 100)
    assert used.usage_metadata
    assert counted.total_tokens == used.usage_metadata.prompt_token_count
    assert counted.total_tokens
    assert counted.total_tokens > 175


def test_models__are_listed_and_shown(start: Start) -> None:
    peer = start()
    with client(peer) as vendor:
        names = [model.name for model in vendor.models.list()]
        one = vendor.models.get(model=MODEL)
    assert f"models/{MODEL}" in names
    assert one.output_token_limit == 65_536


def test_models__an_unknown_one_is_404(start: Start) -> None:
    with pytest.raises(errors.ClientError) as caught:
        ask(start(), model="gemini-9")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")


def test_tools__signature_comes_back_and_integers_stay_integers(start: Start) -> None:
    call = {"name": "read", "args": {"path": "a.py", "line": 3}}
    peer = start(
        {"agent": "DEVELOPER", "turn": 0, "calls": [call, call], "thought": True},
        DONE,
    )
    declared = types.FunctionDeclaration(name="read", parameters_json_schema=SCHEMA)
    config = as_agent("DEVELOPER", tools=[types.Tool(function_declarations=[declared])])
    first = ask(peer, config=config)
    made = first.candidates[0].content
    assert [part.function_call.args for part in made.parts] == [call["args"], call["args"]]
    assert [bool(part.thought_signature) for part in made.parts] == [True, False]
    answers = [
        types.Part.from_function_response(name="read", response={"result": "x = 1"})
        for _ in made.parts
    ]
    history = [types.UserContent("Fix it"), made, types.Content(role="user", parts=answers)]
    assert ask(peer, history, config=config).text == "done"
    # A client that drops the signature is refused, as Gemini 3 does.
    made.parts[0].thought_signature = None
    with pytest.raises(errors.ClientError, match="missing a thought_signature") as caught:
        ask(peer, history, config=config)
    assert caught.value.code == 400


def test_quota__429_with_retry_info_then_the_answer(start: Start) -> None:
    error = {"status": 429, "retry_seconds": 7.5, "times": 2}
    peer = start(
        {"agent": "PLANNER", "turn": 0, "error": error},
        {"agent": "PLANNER", "turn": 0, "text": "at last"},
    )
    for _ in range(2):
        with pytest.raises(errors.ClientError) as caught:
            ask(peer)
        assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")
        details = {item["@type"]: item for item in caught.value.details["error"]["details"]}
        assert details["type.googleapis.com/google.rpc.RetryInfo"]["retryDelay"] == "7.5s"
        violations = details["type.googleapis.com/google.rpc.QuotaFailure"]["violations"]
        assert violations[0]["quotaDimensions"]["model"] == MODEL
    assert ask(peer).text == "at last"
    assert [request.status for request in peer.requests] == [429, 429, 200]


def test_error__503_for_ever(start: Start) -> None:
    peer = start({"agent": "PLANNER", "turn": 0, "error": {"status": 503}})
    for _ in range(3):
        with pytest.raises(errors.ServerError) as caught:
            ask(peer)
        assert (caught.value.code, caught.value.status) == (503, "UNAVAILABLE")


def test_safety__a_blocked_prompt_has_no_candidate(start: Start) -> None:
    reply = ask(start({"agent": "PLANNER", "turn": 0, "block": "SAFETY"}))
    assert reply.prompt_feedback.block_reason is types.BlockedReason.SAFETY
    assert reply.candidates is None
    assert reply.text is None


def test_safety__a_stopped_answer_has_no_content(start: Start) -> None:
    reply = ask(start({"agent": "PLANNER", "turn": 0, "finish": "SAFETY"}))
    assert reply.candidates[0].finish_reason is types.FinishReason.SAFETY
    assert reply.text is None


def test_max_tokens__cuts_the_text(start: Start) -> None:
    reply = ask(start({"agent": "PLANNER", "turn": 0, "text": "a" * 100}), max_output_tokens=5)
    assert reply.text == "a" * 20
    assert reply.candidates[0].finish_reason is types.FinishReason.MAX_TOKENS


def test_delay__outlasts_a_clients_patience_and_not_the_peers_end(start: Start) -> None:
    peer = start({"agent": "DEVELOPER", "turn": 0, "text": "late", "delay": 3600})
    with pytest.raises(httpx.ReadTimeout):
        post(peer, body_of(USER), timeout=0.2)
    peer.stop()
    assert [request.status for request in peer.requests] == [200]


# The wire ---------------------------------------------------------------------------------------


def test_key__missing_is_403_and_wrong_is_400(start: Start) -> None:
    peer = start(key="right")
    missing = post(peer, body_of(USER), headers={})
    assert (missing.status_code, missing.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    wrong = post(peer, body_of(USER), headers={"x-goog-api-key": "wrong"})
    error = wrong.json()["error"]
    assert (wrong.status_code, error["details"][0]["reason"]) == (400, "API_KEY_INVALID")
    in_query = httpx.get(f"{peer.url}/v1beta/models", params={"key": "right"})
    assert in_query.status_code == 200


def test_requests__are_noted_without_the_key(start: Start) -> None:
    peer = start(READ)
    post(peer, body_of(USER), params={"key": "secret-in-query", "alt": "json"})
    (request,) = peer.requests
    assert isinstance(request, PeerRequest)
    assert (request.agent, request.turn, request.status) == ("DEVELOPER", 0, 200)
    assert request.query == {"key": "***", "alt": "json"}
    assert request.body == body_of(USER)
    assert KEY not in repr(peer.requests)
    assert "secret-in-query" not in repr(peer.requests)


def test_script__without_a_reply_names_agent_and_turn(start: Start) -> None:
    reply = post(start(READ), body_of(USER, agent="TESTER"))
    error = reply.json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert "'TESTER', turn 0" in error["message"]


def answered(peer: GeminiPeer) -> tuple[dict[str, Any], dict[str, Any]]:
    made = post(peer, body_of(USER)).json()["candidates"][0]["content"]
    response = {"functionResponse": {"name": "read", "response": {"result": "x"}}}
    return made, {"role": "user", "parts": [response]}


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        ("AAAA", 400),
        ("", 400),
        ("c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=", 200),
    ],
)
def test_signature__only_the_own_one_or_the_documented_dummy(
    start: Start, signature: str, status: int
) -> None:
    peer = start(READ, DONE)
    made, response = answered(peer)
    made["parts"][0]["thoughtSignature"] = signature
    assert post(peer, body_of(USER, made, response)).status_code == status


def test_body__may_be_in_snake_case(start: Start) -> None:
    peer = start(READ, DONE)
    made, response = answered(peer)
    call = {"function_call": made["parts"][0]["functionCall"]}
    call["thought_signature"] = made["parts"][0]["thoughtSignature"]
    answer = {"function_response": response["parts"][0]["functionResponse"]}
    body = {
        "system_instruction": {"parts": [{"text": "Agent: DEVELOPER"}]},
        "contents": [USER, {"role": "model", "parts": [call]}, {"role": "user", "parts": [answer]}],
    }
    assert post(peer, body).status_code == 200


def test_signature__of_an_earlier_turn_of_the_user_is_not_checked(start: Start) -> None:
    peer = start(READ, DONE)
    made, response = answered(peer)
    del made["parts"][0]["thoughtSignature"]
    assert post(peer, body_of(USER, made, response, USER)).status_code == 200


def test_signature__is_not_asked_for_by_the_older_models(start: Start) -> None:
    peer = start(READ, DONE)
    made, response = answered(peer)
    del made["parts"][0]["thoughtSignature"]
    reply = post(peer, body_of(USER, made, response), model="gemini-2.5-flash")
    assert reply.status_code == 200


def test_response__must_match_the_calls(start: Start) -> None:
    peer = start(READ, DONE)
    made, response = answered(peer)
    twice = {"role": "user", "parts": response["parts"] * 2}
    other = {"role": "user", "parts": [{"functionResponse": {"name": "x", "response": {}}}]}
    for wrong in (twice, other, USER):
        reply = post(peer, body_of(USER, made, wrong))
        assert (reply.status_code, "function response" in reply.text) == (400, True)


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"{}", b'{"contents": []}', b'{"contents": [{"role": "user"}]}',
     b'{"contents": [{"role": "system", "parts": []}]}'],
)  # fmt: skip
def test_body__not_a_conversation_is_400(start: Start, content: bytes) -> None:
    url = f"{start().url}/v1beta/models/{MODEL}:generateContent"
    reply = httpx.post(url, content=content, headers={"x-goog-api-key": KEY})
    assert (reply.status_code, reply.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("path", ["/", "/v1/models", f"/v1beta/models/{MODEL}:embedContent"])
def test_path__unknown_is_404(start: Start, path: str) -> None:
    reply = httpx.post(start().url + path, json={}, headers={"x-goog-api-key": KEY})
    assert reply.status_code == 404


# Through pydantic-ai, as the worker asks -----------------------------------------------------------


class Direct:
    """pydantic-ai's direct requests on a loop and a client of the test's own."""

    def __init__(self, runner: asyncio.Runner, client: httpx2.AsyncClient) -> None:
        self._runner = runner
        self._client = client

    def ask(
        self,
        peer: GeminiPeer,
        messages: list[ModelMessage],
        parameters: ModelRequestParameters | None = None,
    ) -> ModelResponse:
        provider = GoogleProvider(api_key=KEY, base_url=peer.url, http_client=self._client)
        model = GoogleModel(MODEL, provider=provider)
        request = model_request(model, messages, model_request_parameters=parameters)
        return self._runner.run(request)


@pytest.fixture
def direct() -> Iterator[Direct]:
    with asyncio.Runner() as runner:
        client = httpx2.AsyncClient(timeout=60)
        yield Direct(runner, client)
        runner.run(client.aclose())


def test_direct__a_tool_turn_keeps_the_signature(start: Start, direct: Direct) -> None:
    peer = start(READ, DONE)
    tool = ToolDefinition(name="read", parameters_json_schema=SCHEMA)
    parameters = ModelRequestParameters(function_tools=[tool])
    history: list[ModelMessage] = [
        ModelRequest(parts=[SystemPromptPart("Agent: DEVELOPER\nWrite."), UserPromptPart("Fix it")])
    ]
    first = direct.ask(peer, history, parameters)
    (call,) = [part for part in first.parts if isinstance(part, ToolCallPart)]
    assert (call.tool_name, call.args_as_dict()) == ("read", {"path": "a.py"})
    assert first.usage.input_tokens > 0
    part = ToolReturnPart(tool_name="read", content="x = 1", tool_call_id=call.tool_call_id)
    history += [first, ModelRequest(parts=[part])]
    second = direct.ask(peer, history, parameters)
    assert [part.content for part in second.parts if isinstance(part, TextPart)] == ["done"]
    sent = peer.requests[-1].body["contents"][1]["parts"][0]
    made = peer.requests[-1].turn
    assert (made, sent["thoughtSignature"]) == (1, _own_signature(peer))


def _own_signature(peer: GeminiPeer) -> str:
    made = post(peer, body_of(USER)).json()["candidates"][0]["content"]["parts"][0]
    # The SDK writes URL-safe base64 where the API writes the plain one.
    return str(made["thoughtSignature"]).replace("+", "-").replace("/", "_")


def test_direct__429_holds_the_wait(start: Start, direct: Direct) -> None:
    error = {"status": 429, "retry_seconds": 3, "times": 1}
    peer = start({"agent": "PLANNER", "turn": 0, "error": error})
    request = ModelRequest(parts=[SystemPromptPart("Agent: PLANNER"), UserPromptPart("Fix it")])
    with pytest.raises(ModelHTTPError) as caught:
        direct.ask(peer, [request])
    assert caught.value.status_code == 429
    assert "'retryDelay': '3s'" in str(caught.value.body)


# The script file ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "p2a-script/2", "replies": []}',
        '{"format": "p2a-script/1", "replies": [{"turn": 0}]}',
        '{"format": "p2a-script/1", "replies": [{"agent": "X", "turn": "first"}]}',
        '{"format": "p2a-script/1", "replies": [{"agent": "X", "turn": 0, "txt": ""}]}',
        '{"format": "p2a-script/1", "replies": [{"agent": "X", "turn": 0, "calls": [{}]}]}',
    ],
)
def test_script__of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(text)
    with pytest.raises(ConfigurationInvalid, match="is not a model's script"):
        GeminiPeer.start(path)


def test_script__that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="No such file"):
        GeminiPeer.start(tmp_path / "none.json")
