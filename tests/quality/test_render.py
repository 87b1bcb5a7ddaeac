import io
from dataclasses import replace

import pytest
from rich.console import Console

from ccg.graph import NotAnalysed
from p2a.domain import Dimension
from p2a.effects import MAX_CHECK_TEXT, AnnotationLevel, Conclusion
from quality.changed_lines import Touched
from quality.check import Checked
from quality.conclusion import Verdict, conclude
from quality.finding import Confidence, Finding, Severity
from quality.gate import Outcome, Rule, Ruling
from quality.measure import Measure, NotMeasured
from quality.render import wording
from quality.render.annotations import annotations
from quality.render.markdown import (
    render_details,
    render_markdown,
    render_scores,
    render_summary,
)
from quality.render.text import print_report
from quality.render.wording import findings_line, score_rows
from quality.report import Comparison, Receipt, Report
from quality.score import Judgement, Scores, score
from quality.suite_result import FailedTest, SuiteResult, TestCounts, not_run


def finding(rule: str, *, path: str = "a.py", severity: Severity = Severity.LOW) -> Finding:
    """Return a finding at line 3."""
    return Finding(
        path=path,
        start_line=3,
        end_line=4,
        rule=rule,
        severity=severity,
        confidence=Confidence.HIGH,
        message=f"message of {rule} for @everyone | <b>",
        hint="hint",
        dimension=Dimension.SECURITY,
        analyser="security",
    )


LOW, HIGH = finding("LOW1"), finding("HIGH1", severity=Severity.HIGH)
REPORT = Report(
    scores=score(Judgement({}, [finding("B1", severity=Severity.MEDIUM)], lines=4000)),
    findings=(LOW, HIGH),
    suite=SuiteResult(
        exit_code=1,
        counts=TestCounts(passed=1, failed=1),
        failed_tests=("t::`a`",),
        failures=(FailedTest("t::`a`", "t.py::`a`", "assert `x` == @all\x1b", "t.py:7"),),
        seconds=2.0,
    ),
    files_analysed=2,
    not_analysed=(NotAnalysed("b\x1b[31m.py", "syntax error"),),
    receipt=Receipt("3.11", {"security": "bandit 1"}),
)


def checked(report: Report) -> Checked:
    """Return the report with its verdict."""
    return Checked(report, conclude(report))


def test_score_rows__coverage_is_marked_as_the_tests_own_word() -> None:
    rows = dict(score_rows(replace(REPORT, scores=score(Judgement({"coverage": Measure(3, 4)})))))
    assert rows["Test coverage"] == "75.0 (self-reported)"
    assert "(self-reported)" not in dict(score_rows(REPORT))["Test coverage"]


def test_render_summary__reads_from_the_top() -> None:
    lines = render_summary(checked(REPORT)).splitlines()
    assert lines[0] == "### ❌ Failure: 1 of 2 tests did not pass"
    assert "| 🟢 | Security | 90.9 |" in lines
    assert "| 🟢 | Performance | 100.0 |" in lines
    assert "| ⚪ | Documentation | not measured |" in lines
    overall = "| 🟢 | **Overall** <sub>from 2 of 5 scores</sub> | **95.5** |"
    assert lines.index("#### What to fix") > lines.index(overall)
    rows = [line for line in lines if line.startswith(("| 🔴&nbsp;high", "| 🔵&nbsp;low"))]
    assert [row.split()[1] for row in rows] == ["🔴&nbsp;high", "🔵&nbsp;low"]
    assert "@everyone" not in "".join(rows)
    assert "\\|" in rows[0]
    assert "\x1b" not in "".join(lines)


def test_render_details__names_what_was_not_read() -> None:
    lines = render_details(checked(REPORT)).splitlines()
    assert lines[lines.index("#### Not analysed") + 2].endswith("syntax error")
    assert "\x1b" not in "".join(lines)


def suite_of(failures: tuple[FailedTest, ...], counts: TestCounts) -> Report:
    """Return a report of these failures."""
    names = tuple(failed.test for failed in failures)
    return replace(REPORT, suite=SuiteResult("", 1, counts, failed_tests=names, failures=failures))


def test_render_summary__tells_why_a_test_failed_in_words_without_powers() -> None:
    lines = render_summary(checked(REPORT)).splitlines()
    told = lines[lines.index("#### Did not pass") + 2]
    assert told == r"- `` t.py::`a` ``: ``assert `x` == @all\x1b`` (`t.py:7`)"
    assert "did not pass" not in render_details(checked(REPORT))


