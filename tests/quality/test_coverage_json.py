import json

import pytest

from quality.coverage_json import (
    MAX_ITEMS,
    MAX_NESTED,
    CoverageInvalid,
    percent,
    read_coverage,
)
from quality.suite_result import FileCoverage


def report(executed: object, missing: object) -> bytes:
    """Return a report of one file."""
    return json.dumps(
        {"files": {"a.py": {"executed_lines": executed, "missing_lines": missing}}}
    ).encode()


def branches(executed: object, missing: object) -> bytes:
    """Return a report of one file with branches."""
    value = {
        "executed_lines": [1, 2],
        "missing_lines": [],
        "executed_branches": executed,
        "missing_branches": missing,
    }
    return json.dumps({"files": {"a.py": value}}).encode()


def test_read_coverage__lines_by_file() -> None:
    files = read_coverage(report([3, 1], [2]))
    assert files == {"a.py": FileCoverage(executed=(1, 3), missing=(2,))}
    assert percent(files) == 66.67
    branched = read_coverage(branches([[1, -1]], [[1, 2]]))
    assert branched == {"a.py": FileCoverage((1, 2), (), branches_taken=1, branches_missing=1)}
    assert percent(branched) == 75.0
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
        branches([[1, 2]], [[1, 2]]),
        branches([[1]], []),
        branches([[0, 1]], []),
        branches(["ab"], []),
        branches([3], []),
        report(None, []),
        b'{"files": {"a.py": {"executed_lines": [NaN], "missing_lines": []}}}',
        b'{"files": {"a.py": {"executed_lines": [1e999], "missing_lines": []}}}',
    ],
)
def test_g24__coverage_that_is_not_read(content: bytes) -> None:
    with pytest.raises(CoverageInvalid):
        read_coverage(content)


@pytest.mark.parametrize(
    "content",
    [
        b'{"files": {"a.py": {"executed_lines": [1%s], "missing_lines": []}}}' % (b"0" * 400),
        b'{"files": {}, "x": [%s{}]}' % (b"{}," * MAX_NESTED),
        b'{"files": {}, "x": [%s0]}' % (b"0," * (MAX_ITEMS + 1)),
    ],
    ids=["a long number", "objects", "items"],
)
def test_read_coverage__what_would_exhaust_us_is_refused(content: bytes) -> None:
    with pytest.raises(CoverageInvalid):
        read_coverage(content)
