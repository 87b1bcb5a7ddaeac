"""Text that no database takes becomes visible; all other text stays."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p2a.store.text import storable_json, storable_text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("", ""),
        ("plain é 😀\n\t", "plain é 😀\n\t"),
        ("a\0b", "a\u2400b"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
    ],
)
def test_storable_text__cases(text: str, stored: str) -> None:
    assert storable_text(text) == stored


# Without a database of examples: the folder may be somebody else's.
@settings(database=None)
@given(st.text(st.characters()))
def test_storable_text__always_storable(text: str) -> None:
    stored = storable_text(text)
    stored.encode()
    assert "\0" not in stored
    assert len(stored) == len(text)
    assert storable_text(stored) == stored


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ({"a\0": ["\ud800", {"b": float("nan")}]}, {"a\u2400": ["\ufffd", {"b": "nan"}]}),
        ((1, 2.5, None, True), [1, 2.5, None, True]),
        ({3: float("-inf")}, {"3": "-inf"}),
        (2**60, 2**60),
    ],
)
def test_storable_json__cases(value: Any, stored: Any) -> None:
    assert storable_json(value) == stored
