from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from quality.analysers.hidden_tests import MOST_LATER, HiddenTestAnalyser
from quality.finding import Confidence, Finding
from tests.quality.subjects import subject_of

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

TEST = "def test_total():\n    assert total() == 3\n"
CLASS = "class TestCart:\n    def test_total(self):\n        assert total() == 3\n"


def analyse(root: Path) -> tuple[Finding, ...]:
    return HiddenTestAnalyser().analyse(subject_of(root)).findings


@pytest.mark.parametrize(
    ("text", "message", "confidence"),
    [
        (
            f"{TEST}def test_total():  # noqa: F811\n    assert True\n",
            "test_total is defined again here, so the test at line 1 never runs",
            Confidence.HIGH,
        ),
        (
            f"{TEST}async def test_total():\n    assert True\n",
            "test_total is defined again here, so the test at line 1 never runs",
            Confidence.HIGH,
        ),
        (
            f"{CLASS}    test_total = lambda self: None\n",
            "TestCart.test_total is defined again here, so the test at line 2 never runs",
            Confidence.HIGH,
        ),
        (
            f"{TEST}from helpers import empty as test_total\n",
            "test_total is defined again here, so the test at line 1 never runs",
            Confidence.HIGH,
        ),
        (
            f"{CLASS}class TestCart:\n    pass\n",
            "TestCart is defined again here, so the tests of the class at line 1 never run",
            Confidence.HIGH,
        ),
        (
            f"{TEST}if x:\n    def test_total():\n        assert True\n",
            "test_total is defined again here, so the test at line 1 may never run",
            Confidence.LOW,
        ),
        (
            f"{TEST}first = test_total\n{TEST}",
            "test_total is defined again here, so the test at line 1 may never run",
            Confidence.LOW,
        ),
        (
            f"{CLASS}OtherTests = both(TestCart)\nclass TestCart:\n    pass\n",
            "TestCart is defined again here, so the tests of the class at line 1 may never run",
            Confidence.LOW,
        ),
    ],
)
def test_hidden_tests__m13_a_name_bound_again_is_found(
    write_tree: WriteTree, text: str, message: str, confidence: Confidence
) -> None:
    [found] = analyse(write_tree({"tests/test_cart.py": text}))
    assert (found.rule, found.message) == ("test-defined-again", message)
    assert found.confidence is confidence
    assert found.start_line > 1


@pytest.mark.parametrize(
    "text",
    [
        f"{TEST}{CLASS}class TestOther:\n    def test_total(self):\n        assert total()\n",
        f"{TEST}test_total = mark(test_total)\n",
        f"{TEST}def test_sum():\n    def test_total():\n        return 1\n    assert test_total()\n",
        "if x:\n    def test_total():\n        assert 1 == y\nelse:\n    def test_total():\n        assert y\n",
        "try:\n    import numpy\n    def test_total():\n        assert numpy\n"
        "except ImportError:\n    def test_total():\n        assert y\n",
        "match x:\n    case 1:\n        def test_total():\n            assert y\n"
        "    case _:\n        def test_total():\n            assert z\n",
        "match x:\n" + "    case 1:\n        def test_total(): pass\n" * (2 * MOST_LATER),
        f"def helper():\n    pass\n{TEST}def helper():\n    pass\n",
    ],
    ids=["scopes", "wrapped", "inner", "if", "try", "match", "many cases", "no test"],
)
def test_hidden_tests__one_meaning_of_a_name_is_none(write_tree: WriteTree, text: str) -> None:
    assert analyse(write_tree({"tests/test_cart.py": text})) == ()


def test_hidden_tests__code_that_is_no_test_is_not_judged(write_tree: WriteTree) -> None:
    assert analyse(write_tree({"shop/cart.py": TEST * 2})) == ()
