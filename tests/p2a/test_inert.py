"""What others wrote loses its powers and keeps its look."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from p2a import inert
from p2a.inert import BREAK, CUT_NOTE

PIECES = "[a](b)·<x:y>·```·~~~·````·@you·<b>·<!--·-->·![a](b)·[a]: b·`·\\·&commat;·$$·|·x·<pre>· ·  ·    ·\t·- ·1. ·> ·```suggestion\n·~~~ Mermaid\n"
ACTIVE = {"suggestion", "mermaid", "geojson", "topojson", "stl"}


def seen(text: str) -> str:
    """Return what a reader sees: without the breaks."""
    return text.replace(BREAK, "")


def language(block: Token) -> str:
    """Return what a fenced block says that it holds, as GitHub reads it."""
    return "".join(unescapeAll(block.info).split(maxsplit=1)[:1]).lower()


def powers(markdown: str) -> list[str]:
    """Return what a renderer that we did not write finds outside of code."""

    def found(tokens: list[Token]) -> list[str]:
        there = []
        for token in tokens:
            if token.type in {"image", "link_open", "html_inline", "html_block"}:
                there.append(token.type)
            if token.type in {"text", "text_special"} and "@y" in token.content:
                there.append(token.content)
            if token.type == "fence" and language(token) in ACTIVE:
                there.append(language(token))
            there += found(token.children or [])
        return there

    return found(MarkdownIt("commonmark").enable("table").parse(markdown))


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("thanks @octocat", "@o"),
        ("ask @org/team", "@o"),
        ("(@a)", "@a"),
        (r"\@octocat", "@o"),
        ("&commat;octocat", "&commat;"),
        ("&#64;octocat", "&#64;"),
        ("&#x40;octocat", "&#x40;"),
        ("Fixes #1", "#1"),
        ("Closes org/other#22", "#22"),
        ("resolves GH-5", "GH-5"),
        ("fixes https://github.com/o/r/issues/5", "issues/5"),
        ("closes: https://github.com/o/r/pull/5", "pull/5"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("</details>", "</"),
        ("<!-- p2a:workflow:abc -->", "<!--"),
        ("<?php", "<?"),
        ("![pixel](https://evil.example/x.png)", "!["),
        ("![pixel][1]", "!["),
        ("[//]: # (not shown)", "[//]:"),
        ("> [x]: http://a 'b'", "[x]:"),
        ("/approve", "\n/approve"),
        ("- [ ] x\n/merge now", "\n/merge"),
        ("`@octocat`", "@o"),
        ("[docs](https://evil.example/?q=1)", "]("),
        ("see https://evil.example/?q=1", "https://"),
        ("see <HTTP://evil.example>", "HTTP://"),
        ("see ftp://evil.example", "ftp://"),
        ("see www.evil.example", "www."),
    ],
)
def test_s8__prose_powers_are_broken(text: str, forbidden: str) -> None:
    inert_text = inert.prose(text)
    assert forbidden not in f"\n{inert_text}"
    assert seen(inert_text) == text


def test_prose__ordinary_markdown_stays() -> None:
    text = "# Plan\n\n1. *Add* `retry` — a < b, 50 % & more\n2. x[0], //\n\n| a |\n"
    assert inert.prose(text) == text


def test_prose__fenced_code_stays() -> None:
    text = "See:\n\n```python\n@property\ndef a(self) -> list[int]: ...  # 1\n```\nthanks"
    assert inert.prose(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "- ```\n  ```\n@you",
        "1. ```\n   ```\n@you",
        "> ```\n@you",
        "```\n```\n@you",
        "~~~\n```\n~~~\n@you",
        "````\n```\n````\n@you",
        "``` a`b\n@you",
        "    ```\n@you",
        "\t```\n@you",
        "```\ncode\n``` \n@you",
        "<!--\n```\n-->\n```\n@you",
    ],
)
def test_s8__fence_does_not_hide_a_mention(text: str) -> None:
    assert powers(inert.prose(text)) == []


def test_powers__finds_what_it_should() -> None:
    found = ["@you ", "html_inline", "image", " @you", "link_open"]
    assert powers("@you <b> ![a](b) &commat;you[a](b)") == found
    assert powers("> ~~~ Sugg&#101;stion x\n> x") == ["suggestion"]


@given(
    st.lists(
        st.sampled_from([*PIECES.split("·"), "\n", "\n\n"]),
        max_size=30,
    )
)
@settings(deadline=None, max_examples=1000)
def test_s8__no_power_by_the_rules_of_commonmark(parts: list[str]) -> None:
    assert powers(inert.prose("".join(parts))) == []


@pytest.mark.parametrize(
    "text",
    [
        "```suggestion\nx\n```",
        "~~~ Suggestion\nx\n~~~",
        "```sugg&#101;stion\nx\n```",
        "> ```suggestion\n> x\n> ```",
        "- a\n\n  ~~~ suggestion\n  x\n  ~~~",
        '```mermaid\nflowchart LR\n  a\n  click a "https://evil.example"\n```',
    ],
)
def test_s7__a_block_of_others_is_code_to_read_and_nothing_to_commit(text: str) -> None:
    assert powers(text) != []
    assert powers(inert.prose(text)) == []


def test_prose__of_a_fence_only_the_language_stays() -> None:
    assert inert.prose('~~~ c++ title="nobody sees this"\nx\n~~~') == "~~~ c++\nx\n~~~"


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("", "```suggestion\n```"),
        ("\n", "```suggestion\n\n```"),
        ("x", "```suggestion\nx\n```"),
        ("x\n", "```suggestion\nx\n```"),
        ("\n  x\n\n", "```suggestion\n\n  x\n\n```"),
        ("```\n", "````suggestion\n```\n````"),
    ],
)
def test_suggestion__holds_these_lines_exactly(text: str, block: str) -> None:
    assert inert.suggestion(text) == block


def test_is_shown_whole__sees_what_would_be_replaced() -> None:
    assert [inert.is_shown_whole(text) for text in ("a\n\tb", "a\r\n", "a\u202e")] == [
        True,
        False,
        False,
    ]


def test_prose__open_fence_is_closed() -> None:
    assert inert.prose("~~~~ py\nx = 1") == "~~~~ py\nx = 1\n~~~~"


def test_prose__fence_goes_to_the_left_edge() -> None:
    # Otherwise a list that owns the line could see the fence close where we see it open.
    assert inert.prose("- a\n  ```\n  x\n  ```") == "- a\n```\n  x\n```"


def test_clean__controls_are_shown_and_terminal_codes_go() -> None:
    text = "a\x00b \x1b[31mred\x1b[0m \x1b]0;title\x07x \u202egpj.exe \ud800 c\r\nd\re\x85"
    assert inert.clean(text) == "a\ufffdb red x \\u{202e}gpj.exe \ufffd c\nd\ne\ufffd"


def test_clean__tags_that_nobody_sees_go() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all")
    assert inert.clean(f"fine{hidden}") == "fine"


def test_clean__keeps_what_prose_made() -> None:
    once = inert.prose("@you Fixes #1")
    assert inert.clean(once) == once


def test_prose__p04_words_split_by_invisible_signs_show_them() -> None:
    assert (
        inert.prose("@\u2060you ad\u00admin @\u200byou")
        == "@\u200b\\u{2060}you ad\\u{ad}min @\u200byou"
    )


@pytest.mark.parametrize("show", [inert.code_span, inert.code_block])
def test_code__p04_shows_each_sign_that_nobody_sees(show: Callable[[str], str]) -> None:
    assert "a\\u{202e}b\\u{200b}c\\u{ad}d\\u{200d}e" in show("a\u202eb\u200bc\u00add\u200de")


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\u00ad", "\ufeff", "\u200d"])
def test_line__p04_of_a_name_hides_nothing(sign: str) -> None:
    assert inert.line(f"src/a{sign}b.py") == f"src/a\\u{{{ord(sign):x}}}b.py"


@given(st.text())
@settings(deadline=None, max_examples=200)
def test_prose__twice_is_once(text: str) -> None:
    once = inert.prose(text)
    assert inert.prose(once) == once


@given(st.text(alphabet="@a`~ \n->!<[]:#1&;"), st.integers(60, 200))
@settings(deadline=None, max_examples=300)
def test_prose__stays_within_a_limit(text: str, limit: int) -> None:
    assert len(inert.prose(text * 5, limit=limit)) <= limit


@pytest.mark.parametrize(
    "text",
    ["<!--" * 16_000, "![" * 30_000, "[" * 60_000, "`" * 60_000, "&" * 60_000, "\x1b]" * 30_000],
)
def test_c12__long_hostile_text_is_quick(text: str) -> None:
    # With growth by the square of the length this would run into the test's time-out.
    assert len(inert.prose(text, limit=65_536)) <= 65_536


def test_m08__title() -> None:
    title = inert.title("Fixes #1\nCloses org/other#2 @org/team \x1b[1m" + "x" * 10_000)
    assert "\n" not in title
    assert len(title) == 256
    assert title.endswith("…")
    assert "#1" not in title
    assert "#2" not in title
    assert "@o" not in title
    assert seen(title).startswith("Fixes #1 Closes org/other#2 @org/team xxx")


def test_title__never_empty() -> None:
    assert inert.title(" \n\u200b") == "(no title)"


def test_m08__commit_message() -> None:
    message = inert.commit_message(
        "Mend it [skip ci]\n\nCo-authored-by: x",
        "Fixes #1\nCo-authored-by: Eve <eve@evil.example>\nskip-checks: true\nP2A-Workflow: 1\nNote: ok",
    )
    subject, _, body = message.partition("\n\n")
    assert seen(subject) == "Mend it [skip ci] Co-authored-by: x"
    assert "[skip ci]" not in message
    for trailer in ("Co-authored-by:", "skip-checks:", "P2A-Workflow:"):
        assert trailer not in body
    assert "Note: ok" in body
    assert "#1" not in body


def test_commit_message__subject_alone() -> None:
    assert inert.commit_message("Add retry") == "Add retry"


def test_cell__stays_in_its_cell() -> None:
    assert inert.cell("a | b\n\\| c") == "a \\| b \\\\\\| c"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a.py", "`a.py`"),
        ("a`b", "``a`b``"),
        ("`x`", "`` `x` ``"),
        ("a\nb", "`a b`"),
        ("", "` `"),
        ("@you", "`@you`"),
    ],
)
def test_code_span__holds_any_line(text: str, span: str) -> None:
    assert inert.code_span(text) == span


def test_code_block__cannot_be_left() -> None:
    block = inert.code_block("a\n```\n@you", language="python")
    assert block == "````python\na\n```\n@you\n````"
    assert inert.code_block("x", language="py onload=1") == "```\nx\n```"


def test_code_block__loses_its_middle() -> None:
    block = inert.code_block("start" + "x" * 5_000 + "end", limit=200)
    assert len(block) < 220
    assert "startx" in block
    assert "characters cut" in block
    assert block.endswith("xend\n```")
    assert "characters cut" in inert.code_block("x" * 100, limit=10)


def test_console__no_workflow_commands() -> None:
    text = inert.console("::error::x\n  ::set-output name=a::b\n##[group]x\na::b")
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
    assert "##[" not in text
    assert seen(text) == "::error::x\n  ::set-output name=a::b\n##[group]x\na::b"


def test_fit__short_text_stays() -> None:
    assert inert.fit("abc", 3) == "abc"


def test_fit__closes_fence_and_details() -> None:
    body = "intro\n<details><summary>log</summary>\n\n<details>\n\n```text\n" + "line\n" * 500
    short = inert.fit(body, 300)
    assert len(short) <= 300
    assert short.endswith(f"line\n```\n\n</details>\n\n</details>\n\n{CUT_NOTE}")


def test_fit__details_in_code_or_closed_do_not_count() -> None:
    body = "<details>x</details>\n```\n<details>\n```\n" + "y " * 500
    assert "</details>\n\n" not in inert.fit(body, 200)


def test_fit__open_comment_does_not_hide_the_note() -> None:
    short = inert.fit("<!-- " + "x" * 500, 100)
    assert short.endswith(f"-->\n\n{CUT_NOTE}")


def test_fit__by_bytes() -> None:
    short = inert.fit("é" * 1000, 500, size=inert.size_in_bytes)
    assert len(short.encode()) <= 500
    assert len(short.encode()) > 450


@given(st.text(alphabet="`~<details>/!- \nxé", max_size=400), st.integers(120, 300))
@settings(deadline=None, max_examples=200)
def test_fit__is_within_the_limit(text: str, limit: int) -> None:
    assert len(inert.fit(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("abcd", 4, "abcd"),
        ("abcdef", 4, "abc…"),
        ("the tests of the upload", 20, "the tests of the…"),
        ("the tests of the upload", 17, "the tests of the…"),
        ("one\ttwo\nlonger", 11, "one\ttwo…"),
        ("see " + "x" * 200, 60, "see " + "x" * 55 + "…"),
        ("ab " + "c" * 20, 10, "ab cccccc…"),
        ("", 0, ""),
        ("ab", 1, "…"),
    ],
)
def test_shorten__cuts_at_a_word_and_shows_it(text: str, limit: int, short: str) -> None:
    assert inert.shorten(text, limit) == short
    assert inert.shorten_start(text[::-1], limit) == short[::-1]


@given(st.text(alphabet="ab \n…", max_size=80), st.integers(1, 60))
@settings(deadline=None, max_examples=100)
def test_shorten__is_within_the_limit_and_the_start_of_the_text(text: str, limit: int) -> None:
    short = inert.shorten(text, limit)
    assert len(short) <= limit
    assert text.startswith(short if short == text else short[:-1])


def test_prose__that_is_too_long_ends_at_a_word_and_says_that_it_was_cut() -> None:
    short = inert.prose("upload " * 200, limit=300)
    assert short.endswith(" upload upload…\n\n*(the rest was cut)*")
    assert len(short) <= 300


def test_w15__every_control_is_gone() -> None:
    every = "".join(chr(code) for code in range(0x3000)) + "\ud800\udfff\ufffe"
    left = {unicodedata.category(sign) for sign in inert.line(every)} - {"Cf"}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}
