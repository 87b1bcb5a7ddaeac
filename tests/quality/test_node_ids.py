import pytest

from quality.junit import MAX_TEXT
from quality.node_ids import names_shown, node_ids

PATHS = (
    "test_a.py",
    "tests/test_a.py",
    "tests/unit.py",
    "tests/unit/test_b.py",
    "odd.d/test_c.py",
    "-p/test_d.py",
)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("test_a::test", "test_a.py::test"),
        ("tests.test_a::test[a::b.c]", "tests/test_a.py::test[a::b.c]"),
        ("tests.test_a.TestOne.TestTwo::test", "tests/test_a.py::TestOne::TestTwo::test"),
        ("tests.unit::test", "tests/unit.py::test"),
        ("tests.unit.test_b::test", "tests/unit/test_b.py::test"),
    ],
)
def test_node_ids__are_the_longest_path_then_the_classes(test: str, expected: str) -> None:
    assert node_ids([test], PATHS) == (expected,)


@pytest.mark.parametrize(
    "test",
    [
        "test_a",
        "test_z::test",
        "odd.d.test_c::test",
        "-p.test_d::test",
        f"test_a::{'x' * MAX_TEXT}",
        "::test",
        "",
    ],
)
def test_node_ids__are_none_where_one_cannot_be_told(test: str) -> None:
    assert node_ids(["test_a::test", test], PATHS) is None


def test_names_shown__each_for_itself_and_a_file_by_its_path() -> None:
    names = names_shown(["tests.test_a::test", "test_z::test", "tests.test_a", "tests"], PATHS)
    assert names == ("tests/test_a.py::test", None, "tests/test_a.py", None)
