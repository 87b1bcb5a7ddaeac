"""The report as Markdown for GitHub: a table to read in ten seconds, what to fix first, then the details."""

from collections.abc import Iterable, Sequence

from ccg.export.counted import counted
from ccg.export.text import printable
from p2a import inert
from p2a.domain import Dimension
from p2a.effects import MAX_CHECK_TEXT
from p2a.inert import clean, fit, size_in_bytes
from p2a.invisible import signs_shown
from quality.check import Checked
from quality.conclusion import Verdict
from quality.finding import SEVERITY_RANK, Finding, Severity, worst_first
from quality.measure import NotMeasured
from quality.render.documentation import documentation_link
from quality.render.wording import (
    EXPLAINED,
    NAMES,
    OVERALL,
    changed_lines_line,
    failures_in_all,
    failures_told,
    findings_line,
    gate_title,
    icon_of,
    not_compared,
    note_lines,
    overall_note,
    rule_lines,
    tests_line,
)
from quality.report import Report
from quality.score import Score
from quality.suite_result import FailedTest

TOP = 5
"""Findings of the summary: more would be no summary."""
MAX_ROWS = 100
"""Findings in the details; the report holds them all."""
MAX_NAMED = 20
"""Failed tests, and files that could not be analysed, by name."""
MAX_CELL = 300
MAX_LINE = 600
GOOD, FAIR = 80.0, 60.0
"""From which score on a light is green or yellow: for the eye alone, nothing is decided by it."""
LIGHTS = {Severity.HIGH: "🔴", Severity.MEDIUM: "🟠", Severity.LOW: "🔵"}
NO_LIGHT = "⚪"
SIZES = {
    "sloc": "source lines",
    "lloc": "logical lines",
    "comments": "comments",
    "halstead_volume": "Halstead volume",
    "halstead_effort": "effort",
}
SELF_REPORTED = " <sub>self-reported</sub>"


def render_markdown(checked: Checked) -> str:
    """Return the whole report within GitHub's limit for one text."""
    details = render_details(checked)
    folded = f"<details><summary>Details</summary>\n\n{details}\n\n</details>\n"
    return _fit(f"{render_summary(checked)}\n{folded}")


def render_summary(checked: Checked, *, before: str = "") -> str:
    """Return the verdict, the scores, the tests and what to fix first: about one screen.

    `before` says in one line how the tests ended before the change.
    """
    report, verdict = checked.report, checked.verdict
    return _joined(
        f"### {icon_of(verdict.conclusion)} {verdict.conclusion.capitalize()}: {_cell(verdict.reason, limit=MAX_LINE)}",
        _gate(verdict),
        render_scores(report, told=report.suite.reason_not_measured),
        _bullets(
            _tests(report, before),
            *(_cell(timing.line()) for timing in report.timings),
            changed_lines_line(report),
            findings_line(report, is_annotated=True),
            _fixed(report),
            *(_cell(line, limit=MAX_CELL) for line in not_compared(report)),
        ),
        _first_failed(report),
        _first(report),
    )


def _gate(verdict: Verdict) -> str:
    """Return how many rules are met with a line for each, and what else is to be known."""
    rules = (f"  - {_cell(line, limit=MAX_LINE)}" for line in rule_lines(verdict))
    notes = (_cell(line, limit=MAX_LINE) for line in note_lines(verdict))
    title = "\n".join([gate_title(verdict), *rules])
    return _bullets(title, *notes)


def render_details(checked: Checked) -> str:
    """Return what the summary has no room for: tests by name, all findings, what was not read."""
    report = checked.report
    text = _joined(
        _failed(report),
        _all_findings(report),
        _all_fixed(report),
        _left_out(report),
        _size(report),
        _receipt(report),
    )
    return _fit(text)


