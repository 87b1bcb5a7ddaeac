"""One suite over all four protocols: what an agent meets is the same whoever answers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from p2a.errors import ModelError, ModelOutputInvalid, ModelRefused, P2AError
from tests.fakes.model_vendors import KEY, PROTOCOLS, Bench, Protocol, open_bench
from worker.errors import ModelLimited, ModelQuotaExhausted, ModelRejected
from worker.model import compaction
from worker.model.direct import ANSWER_BYTES
from worker.model.interface import Finish, Reply, ToolAnswer, ToolSpec
from worker.model.retry import TryAgain

SYSTEM = "Agent: PLANNER\nYou plan."
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
READ = ToolSpec(
    "read",
    "Read a file.",
    {
        "type": "object",
        "properties": {
            "path": {"type": "string"},
            "last_line": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        },
        "required": ["path"],
        "additionalProperties": False,
    },
)
Open = Callable[..., Bench]


@pytest.fixture(params=PROTOCOLS, ids=lambda protocol: protocol.vendor)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    return found


@pytest.fixture
def bench(tmp_path: Path, protocol: Protocol) -> Iterator[Open]:
    """Return a function that opens the protocol's model on a peer with these replies."""
    opened: list[Bench] = []

    def begin(*replies: dict[str, Any], **options: Any) -> Bench:
        opened.append(open_bench(tmp_path, (protocol, list(replies)), **options))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


def failure_of(bench: Bench, kind: type[P2AError], **start: Any) -> P2AError:
    with pytest.raises(kind) as caught:
        bench.model.start(SYSTEM, **start).send("plan")
    assert KEY not in str(caught.value)
    return caught.value


def outcomes(bench: Bench) -> list[str]:
    return [call.outcome for call in bench.supervisor.settled]


def test_send__a_plain_answer_with_its_usage_and_price(bench: Open, protocol: Protocol) -> None:
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 100}
    opened = bench({"text": "a plan", "usage": usage})
    reply = opened.model.start(SYSTEM).send("plan")
    assert (reply.text, reply.calls, reply.finish) == ("a plan", (), Finish.STOP)
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (1000, 100)
    assert reply.usage.cost_usd
    assert not reply.usage.is_estimated
    (counted,) = opened.supervisor.settled
    assert (counted.model, counted.usage, counted.outcome) == (
        protocol.name,
        reply.usage,
        "answered",
    )
    (request,) = opened.peer.requests
    assert (request.agent, request.turn, request.status) == ("PLANNER", 0, 200)


def test_send__a_structured_answer(bench: Open) -> None:
    opened = bench({"text": '{"a": 1}'})
    assert opened.model.start(SYSTEM, schema=SCHEMA).send("plan").text == '{"a": 1}'
    asked = str(opened.peer.requests[0].body)
    assert "json" in asked.lower()


def test_send__a_loop_of_tools(bench: Open) -> None:
    call = {"name": "read", "args": {"path": "a.py", "last_line": 3}}
    opened = bench(
        {"turn": 0, "calls": [call], "thought": True},
        {"turn": 1, "calls": [call]},
        {"turn": 2, "text": "done"},
    )
    conversation = opened.model.start(SYSTEM, tools=[READ])
    reply = conversation.send("plan")
    for _ in range(2):  # the peers refuse a history that is not whole
        (made,) = reply.calls
        assert (made.name, made.arguments) == ("read", {"path": "a.py", "last_line": 3})
        reply = conversation.send([ToolAnswer(made.id, made.name, "x = 1")])
    assert (reply.text, reply.finish) == ("done", Finish.STOP)
    assert [request.turn for request in opened.peer.requests] == [0, 1, 2]


def test_send__parallel_calls_of_tools(bench: Open) -> None:
    calls = [{"name": "read", "args": {"path": path}} for path in ("a.py", "b.py", "c.py")]
    opened = bench({"turn": 0, "text": "look", "calls": calls}, {"turn": 1, "text": "done"})
    conversation = opened.model.start(SYSTEM, tools=[READ])
    reply = conversation.send("plan")
    paths = [(call.arguments or {})["path"] for call in reply.calls]
    assert (reply.text, paths) == ("look", ["a.py", "b.py", "c.py"])
    answers = [ToolAnswer(call.id, call.name, f"text of {call.id}") for call in reply.calls]
    assert conversation.send(answers).text == "done"


