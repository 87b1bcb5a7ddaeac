"""Several models as one: what is asked next, what stays, and what signatures come back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from p2a.domain import AgentType
from p2a.errors import ModelRefused
from p2a.model_settings import ModelSettings, Price
from playground.gemini_wire import signature
from tests.fakes.model_vendors import PROTOCOLS, Bench, Protocol, open_bench
from worker.errors import ModelLimited, ModelRejected
from worker.model.interface import ToolAnswer, ToolSpec
from worker.model.retry import TryAgain

GEMINI, OPENAI, ANTHROPIC, _ = PROTOCOLS
SYSTEM = "Agent: PLANNER\nYou plan."
READ = ToolSpec("read", "Read.", {"type": "object", "properties": {"path": {"type": "string"}}})
CALL = {"name": "read", "args": {"path": "a.py"}}


@pytest.fixture
def benches() -> Iterator[list[Bench]]:
    opened: list[Bench] = []
    yield opened
    for each in opened:
        each.close()


def opened(
    benches: list[Bench],
    folder: Path,
    *scripts: tuple[Protocol, list[dict[str, Any]]],
    **options: Any,
) -> Bench:
    benches.append(open_bench(folder, *scripts, **options))
    return benches[-1]


@pytest.mark.parametrize(
    "error",
    [
        {"status": 500},
        {"status": 429, "retry_seconds": 20},
        {"status": 429, "message": "requests per day"},
        {"status": 404},
        {"status": 403},
    ],
)
def test_fallback__the_next_model_answers(
    benches: list[Bench], tmp_path: Path, error: dict[str, Any]
) -> None:
    bench = opened(benches, tmp_path, (GEMINI, [{"error": error}]), (OPENAI, [{"text": "x"}]))
    assert bench.model.name == "gemini/gemini-3-pro-preview,openai/gpt-5"
    assert bench.model.start(SYSTEM).send("plan").text == "x"
    # A model behind which another one stands is not waited for long.
    assert all(wait <= 5 for wait in bench.supervisor.waits)
    assert bench.supervisor.settled[-1].model == "openai/gpt-5"


def test_fallback__a_safety_block_is_no_reason_to_ask_another_vendor(
    benches: list[Bench], tmp_path: Path
) -> None:
    bench = opened(benches, tmp_path, (GEMINI, [{"block": "SAFETY"}]), (OPENAI, [{"text": "x"}]))
    with pytest.raises(ModelRefused):
        bench.model.start(SYSTEM).send("plan")
    assert bench.peers[1].requests == ()


def test_fallback__a_conversation_goes_over_with_its_history_and_stays(
    benches: list[Bench], tmp_path: Path
) -> None:
    away = {"turn": 1, "error": {"status": 503}}
    first = [{"turn": 0, "calls": [CALL], "thought": True}, away]
    second = [{"turn": 1, "calls": [CALL]}, {"turn": 2, "text": "done"}]
    bench = opened(benches, tmp_path, (GEMINI, first), (ANTHROPIC, second))
    conversation = bench.model.start(SYSTEM, tools=[READ])
    reply = conversation.send("plan")
    while reply.calls:
        (call,) = reply.calls
        reply = conversation.send([ToolAnswer(call.id, call.name, "x = 1")])
    assert reply.text == "done"
    assert [request.turn for request in bench.peers[0].requests] == [0, 1, 1]
    assert [request.turn for request in bench.peers[1].requests] == [1, 2]


def test_fallback__of_several_failures_the_one_that_ends_is_told(
    benches: list[Bench], tmp_path: Path
) -> None:
    limit = {"error": {"status": 429, "retry_seconds": 7200}}
    bench = opened(benches, tmp_path, (OPENAI, [limit]), (ANTHROPIC, [{"error": {"status": 404}}]))
    with pytest.raises((ModelLimited, TryAgain)):
        bench.model.start(SYSTEM).send("plan")
    both = opened(
        benches,
        tmp_path,
        (OPENAI, [{"error": {"status": 404}}]),
        (ANTHROPIC, [{"error": {"status": 403}}]),
    )
    with pytest.raises(ModelRejected):
        both.model.start(SYSTEM).send("plan")


def test_signatures__come_back_byte_for_byte_also_after_a_restart(
    benches: list[Bench], tmp_path: Path
) -> None:
    replies = [
        {"turn": 0, "calls": [CALL, CALL], "thought": True},
        {"turn": 1, "calls": [CALL], "thought": True},
        {"turn": 2, "text": "done"},
    ]
    bench = opened(benches, tmp_path, (GEMINI, replies))
    conversation = bench.model.start(SYSTEM, tools=[READ])
    reply = conversation.send("plan")
    for _ in range(2):
        resumed = bench.model.resume(conversation.saved(), tools=[READ])
        assert resumed is not None
        conversation = resumed
        reply = conversation.send([ToolAnswer(call.id, call.name, "x") for call in reply.calls])
    given = [
        part["thoughtSignature"].replace("-", "+").replace("_", "/")
        for content in bench.peer.requests[-1].body["contents"]
        for part in content["parts"]
        if "thoughtSignature" in part
    ]
    model = GEMINI.model
    assert given == [signature(model=model, agent="PLANNER", turn=turn) for turn in (0, 1)]


def test_prices__the_operators_go_before_the_list(benches: list[Bench], tmp_path: Path) -> None:
    usage = {"promptTokenCount": 1_000_000, "candidatesTokenCount": 500_000}
    local = Protocol("openai", "qwen3", OPENAI.start, path="/v1")
    replies = [{"text": "x", "usage": usage}]
    unknown = opened(benches, tmp_path, (local, replies))
    assert unknown.model.start(SYSTEM).send("plan").usage.cost_usd is None
    prices = {"openai/qwen3": Price(0.2, 0.8)}
    known = opened(benches, tmp_path, (local, replies), prices=prices)
    assert known.model.start(SYSTEM).send("plan").usage.cost_usd == pytest.approx(0.6)


def test_agents__may_have_models_of_their_own() -> None:
    cheap = ("openai/gpt-5-mini", "anthropic/claude-haiku-5-5")
    settings = ModelSettings(by_agent={AgentType.REVIEWER: cheap})
    assert settings.of_agent(AgentType.REVIEWER) == cheap
    assert settings.of_agent(AgentType.DEVELOPER) == settings.names
    assert settings.all_names() == (*settings.names, *cheap)
