"""The report for a person at a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ccg.export.text import printable
from p2a.effects import Conclusion
from quality.check import Checked
from quality.conclusion import Verdict
from quality.finding import Finding, Severity, worst_first
from quality.junit import MAX_FAILED
from quality.render.wording import (
    EXPLAINED,
    base_texts,
    changed_lines_line,
    failures_in_all,
    failures_told,
    findings_line,
    gate_title,
    not_compared,
    note_lines,
    reason_told,
    rule_lines,
    score_rows,
    tests_line,
    verdict_line,
)
from quality.report import Report

TOP = 15
PLACES = 3
"""Of the other findings of a rule that is told in one line."""
ALL = "--format json has all of them, each with its place"
STYLES = {Conclusion.SUCCESS: "bold green", Conclusion.FAILURE: "bold red"}
NEUTRAL_STYLE = "bold yellow"


def print_report(checked: Checked, console: Console) -> None:
    """Print the scores, the tests, the worst findings, what is missing, and the verdict last."""
    report, verdict = checked.report, checked.verdict
    _print_scores(report, console)
    for line in filter(None, [tests_line(report), changed_lines_line(report)]):
        _print(console, line)
    for timing in report.timings:
        _print(console, timing.line())
    _print_failures(report, console)
    _print(console, findings_line(report))
    _print_findings(report, console)
    _print_left_out(report, console)
    _print_gate(verdict, console)
    style = STYLES.get(verdict.conclusion, NEUTRAL_STYLE)
    console.print()
    _print(console, verdict_line(verdict), style=style)


def _print(console: Console, line: str, *, style: str = "") -> None:
    """Print a line that may hold foreign text; where it is broken is up to who shows it."""
    console.print(Text(printable(line), style=style), soft_wrap=True)


def _print_gate(verdict: Verdict, console: Console) -> None:
    title = gate_title(verdict)
    rules = [title, *(f"  {line}" for line in rule_lines(verdict))] if title else []
    for line in (*rules, *note_lines(verdict)):
        _print(console, line)


def _print_failures(report: Report, console: Console) -> None:
    """Print the names of the first failed tests, and of the very first ones why they failed."""
    failures = failures_told(report)
    for number, failed in enumerate(failures[:TOP]):
        what = "could not be loaded" if failed.is_load_error else "did not pass"
        _print(console, f"  {what}: {failed.name}")
        reason = reason_told(failed)
        if reason and number < EXPLAINED:
            _print(console, f"    {reason}")
    more = failures_in_all(report) - TOP
    if failures and more > 0:
        _print(console, f"  and {more} more: --format json tells of up to {MAX_FAILED}")


def _print_scores(report: Report, console: Console) -> None:
    told_below = f"not measured: {report.suite.reason_not_measured}"
    rows = [
        (name, "not measured, as said below" if value == told_below else printable(value), before)
        for (name, value), before in zip(score_rows(report), base_texts(report), strict=True)
    ]
    if not console.is_terminal:
        for name, value, before in rows:
            console.print(Text(f"{name:<14} {value}  {before}".rstrip()), soft_wrap=True)
        return
    table = Table(show_header=False)
    is_compared = any(before for _, _, before in rows)
    for name, value, before in rows:
        cells = [Text(name), Text(value, justify="left", style=_style(value))]
        table.add_row(*cells, *([Text(before, style="dim")] if is_compared else ()))
    console.print(table)


def _style(value: str) -> str:
    return "dim" if value.startswith("not measured") else "bold"


def _print_findings(report: Report, console: Console) -> None:
    """Print each finding that may do harm, and of the low ones one line per rule."""
    shown = worst_first(finding for finding in report.findings if report.is_new(finding))
    serious = [finding for finding in shown if finding.severity is not Severity.LOW]
    for finding in serious[:TOP]:
        _print_finding(finding, console)
    if len(serious) > TOP:
        _print(console, f"  and {len(serious) - TOP} more of medium or high severity")
    rules: dict[str, list[Finding]] = {}
    for finding in shown[len(serious) :]:
        rules.setdefault(finding.rule, []).append(finding)
    for found in sorted(rules.values(), key=lambda found: (-len(found), found[0].rule)):
        _print_finding(found[0], console, others=found[1:])
    if len(serious) > TOP or any(len(found) > PLACES + 1 for found in rules.values()):
        _print(console, f"  {ALL}")


def _print_finding(finding: Finding, console: Console, *, others: Sequence[Finding] = ()) -> None:
    place = _place(finding)
    rest = [other for other in dict.fromkeys(map(_place, others)) if other != place]
    listed = ", ".join([*rest[:PLACES], *(["..."] if len(rest) > PLACES else [])]) or "there"
    more = f" and {len(others)} more: {listed}" if others else ""
    line = f"  {finding.severity.value:<6}  {finding.rule}: {finding.message} ({place}{more})"
    _print(console, line)


def _place(finding: Finding) -> str:
    return f"{finding.path}:{finding.start_line}"


def _print_left_out(report: Report, console: Console) -> None:
    for item in report.not_analysed[:TOP]:
        _print(console, f"Not analysed: {item.path}: {item.reason}")
    if len(report.not_analysed) > TOP:
        more = len(report.not_analysed) - TOP
        _print(console, f"Not analysed: {more} more: --format json has them all")
    for line in not_compared(report):
        _print(console, line)
