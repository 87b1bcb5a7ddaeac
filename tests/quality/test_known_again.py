"""What was there before is not new where a change only writes it otherwise, and what is new is told."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from quality.change import Change
from quality.examine import assess
from quality.finding import Finding
from quality.report import Report

WriteTree = Callable[[Mapping[str, str | bytes]], Path]
Compare = Callable[[str, str], Report]

BEFORE = '''\
"""Sums."""

import hashlib
import socket  # type: ignore
from os import path, sep

password = "hunter2"
options = [
    eval("1"),
    eval("2"),
]


def f(x, seen=[]):
    """Sum."""
    a = hashlib.md5(x.encode("utf-8"), "é", usedforsecurity=True)  # old
    run = eval
    return hashlib.md5(a), run
    print(x)


sums = hashlib.md5(b"x")
'''
AFTER = '''\
"""Sums."""

import hashlib
import socket
from os import (
    path,
    sep,
)

password = 'hunter2'  # of nobody
options = [eval('1'), eval("2")]  # both


def f(
    x,
    seen=[],  # kept
):
    """Sum."""
    a = hashlib.md5(
        x.encode('utf-8'),  # new
        'é',
        usedforsecurity=True,
    )
    run = (eval)
    return hashlib.md5( a ), run  # both
    print(x)  # never


sums = hashlib.md5(  # at the end
    b"x")
'''
RULES = {"B105", "B307", "B324", "F401", "B006", "hidden-call", "unreachable-code"}


@pytest.fixture
def compare(write_tree: WriteTree, tmp_path: Path) -> Compare:
    """Return what judges one state of a file against another."""

    def judge(before: str, after: str) -> Report:
        base = tmp_path / "base"
        base.mkdir()
        (base / "app.py").write_text(before, encoding="utf-8")
        change = Change("0" * 40, ("app.py",), base, ("app.py",))
        return assess(write_tree({"app.py": after}), suite=None, change=change)

    return judge


def new_of(report: Report) -> list[Finding]:
    return [item for item in report.findings if report.is_new(item)]


def fixed_of(report: Report) -> list[Finding]:
    assert report.comparison is not None
    return list(report.comparison.fixed)


def test_compare__comments_layout_and_quotes_bring_nothing_new(compare: Compare) -> None:
    report = compare(BEFORE, AFTER)
    assert new_of(report) == []
    assert [item.rule for item in fixed_of(report)] == ["types-suppressed"]
    found = Counter(item.rule for item in report.findings)
    assert found.keys() >= RULES
    assert (found["B324"], found["B307"], found["F401"]) == (3, 2, 3)


def test_compare__a_comment_that_silences_is_new(compare: Compare) -> None:
    after = BEFORE.replace("  # old", "  # nosec").replace("type: ignore", "type: ignore[x]")
    report = compare(BEFORE, after)
    assert [item.rule for item in new_of(report)] == ["types-suppressed", "security-suppressed"]
    assert [item.rule for item in fixed_of(report)] == ["types-suppressed"]


def test_compare__a_comment_that_silences_less_silences_nothing_new(compare: Compare) -> None:
    line = "import socket  # noqa: F401 (kept)"
    report = compare(f"{line}  # type: ignore[x]\n", f"{line}\n")
    assert new_of(report) == []
    assert [item.rule for item in fixed_of(report)] == ["types-suppressed"]


def test_compare__one_mended_and_another_brought_in_the_same_function(compare: Compare) -> None:
    before = "def f(a, b):\n    x = eval(a)\n    y = len(b)\n    return x + y\n"
    after = "def f(a, b):\n    x = len(a)\n    y = eval(b)\n    return x + y\n"
    report = compare(before, after)
    assert [(item.rule, item.start_line) for item in new_of(report)] == [("B307", 3)]
    assert [(item.rule, item.start_line) for item in fixed_of(report)] == [("B307", 2)]


def test_compare__a_name_in_an_import_is_not_taken_for_another(compare: Compare) -> None:
    text = "from os import path, sep\n\nx = {}\n"
    report = compare(text.format("path"), text.format("sep"))
    assert [item.message for item in new_of(report)] == ["`os.path` imported but unused"]
    assert [item.message for item in fixed_of(report)] == ["`os.sep` imported but unused"]


def test_compare__equal_statements_are_findings_each(compare: Compare) -> None:
    report = compare("x = eval(1)\n", "x = eval(1)\nx = eval( 1 )  # again\n")
    assert [(item.rule, item.start_line) for item in new_of(report)] == [("B307", 2)]
    assert fixed_of(report) == []


def test_compare__other_rows_of_a_statement_may_change(compare: Compare) -> None:
    before = "x = [\n    1,\n    eval(2),\n    eval(3),\n]\n"
    after = "x = [\n    0,\n    1,\n    eval(2),\n    eval(4),\n]\n"
    report = compare(before, after)
    assert [(item.rule, item.start_line) for item in new_of(report)] == [("B307", 5)]
    assert [(item.rule, item.start_line) for item in fixed_of(report)] == [("B307", 4)]
