"""What a change made slower; equal code, other names and new functions are nothing."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ccg.graph import Graph
from quality.analysers.growth import GrowthComparer
from quality.analysers.interface import Subject
from quality.finding import Confidence, Finding, Severity
from tests.quality.analysers.subjects import subject_of

FAST = """\
def find(rows, wanted):
    known = set(wanted)
    return [row for row in rows if row in known]
"""
SLOW = """\
def find(rows, wanted):
    return [row for row in rows if any(row == one for one in wanted)]
"""


def compare(
    tmp_path: Path, base: Mapping[str, str], head: Mapping[str, str]
) -> tuple[Finding, ...]:
    return GrowthComparer().compare(
        subject_of(tmp_path / "head", head), subject_of(tmp_path / "base", base)
    )


def test_growth__a_second_loop_within_the_first(tmp_path: Path) -> None:
    (finding,) = compare(tmp_path, {"app.py": FAST}, {"app.py": SLOW})
    assert finding.message == ("find now loops over wanted inside a loop: from O(n) to O(n^2)")
    assert (finding.rule, finding.anchor) == ("slower-algorithm", "find")
    assert (finding.path, finding.start_line) == ("app.py", 2)
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.MEDIUM)


@pytest.mark.parametrize(
    "body", ["    if a: pass\n" + "    elif a: pass\n" * 300, f"    a{'.b' * 600} = 1\n"]
)
def test_growth__a_function_that_is_nested_deeply_keeps_no_other_from_being_judged(
    tmp_path: Path, body: str
) -> None:
    before, now = (f"def deep(a):\n{body}    return {number}\n\n\n" for number in (1, 2))
    found = compare(tmp_path, {"app.py": before + FAST}, {"app.py": now + SLOW})
    assert [item.anchor for item in found] == ["find"]


def test_growth__a_moved_file_is_compared_too(tmp_path: Path) -> None:
    (finding,) = compare(tmp_path, {"app.py": FAST}, {"new/app.py": SLOW})
    assert finding.path == "new/app.py"


def test_growth__a_called_function_began_to_loop(tmp_path: Path) -> None:
    main = (
        "from look import look\n\n\ndef run(rows, table):\n"
        "    return [look(table, row) for row in rows]\n"
    )
    before = {"main.py": main, "look.py": "def look(table, row):\n    return table[row]\n"}
    after = {
        "main.py": main,
        "look.py": "def look(table, row):\n    return [each for each in table if each == row]\n",
    }
    (finding,) = compare(tmp_path, before, after)
    assert (finding.path, finding.anchor) == ("main.py", "run")
    assert finding.message == (
        "run now calls look, which loops over table inside a loop: from O(n) to O(n^2)"
    )


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (SLOW, SLOW),
        (SLOW, FAST),
        (SLOW, SLOW.replace("wanted", "others")),
        ("def g():\n    pass\n", SLOW),
        ("def find(rows):\n    return rows\n", "def find(rows):\n    return list(rows)\n"),
        (
            SLOW,
            "def find(rows, wanted):\n    return [row for row in rows if has(wanted, row)]\n\n\n"
            "def has(wanted, row):\n    return any(row == one for one in wanted)\n",
        ),
    ],
)
def test_growth__nothing_became_slower(tmp_path: Path, base: str, head: str) -> None:
    assert compare(tmp_path, {"app.py": base}, {"app.py": head}) == ()


def test_growth__tests_are_not_judged(tmp_path: Path) -> None:
    assert compare(tmp_path, {"tests/test_a.py": FAST}, {"tests/test_a.py": SLOW}) == ()


def hot(branches: int, users: int) -> dict[str, str]:
    """Return a function of so many branches, and functions that call it."""
    body = "".join(
        f"    if a == {number}:\n        return {number}\n" for number in range(branches)
    )
    calls = "".join(f"def use_{number}():\n    return core(1)\n\n\n" for number in range(users))
    return {"app.py": f"def core(a):\n{body}    return a\n\n\n{calls}"}


def test_growth__a_function_that_many_use_grew(tmp_path: Path) -> None:
    (finding,) = compare(tmp_path, hot(1, users=5), hot(4, users=5))
    assert finding.message == "core, which 5 places use, grew from 2 to 5 paths"
    assert (finding.rule, finding.anchor) == ("hot-function-grew", "core")


@pytest.mark.parametrize(("branches", "users"), [(3, 5), (4, 4), (1, 9)])
def test_growth__little_growth_or_few_users(tmp_path: Path, branches: int, users: int) -> None:
    assert compare(tmp_path, hot(1, users=users), hot(branches, users=users)) == ()


MANY = "".join(f"class C{n}:\n    def look(self, table, row): ...\n" for n in range(30))


@pytest.mark.parametrize(
    ("calls", "helpers", "times"),
    [
        ("row.strip()", "", 0),
        ("look(table, row)", "def look(table, row):\n    return table[row]\n", 0),
        ("look(table, row)", "def look(table, row):\n    return sum(table)\n", 2),
        # Which of two functions of the name it is, the graph has to tell.
        (
            "here.look(table, row)",
            "def look(table, row):\n    return table[row]\n\n\nclass A:\n"
            "    def look(self, table, row):\n        return sum(table)\n",
            1,
        ),
        ("here.look(table, row)", MANY, 1),
        ("run(rows, table, row)", "", 0),
    ],
)
def test_growth__the_graph_is_built_only_where_a_call_in_a_loop_may_lead_to_a_pass(
    tmp_path: Path, calls: str, helpers: str, times: int
) -> None:
    asked: list[Path] = []

    def side(name: str, first: str) -> Subject:
        code = f"def run(rows, table, here):\n    {first}\n    return [{calls} for row in rows]\n"
        subject = subject_of(tmp_path / name, {"app.py": f"{helpers}\n\n{code}"})

        def graph() -> Graph:
            asked.append(subject.tree.root)
            return subject.graph()

        return replace(subject, graph=graph)

    assert GrowthComparer().compare(side("head", "pass"), side("base", "...")) == ()
    assert len(set(asked)) == times


CUBIC = """\
def pairs(books):
    return [(a, b) for a in books for b in books if any(a == c == b for c in books)]
"""


def test_growth__a_new_function_of_three_loops_over_its_data(tmp_path: Path) -> None:
    (finding,) = compare(tmp_path, {"app.py": FAST}, {"app.py": f"{FAST}\n\n{CUBIC}"})
    assert finding.message == "the new pairs loops over books inside of loops: O(n^3)"
    assert (finding.rule, finding.start_line) == ("slow-new-function", 7)
    assert (finding.severity, finding.confidence) == (Severity.LOW, Confidence.LOW)


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({"app.py": FAST}, {"app.py": FAST, "new.py": SLOW}),
        ({"app.py": f"{FAST}\n\n{CUBIC}"}, {"app.py": FAST, "new.py": CUBIC}),
        ({"app.py": CUBIC}, {"app.py": f"\n{CUBIC}"}),
    ],
    ids=["a square", "moved", "old"],
)
def test_growth__a_square_or_what_was_there_before_is_no_slow_new_function(
    tmp_path: Path, base: Mapping[str, str], head: Mapping[str, str]
) -> None:
    assert compare(tmp_path, base, head) == ()
