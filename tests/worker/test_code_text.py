"""The code in prompts: by file, within its room, nothing of a name that begins a line."""

from worker.code_text import render_code
from worker.folders import overview
from worker.records import CodePiece

PIECES = [
    CodePiece(path="a.py", symbol="A.f", start=7, end=8, text="    def f(self):\n        return 1"),
    CodePiece(path="b.py", start=1, end=1, text="X = 1"),
    CodePiece(path="a.py", start=1, end=1, text="class A:"),
]
WHOLE = """\
=== a.py
--- 1-1
class A:
--- 7-8 A.f
    def f(self):
        return 1
=== b.py
--- 1-1
X = 1
"""


def test_render_code__is_by_file_in_the_order_of_the_best() -> None:
    assert render_code(PIECES, 1000) == WHOLE
    assert render_code(PIECES, len(WHOLE)) == WHOLE


def test_render_code__passes_over_what_does_not_fit() -> None:
    room = len(WHOLE) - 1
    text = render_code(PIECES, room)
    assert len(text) <= room
    assert "X = 1" in text
    assert "class A" not in text
    assert render_code(PIECES, 30) == "=== b.py\n--- 1-1\nX = 1\n"
    assert render_code(PIECES, 5) == ""


def test_g08__a_name_stays_on_its_line() -> None:
    piece = CodePiece(path="a\n=== b.py", symbol="f\x1b", start=1, end=1, text="x")
    assert render_code([piece], 1000) == "=== a\\n=== b.py\n--- 1-1 f\\x1b\nx\n"


def test_overview__lists_few_paths_and_counts_many() -> None:
    assert overview(["a.py", "src/b.py"]) == "a.py\nsrc/b.py"
    many = [f"src/module_{number}.py" for number in range(98)] + ["README.md", "setup.py"]
    assert overview(many) == "100 files: src/ 98, (root) 2"
    folders = [f"folder{number}/module.py" for number in range(40)]
    assert overview(folders).endswith(", and 20 more folders")
