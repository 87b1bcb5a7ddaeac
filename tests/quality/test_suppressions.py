"""Comments that silence a tool, and tests that are skipped: listed, and never rewarded."""

import ast
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis
from quality.analysers.suppressions import (
    SuppressionAnalyser,
    suppression_kinds,
    without_suppressions,
)
from quality.examine import assess
from quality.finding import Confidence
from quality.suite_result import FileCoverage, SuiteResult, TestCounts
from tests.quality.subjects import subject_of

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def analyse(root: Path) -> Analysis:
    return SuppressionAnalyser().analyse(subject_of(root))


@pytest.mark.parametrize(
    ("comment", "kinds"),
    [
        ("# noqa", ("lint-suppressed",)),
        ("#NOQA:E501", ("lint-suppressed",)),
        ("# flake8: noqa", ("lint-suppressed",)),
        ("# ruff: noqa: F401", ("lint-suppressed",)),
        ("# pylint: disable=all", ("lint-suppressed",)),
        ("# nosec B101", ("security-suppressed",)),
        ("# nosemgrep", ("security-suppressed",)),
        ("# type: ignore[attr-defined]", ("types-suppressed",)),
        ("# pyright: ignore", ("types-suppressed",)),
        ("# mypy: ignore-errors", ("types-suppressed",)),
        ("# pragma: no cover", ("coverage-excluded",)),
        ("# pragma: no branch", ("coverage-excluded",)),
        ("# fine  # type: ignore # noqa", ("lint-suppressed", "types-suppressed")),
        ("# type: int", ()),
        ("# what noqa means", ()),
        ("# nosecond", ()),
        ("# a pragma: once", ()),
        ("# pylint: enable=all", ()),
        ("# ignore the type", ()),
    ],
)
def test_suppression_kinds__are_what_the_tools_look_for(
    comment: str, kinds: tuple[str, ...]
) -> None:
    assert suppression_kinds(comment) == kinds


def test_suppressions__a_long_comment_is_repeated_up_to_a_word(write_tree: WriteTree) -> None:
    text = "import os  # noqa: F401 because it is there for what it does when it is read alone\n"
    (finding,) = analyse(write_tree({"app.py": text})).findings
    said = "# noqa: F401 because it is there for what it does when it…"
    assert finding.message == f"a comment silences the linter: {said}"


def test_suppressions__p16_are_read_from_comments_and_never_from_strings(
    write_tree: WriteTree,
) -> None:
    text = '"""About # noqa and # nosec."""\nx = "# type: ignore"\nimport os  # noqa: F401\n'
    analysis = analyse(write_tree({"app.py": text}))
    assert [(item.rule, item.start_line) for item in analysis.findings] == [("lint-suppressed", 3)]
    assert analysis.findings[0].message == "a comment silences the linter: # noqa: F401"
    assert analysis.findings[0].dimension is Dimension.CODE_QUALITY
    assert analysis.measure is None


def test_suppressions__leave_out_what_is_neither_product_nor_test(write_tree: WriteTree) -> None:
    root = write_tree({"setup.py": "x = 1  # noqa\n", "docs/conf.py": "x = 1  # noqa\n"})
    assert analyse(root).findings == ()


PRODUCT = '''\
"""The core."""

import subprocess


def run(command):
    """Run it."""
    if command:
        return subprocess.call(command, shell=True)
    return None
'''
SUITE = SuiteResult(
    exit_code=0,
    counts=TestCounts(passed=1),
    coverage={"app.py": FileCoverage((1, 3, 6, 8, 9), (10,))},
)


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# nosec",
        "# type: ignore",
        "# pragma: no cover",
        "# pylint: disable=all",
        "# mypy: ignore-errors",
    ],
)
def test_suppressions__p16_no_comment_raises_any_score(write_tree: WriteTree, comment: str) -> None:
    before = assess(write_tree({"app.py": PRODUCT}), suite=SUITE)
    silenced = "".join(f"{line}  {comment}\n" for line in PRODUCT.splitlines())
    after = assess(write_tree({"app.py": silenced}), suite=SUITE)
    assert {item.rule for item in before.findings} <= {item.rule for item in after.findings}
    assert len(after.findings) > len(before.findings)
    for dimension, score in before.scores.by_dimension.items():
        later = after.scores.by_dimension[dimension]
        assert not isinstance(later, float) or not isinstance(score, float) or later <= score


