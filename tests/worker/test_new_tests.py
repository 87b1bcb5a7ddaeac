"""Which tests a change brings, by the texts of its files."""

import pytest

from worker.new_tests import brought_tests, can_be_named

BEFORE = """\
def test_a():
    assert 1

class TestB:
    def test_b(self):
        assert 2
"""


def test_brought_tests__are_all_of_a_new_file() -> None:
    ids = ["tests.test_x::test_a", "tests.test_x.TestB::test_b"]
    assert brought_tests("tests/test_x.py", None, BEFORE) == ids


def test_brought_tests__are_new_and_changed_ones() -> None:
    after = BEFORE.replace("assert 2", "assert 3") + "\nasync def test_c(): ...\n"
    ids = ["test_x.TestB::test_b", "test_x::test_c"]
    assert brought_tests("test_x.py", BEFORE, after) == ids


@pytest.mark.parametrize(
    "after",
    [
        "# a remark\n" + BEFORE.replace("(self)", "( self )"),
        BEFORE + "\ndef helper():\n    def test_inner(): ...\n",
        BEFORE + "\nclass test_data: ...\n",
        "def test_new(:\n",
    ],
)
def test_brought_tests__are_none_where_no_test_reads_otherwise(after: str) -> None:
    assert brought_tests("test_x.py", BEFORE, after) == []


@pytest.mark.parametrize(
    ("path", "can"),
    [
        ("tests/test_x.py", True),
        ("my-app/src/test_x.py", True),
        ("tests/test_x.txt", False),
        ("-p evil.py", False),
        ("--rootdir=x/test_a.py", False),
        ("tests/test_x[1].py", False),
        ("tests/../test_x.py", False),
        ("tests/$(id)/test_x.py", False),
    ],
)
def test_can_be_named__is_for_plain_paths_alone(path: str, *, can: bool) -> None:
    assert can_be_named(path) is can
