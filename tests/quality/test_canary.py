"""What is said of a runner that does not report planted failures, or reports others."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pytest

from quality.canary import REPORT, likely_places, places, silence

FAILED = '<testcase classname="a" name="b"><failure/></testcase>'


@pytest.mark.parametrize(
    ("failures", "exit_code", "said"),
    [
        (2, 1, ""),
        (1, 1, "1 of 2 planted failing tests were not reported"),
        (3, 1, "2 failing tests were planted, and 3 were reported"),
        (2, 0, "with planted failing tests the runner ended with exit code 0"),
    ],
)
def test_silence__says_what_the_runner_did(
    tmp_path: Path, failures: int, exit_code: int, said: str
) -> None:
    report = f"<testsuites>{FAILED * failures}</testsuites>"
    (tmp_path / REPORT).write_text(report, encoding="ascii")
    assert silence(tmp_path, exit_code=exit_code, planted=2) == said


def test_silence__of_a_runner_without_a_report(tmp_path: Path) -> None:
    assert "the runner left no report of it" in silence(tmp_path, exit_code=1, planted=1)


FILES = (
    "conftest.py",
    "tests/conftest.py",
    "tests/test_a.py",
    "tests/slow/conftest.py",
    "tests/slow/b_test.py",
    "tests/data/conftest.py",
    "tests/data/rows.py",
    "examples/shop/tests/conftest.py",
    "examples/shop/tests/test_c.py",
)


def names(folders: Iterable[PurePosixPath]) -> list[str]:
    """Return them as text."""
    return [str(folder) for folder in folders]


def test_places__are_the_root_and_where_tests_ran_beside_a_conftest() -> None:
    assert names(places(FILES, homes={"tests.test_a"})) == [".", "tests"]
    assert names(places(FILES, homes={"examples.shop.tests.test_c"})) == [
        ".",
        "examples/shop/tests",
    ]
    assert names(places(FILES, homes=())) == ["."]


def test_likely_places__are_those_of_a_run_of_all_but_the_examples() -> None:
    assert names(likely_places(FILES)) == [".", "tests", "tests/slow"]
    assert likely_places(FILES) == places(FILES, homes={"tests.test_a", "tests.slow.b_test"})