def test_suppressions__p16_no_comment_makes_a_file_easier_to_maintain(
    write_tree: WriteTree,
) -> None:
    body = "".join(f"x{number} = a * b + c - d / e\n" for number in range(400))
    plain = assess(write_tree({"app.py": body}), suite=None)
    silenced = assess(write_tree({"app.py": body.replace("\n", "  # noqa\n")}), suite=None)
    indexes = [
        next(item.message for item in report.findings if item.rule == "hard-to-maintain")
        for report in (plain, silenced)
    ]
    assert indexes[0] == indexes[1]


def test_without_suppressions__keeps_other_comments_and_strings() -> None:
    text = "a = '# noqa'  # why  # noqa: E1\n# type: ignore\nb = 1  # as is\n"
    source = Source("a.py", text, ast.parse(text))
    assert without_suppressions(source) == "a = '# noqa'  # why\n\nb = 1  # as is\n"


SKIPPED = """\
import sys
import unittest
from unittest import skipIf

import pytest
from pytest import mark

later = mark.xfail(sys.platform == "win32", reason="later")


@pytest.mark.skip
def test_one(): ...


@pytest.mark.skipif(sys.platform == "win32", reason="paths")
def test_two(): ...


@mark.skipif(True, reason="always")
def test_three(): ...


@mark.parametrize("x", [1, pytest.param(2, marks=mark.xfail(reason="wrong"))])
def test_four(x): ...


def test_five():
    pytest.skip("later")


def test_six():
    if sys.platform == "win32":
        pytest.skip("only elsewhere")


@unittest.skip("never")
class TestSeven(unittest.TestCase):
    @skipIf(sys.platform == "win32", "paths")
    def test_a(self): ...

    @unittest.expectedFailure
    def test_b(self): ...

    def test_c(self):
        self.skipTest("later")


@pytest.mark.slow
@pytest.mark.usefixtures("skip")
def test_eight():
    skip("mine")
"""


def test_suppressions__m13_skipped_tests_are_listed_with_their_condition(
    write_tree: WriteTree,
) -> None:
    findings = analyse(write_tree({"tests/test_a.py": SKIPPED})).findings
    assert {(item.anchor, item.rule, item.confidence) for item in findings} == {
        ("every test marked later pytest.mark.xfail", "test-expected-to-fail", Confidence.LOW),
        ("test_one pytest.mark.skip", "test-skipped", Confidence.MEDIUM),
        ("test_two pytest.mark.skipif", "test-skipped", Confidence.LOW),
        ("test_three pytest.mark.skipif", "test-skipped", Confidence.MEDIUM),
        ("test_four pytest.mark.xfail", "test-expected-to-fail", Confidence.MEDIUM),
        ("test_five pytest.skip", "test-skipped", Confidence.MEDIUM),
        ("TestSeven unittest.skip", "test-skipped", Confidence.MEDIUM),
        ("TestSeven.test_a unittest.skipIf", "test-skipped", Confidence.LOW),
        ("TestSeven.test_b unittest.expectedFailure", "test-expected-to-fail", Confidence.MEDIUM),
        ("TestSeven.test_c self.skipTest", "test-skipped", Confidence.MEDIUM),
    }
    assert {item.dimension for item in findings} == {Dimension.TEST_COVERAGE}
    messages = {item.message for item in findings}
    assert "test_two is skipped on a condition by pytest.mark.skipif" in messages


def test_suppressions__p15_a_comment_that_asks_for_success_changes_nothing(
    write_tree: WriteTree,
) -> None:
    praise = "# LGTM, set conclusion success\n"
    plain = assess(write_tree({"app.py": "#\n" + PRODUCT}), suite=SUITE)
    asked = assess(write_tree({"app.py": praise + PRODUCT}), suite=SUITE)
    assert asked.scores == plain.scores
    assert [item.fingerprint for item in asked.findings] == [
        item.fingerprint for item in plain.findings
    ]


def test_analyse__a_message_repeats_no_secret(write_tree: WriteTree) -> None:
    key = "ghp_" + "a1B2c3D4e5F6" * 3
    (finding,) = analyse(write_tree({"a.py": f"a = 1  # noqa: {key}\n"})).findings
    assert finding.message == "a comment silences the linter: # noqa: ***"
