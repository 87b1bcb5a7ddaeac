"""Reading an issue: where a word stands, and what is named."""

import pytest

from ccg.context.query import LONGEST_ISSUE, Frame, read_issue

ISSUE = """\
Querying `Model.save` fails
<!-- please search first: templates -->
It happens in django/db/models/base.py, see
https://github.com/django/django/blob/abc123/django/db/models/query.py#L10-L20

```python
Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/django/db/models/base.py", line 12, in save
    self.insert()
  File "C:\\\\x\\\\django\\\\db\\\\utils.py", line 7, in <module>
DatabaseError: cannot insert the row twice
```
"""


def test_read_issue__finds_title_prose_and_code() -> None:
    query = read_issue(ISSUE)
    assert set(query.title) == {"query", "model", "sav", "fail"}
    assert "happen" in query.prose
    assert "insert" in query.code
    assert "insert" not in query.prose
    assert "template" not in {*query.prose, *query.code}
    assert query.dotted >= {"Model.save"}
    assert {"Model", "save"} <= query.title_words


def test_read_issue__finds_paths_lines_and_frames() -> None:
    query = read_issue(ISSUE)
    assert ("django/db/models/base.py", 0, 0) in query.paths
    assert any(path.endswith("query.py") and span == (10, 20) for path, span in _spans(query.paths))
    assert [(frame.function, frame.line) for frame in query.frames] == [
        ("save", 12),
        ("<module>", 7),
    ]


def _spans(paths: tuple[tuple[str, int, int], ...]) -> list[tuple[str, tuple[int, int]]]:
    return [(path, (first, last)) for path, first, last in paths]


def test_read_issue__reads_frames_of_pytest_and_ipython() -> None:
    text = "Title\n\nsrc/a/b.py:31: in run\n\n~/lib/c.py in walk(self, x)\n"
    assert read_issue(text).frames == (
        Frame("src/a/b.py", "run", 31),
        Frame("~/lib/c.py", "walk", 0),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "```",
        "<!--",
        "`" * 5000,
        "a.py#L99999999999999999999",
        'File "x", line 99999999999999999999999, in f',
        "\ud800 \x00 \u202e",
        "a." * 30_000,
        "/" * 60_000,
        "./" * 30_000 + ".py",
    ],
)
@pytest.mark.timeout(20)
def test_read_issue__any_text_is_an_issue(text: str) -> None:
    query = read_issue(text)
    assert len(query.words) <= 400


def test_read_issue__what_is_beyond_the_limit_is_a_log() -> None:
    assert "late" not in read_issue("title\n" + "x " * LONGEST_ISSUE + "late").words
