"""The planner's answer: steps in an order that holds their dependencies, or questions."""

import json
from typing import Any

import pytest

from p2a.errors import ModelOutputInvalid
from worker.agents.planner import read


def answer(**changes: Any) -> str:
    values = {"task": "t", "acceptance_criteria": [], "steps": ["a"], "files": []}
    return json.dumps({**values, **changes})


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["a", "b"], [("a", []), ("b", [])]),
        ([{"text": "a", "after": [2]}, "b"], [("b", []), ("a", [1])]),
        (
            [{"text": "a", "after": [3]}, "b", {"text": "c", "after": [2, 2]}],
            [("b", []), ("c", [1]), ("a", [2])],
        ),
    ],
)
def test_plan__has_its_steps_after_those_that_they_need(
    steps: list[Any], expected: list[tuple[str, list[int]]]
) -> None:
    assert [(step.text, step.after) for step in read(answer(steps=steps)).steps] == expected


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"text": "a", "after": [1]}],
        [{"text": "a", "after": [2]}, {"text": "b", "after": [1]}],
        [{"text": "a", "after": [7]}],
        [{"text": "a", "after": [0]}],
        [{"text": "", "after": []}],
        ["a", 3],
        "a",
    ],
)
def test_plan__that_cannot_be_followed_is_invalid(steps: Any) -> None:
    with pytest.raises(ModelOutputInvalid):
        read(answer(steps=steps))


def test_plan__may_ask_in_place_of_steps_where_it_may_ask_at_all() -> None:
    text = answer(steps=[], questions=["Which?"])
    assert read(text).questions == ["Which?"]
    with pytest.raises(ModelOutputInvalid):
        read(text, may_ask=False)