def test_render__many_failures_are_told_in_part_and_counted() -> None:
    failures = tuple(
        FailedTest(f"t::{number}", f"t.py::{number}", f"why {number}", "t.py:1")
        for number in range(30)
    )
    both = checked(suite_of(failures, TestCounts(passed=1, failed=28, errors=3)))
    lines = render_summary(both).splitlines()
    first = lines.index("#### Did not pass") + 2
    assert lines[first + 4 : first + 7] == [
        "- `t.py::4`: `why 4` (`t.py:1`)",
        "",
        "<sub>and 26 more below</sub>",
    ]
    details = render_details(both).splitlines()
    start = details.index("#### All that did not pass") + 2
    assert details[start + 19 : start + 21] == ["- `t.py::19`", "- and 11 more"]
    text = io.StringIO()
    print_report(both, Console(file=text, highlight=False))
    told = [line for line in text.getvalue().splitlines() if line.startswith("  ")]
    assert told[8:12] == [
        "  did not pass: t.py::4",
        "    why 4 (t.py:1)",
        "  did not pass: t.py::5",
        "  did not pass: t.py::6",
    ]
    assert "  and 16 more: --format json tells of up to 100" in told


def test_render__of_a_run_that_is_no_measurement_what_the_change_broke() -> None:
    mine, other = FailedTest("t::a", "t.py::a", "assert 1 == 2", "t.py:7"), FailedTest("t::b")
    suite = replace(
        suite_of((other, mine), TestCounts(passed=1, failed=1, errors=1)).suite,
        reason_not_measured="a plugin is missing",
    )
    compared = Comparison("0" * 40, ("a.py",), frozenset(), broken_tests=("t::a",))
    both = checked(replace(REPORT, suite=suite, comparison=compared))
    lines = render_summary(both).splitlines()
    start = lines.index("#### Did not pass")
    assert lines[start + 2 :] == ["- `t.py::a`: `assert 1 == 2` (`t.py:7`)"]
    text = io.StringIO()
    print_report(both, Console(file=text, highlight=False))
    assert "  did not pass: t.py::a\n    assert 1 == 2 (t.py:7)\n" in text.getvalue()
    assert "t::b" not in text.getvalue()
    assert both.verdict.reason.startswith("t.py::a passed before and fails now")


def test_render__when_the_tests_of_the_base_ran_for_an_earlier_check() -> None:
    report = suite_of((), TestCounts(passed=3))
    now = Comparison("0" * 40, (), frozenset())
    kept = replace(now, tests_kept_since="2026-03-04T05:06:07+00:00")
    told = "; those of the base ran on 2026-03-04 at 05:06 UTC, for an earlier check"
    assert told not in wording.tests_line(replace(report, comparison=now))
    assert wording.tests_line(replace(report, comparison=kept)).endswith(told)
    assert told[2:] in render_summary(checked(replace(report, comparison=kept)))


def test_render__a_file_that_could_not_be_loaded_and_that_no_test_ran() -> None:
    failed = FailedTest("t", "t.py", "SyntaxError: invalid syntax", "t.py:3", is_load_error=True)
    other = replace(failed, test="u", node_id=None)
    both = checked(suite_of((failed, other), TestCounts(errors=2, skipped=1)))
    reason = "no test ran, because t.py and 1 more could not be loaded"
    assert (both.verdict.conclusion, both.verdict.reason) == (Conclusion.FAILURE, reason)
    markdown = render_summary(both).splitlines()
    assert f"- Tests (self-reported, in the sandbox): {reason}" in markdown
    told = "- `t.py` could not be loaded: `SyntaxError: invalid syntax` (`t.py:3`)"
    assert told in markdown
    text = io.StringIO()
    print_report(both, Console(file=text, highlight=False))
    lines = text.getvalue().splitlines()
    first = lines.index("  could not be loaded: t.py")
    assert lines[first + 1] == "    SyntaxError: invalid syntax (t.py:3)"
    ran = checked(suite_of((failed,), TestCounts(passed=1, errors=1)))
    assert ran.verdict.reason == "1 of 2 tests did not pass"


def scores_of(*findings: Finding, lines: int = 4000) -> Scores:
    return score(Judgement({}, findings, lines=lines))


