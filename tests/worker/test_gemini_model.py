"""The Gemini adapter over the wire: signatures, errors, limits and money."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from p2a.domain import AgentType
from p2a.errors import (
    ConfigurationInvalid,
    ModelError,
    ModelOutputInvalid,
    ModelRefused,
    WorkflowCancelled,
)
from p2a.model_settings import ModelSettings
from playground.gemini import GeminiPeer
from tests.fakes.supervisor import FakeSupervisor
from tests.fakes.workshop import write_script
from worker.errors import ModelLimited, ModelRejected
from worker.model.direct import ANSWER_BYTES
from worker.model.interface import Finish, Model, ToolAnswer, ToolSpec
from worker.model.open import open_model
from worker.model.retry import RetryPolicy, TryAgain

SYSTEM = "Agent: PLANNER\nYou plan."
TOOL = ToolSpec(
    "read",
    "Read a file.",
    {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
)
Start = Callable[..., Model]


@pytest.fixture
def supervisor() -> FakeSupervisor:
    return FakeSupervisor()


@pytest.fixture
def slept(supervisor: FakeSupervisor) -> list[float]:
    return supervisor.waits


@pytest.fixture
def start(tmp_path: Path, supervisor: FakeSupervisor) -> Iterator[Start]:
    """Return a function that starts a peer with replies and opens a model on it."""
    opened: list[Any] = []

    def begin(*replies: dict[str, Any], name: str = "gemini-3-pro-preview", **more: Any) -> Model:
        script = {"format": "p2a-script/1", "replies": [{"agent": "PLANNER", **r} for r in replies]}
        peer = GeminiPeer.start(write_script(tmp_path / "script.json", script), key="good-key")
        settings = ModelSettings(
            names=(f"gemini/{name}",),
            urls={"gemini": peer.url},
            keys={"gemini": more.pop("key", "good-key")},
        )
        model = open_model(
            settings,
            more.pop("supervisor", supervisor),
            AgentType.PLANNER,
            chance=lambda: 0.0,
            policy=RetryPolicy(attempts=3, longest_wait=30.0),
            **more,
        )
        opened.extend([model.close, peer.stop])
        return model

    yield begin
    for close in opened:
        close()


def test_send__answers_in_json_with_usage_and_price(start: Start) -> None:
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 100, "thoughtsTokenCount": 50}
    model = start({"turn": 0, "text": '{"a": 1}', "usage": usage})
    reply = model.start(SYSTEM, schema={"type": "object", "properties": {}}).send("plan")
    assert (reply.text, reply.calls, reply.finish) == ('{"a": 1}', (), Finish.STOP)
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (1000, 150)
    assert reply.usage.cost_usd is not None
    assert reply.usage.cost_usd > 0
    assert model.name == "gemini/gemini-3-pro-preview"


def test_send__gives_thought_signatures_back(start: Start) -> None:
    calls = [{"name": "read", "args": {"path": "a.py", "lines": 3}}]
    model = start(
        {"turn": 0, "calls": calls, "thought": True},
        {"turn": 1, "calls": calls, "thought": True},
        {"turn": 2, "text": "done"},
    )
    conversation = model.start(SYSTEM, tools=[TOOL])
    reply = conversation.send("plan")
    for _ in range(2):  # the peer answers 400 to a call that comes back without its signature
        (call,) = reply.calls
        assert (call.name, call.arguments) == ("read", {"path": "a.py", "lines": 3})
        reply = conversation.send([ToolAnswer(call.id, call.name, "x = 1")])
    assert reply.text == "done"


def test_send__waits_as_long_as_the_vendor_asks(start: Start, slept: list[float]) -> None:
    limit = {"turn": 0, "error": {"status": 429, "retry_seconds": 14, "times": 2}}
    model = start(limit, {"turn": 0, "text": "x"})
    assert model.start(SYSTEM).send("plan").text == "x"
    assert slept == [14.0, 14.0]


@pytest.mark.parametrize(
    ("error", "kind", "sleeps"),
    [
        ({"status": 503}, TryAgain, 2),
        ({"status": 500}, TryAgain, 2),
        ({"status": 429, "retry_seconds": 31}, ModelLimited, 0),
        ({"status": 429, "message": "requests per day"}, ModelLimited, 0),
        ({"status": 400}, ModelRejected, 0),
        ({"status": 400, "message": "x-goog-api-key: good-key"}, ModelRejected, 0),
        ({"status": 500, "message": "x-goog-api-key: good-key"}, TryAgain, 2),
        ({"status": 404}, ModelRejected, 0),
        ({"status": 403}, ModelRejected, 0),
    ],
)
def test_q26__errors_are_bounded_and_told_apart(
    start: Start, slept: list[float], error: dict[str, Any], kind: type[ModelError], sleeps: int
) -> None:
    model = start({"turn": 0, "error": error})
    with pytest.raises(kind) as caught:
        model.start(SYSTEM).send("plan")
    assert len(slept) == sleeps
    assert "good-key" not in str(caught.value)
    assert caught.value.transient is (kind in {TryAgain, ModelLimited})


def test_q27__a_wrong_key_is_told_without_it(start: Start) -> None:
    model = start({"turn": 0, "text": "x"}, key="wrong-key-value")
    with pytest.raises(ModelRejected) as caught:
        model.start(SYSTEM).send("plan")
    assert "wrong-key-value" not in str(caught.value)


@pytest.mark.parametrize("reply", [{"block": "SAFETY"}, {"text": "x", "finish": "SAFETY"}])
def test_send__a_safety_block_is_a_refusal(start: Start, reply: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused):
        start({"turn": 0, **reply}).start(SYSTEM).send("plan")


def test_send__a_cut_answer_says_so(start: Start) -> None:
    model = start({"turn": 0, "text": '{"a', "finish": "MAX_TOKENS"})
    assert model.start(SYSTEM).send("plan").finish is Finish.LENGTH


def test_m07__an_answer_without_end_is_cut_off(start: Start) -> None:
    model = start({"turn": 0, "text": "x" * (ANSWER_BYTES + 1)})
    with pytest.raises(ModelOutputInvalid, match="more than"):
        model.start(SYSTEM).send("plan")


def test_q26__a_silent_model_is_not_waited_for_without_end(
    start: Start, slept: list[float]
) -> None:
    model = start({"turn": 0, "text": "x", "delay": 30}, seconds=0.3)
    with pytest.raises(TryAgain):
        model.start(SYSTEM).send("plan")
    assert len(slept) == 2


def test_r09__a_cancel_hangs_up_on_a_model_that_thinks(start: Start) -> None:
    class Cancelled(FakeSupervisor):
        def check(self) -> None:
            raise WorkflowCancelled("the workflow was cancelled")

    supervisor = Cancelled()
    model = start({"turn": 0, "text": "x", "delay": 20}, supervisor=supervisor)
    begun = time.monotonic()
    with pytest.raises(WorkflowCancelled):
        model.start(SYSTEM).send("plan")
    assert time.monotonic() - begun < 15
    (call,) = supervisor.settled
    assert call.outcome == "workflow-cancelled"
    assert call.usage.input_tokens > 0  # the vendor may bill what it was asked


def test_q26__nobody_there() -> None:
    supervisor = FakeSupervisor()
    settings = ModelSettings(urls={"gemini": "http://127.0.0.1:9"}, keys={"gemini": "k"})
    model = open_model(settings, supervisor, AgentType.PLANNER, chance=lambda: 0.0)
    with pytest.raises(TryAgain):
        model.start(SYSTEM).send("plan")
    model.close()
    assert len(supervisor.waits) == 4
    assert {(call.outcome, call.usage.input_tokens) for call in supervisor.settled} == {
        ("model-unavailable", 0)
    }


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("other/gpt",), "gemini/NAME"),
        (("gemini/",), "gemini/NAME"),
        (("gemini-3",), "gemini/NAME"),
        (("gemini/gemini-3-pro-preview",), "GEMINI_API_KEY"),
        (("openai/gpt-5",), "OPENAI_API_KEY"),
        (("anthropic/claude-sonnet-5",), "ANTHROPIC_API_KEY"),
    ],
)
def test_q27__a_missing_key_is_named(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        open_model(ModelSettings(names), FakeSupervisor(), AgentType.PLANNER)
    assert said in str(caught.value)
