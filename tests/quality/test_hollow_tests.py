"""Tests that check nothing, and what is none of them."""

import ast
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from p2a.domain import Dimension
from quality.analysers.always_true import always_true
from quality.analysers.hollow_tests import HollowTestAnalyser
from quality.finding import Confidence, Finding
from tests.quality.subjects import subject_of

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def analyse(root: Path) -> tuple[Finding, ...]:
    return HollowTestAnalyser().analyse(subject_of(root)).findings


HOLLOW = """\
import app


def test_nothing():
    \"\"\"It works.\"\"\"


def test_later():
    pass


def test_called():
    app.run(1)


def test_printed(capsys):
    print(app.run(1))


class TestApp:
    def test_called(self):
        result = app.run(1)

    async def test_awaited(self):
        await app.wait()

    def test_stand_in_raises(self):
        def refuse():
            raise ValueError

        app.run(refuse)
"""


def test_hollow_tests__m13_a_test_without_a_check_is_found(write_tree: WriteTree) -> None:
    findings = analyse(write_tree({"tests/test_app.py": HOLLOW}))
    assert {(item.anchor, item.rule) for item in findings} == {
        ("test_nothing", "empty-test"),
        ("test_later", "empty-test"),
        ("test_called", "test-without-check"),
        ("test_printed", "test-without-check"),
        ("TestApp.test_called", "test-without-check"),
        ("TestApp.test_awaited", "test-without-check"),
        ("TestApp.test_stand_in_raises", "test-without-check"),
    }
    assert {item.dimension for item in findings} == {Dimension.TEST_COVERAGE}
    assert {item.confidence for item in findings if item.rule == "empty-test"} == {Confidence.HIGH}


CHECKING = """\
import warnings
from unittest import TestCase, mock

import pytest

from tests.tools import compare_trees, holds


def helper(value):
    middle(value)


def middle(value):
    inner(value)


def inner(value):
    assert value


class Handler:
    def __call__(self, request):
        assert request


@pytest.fixture
def strict():
    yield
    assert app.closed


def test_assert():
    assert app.run(1) == 2


def test_raises():
    with pytest.raises(ValueError):
        app.run(1)


def test_mock(stub):
    stub.run.assert_called_once_with(1)


def test_helper():
    helper(app.run(1))


def test_handler():
    app.serve(Handler())


def test_imported():
    holds(app.run(1))


def test_by_name():
    compare_trees(app.run(1), 2)


def test_fixture(strict):
    app.run(1)


def test_own_error():
    if app.run(1) != 2:
        raise RuntimeError("wrong")


def test_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        app.run(1)


def test_does_not_raise():
    app.run(1)


def test_quiet():
    \"\"\"Run without errors.\"\"\"
    app.run(1)


@pytest.mark.skip(reason="elsewhere")
def test_skipped():
    pass


def test_speed(benchmark):
    benchmark(app.run)


class CaseOfApp(TestCase):
    def setUp(self):
        pass

    def test_equal(self):
        self.assertEqual(app.run(1), 2)

    def test_again(self):
        self.test_equal()

    def test_shared(self):
        self.judge(app.run(1))

    def judge(self, value):
        self.assertTrue(value)


class View:
    def test_func(self):
        return True


@pytest.fixture
def test_data():
    return {}
"""
TOOLS = "def holds(value):\n    assert value\n\n\ndef test_me():\n    pass\n"


def test_hollow_tests__what_checks_in_any_way_is_none(write_tree: WriteTree) -> None:
    files = {
        "tests/test_app.py": CHECKING,
        "tests/tools.py": TOOLS,
        "app.py": "def test_connection():\n    run()\n",
        "bench/tests/test_speed.py": "def test_speed():\n    run()\n",
    }
    assert analyse(write_tree(files)) == ()


@pytest.mark.parametrize(
    "assertion",
    [
        "assert True",
        "assert 1",
        "assert 'a message'",
        "assert (x == 1, 'a message')",
        "assert not False",
        "assert x or True",
        "assert x == x",
        "assert x.y is x.y",
        "assert 1 == 1",
        "self.assertTrue(True)",
        "self.assertTrue('a message')",
        "self.assertFalse(None)",
        "self.assertEqual(x.y, x.y)",
        "self.assertIs(x, x)",
        "self.assertIsNotNone(1)",
    ],
)
def test_always_true__m13_an_assertion_that_says_nothing_is_found(
    write_tree: WriteTree, assertion: str
) -> None:
    text = f"class TestA:\n    def test_a(self, x):\n        {assertion}\n"
    findings = analyse(write_tree({"test_a.py": text}))
    assert [(item.rule, item.start_line) for item in findings] == [("assertion-always-true", 3)]


@pytest.mark.parametrize(
    "assertion",
    [
        "assert x",
        "assert ()",
        "assert False",
        "assert f(x) == f(x)",
        "assert x != x",
        "assert x < x",
        "assert x == y",
        "assert x == x == y",
        "assert x and True",
        "assert x is not None",
        "self.assertTrue(x)",
        "self.assertFalse(x)",
        "self.assertFalse(True)",
        "self.assertEqual(x, y)",
        "self.assertNotEqual(x, x)",
        "self.assertIsNotNone(x)",
        "assertTrue(True)",
    ],
)
def test_always_true__other_assertions_are_none(assertion: str) -> None:
    statement = ast.parse(assertion).body[0]
    node = statement.value if isinstance(statement, ast.Expr) else statement
    assert isinstance(node, ast.Assert | ast.Call)
    assert always_true(node) is None


def test_always_true__a_test_of_equality_may_compare_a_thing_with_itself(
    write_tree: WriteTree,
) -> None:
    text = "def test_equality():\n    x = app.Point(1)\n    assert x == x\n"
    assert analyse(write_tree({"test_a.py": text})) == ()


def test_g28_hollow_tests__of_a_name_without_end_the_beginning_counts(
    write_tree: WriteTree,
) -> None:
    name = "test_" + "ignore_" * 20_000
    found = HollowTestAnalyser().analyse(
        subject_of(write_tree({"tests/test_app.py": f"def {name}():\n    app.run()\n"}))
    )
    assert [item.rule for item in found.findings] == ["test-without-check"]


def test_hollow_tests__m13_what_is_nested_deeply_is_judged_too(write_tree: WriteTree) -> None:
    deep = f"app{'.run' * 900}"
    text = f"def test_deep():\n    assert {deep} == {deep}\n    assert {deep} == {deep}.run\n"
    found = HollowTestAnalyser().analyse(subject_of(write_tree({"tests/test_app.py": text})))
    assert [(item.rule, item.start_line) for item in found.findings] == [
        ("assertion-always-true", 2)
    ]