def test_render_scores__stand_beside_the_base_with_their_change() -> None:
    few, many = scores_of(LOW), scores_of(LOW, finding("B2", severity=Severity.MEDIUM))

    def lines(now: Scores, base: Scores) -> list[str]:
        comparison = Comparison("0" * 40, (), frozenset(), scores=base)
        return render_scores(replace(REPORT, scores=now, comparison=comparison)).splitlines()

    better = lines(few, many)
    assert better[0] == "|  | Score | Now | Base | Change |"
    assert "| 🟢 | Security | 98.8 | 89.9 | ▲ 8.9 |" in better
    assert "| 🟢 | Performance | 100.0 | 100.0 | ±0 |" in better
    assert "| 🟢 | Security | 89.9 | 98.8 | **▼ 8.9** |" in lines(many, few)


def test_render_summary__starts_with_what_costs_most_among_the_worst() -> None:
    cheap, dear = finding("CHEAP", severity=Severity.HIGH), finding("DEAR", severity=Severity.HIGH)
    many = tuple(replace(LOW, rule=f"LOW{number}") for number in range(200))
    points = {cheap.fingerprint: 1.0, dear.fingerprint: 12.25}
    report = replace(REPORT, findings=(cheap, *many, dear), points=points)
    rows = [line for line in render_summary(checked(report)).splitlines() if "| `a.py" in line]
    assert len(rows) == 5
    assert "(DEAR)" in rows[0]
    assert rows[0].endswith("| -12.2 |")
    assert "(CHEAP)" in rows[1]
    assert rows[2].endswith("|  |")
    details = render_details(checked(report))
    assert details.count("| `a.py") == 100
    assert "and 102 more" in details


def test_render_markdown__fits_github() -> None:
    long = tuple(NotAnalysed(f"{i}.py", "x" * 60_000) for i in range(3))
    worst = tuple(replace(LOW, message="\N{GRINNING FACE}" * 9_000) for _ in range(300))
    text = checked(replace(REPORT, not_analysed=long, findings=worst))
    for render in (render_markdown, render_summary, render_details):
        assert len(render(text).encode()) <= MAX_CHECK_TEXT
    assert "\n</details>\n" in render_markdown(text)


def test_render_markdown__new_findings_only() -> None:
    comparison = Comparison("0" * 40, ("a.py",), frozenset({HIGH.fingerprint}))
    text = render_markdown(checked(replace(REPORT, comparison=comparison)))
    assert "1 new finding in 1 changed file. 1 in the same files before it." in text
    assert "HIGH1" in text
    assert "LOW1" not in text


@pytest.mark.parametrize(
    ("path", "shown"),
    [("shop/\x1b[31mred.py", r"shop/\x1b[31mred.py"), ("a\nb.py", r"a\nb.py")],
)
def test_render_markdown__no_path_reads_as_that_of_another_file(path: str, shown: str) -> None:
    found = replace(HIGH, path=path, message=f"imports {path}")
    text = render_markdown(checked(replace(REPORT, findings=(found,))))
    assert f"| `{shown}:3` |" in text
    assert "imports " + shown.replace("\\", "\\\\") in text


def test_render_markdown__a_changed_file_without_python_counts() -> None:
    new = finding("dependency-by-url", path="requirements.txt")
    comparison = Comparison("0" * 40, (), frozenset({new.fingerprint}))
    text = render_markdown(checked(replace(REPORT, findings=(new,), comparison=comparison)))
    assert "1 new finding in 1 changed file" in text


@pytest.mark.parametrize(
    ("path", "removed", "told"),
    [
        ("tests/test_a.py", ("tests/test_a.py",), "1 new finding in 1 changed file."),
        ("b.py", (), "1 new finding, away from the changed lines."),
    ],
    ids=["in a removed file", "in a file that did not change"],
)
def test_findings_line__counts_a_removed_file_as_a_changed_one(
    path: str, removed: tuple[str, ...], told: str
) -> None:
    new = finding("test-removed", path=path)
    comparison = Comparison("0" * 40, (), frozenset({new.fingerprint}), removed_files=removed)
    assert findings_line(replace(REPORT, findings=(new,), comparison=comparison)) == told


def test_annotations__worst_first_and_new_only() -> None:
    levels = [annotation.level for annotation in annotations(REPORT)]
    assert levels == [AnnotationLevel.FAILURE, AnnotationLevel.NOTICE]
    comparison = Comparison("0" * 40, ("a.py",), frozenset({LOW.fingerprint}))
    (only,) = annotations(replace(REPORT, comparison=comparison))
    assert (only.path, only.start_line, only.end_line) == ("a.py", 3, 4)
    assert only.title == "LOW1 (security)"


