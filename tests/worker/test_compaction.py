"""A long talk is shortened; what is left is a talk that every protocol takes."""

import pytest
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

from worker.model import compaction
from worker.model.compaction import KEPT_TURNS, LONGEST, WANTED, compacted, size_of


def talk(turns: int, *, answer: int = 100, call: int = 10) -> list[ModelMessage]:
    """Return a talk with so many calls, each with an answer of so many characters."""
    found: list[ModelMessage] = [
        ModelRequest(parts=[SystemPromptPart(content="system"), UserPromptPart(content="prompt")])
    ]
    for number in range(turns):
        made = [
            ToolCallPart("write", {"content": "c" * call}, tool_call_id=f"{number}-{place}")
            for place in range(2)
        ]
        answers = [ToolReturnPart(one.tool_name, "a" * answer, one.tool_call_id) for one in made]
        found += [ModelResponse(parts=[TextPart("so"), *made]), ModelRequest(parts=answers)]
    return found


def open_calls(history: list[ModelMessage]) -> list[str]:
    """Return calls without an answer in the very next message, and answers without a call."""
    wrong: list[str] = []
    waiting: list[str] = []
    for message in history:
        answered = [p.tool_call_id for p in message.parts if isinstance(p, ToolReturnPart)]
        wrong += sorted(set(waiting) ^ set(answered))
        waiting = [p.tool_call_id for p in message.parts if isinstance(p, ToolCallPart)]
    return wrong + waiting


def test_compacted__leaves_a_short_talk_alone() -> None:
    history = talk(10)
    assert compacted(history) == history


def test_compacted__cuts_old_answers_first() -> None:
    history = talk(25, answer=6_000)
    short = compacted(history)
    assert size_of(history) > LONGEST
    assert size_of(short) <= WANTED
    assert len(short) == len(history)
    assert short[-2 * KEPT_TURNS :] == history[-2 * KEPT_TURNS :]
    assert short[:1] == history[:1]
    assert "call the tool again" in str(short[2])
    assert [m for m in short if isinstance(m, ModelResponse)] == [
        m for m in history if isinstance(m, ModelResponse)
    ]


@pytest.mark.parametrize("turns", [KEPT_TURNS, 30, 60])
def test_compacted__leaves_out_whole_turns_where_calls_are_long(turns: int) -> None:
    history = talk(turns, call=40_000)
    short = compacted(history)
    assert open_calls(short) == []
    assert short[-2 * KEPT_TURNS :] == history[-2 * KEPT_TURNS :]
    gone = (len(history) - len(short)) // 2
    assert gone == turns - KEPT_TURNS
    if gone:
        assert f"[{gone} earlier turns of this talk were left out. They called: write" in str(
            short[0]
        )


def test_compacted__is_not_done_again_at_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    short = compacted(talk(40, answer=5_000))
    following = [*short, *talk(1)[1:]]
    monkeypatch.setattr(compaction, "_cut", None)
    assert compacted(following) == following
