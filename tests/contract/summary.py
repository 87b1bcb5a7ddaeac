"""Adds up what `assert_contract` printed, at the end of the test run, over all processes."""

import re
from collections import Counter

import pytest

COUNT = re.compile(
    r"^contract: (\d+) (exchanges|answers|webhook payloads) checked, (\d+) violations$", re.M
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the totals, where any test checked the contract."""
    checked: Counter[str] = Counter()
    violations: Counter[str] = Counter()
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    for report in reports:
        # The last phase of a test carries what all of its phases printed.
        if getattr(report, "when", None) != "teardown":
            continue
        for number, kind, wrong in COUNT.findall(report.capstdout):
            checked[kind] += int(number)
            violations[kind] += int(wrong)
    for kind, number in sorted(checked.items()):
        terminalreporter.write_line(
            f"contract: {number} {kind} checked, {violations[kind]} violations"
        )