def test_annotations__a_finding_away_from_the_changes_lines_is_only_told() -> None:
    both = frozenset({LOW.fingerprint, HIGH.fingerprint})
    far, near = Touched(frozenset({2, 5})), Touched(frozenset({4}))
    cut = Touched(beside=frozenset({4, 5}))
    for touched, number in ((far, 0), (near, 2), (cut, 2)):
        comparison = Comparison("0" * 40, ("a.py",), both, touched={"a.py": touched})
        report = replace(REPORT, comparison=comparison)
        assert len(annotations(report)) == number
        told = (
            "all of them away from the changed lines, so without an annotation"
            in render_summary(checked(report))
        )
        assert told is (number == 0)
        assert "HIGH1" in render_summary(checked(report))
    elsewhere = Comparison("0" * 40, ("b.py",), both, touched={"b.py": near})
    assert not annotations(replace(REPORT, comparison=elsewhere))
    other = finding("X", path="requirements.txt")
    comparison = Comparison("0" * 40, ("b.py",), frozenset({other.fingerprint}))
    assert len(annotations(replace(REPORT, findings=(other,), comparison=comparison))) == 1


def test_print_report__plain_and_terminal() -> None:
    plain = io.StringIO()
    print_report(checked(REPORT), Console(file=plain, highlight=False))
    lines = plain.getvalue().splitlines()
    assert lines[-1] == "Failure: 1 of 2 tests did not pass"
    assert "Security       90.9" in lines
    assert "\x1b" not in plain.getvalue()
    terminal = io.StringIO()
    print_report(checked(REPORT), Console(file=terminal, force_terminal=True, width=90))
    assert "│ Security" in terminal.getvalue()


def test_print_report__shows_the_base_s_scores_and_what_changed() -> None:
    before = score(Judgement({}, [], lines=4000))
    same = Comparison("0" * 40, ("a.py",), frozenset(), scores=REPORT.scores)
    for base, line in (
        (replace(same, scores=before), "Security       90.9  base 100.0, -9.1"),
        (same, "Security       90.9  base 90.9, unchanged"),
    ):
        plain, terminal = io.StringIO(), io.StringIO()
        result = checked(replace(REPORT, comparison=base))
        print_report(result, Console(file=plain, highlight=False))
        assert line in plain.getvalue().splitlines()
        assert "base" not in next(x for x in plain.getvalue().splitlines() if "coverage" in x)
        print_report(result, Console(file=terminal, force_terminal=True, width=90))
        assert line.rpartition("  ")[2] in terminal.getvalue()


def test_print_report__says_what_ran_of_an_unmeasured_suite() -> None:
    suite = replace(not_run("a plugin is missing"), counts=TestCounts(passed=4, errors=1))
    text = io.StringIO()
    print_report(checked(replace(REPORT, suite=suite)), Console(file=text, width=200))
    assert (
        "Tests: not measured: a plugin is missing (4 passed, 1 error in 0.0 s)" in text.getvalue()
    )


def test_render__the_base_that_is_missing_and_what_was_left_out() -> None:
    left_out = tuple(NotAnalysed(f"{number:02}.py", "syntax error") for number in range(20))
    report = replace(REPORT, not_analysed=left_out, trouble=("base: there is no commit 'x' here.",))
    missing = "Not compared with the base: there is no commit 'x' here."
    assert f"- {missing}" in render_summary(checked(report)).splitlines()
    details = render_details(checked(replace(report, not_analysed=left_out * 2))).splitlines()
    assert details[details.index("#### Not analysed") + 22] == "- and 20 more"
    text = io.StringIO()
    print_report(checked(report), Console(file=text, highlight=False))
    lines = text.getvalue().splitlines()
    assert missing in lines
    assert "Not analysed: 5 more: --format json has them all" in lines


def test_print_report__low_findings_of_one_rule_are_one_line() -> None:
    every = "  --format json has all of them, each with its place"
    for lines, places, is_cut in (
        ((1, 2, 3), "(a.py:1 and 2 more: a.py:2, a.py:3)", False),
        ((1, 1), "(a.py:1 and 1 more: there)", False),
        ((1, 2, 3, 4, 5), "(a.py:1 and 4 more: a.py:2, a.py:3, a.py:4, ...)", True),
    ):
        many = tuple(replace(LOW, start_line=number) for number in lines)
        text = io.StringIO()
        print_report(checked(replace(REPORT, findings=many)), Console(file=text, highlight=False))
        assert places in text.getvalue()
        assert text.getvalue().count("LOW1") == 2  # the rule, and its message that names it
        assert (every in text.getvalue().splitlines()) is is_cut


