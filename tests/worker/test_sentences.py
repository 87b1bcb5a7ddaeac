"""A text taken apart is the text again, and code stays whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.sentences import PieceKind, lines_of, pieces_of

MARKDOWN = st.text(alphabet="ab.;!? \n`~|>-*#[]x1)\\=_", max_size=200)


def sentences(markdown: str) -> list[str]:
    return [piece.text for piece in pieces_of(markdown) if piece.kind is PieceKind.SENTENCE]


@given(MARKDOWN)
def test_pieces__are_the_text_again(text: str) -> None:
    assert "".join(piece.text for piece in pieces_of(text)) == text


@given(st.text(alphabet="ab. \n", min_size=1))
def test_lines__are_the_sentence_again(text: str) -> None:
    assert "".join(lines_of(text)) == text


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("One; two.", ["One;", "two."]),
        ("See a.py and v1.2. Then go on.", ["See a.py and v1.2.", "Then go on."]),
        ("Use one, e.g. Python.", ["Use one, e.g. Python."]),
        ("Call `a. B. c` now. Then stop.", ["Call `a. B. c` now.", "Then stop."]),
        ("**Bold. Text.** More.", ["**Bold.", "Text.**", "More."]),
        ("Over two\nlines. And on.", ["Over two\nlines.", "And on."]),
        ("One\n\nTwo", ["One", "Two"]),
        ("# Head\nText", ["Head\nText"]),
        ("- one\n- two\n  goes on\n1. three", ["one", "two\n  goes on", "three"]),
        ("- [x] done", ["done"]),
        ("> one\n> two", ["one\n> two"]),
        ("| a | b |\n|---|---|", ["a", "b", "---", "---"]),
        ("Head\n====\nText", ["Head", "Text"]),
    ],
)
def test_sentences__are_found(markdown: str, found: list[str]) -> None:
    assert sentences(markdown) == found


def test_pieces__keep_fenced_code_whole() -> None:
    code = "```py\n# One. Two.\n\nx = 1\n```\n"
    (piece,) = [one for one in pieces_of(f"Text.\n{code}More.") if one.kind is PieceKind.CODE]
    assert piece.text == code


def test_pieces__know_what_is_still_to_be_done() -> None:
    (wish,) = [one for one in pieces_of("- [ ] run it\n- [x] done") if one.kind is PieceKind.WISH]
    assert wish.text == "run it"


def test_lines__begin_where_a_sentence_may() -> None:
    assert lines_of("Adds it\nAll green\nand more") == ["Adds it\n", "All green\nand more"]