def test_resume__goes_on_with_the_same_history(bench: Open) -> None:
    call = {"name": "read", "args": {"path": "a.py"}}
    opened = bench({"turn": 0, "calls": [call], "thought": True}, {"turn": 1, "text": "done"})
    conversation = opened.model.start(SYSTEM, tools=[READ])
    (made,) = conversation.send("plan").calls
    resumed = opened.model.resume(conversation.saved(), tools=[READ])
    assert resumed is not None
    assert resumed.send([ToolAnswer(made.id, made.name, "x = 1")]).text == "done"
    assert opened.model.resume("no history", tools=[READ]) is None


@pytest.mark.parametrize("seconds", [3, 14])
def test_q26__a_limit_is_waited_for_as_long_as_the_vendor_asks(bench: Open, seconds: int) -> None:
    limit = {"error": {"status": 429, "retry_seconds": seconds, "times": 2}}
    opened = bench(limit, {"text": "x"})
    assert opened.model.start(SYSTEM).send("plan").text == "x"
    assert opened.supervisor.waits == [seconds, seconds]
    # All other workers wait as well, and people are told why.
    assert [held for _, held in opened.supervisor.held] == [seconds, seconds]
    assert "limit" in opened.supervisor.told[0]
    assert outcomes(opened) == ["model-unavailable", "model-unavailable", "answered"]


def test_q26__a_limit_that_is_too_long_to_wait_for_has_an_end(bench: Open) -> None:
    opened = bench({"error": {"status": 429, "retry_seconds": 3600}})
    error = failure_of(opened, ModelLimited)
    assert isinstance(error, ModelLimited)
    assert opened.supervisor.waits == []


def test_q26__a_failing_server_is_asked_again(bench: Open) -> None:
    opened = bench({"error": {"status": 500, "times": 1}}, {"text": "x"})
    assert opened.model.start(SYSTEM).send("plan").text == "x"
    assert outcomes(opened) == ["model-unavailable", "answered"]
    # Vendors bill no refusals.
    assert opened.supervisor.settled[0].usage.input_tokens == 0


@pytest.mark.parametrize("status", [500, 503])
def test_q26__retries_end(bench: Open, status: int) -> None:
    opened = bench({"error": {"status": status, "message": f"the key {KEY} is fine"}})
    failure_of(opened, TryAgain)
    assert len(opened.peer.requests) == 3
    assert len(opened.supervisor.waits) == 2


def test_q26__a_reset_connection_is_tried_again_and_may_have_been_paid_for(bench: Open) -> None:
    opened = bench({"drop": True})
    failure_of(opened, TryAgain)
    assert outcomes(opened) == ["model-unavailable"] * 3
    assert all(call.usage.input_tokens > 0 for call in opened.supervisor.settled)


def test_q26__a_silent_model_is_not_waited_for_without_end(bench: Open) -> None:
    opened = bench({"text": "x", "delay": 30}, seconds=0.5, attempts=2)
    failure_of(opened, TryAgain)
    assert len(opened.peer.requests) <= 2


def test_p19__a_drip_of_tokens_meets_an_absolute_deadline(bench: Open) -> None:
    opened = bench({"text": "x" * 4000, "pace": 0.2}, seconds=1.0, attempts=1)
    failure_of(opened, TryAgain)
    (call,) = opened.supervisor.settled
    assert call.usage.input_tokens > 0


def test_p19__ten_megabytes_are_cut_off(bench: Open) -> None:
    opened = bench({"raw": "x" * (ANSWER_BYTES + 2 * 1024 * 1024)})
    assert "more than" in str(failure_of(opened, ModelOutputInvalid))


def test_q26__an_unknown_model_is_told(tmp_path: Path, protocol: Protocol) -> None:
    unknown = Protocol(protocol.vendor, "no-such-model", protocol.start, path=protocol.path)
    opened = open_bench(tmp_path, (unknown, [{"text": "x"}]))
    try:
        assert "no-such-model" in str(failure_of(opened, ModelRejected))
        assert opened.supervisor.waits == []
    finally:
        opened.close()


def test_q27__a_wrong_key_is_told_without_it(bench: Open) -> None:
    opened = bench({"text": "x"}, key="a-wrong-key-nobody-knows")
    error = failure_of(opened, ModelRejected)
    assert "key" in error.what
    assert "wrong-key" not in str(error)
    assert len(opened.peer.requests) == 1


@pytest.mark.parametrize("reply", [{"block": "SAFETY"}, {"text": "x", "finish": "SAFETY"}])
def test_q26__a_safety_block_is_a_refusal(bench: Open, reply: dict[str, Any]) -> None:
    opened = bench(reply)
    failure_of(opened, ModelRefused)
    assert len(opened.peer.requests) == 1
    # It was answered, so it counts.
    assert outcomes(opened) == ["answered"]