def render_scores(report: Report, *, told: str | None = None) -> str:
    """Return the table of scores, beside the base's where there is one.

    `told` is a reason why something was not measured that stands beside the table.
    """
    before = report.comparison.scores if report.comparison else None
    columns = [("", ":-:"), ("Score", ":--"), ("Now", "--:")]
    if before is not None:
        columns += [("Base", "--:"), ("Change", "--:")]
    rows = []
    for dimension, name in NAMES.items():
        value = report.scores.by_dimension[dimension]
        shown = name + _self_reported(dimension, value)
        row = [_light(value), shown, _number(value)]
        if before is not None:
            row += [_number(before.by_dimension[dimension]), _moved(report.delta(dimension))]
        rows.append(row)
    note = overall_note(report)
    name = f"**{OVERALL}**" + (f" <sub>{note}</sub>" if note else "")
    last = [_light(report.scores.overall), name, f"**{_number(report.scores.overall)}**"]
    if before is not None:
        last += [_number(before.overall), _moved(report.delta(None))]
    return _joined(_table(columns, [*rows, last]), _reasons(report, told)).rstrip()


def _self_reported(dimension: Dimension, value: Score) -> str:
    is_told = dimension is Dimension.TEST_COVERAGE and not isinstance(value, NotMeasured)
    return SELF_REPORTED if is_told else ""


def _light(value: Score) -> str:
    if isinstance(value, NotMeasured):
        return NO_LIGHT
    return "🟢" if value >= GOOD else "🟡" if value >= FAIR else "🔴"


def _number(value: Score) -> str:
    return "not measured" if isinstance(value, NotMeasured) else f"{value:.1f}"


def _moved(delta: float | None) -> str:
    if delta is None:
        return ""
    if delta == 0:
        return "±0"
    return f"▲ {delta:.1f}" if delta > 0 else f"**▼ {-delta:.1f}**"


def _reasons(report: Report, told: str | None) -> str:
    """Say once why dimensions were not measured; the verdict may have said it already."""
    named: dict[str, list[str]] = {}
    for dimension, name in NAMES.items():
        value = report.scores.by_dimension[dimension]
        if isinstance(value, NotMeasured) and value.reason != told:
            named.setdefault(value.reason, []).append(name)
    return "\n\n".join(
        f"<sub>{', '.join(names)}: not measured: {_cell(reason, limit=MAX_CELL)}</sub>"
        for reason, names in named.items()
    )


def _tests(report: Report, before: str) -> str:
    told = f"; before the change: {before}" if before else ""
    return _cell(f"{tests_line(report)}{told}", limit=MAX_CELL)


def _fixed(report: Report) -> str:
    fixed = report.comparison.fixed if report.comparison else ()
    return (
        f"{counted(len(fixed), 'finding')} of the base {'is' if len(fixed) == 1 else 'are'} gone."
        if fixed
        else ""
    )


def _first(report: Report) -> str:
    new = _new(report)
    if not new:
        return ""
    title = "What to fix first" if len(new) > TOP else "What to fix"
    rest = f"\n\n<sub>and {len(new) - TOP} more below</sub>" if len(new) > TOP else ""
    return f"#### {title}\n\n{_findings(report, new[:TOP])}{rest}"


def _all_findings(report: Report) -> str:
    new = _new(report)
    if len(new) <= TOP:
        return ""
    more = f"\n\nand {len(new) - MAX_ROWS} more" if len(new) > MAX_ROWS else ""
    return f"#### All findings\n\n{_findings(report, new[:MAX_ROWS])}{more}"


def _new(report: Report) -> list[Finding]:
    """Return the new findings: the most severe first, then what takes the most points."""
    new = worst_first(finding for finding in report.findings if report.is_new(finding))
    return sorted(new, key=lambda item: (SEVERITY_RANK[item.severity], -_points(report, item)))


def _points(report: Report, finding: Finding) -> float:
    return report.points.get(finding.fingerprint, 0.0)


def _findings(report: Report, findings: Iterable[Finding]) -> str:
    columns = [("", ":--"), ("Where", ":--"), ("What, and what to do", ":--"), ("Points", "--:")]
    return _table(columns, [_finding(report, finding) for finding in findings])


