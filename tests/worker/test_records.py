"""Changes survive their storage, whatever bytes they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2a.effects import FileChange
from quality.render import wording
from quality.report import Receipt, Report
from quality.score import Judgement, score
from quality.suite_result import SuiteResult, TestCounts
from worker.records import SuiteRecord, changes_from_json, changes_to_json
from worker.suite import record_of


@given(st.lists(st.tuples(st.text(), st.none() | st.binary(), st.booleans())))
def test_changes__round_trip(items: list[tuple[str, bytes | None, bool]]) -> None:
    changes = tuple(FileChange(*item) for item in items)
    assert changes_from_json(changes_to_json(changes)) == changes


def test_changes__hold_no_nul_as_text() -> None:
    (item,) = changes_to_json([FileChange("a", b"a\0b")])
    assert "base64" in item


def test_suite_record__says_the_time_as_the_report_does() -> None:
    result = SuiteResult(exit_code=0, counts=TestCounts(passed=13), seconds=1.953)
    line = record_of(result, tree="", backend="").line()
    report = Report(score(Judgement({})), (), result, 0, (), Receipt("3", {}))
    assert line == "13 passed in 2.0 s"
    assert wording.tests_line(report).endswith(line)


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (SuiteRecord(reason="no sandbox"), "not run: no sandbox"),
        (
            SuiteRecord(
                ran=True, exit_code=1, passed=3, failed=1, errors=0, skipped=2, seconds=1.24
            ),
            "3 passed, 1 failed, 2 skipped in 1.2 s",
        ),
        (
            SuiteRecord(ran=True, exit_code=1, passed=3, errors=1, seconds=1.0),
            "3 passed, 1 error in 1.0 s",
        ),
        (
            SuiteRecord(ran=True, exit_code=3, passed=3, seconds=1.0),
            "3 passed in 1.0 s, exit code 3",
        ),
    ],
)
def test_suite_record__reads_as_one_line(record: SuiteRecord, line: str) -> None:
    assert record.line() == line


def test_total__counts_every_test() -> None:
    assert SuiteRecord().total is None
    assert SuiteRecord(passed=3, failed=1, errors=1, skipped=2).total == 7
