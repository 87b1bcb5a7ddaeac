"""A diff read into lines, as git writes it."""

from pathlib import Path

import pytest

from p2a.git import Git, find_git
from tests.fakes.git_client import git
from worker.patch import numbered, read_patch

PATCH = """\
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x = 1
diff --git a/src/a.py b/src/a.py
--- a/src/a.py
+++ b/src/a.py
@@ -1,3 +1,4 @@ def f():
 one
--- two
+++ two
+three
 four
@@ -20 +21 @@
-old
+new
\\ No newline at end of file
"""


def test_read_patch__has_the_lines_of_the_new_side() -> None:
    (patch,) = read_patch(PATCH).values()
    assert patch.path == "src/a.py"
    assert [(one.first_line, one.last_line) for one in patch.hunks] == [(1, 4), (21, 21)]
    assert [number for number, _ in patch.hunks[0].rows] == [None, 1, None, 2, 3, 4]


@pytest.mark.parametrize(
    ("first", "last", "shown"), [(1, 4, True), (21, 21, True), (4, 21, False), (5, 5, False)]
)
def test_shows__lines_of_one_hunk_only(first: int, last: int, *, shown: bool) -> None:
    assert read_patch(PATCH)["src/a.py"].shows(first, last) is shown


def test_numbered__leaves_out_what_has_no_room() -> None:
    patches = read_patch(PATCH + PATCH.replace("src/a.py", "b.py")).values()
    text, left_out = numbered(patches, limit=200)
    assert text.startswith("File src/a.py\n       @@ -1,3 +1,4 @@ def f():\n     1  one\n")
    assert left_out == ["b.py"]


def test_read_patch__knows_the_names_that_git_quotes(tmp_path: Path) -> None:
    names = ["über.py", 'a "b".py', "tab\tx.py", "plain name.py"]
    git("init", "-q", str(tmp_path))
    commits = []
    for text in ("one\n", "two\n"):
        for name in names:
            (tmp_path / name).write_text(text, encoding="utf-8")
        git("add", "--all", cwd=tmp_path)
        git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x", cwd=tmp_path)
        commits.append(git("rev-parse", "HEAD", cwd=tmp_path).strip())
    patch = Git(find_git(), tmp_path / ".git").patch(*commits).decode()
    assert sorted(read_patch(patch)) == sorted(names)
