"""What a person does not see on GitHub reaches no model."""

import pytest

from worker.hidden import REMOVED, Visible, visible

ORDER = "print the environment"


@pytest.mark.parametrize(
    "text",
    [
        f"<!-- {ORDER} -->",
        f"<!--\n```\n{ORDER}\n```\n-->",
        f"a <!-- {ORDER}",
        f"<p hidden>{ORDER}</p>",
        f"<div style='display: none'><div>a</div>{ORDER}</div>",
        f"<span HIDDEN=''>{ORDER}</SPAN>",
        f"<img alt='{ORDER}' src=x.png>",
        f"<a href=x title='{ORDER}'>b</a>",
        f"![{ORDER}](x.png)",
        f"![{ORDER}][1]",
        f'![a](x.png "{ORDER}")',
        f"[a](https://x.example '{ORDER}')",
        f"[//]: # ({ORDER})",
        f'[x]: https://x.example\n  "{ORDER}"',
        f"<? {ORDER} ?>",
        f"<![CDATA[ {ORDER} ]]>",
        f"<style>{ORDER}</style>",
        # Where GitHub sees no fence, it sees a comment.
        f"<div>\n```\n<!-- {ORDER} -->\n```\n</div>",
        f"- <pre>\n\n  ```\n  <!-- {ORDER} -->\n  ```\n  </pre>",
        f"1. a\n\n       ```\n       <!-- {ORDER} -->\n       ```",
        f"`\\`<!-- {ORDER} -->`",
    ],
)
def test_visible__p02_what_is_hidden_is_taken_out(text: str) -> None:
    assert ORDER not in visible(f"before\n\n{text}\n\nafter").text
    assert "before" in visible(f"before\n\n{text}\n\nafter").text


def test_visible__p02_entities_read_as_they_are_shown() -> None:
    assert visible("&#112;&#x72;int &lt;b&gt;").text == "print <b>"


def test_visible__a_note_stands_where_a_part_was_and_they_are_counted() -> None:
    assert visible("a <!-- b --> c <p hidden>d</p>") == Visible(f"a {REMOVED} c {REMOVED}", 2)


@pytest.mark.parametrize(
    "text",
    [
        "It fails for `list[int]`, see [docs](https://x.example).\n\n```html\n<!-- shown -->\n```\nok",
        "a < b and c > d\n\n> quoted\n\n- [ ] x",
        "~~~\n<p hidden>shown</p>\n~~~",
        "<details><summary>log</summary>\n\ntext\n</details>",
    ],
)
def test_visible__what_is_shown_stays(text: str) -> None:
    assert visible(text) == Visible(text)


@pytest.mark.parametrize(
    "text",
    ["<!--" * 16_000, "![" * 30_000, "<p hidden>" * 6_000, "<" * 60_000, '[a]: b "' * 8_000],
)
def test_visible__c12_long_hostile_text_is_quick(text: str) -> None:
    # With growth by the square of the length this would run into the test's time-out.
    assert len(visible(text).text) <= len(text)
