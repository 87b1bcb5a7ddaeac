"""Signs that nobody sees are shown, and come back only where they were."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2a.invisible import restored, shown, signs_shown


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (
            "if access_level != 'user\u202e \u2066// admin\u2069'",
            "\\u{202e} \\u{2066}// admin\\u{2069}",
        ),
        ("ad\u200bmin", "ad\\u{200b}min"),
        ("ad\u200dmin\u200c", "ad\\u{200d}min\\u{200c}"),
        ("pass\u00adword", "pass\\u{ad}word"),
        ("\ufeffimport os", "\\u{feff}import os"),
        ("ok\U000e0069\U000e0067", "ok\\u{e0069}\\u{e0067}"),
        ("a\x1b[2Jb\x00", "a\\u{1b}[2Jb\\u{0}"),
    ],
)
def test_shown__p04_each_sign_that_nobody_sees_is_an_escape(text: str, seen: str) -> None:
    assert seen in shown(text)
    assert not [sign for sign in shown(text) if unicodedata.category(sign) in {"Cf", "Cc"}]


@pytest.mark.parametrize("text", ["a\tb\r\n", "👩\u200d💻 ❤\ufe0f", "क्\u200dष", "é 中"])
def test_shown__what_people_write_stays(text: str) -> None:
    assert shown(text) == text


def test_signs_shown__leaves_controls_to_others() -> None:
    assert signs_shown("\x1b\u202e") == "\x1b\\u{202e}"


@given(st.text(), st.text())
def test_restored__a_text_that_was_shown_comes_back(before: str, after: str) -> None:
    text = f"{before}\u202e{after}\ufeff"
    assert restored(shown(text), like=text) == text


def test_restored__brings_nothing_in_that_was_not_there() -> None:
    assert restored("x = '\\u{202e}'", like="x = ''") == "x = '\\u{202e}'"


def test_restored__an_escape_that_is_meant_stays() -> None:
    text = "const mark = '\\u{200b}' // is \u200b"
    assert restored(text, like=text) == text
