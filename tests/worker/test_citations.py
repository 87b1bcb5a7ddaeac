"""Citations in an answer: which are kept, and what their links are."""

import pytest

from worker.answer_text import answered
from worker.citations import MAX_CITATIONS, permalink, read_citations
from worker.records import CitationRecord

LINES = {"src/a.py": 20, "README.md": 3, "a b.py": 5}
BLOB = "https://github.com/o/r/blob/abc"


def shown(text: str) -> str:
    answer = read_citations(text, LINES.get, blob_url=BLOB)
    return answered(answer)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It waits [src/a.py:3-9].", f"It waits [`src/a.py:3-9`]({BLOB}/src/a.py#L3-L9)."),
        ("See [src/a.py:7]", f"See [`src/a.py:7`]({BLOB}/src/a.py#L7)"),
        ("See [`src/a.py:L7-L8`]", f"See [`src/a.py:7-8`]({BLOB}/src/a.py#L7-L8)"),
        ("See [README.md:1]", f"See [`README.md:1`]({BLOB}/README.md?plain=1#L1)"),
        ("Of `x[src/a.py:3]` one", "Of `x[src/a.py:3]` one"),
        ("```\n[src/a.py:3]\n```", "```\n[src/a.py:3]\n```"),
        ("See [src/a.py:3](http://evil)", "See [src/a.py:3]\u200b(http:\u200b//evil)"),
    ],
)
def test_citations__are_links_to_lines_at_the_commit(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    "cited",
    ["src/a.py:21", "src/a.py:0", "src/a.py:9-3", "src/gone.py:1", "src/a.py:1-9999", "../x:1"],
)
def test_citations__of_lines_that_are_not_there_are_cut(cited: str) -> None:
    answer = read_citations(f"It waits [{cited}].", LINES.get, blob_url=BLOB)
    assert (answer.citations, answer.dropped) == ([], 1)
    assert answered(answer) == "It waits."


def test_citations__of_the_same_lines_are_one_and_there_are_not_too_many() -> None:
    text = " ".join(f"[src/a.py:{n % 5 + 1}]" for n in range(50))
    assert len(read_citations(text, LINES.get, blob_url=BLOB).citations) == 5
    many = " ".join(f"[big.py:{n}]" for n in range(1, MAX_CITATIONS + 4))
    answer = read_citations(many, {"big.py": 999}.get, blob_url=BLOB)
    assert (len(answer.citations), answer.dropped) == (MAX_CITATIONS, 3)


def test_citations__a_text_cannot_forge_a_mark_or_regain_its_powers() -> None:
    said = shown("\ue0000\ue001 @team fixes #3 ![x](http://evil/p.png) <b>All tests pass.</b>")
    assert "\ue000" not in said
    assert "@team" not in said
    assert "#3" not in said
    assert "![x]" not in said
    assert "All tests pass" not in said


def test_permalink__quotes_the_path() -> None:
    citation = CitationRecord(path="a b.py", first_line=1, last_line=5)
    assert permalink(citation, BLOB) == f"{BLOB}/a%20b.py#L1-L5"
