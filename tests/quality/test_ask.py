"""What is found of the base without reading unchanged files twice equals reading all of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from p2a.domain import Dimension
from quality.analysers import security
from quality.analysers.interface import Analyser, Analysis, Scope, Subject
from quality.analysers.json_tool import run_json_tool
from quality.analysers.listing import ANALYSERS
from quality.answers import Panel
from quality.change import Change
from quality.examine import EVERYBODY, assess
from quality.measure import NotMeasured
from quality.tree import all_files

WriteTree = Callable[[Mapping[str, str | bytes]], Path]
HARD = "def hard(x):\n" + "".join(f"    if x == {n}:\n        return eval(x)\n" for n in range(15))
HEAD = {
    "same.py": HARD,
    "new.py": "import os\n",
    "moved_to.py": HARD + "# end\n",
    "a.py": "x = 1\n",
}
BASE = {
    "same.py": HARD,
    "gone.py": f"{HARD}\n\ndef g():\n    pass\n",
    "moved_from.py": HARD,
    "a.py": "def f():\n    exec('x')\n",
    "broken.py": "def (:\n",
}


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Return the change from BASE to HEAD."""
    root = tmp_path / "base"
    root.mkdir()
    for path, text in BASE.items():
        (root / path).write_text(text, encoding="ascii")
    paths = tuple(sorted(path for path in HEAD if BASE.get(path) != HEAD[path]))
    return Change("0" * 40, paths, root, tuple(sorted(BASE)))


def test_ask_both__the_base_is_judged_as_if_alone(write_tree: WriteTree, change: Change) -> None:
    report = assess(write_tree(HEAD), suite=None, change=change)
    alone = assess(change.root, suite=None, paths=all_files(change.root))
    assert report.comparison is not None
    assert report.comparison.scores is not None
    assert report.comparison.scores.overall == alone.scores.overall
    for dimension in report.comparison.scores.measured | alone.scores.measured:
        now = report.comparison.scores.by_dimension[dimension]
        assert now == alone.scores.by_dimension[dimension]
    assert dict(report.comparison.measures) == {
        **alone.measures,
        "coverage": report.comparison.measures["coverage"],
    }


def test_compare__a_renamed_file_brings_nothing(write_tree: WriteTree, change: Change) -> None:
    report = assess(write_tree(HEAD), suite=None, change=change)
    # Which of several copies is named depends on their paths: the renamed one has another place.
    new = {
        item.path
        for item in report.findings
        if report.is_new(item) and item.rule != "duplicated-code"
    }
    assert new.isdisjoint({"moved_to.py", "same.py"})
    assert report.comparison is not None
    assert report.comparison.removed_files == ("broken.py", "gone.py")
    fixed = {item.rule for item in report.comparison.fixed if item.path == "a.py"}
    assert "B102" in fixed


def test_ask_both__bandit_is_called_once_and_each_finding_is_of_its_side(
    write_tree: WriteTree, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []

    def run(module: str, arguments: Sequence[str], *, folder: Path) -> Any | NotMeasured:
        calls.append(sorted(path.name for path in (folder / "files").iterdir()))
        return run_json_tool(module, arguments, folder=folder)

    monkeypatch.setattr(security, "run_json_tool", run)
    report = assess(write_tree(HEAD), suite=None, change=change)
    assert calls == [["0", "1"]]
    assert report.comparison is not None
    fixed = {item.path for item in report.comparison.fixed if item.rule == "B102"}
    shown = {item.path for item in report.findings if item.rule == "B307"}
    assert (fixed, shown) == ({"a.py"}, {"moved_to.py"})


def test_ask_both__where_bandit_fails_for_both_each_is_asked_alone(
    write_tree: WriteTree, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(module: str, arguments: Sequence[str], *, folder: Path) -> Any | NotMeasured:
        files = [path.read_text() for path in folder.glob("files/*/*.py")]
        if any("def g():" in text for text in files):  # that file of the base is too much for it
            return NotMeasured("bandit failed")
        return run_json_tool(module, arguments, folder=folder)

    monkeypatch.setattr(security, "run_json_tool", run)
    report = assess(write_tree(HEAD), suite=None, change=change)
    assert isinstance(report.scores.by_dimension[Dimension.SECURITY], float)
    assert report.comparison is not None
    assert report.comparison.scores is not None
    before = report.comparison.scores.by_dimension[Dimension.SECURITY]
    assert before == NotMeasured("security: bandit failed")


def test_compare__names_the_files_that_could_be_read_on_the_base(
    write_tree: WriteTree, change: Change
) -> None:
    report = assess(
        write_tree({"a.py": "def (:\n", "new.py": "def (:\n"}), suite=None, change=change
    )
    assert report.comparison is not None
    assert report.comparison.broken_files == ("a.py",)


class Broken:
    """An analyser that breaks down where there is a file named broken."""

    name = "broken"
    scope = Scope.TREE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        return "1"

    def analyse(self, subject: Subject) -> Analysis:
        raise RuntimeError("secret detail")


def test_a13__an_analyser_that_breaks_down_is_not_measured(write_tree: WriteTree) -> None:
    broken: Analyser = Broken()
    panel: Panel = replace(EVERYBODY, analysers=(*ANALYSERS, broken))
    report = assess(write_tree(HEAD), suite=None, panel=panel)
    value = report.scores.by_dimension[Dimension.SECURITY]
    assert value == NotMeasured("broken: it broke down with RuntimeError")
    assert "broken: it broke down with RuntimeError" in report.trouble