def _finding(report: Report, finding: Finding) -> list[str]:
    points = _points(report, finding)
    what = f"{_cell(finding.message, limit=MAX_CELL)} ({_cell(finding.rule, limit=60)})"
    link = documentation_link(finding.hint, analyser=finding.analyser)
    told = link or _cell(finding.hint, limit=MAX_CELL)
    hint = f"<br><sub>{told}</sub>" if told else ""
    return [
        f"{LIGHTS[finding.severity]}&nbsp;{finding.severity.value}",
        _code_span(_place(finding)),
        what + hint,
        f"-{points:.1f}" if points >= 0.05 else "",
    ]


def _place(finding: Finding) -> str:
    return f"{finding.path}:{finding.start_line}".replace("|", "\\|")


def _all_fixed(report: Report) -> str:
    fixed = report.comparison.fixed if report.comparison else ()
    if not fixed:
        return ""
    lines = [
        f"- {_code_span(_place(item))}: {_cell(item.message, limit=MAX_CELL)}"
        for item in fixed[:MAX_NAMED]
    ]
    return _list("Gone since the base", lines, total=len(fixed))


def _first_failed(report: Report) -> str:
    """Say of the first failed tests why they failed; the details name more of them."""
    failures = failures_told(report)
    total = failures_in_all(report)
    rest = f"\n\n<sub>and {total - EXPLAINED} more below</sub>" if total > EXPLAINED else ""
    lines = [_failure(failed) for failed in failures[:EXPLAINED]]
    return _list("Did not pass", lines, total=len(lines)) + rest if lines else ""


def _failure(failed: FailedTest) -> str:
    what = " could not be loaded" if failed.is_load_error else ""
    place = f" ({_code_span(failed.place)})" if failed.place else ""
    message = _code_span(failed.message) if failed.message else ""
    why = f"{message}{place}".strip()
    return f"- {_code_span(failed.name)}{what}" + (f": {why}" if why else "")


def _failed(report: Report) -> str:
    failures, total = failures_told(report), failures_in_all(report)
    if total <= EXPLAINED:
        return ""
    lines = [f"- {_code_span(failed.name)}" for failed in failures[:MAX_NAMED]]
    return _list("All that did not pass", lines, total=total)


def _left_out(report: Report) -> str:
    left_out = report.not_analysed
    lines = [
        f"- {_code_span(item.path)}: {_cell(item.reason, limit=MAX_CELL)}"
        for item in left_out[:MAX_NAMED]
    ]
    return _list("Not analysed", lines, total=len(left_out))


def _list(title: str, lines: Sequence[str], *, total: int) -> str:
    more = [f"- and {total - len(lines)} more"] if total > len(lines) else []
    return "\n".join([f"#### {title}", "", *lines, *more]) if lines else ""


def _size(report: Report) -> str:
    size = report.size
    if not size:
        return ""
    before = report.comparison.size if report.comparison else {}
    told = [
        f"{name} {size[key]:,.0f}{_grown(size[key], before.get(key))}"
        for key, name in SIZES.items()
        if key in size
    ]
    return f"<sub>Size, of which no score is made: {', '.join(told)}</sub>"


def _grown(now: float, before: float | None) -> str:
    return "" if before is None else f" ({now - before:+,.0f})"


def _receipt(report: Report) -> str:
    versions = sorted({name for name in report.receipt.analysers.values() if " " in name})
    base = report.comparison
    compared = f", against {base.base_sha[:12]}" if base else ""
    return clean(f"<sub>Python {report.receipt.python}, {', '.join(versions)}{compared}</sub>")


def _cell(text: str, *, limit: int | None = None) -> str:
    """Return a text as a cell, its controls as escapes: without them a path may be another's."""
    return inert.cell(printable(signs_shown(text)), limit=limit)


def _code_span(text: str) -> str:
    """Return a text as inline code, its controls as escapes."""
    return inert.code_span(printable(signs_shown(text)))


def _table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    lines = [[name for name, _ in columns], [mark for _, mark in columns], *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def _bullets(*lines: str) -> str:
    return "\n".join(f"- {line}" for line in lines if line)


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _fit(text: str) -> str:
    return fit(text, MAX_CHECK_TEXT, size=size_in_bytes)
