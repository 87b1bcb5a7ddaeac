import json

import pytest

from quality.coverage_json import CoverageInvalid, percent, read_coverage
from quality.suite_result import FileCoverage


def report(executed: object, missing: object) -> bytes:
    """Return a report of one file."""
    return json.dumps(
        {"files": {"a.py": {"executed_lines": executed, "missing_lines": missing}}}
    ).encode()


def test_read_coverage__lines_by_file() -> None:
    files = read_coverage(report([3, 1], [2]))
    assert files == {"a.py": FileCoverage(executed=(1, 3), missing=(2,))}
    assert percent(files) == 66.67
    assert percent({}) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"files": 3}',
        b"[" * 100_000,
        report([1], [1]),
        report([0], []),
        report([-1], []),
        report([1, 1], []),
        report([True], []),
        report([1.5], []),
        report([10**9], []),
        report("12", []),
        report(None, []),
        b'{"files": {"a.py": {"executed_lines": [NaN], "missing_lines": []}}}',
        b'{"files": {"a.py": {"executed_lines": [1e999], "missing_lines": []}}}',
    ],
)
def test_g24__coverage_that_is_not_read(content: bytes) -> None:
    with pytest.raises(CoverageInvalid):
        read_coverage(content)
