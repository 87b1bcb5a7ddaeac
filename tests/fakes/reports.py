"""Small reports and findings, hostile ones among them."""

from dataclasses import replace
from typing import Any

from p2a.domain import Dimension
from quality.finding import Confidence, Finding, Severity, in_order
from quality.report import Receipt, Report
from quality.score import Judgement, score
from quality.suite_result import not_run

HOSTILE = "a [click](https://evil.example) \x1b[31m\x00 \ud800 \u202e @all <b>`x`\n::error::"


def finding(rule: str = "B307", **values: Any) -> Finding:
    """Return a finding of security at line 3."""
    plain = Finding(
        path="shop/a.py",
        start_line=3,
        end_line=4,
        rule=rule,
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        message="use of eval",
        hint="Use ast.literal_eval.",
        dimension=Dimension.SECURITY,
        analyser="security",
    )
    return replace(plain, **values)


def report(*findings: Finding, **values: Any) -> Report:
    """Return a report of these findings."""
    plain = Report(
        scores=score(Judgement({}, lines=100)),
        findings=in_order(findings),
        suite=not_run("no sandbox"),
        files_analysed=2,
        not_analysed=(),
        receipt=Receipt("3.11.2", {"security": "bandit 1.9.4", "docstrings": "1"}),
    )
    return replace(plain, **values)