def test_m07__an_answer_cut_by_its_length_says_so(bench: Open) -> None:
    opened = bench({"text": '{"a', "finish": "MAX_TOKENS"})
    reply = opened.model.start(SYSTEM).send("plan")
    assert (reply.text, reply.finish) == ('{"a', Finish.LENGTH)


RAW = {
    "no JSON": "I am sorry, Dave",
    "cut JSON": '{"id": "x", "choices": [{"mess',
    "another form": '{"hello": "world"}',
    "empty": "",
    "a list": "[1, 2, 3]",
    "null": "null",
    "deep": "[" * 50_000,
    "malformed events": "event: message_start\ndata: {not json}\n\n",
    "events without an end": 'event: ping\ndata: {"type": "ping"}\n\n',
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
def test_q26_m07__a_malformed_answer_is_an_error_of_ours(bench: Open, raw: str) -> None:
    opened = bench({"raw": raw}, attempts=2)
    try:
        reply: Reply | None = opened.model.start(SYSTEM).send("plan")
    except ModelError:
        reply = None
    # An SDK that reads nothing out of it gives nothing: the agent's reader refuses that.
    assert reply is None or (reply.text, reply.calls) == ("", ())
    assert len(opened.peer.requests) <= 2


def test_m07__no_candidate_is_an_empty_answer_or_an_error(bench: Open) -> None:
    opened = bench({"finish": "NO_CANDIDATE"}, attempts=1)
    try:
        assert opened.model.start(SYSTEM).send("plan").text == ""
    except ModelError:
        assert outcomes(opened) != ["answered"]


BAD_USAGE = {
    "missing": None,
    "zero": {"promptTokenCount": 0, "candidatesTokenCount": 0},
    "negative": {"promptTokenCount": -5, "candidatesTokenCount": -7},
    "absurd": {"promptTokenCount": 2_000_000_000, "candidatesTokenCount": 1},
}


@pytest.mark.parametrize("usage", BAD_USAGE.values(), ids=BAD_USAGE.keys())
def test_p20__usage_that_cannot_be_true_is_estimated(
    bench: Open, protocol: Protocol, usage: dict[str, int] | None
) -> None:
    opened = bench({"text": "y" * 400, "usage": usage})
    if usage is None and protocol.vendor == "anthropic":
        # Its SDK takes a message without usage for none at all; the question counts.
        failure_of(opened, ModelOutputInvalid)
        assert opened.supervisor.settled[0].usage.input_tokens > 0
        return
    reply = opened.model.start(SYSTEM).send("plan" * 100)
    assert reply.usage.is_estimated
    assert 100 <= reply.usage.input_tokens <= 400
    assert reply.usage.output_tokens == 100
    assert reply.usage.cost_usd


def test_q26__spent_credit_is_final(bench: Open, protocol: Protocol) -> None:
    message = "You exceeded your current quota or credit, check your plan."
    opened = bench({"error": {"status": 429, "message": message}}, attempts=2)
    kind = ModelQuotaExhausted if protocol.vendor in {"openai", "anthropic"} else TryAgain
    failure_of(opened, kind)


def test_q26__a_quota_of_the_day_parks(bench: Open, protocol: Protocol) -> None:
    seconds = 3 if "g" in protocol.vendor[:1] else 7200
    limit = {"status": 429, "message": "requests per day", "retry_seconds": seconds}
    opened = bench({"error": limit})
    failure_of(opened, ModelLimited)
    assert opened.supervisor.waits == []


@pytest.mark.parametrize(
    ("argument", "answer", "said"),
    [
        (10, 3_000, "call the tool again where you need them"),
        (3_000, 10, "earlier turns of this talk were left out. They called: read"),
    ],
)
def test_send__a_long_talk_is_shortened_and_still_whole(
    bench: Open, monkeypatch: pytest.MonkeyPatch, argument: int, answer: int, said: str
) -> None:
    for name, value in {"LONGEST": 40_000, "WANTED": 32_000, "KEPT_TURNS": 2}.items():
        monkeypatch.setattr(compaction, name, value)
    calls = [{"name": "read", "args": {"path": name + "x" * argument}} for name in "ab"]
    opened = bench(*({"turn": turn, "calls": calls, "thought": True} for turn in range(8)))
    conversation = opened.model.start(SYSTEM, tools=[READ])
    reply = conversation.send("plan")
    for _ in range(7):  # the peers refuse a history that is not whole
        answers = [ToolAnswer(call.id, call.name, "y" * answer) for call in reply.calls]
        reply = conversation.send(answers)
    assert len(reply.calls) == 2
    assert said in str(opened.peer.requests[-1].body)
    assert max(len(str(request.body)) for request in opened.peer.requests) < 60_000
