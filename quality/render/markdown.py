"""The report as Markdown for GitHub: a table to read in ten seconds, then what to fix first."""

from collections.abc import Sequence

from p2a.effects import MAX_CHECK_TEXT, Conclusion
from p2a.inert import cell, clean, code_span, fit
from quality.check import Checked
from quality.finding import Finding, worst_first
from quality.render.wording import (
    findings_line,
    gate_lines,
    not_compared,
    score_rows,
    tests_line,
)
from quality.report import Report

TOP = 10
ICONS = {Conclusion.SUCCESS: "✅", Conclusion.FAILURE: "❌"}
NEUTRAL_ICON = "⚪"
MAX_FAILED = 20


def render_markdown(checked: Checked) -> str:
    """Return the report within GitHub's limit for a check run's summary."""
    report, verdict = checked.report, checked.verdict
    icon = ICONS.get(verdict.conclusion, NEUTRAL_ICON)
    parts = [
        f"### {icon} {verdict.conclusion.capitalize()}: {cell(verdict.reason)}",
        "\n".join(f"- {cell(line)}" for line in gate_lines(verdict)),
        _table(("Dimension", "Score"), [tuple(map(cell, row)) for row in score_rows(report)]),
        cell(tests_line(report)),
        "\n".join(f"- {cell(timing.line())}" for timing in report.timings),
        _failed(report),
        findings_line(report),
        _findings(report),
        _left_out(report),
        "\n\n".join(map(cell, not_compared(report))),
        _receipt(report),
    ]
    return fit("\n\n".join(part for part in parts if part) + "\n", MAX_CHECK_TEXT)


def _failed(report: Report) -> str:
    failed = report.suite.failed_tests if report.suite.is_measured else ()
    names = [f"- {code_span(name)}" for name in failed[:MAX_FAILED]]
    return "\n".join(["Did not pass:", "", *names]) if names else ""


def _findings(report: Report) -> str:
    new = worst_first(finding for finding in report.findings if report.is_new(finding))
    if not new:
        return ""
    rows = [
        (finding.severity.value, code_span(_place(finding)), cell(_what(finding)))
        for finding in new[:TOP]
    ]
    title = "What to fix first:" if len(new) > TOP else "What to fix:"
    return f"{title}\n\n{_table(('Severity', 'Where', 'What'), rows)}"


def _place(finding: Finding) -> str:
    return f"{finding.path}:{finding.start_line}".replace("|", "\\|")


def _what(finding: Finding) -> str:
    return f"{finding.message} ({finding.rule})"


def _left_out(report: Report) -> str:
    left_out = report.not_analysed
    lines = [f"- {code_span(item.path)}: {cell(item.reason)}" for item in left_out[:TOP]]
    if len(left_out) > TOP:
        lines.append(f"- and {len(left_out) - TOP} more")
    return "\n".join(["Not analysed:", "", *lines]) if lines else ""


def _receipt(report: Report) -> str:
    versions = sorted(set(report.receipt.analysers.values()) - {"1"})
    base = report.comparison
    compared = f", against {base.base_sha[:12]}" if base else ""
    return clean(f"<sub>Python {report.receipt.python}, {', '.join(versions)}{compared}</sub>")


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)
