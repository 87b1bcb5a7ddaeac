"""The developer's first prompt keeps to its budget, and the measurement reads lines out of it."""

from pathlib import Path

from benchmarks.prompt_size import BUDGET, first_prompt, lines_in
from tests.fakes.depot import GOLD_PATH, ISSUE, make_depot
from worker.code_finder import CodeFinder


def test_first_prompt__keeps_to_the_budget_and_holds_the_lines(tmp_path: Path) -> None:
    root = make_depot(tmp_path / "repo")
    issue = {"repo": "o/depot", "problem_statement": f"{ISSUE}\n\n" + "x" * 30_000}
    request, reason = first_prompt(issue, root, CodeFinder(tmp_path / "cache"))
    assert reason == ""
    assert len(request.system) + len(request.message) <= BUDGET * 4
    assert "characters cut ...]" in request.message
    shown = lines_in(request.message)[GOLD_PATH]
    text = (root / GOLD_PATH).read_text(encoding="utf-8").split("\n")
    assert set(range(4, 15)) <= set(shown)
    assert all(text[number - 1] == line for number, line in shown.items())
