from dataclasses import replace

from p2a.domain import Dimension
from quality.changed_lines import touched_lines
from quality.finding import Confidence, Finding, Severity
from quality.match import Matched, match
from quality.renames import find_renames

FINDING = Finding(
    path="a.py",
    start_line=1,
    end_line=1,
    rule="B307",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="eval",
    hint="",
    dimension=Dimension.SECURITY,
    analyser="security",
    anchor="eval(x)",
)


def test_match__new_and_fixed() -> None:
    other = replace(FINDING, anchor="eval(y)")
    matched = match([FINDING, other], [replace(FINDING, start_line=9), replace(FINDING, rule="X")])
    assert matched.new == (other,)
    assert [finding.rule for finding in matched.fixed] == ["X"]


def test_match__what_moved_to_another_file_is_neither() -> None:
    moved = replace(FINDING, path="b.py")
    matched = match([moved, replace(moved, occurrence=1)], [FINDING])
    assert matched.new == (replace(moved, occurrence=1),)
    assert matched.fixed == ()


def test_match__without_an_anchor_nothing_moves() -> None:
    bare = replace(FINDING, anchor="")
    matched = match([replace(bare, path="b.py")], [bare])
    assert len(matched.new) == len(matched.fixed) == 1


LINES = [f"line {number}" for number in range(10)]


def test_find_renames__the_most_alike_first() -> None:
    gone = {"old.py": LINES, "other.py": ["something", "else"]}
    new = {"near.py": [*LINES, "more"], "far.py": [*LINES[:7], "x", "y", "z"], "new.py": ["q"]}
    assert find_renames(gone, new) == {"old.py": "near.py"}


def test_find_renames__one_file_is_one_other() -> None:
    assert find_renames({"a.py": LINES, "b.py": LINES}, {"c.py": LINES}) == {"a.py": "c.py"}
    assert find_renames({"empty.py": []}, {"c.py": []}) == {}


def test_find_renames__of_very_many_files_that_differ_none() -> None:
    gone = {f"old/{number}.py": [*LINES, str(number)] for number in range(201)}
    new = {f"new/{number}.py": [*LINES, str(number)] for number in range(200)}
    equal = {f"old/{number}.py": f"new/{number}.py" for number in range(200)}
    assert find_renames(gone, new) == equal
    # Of those that are left there are few.
    near = {"new/near.py": [*LINES, "200", "more"], "new/long.py": [*LINES, "200"] * 9}
    assert find_renames(gone, new | near) == equal | {"old/200.py": "new/near.py"}
    others = {path: [*lines, "more"] for path, lines in new.items()}
    assert find_renames(gone, others) == {}


def test_match__the_rest_of_its_statement_may_change() -> None:
    touched = {"a.py": touched_lines(["f(", "  x,", ")"], ["new", "f(", "  y,", ")"])}
    now = replace(FINDING, start_line=2, anchor="f(y)")
    assert match([now], [FINDING], touched) == Matched((), ())
    # Its own line, what is said of it, and its number count.
    for other in (
        replace(now, start_line=3),
        replace(now, message="exec"),
        replace(now, rule="B102"),
    ):
        assert match([other], [FINDING], touched) == Matched((other,), (FINDING,))
    twice = replace(now, anchor="z")
    assert match([now, twice], [FINDING], touched) == Matched((twice,), ())


def test_match__one_that_was_mended_hides_no_other_of_its_function() -> None:
    old = ["run(", "  shell=True,", ")", "run(", "  shell=False,", ")"]
    new = ["run(", "  shell=False,", ")", "run(", "  shell=True,", ")"]
    brought = replace(FINDING, start_line=4, anchor="run(b)")
    matched = match([brought], [FINDING], {"a.py": touched_lines(old, new)})
    assert matched == Matched((brought,), (FINDING,))
