"""Which tests passed before and do not run any more."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from ccg.graph import NotAnalysed
from ccg.source import Source
from quality.lost_tests import broken_tests, lost_tests
from quality.suite_result import FailedTest, SuiteResult, TestCounts, not_run
from quality.tree import SourceTree

TEST = "def test_total():\n    assert total() == 3\n"
IN_CLASS = "class TestCart:\n    if x:\n        def test_total(self):\n            assert total()\n"
INHERITED = "class TestCart(base.Shared[int]):\n    pass\n"
SHARED = "class Shared(Again):\n    pass\nclass Again(Shared):\n    def test_total(self): ...\n"


def tree_of(files: dict[str, str], *unread: str) -> SourceTree:
    sources = tuple(Source(path, text, ast.parse(text)) for path, text in files.items())
    return SourceTree(Path(), sources, tuple(NotAnalysed(path, "broken") for path in unread))


def ran(passed: str = "", failed: str = "") -> SuiteResult:
    """Return a whole run; ids stand between blanks."""
    good, bad = tuple(passed.split()), tuple(failed.split())
    counts = TestCounts(passed=len(good), failed=len(bad))
    return SuiteResult(exit_code=0, counts=counts, passed_tests=good, failed_tests=bad)


@pytest.mark.parametrize(
    ("test", "files", "lost"),
    [
        (
            "tests.test_cart::test_total",
            {"tests/test_cart.py": TEST},
            "tests/test_cart.py::test_total",
        ),
        (
            "tests.test_cart::test_total[1-a::b]",
            {"tests/test_cart.py": TEST},
            "tests/test_cart.py::test_total",
        ),
        (
            "test_cart.TestCart::test_total",
            {"test_cart.py": IN_CLASS},
            "test_cart.py::TestCart::test_total",
        ),
        (
            "test_cart.TestCart::test_total",
            {"test_cart.py": INHERITED, "tests/base.py": SHARED},
            "test_cart.py::TestCart::test_total",
        ),
        ("test_cart.TestCart::test_total", {"test_cart.py": INHERITED}, ""),
        ("test_cart.TestCart::test_total", {"test_cart.py": TEST}, ""),
        ("tests.test_cart::test_total", {"tests/test_other.py": TEST}, ""),
        ("test_cart::test_total", {"test_cart.py": TEST.replace("total", "sum")}, ""),
        ("test_cart::test_total", {"test_cart.py": f"def outer():\n    {TEST[:17]} 1\n"}, ""),
    ],
)
def test_lost_tests__m13_what_passed_stands_there_and_does_not_run(
    test: str, files: dict[str, str], lost: str
) -> None:
    found = lost_tests(ran("x::test_new"), before=ran(test), tree=tree_of(files))
    assert found == ((lost,) if lost else ())


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (ran("a::test_total"), ran("a::test_total")),
        (ran("a::test_total"), ran("x::test_new", failed="a::test_total")),
        (ran("a::test_total[1] a::test_total[2]"), ran("a::test_total[1] a::test_more")),
        (ran(failed="a::test_total"), ran("x::test_new")),
        (not_run("none"), ran("x::test_new")),
        (ran("a::test_total"), not_run("none")),
        (replace(ran("a::test_total"), counts=TestCounts(passed=2)), ran("x::test_new")),
        (ran("a::test_total"), replace(ran("x::test_new"), counts=TestCounts(passed=2))),
        (ran("a::test_total"), replace(ran("x::test_new"), counts=TestCounts(passed=1, errors=1))),
    ],
    ids=[
        "passes",
        "fails",
        "other parameters",
        "failed before",
        "no base",
        "no head",
        "base cut off",
        "passed cut off",
        "failed cut off",
    ],
)
def test_lost_tests__what_ran_or_is_not_known_is_none(
    before: SuiteResult, now: SuiteResult
) -> None:
    assert lost_tests(now, before=before, tree=tree_of({"a.py": TEST})) == ()


def test_lost_tests__a_file_that_nobody_can_read_still_stands() -> None:
    before, tree = ran("tests.a::test_total tests.ab::test_total"), tree_of({}, "tests/a.py")
    assert lost_tests(ran("x::test_new"), before=before, tree=tree) == ("tests/a.py::test_total",)


def test_broken_tests__passed_before_and_fail_in_a_run_that_is_no_measurement() -> None:
    before = ran("t::a t::b t::web t::gone", "t::old")
    now = replace(
        ran("t::a", "t::b t::old t::new t::web"),
        reason_not_measured="a plugin is not here",
        lacking_tests=("t::web",),
    )
    assert broken_tests(now, before=before) == ("t::b",)
    measured = replace(now, reason_not_measured=None)
    assert broken_tests(measured, before=before) == ()
    assert broken_tests(now, before=replace(before, reason_not_measured="ended")) == ()


def test_broken_tests__a_conftest_that_cannot_be_loaded_stands_for_all() -> None:
    unloaded = FailedTest("conftest.py", is_load_error=True)
    now = SuiteResult(exit_code=4, failures=(unloaded,), reason_not_measured="not loaded")
    assert broken_tests(now, before=ran("t::a")) == ("conftest.py",)
    assert broken_tests(now, before=now) == ()
    assert broken_tests(replace(now, failures=()), before=ran("t::a")) == ()
