"""The report as JUnit XML, which the pages of most CI systems show; no I/O.

A suite is a dimension, the repository's own tests, and the gate. A case is what the change made worse by
one rule in one file: its name holds no line number, so that it is the same case in the next run. Where
there is nothing to compare with, every finding counts as new. Of the tests those that did not pass are
cases, under the names that pytest gives them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ccg.export.visible import visible
from p2a.domain import Dimension
from p2a.effects import Conclusion
from p2a.inert import shorten
from quality.check import Checked
from quality.finding import Finding, Severity, worst_first
from quality.gate import Outcome, Ruling
from quality.measure import NotMeasured
from quality.render.wording import NAMES, failures_told, score_text
from quality.report import Report
from quality.score import Score
from quality.suite_result import FailedTest

MAX_CASES = 5000
"""Cases of findings; with the two below the file stays under the 30 MB that GitLab reads."""
MAX_LINES = 10
MAX_LINE = 250
MAX_MESSAGE = 500
FAILING = frozenset({Severity.MEDIUM, Severity.HIGH})
TESTS = "tests"
GATE = "gate"
_OUTCOMES = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case; `outcome` is the element that says how it ended, empty where it passed."""

    name: str
    outcome: str = ""
    message: str = ""
    kind: str = ""
    lines: Sequence[str] = ()


def render_junit(checked: Checked, *, is_shut: bool = False) -> str:
    """Return an XML document without a time, so that equal reports give equal bytes.

    Args:
        checked: the report with its verdict.
        is_shut: whether a gate holds that is not shown to be met: `neutral` is then an error.
    """
    failing = [
        finding
        for finding in worst_first(checked.report.findings)
        if finding.severity in FAILING and checked.report.is_new(finding)
    ]
    groups = _groups(failing)
    kept = dict(islice(groups.items(), MAX_CASES))
    suites: dict[str, list[_Case]] = {
        name: [
            _score_case(checked.report.scores.by_dimension[name]),
            *(_finding_case(found) for key, found in kept.items() if key[0] is name),
        ]
        for name in NAMES
    }
    failures = {failed.name: failed for failed in failures_told(checked.report)}
    if failures:
        suites[TESTS] = [_test_case(failed) for failed in failures.values()]
    suites[GATE] = [
        *(_ruling_case(ruling, is_shut=is_shut) for ruling in checked.verdict.rulings),
        _gate_case(checked, is_shut=is_shut),
    ]
    left_out = len(groups) - len(kept)
    return "\n".join(_document(suites, _out(checked.report, left_out))) + "\n"


def _groups(findings: Iterable[Finding]) -> dict[tuple[Dimension, str, str], list[Finding]]:
    groups: dict[tuple[Dimension, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.dimension, finding.path, finding.rule), []).append(finding)
    return groups


def _score_case(value: Score) -> _Case:
    if isinstance(value, NotMeasured):
        return _Case("score", "skipped", score_text(value))
    return _Case("score")


def _finding_case(found: Sequence[Finding]) -> _Case:
    first, more = found[0], len(found) - 1
    lines = [
        f"{item.path}:{item.start_line}: {item.severity.value}: {item.message}. {item.hint}"
        for item in found[:MAX_LINES]
    ]
    if len(found) > MAX_LINES:
        lines.append(f"and {len(found) - MAX_LINES} more")
    return _Case(
        name=f"{first.path}: {first.rule}",
        outcome="failure",
        message=first.message + (f" (and {more} more)" if more else ""),
        kind=first.severity.value,
        lines=lines,
    )


def _test_case(failed: FailedTest) -> _Case:
    return _Case(
        failed.name,
        outcome="error" if failed.is_load_error else "failure",
        message=failed.message,
        lines=[failed.place] if failed.place else (),
    )


def _ruling_case(ruling: Ruling, *, is_shut: bool) -> _Case:
    about = ruling.severity or ruling.subject
    name = str(ruling.rule) if ruling.rule == about else f"{ruling.rule}: {about}"
    if ruling.outcome is Outcome.MET:
        return _Case(name)
    if ruling.is_informational:
        return _Case(name, "skipped", f"informational: {ruling.reason}")
    if ruling.outcome is Outcome.MISSED:
        return _Case(name, "failure", ruling.reason, kind="failure")
    return _Case(name, "error" if is_shut else "skipped", ruling.reason)


def _gate_case(checked: Checked, *, is_shut: bool) -> _Case:
    verdict = checked.verdict
    match verdict.conclusion:
        case Conclusion.SUCCESS:
            return _Case("verdict")
        case Conclusion.FAILURE:
            return _Case("verdict", "failure", verdict.reason, kind="failure")
        case _:
            return _Case("verdict", "error" if is_shut else "skipped", verdict.reason)


def _out(report: Report, left_out: int) -> list[str]:
    scores = [f"{NAMES[name]}: {score_text(report.scores.by_dimension[name])}" for name in NAMES]
    lines = [*scores, f"Overall: {score_text(report.scores.overall)}"]
    if left_out:
        lines.append(f"{left_out} more cases are left out: {MAX_CASES:,} are written")
    return lines


def _document(suites: dict[str, list[_Case]], out: Sequence[str]) -> Iterator[str]:
    everything = [case for cases in suites.values() for case in cases]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="Prompt2Action"{_counts(everything, "failures", "errors")}>'
    for name, cases in suites.items():
        yield f'<testsuite name="p2a.{name}"{_counts(cases, *_OUTCOMES)}>'
        for case in cases:
            yield from _element(case, f"p2a.{name}")
        if name == GATE:
            yield f"<system-out>{_text(out)}</system-out>"
        yield "</testsuite>"
    yield "</testsuites>"


def _counts(cases: Sequence[_Case], *names: str) -> str:
    counts = {name: sum(case.outcome == _OUTCOMES[name] for case in cases) for name in names}
    return "".join(
        f' {name}="{number}"' for name, number in {"tests": len(cases), **counts}.items()
    )


def _element(case: _Case, owner: str) -> Iterator[str]:
    start = f'<testcase classname="{owner}" name={_quoted(case.name)} time="0"'
    if not case.outcome:
        yield f"{start}/>"
        return
    kind = f" type={_quoted(case.kind)}" if case.kind else ""
    inner = f"<{case.outcome} message={_quoted(case.message)}{kind}>{_text(case.lines)}"
    yield f"{start}>{inner}</{case.outcome}></testcase>"


def _quoted(text: str) -> str:
    return f'"{_escaped(text, MAX_MESSAGE)}"'


def _text(lines: Iterable[str]) -> str:
    return "\n".join(_escaped(line, MAX_LINE) for line in lines)


def _escaped(text: str, limit: int) -> str:
    """Return one line; a character that XML cannot hold is shown as its escape."""
    return shorten(visible(text), limit).translate(_ESCAPES)