def test_render__why_tests_were_not_measured_stands_once_beside_the_verdict() -> None:
    why = "no sandbox, which is a long story"
    empty = {"coverage": NotMeasured(why)}
    report = replace(REPORT, suite=not_run(why), scores=score(Judgement(empty)))
    text = io.StringIO()
    print_report(checked(report), Console(file=text, highlight=False))
    for lines in (text.getvalue().splitlines(), render_summary(checked(report)).splitlines()):
        assert sum(why in line for line in lines) == 2
    assert "Test coverage  not measured, as said below" in text.getvalue().splitlines()
    assert why in render_scores(report)


def test_render__how_many_changed_statements_ran_is_told_in_every_form() -> None:
    comparison = Comparison("0" * 40, ("a.py",), frozenset(), changed_coverage=Measure(1, 4))
    both = checked(replace(REPORT, comparison=comparison))
    text = io.StringIO()
    print_report(both, Console(file=text, highlight=False))
    told = "Of 4 changed statements the tests ran 1 (25 %)."
    assert told in text.getvalue().splitlines()
    assert f"- {told}" in render_summary(both).splitlines()


def test_print_report__breaks_no_sentence_and_speaks_of_no_annotation() -> None:
    many = tuple(replace(HIGH, rule=f"RULE{number}") for number in range(20))
    comparison = Comparison(
        "0" * 40,
        ("a.py",),
        frozenset(item.fingerprint for item in many),
        touched={"a.py": Touched(frozenset({99}))},
    )
    text = io.StringIO()
    report = replace(REPORT, findings=(*many, LOW), comparison=comparison)
    print_report(checked(report), Console(file=text, highlight=False, width=20))
    lines = text.getvalue().splitlines()
    assert (
        "20 new findings in 1 changed file, all of them away from the changed lines."
        " 1 in the same files before it."
    ) in lines
    assert "  and 5 more of medium or high severity" in lines
    assert "  --format json has all of them, each with its place" in lines


def test_render__what_the_gate_says_beside_the_verdict() -> None:
    rulings = (
        Ruling(Rule.MINIMUM, "overall", Outcome.MET, "overall 90, the minimum is 80"),
        Ruling(Rule.MINIMUM, "security", Outcome.MISSED, "security 10 is below the minimum of 80"),
        Ruling(Rule.MINIMUM, "performance", Outcome.MET, "never said", is_informational=True),
        Ruling(Rule.MAX_DROP, "overall", Outcome.UNKNOWN, "overall cannot be compared"),
    )
    reason = "security 10 is below the minimum of 80"
    verdict = Verdict(Conclusion.FAILURE, reason, rulings, ("the change edits | .p2a.yml",))
    both = Checked(REPORT, verdict)
    markdown = render_markdown(both).splitlines()
    assert markdown[2:7] == [
        "- Gate: 1 of 3 rules met",
        "  - met: overall 90, the minimum is 80",
        "  - missed: security 10 is below the minimum of 80",
        "  - not known: overall cannot be compared",
        "- Gate: the change edits \\| .p2a.yml",
    ]
    text = io.StringIO()
    print_report(both, Console(file=text, highlight=False))
    lines = text.getvalue().splitlines()
    assert lines[-7:] == [
        "Gate: 1 of 3 rules met",
        "  met: overall 90, the minimum is 80",
        "  missed: security 10 is below the minimum of 80",
        "  not known: overall cannot be compared",
        "Gate: the change edits | .p2a.yml",
        "",
        "Failure: security 10 is below the minimum of 80",
    ]
    unsure = Verdict(Conclusion.NEUTRAL, "the tests were not measured", rulings[:1])
    title, rule, *_ = render_markdown(Checked(REPORT, unsure)).splitlines()[2:]
    assert title == "- Gate: 1 of 1 rule met by what was measured"
    assert rule == "  - met: overall 90, the minimum is 80"
    alone = Verdict(Conclusion.SUCCESS, "overall 90, the minimum is 80", rulings[:1])
    assert "Gate" not in render_markdown(Checked(REPORT, alone))
