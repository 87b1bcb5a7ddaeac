from dataclasses import dataclass, field, replace
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2a.domain import Dimension
from p2a.effects import Conclusion
from quality.check import Checked
from quality.conclusion import Verdict
from quality.finding import Finding, Severity
from quality.gate import Outcome, Rule, Ruling
from quality.junit import read_junit
from quality.render import junit
from quality.render.junit import render_junit
from quality.report import Comparison, Report
from quality.suite_result import FailedTest, SuiteResult, TestCounts
from tests.fakes.reports import HOSTILE, finding, report

COUNTS = {"name", "tests", "failures", "errors"}
KNOWN = {
    "testsuites": COUNTS,
    "testsuite": COUNTS | {"skipped"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "error": {"message"},
    "skipped": {"message"},
    "system-out": set(),
}
"""Elements and attributes of junit-10.xsd, by which Jenkins's xUnit plugin holds a file."""
PASSED = Verdict(Conclusion.SUCCESS, "overall 90")


@dataclass
class Case:
    """A test case as a CI system keeps it: the suite's name is that of its class."""

    suite: str
    name: str
    outcome: str = "passed"
    message: str = ""
    text: str = ""


@dataclass
class Reader:
    """Reads a document as strictly as expat does, which knows no entity of the document's."""

    cases: list[Case] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)
    text: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        assert set(attributes) <= KNOWN[name]
        self.text = ""
        if name == "testcase":
            self.cases.append(Case(attributes["classname"], attributes["name"]))
        elif name in {"failure", "error", "skipped"}:
            self.cases[-1].outcome = name
            self.cases[-1].message = attributes["message"]
        elif name in {"testsuite", "testsuites"}:
            self.attributes.append(attributes)

    def end(self, name: str) -> None:
        if name in {"failure", "error", "skipped"}:
            self.cases[-1].text = self.text

    def data(self, text: str) -> None:
        self.text += text


def read(text: str) -> Reader:
    """Parse a document and hold its counts against its cases."""
    reader = Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.Parse(text.encode("utf-8"), True)
    total, *suites = reader.attributes
    for name, outcome in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        number = sum(case.outcome == outcome for case in reader.cases)
        assert sum(int(suite[name]) for suite in suites) == number
        assert name == "skipped" or int(total[name]) == number
    assert int(total["tests"]) == len(reader.cases)
    assert len({(case.suite, case.name) for case in reader.cases}) == len(reader.cases)
    return reader


def rendered(given: Report, verdict: Verdict = PASSED, *, is_shut: bool = False) -> list[Case]:
    """Return the cases of a report."""
    return read(render_junit(Checked(given, verdict), is_shut=is_shut)).cases


def test_render_junit__a_suite_for_each_dimension_and_the_gate() -> None:
    cases = rendered(report())
    assert [(case.suite, case.name, case.outcome) for case in cases] == [
        ("p2a.code_quality", "score", "skipped"),
        ("p2a.test_coverage", "score", "skipped"),
        ("p2a.documentation", "score", "skipped"),
        ("p2a.performance", "score", "passed"),
        ("p2a.security", "score", "passed"),
        ("p2a.gate", "verdict", "passed"),
    ]
    assert cases[0].message.startswith("not measured: ")


def test_render_junit__a_case_for_each_rule_in_a_file() -> None:
    low = finding("B101", severity=Severity.LOW)
    cases = rendered(report(finding(), finding(start_line=9), finding(path="b.py"), low))
    failed = [case for case in cases if case.outcome == "failure"]
    assert [(case.suite, case.name, case.message) for case in failed] == [
        ("p2a.security", "b.py: B307", "use of eval"),
        ("p2a.security", "shop/a.py: B307", "use of eval (and 1 more)"),
    ]
    assert failed[1].text.splitlines() == [
        "shop/a.py:3: medium: use of eval. Use ast.literal_eval.",
        "shop/a.py:9: medium: use of eval. Use ast.literal_eval.",
    ]


def test_render_junit__what_was_there_before_fails_nothing() -> None:
    old, new = finding(), finding("B602")
    comparison = Comparison("0" * 40, ("shop/a.py",), frozenset({new.fingerprint}))
    failed = [c for c in rendered(report(old, new, comparison=comparison)) if c.outcome != "passed"]
    assert [case.name for case in failed if ": " in case.name] == ["shop/a.py: B602"]


@pytest.mark.parametrize(
    ("conclusion", "is_shut", "outcome"),
    [
        (Conclusion.SUCCESS, True, "passed"),
        (Conclusion.FAILURE, False, "failure"),
        (Conclusion.NEUTRAL, False, "skipped"),
        (Conclusion.NEUTRAL, True, "error"),
    ],
)
def test_a13__the_verdict_is_a_case_that_passes_for_success_alone(
    *, conclusion: Conclusion, is_shut: bool, outcome: str
) -> None:
    last = rendered(report(), Verdict(conclusion, "a reason"), is_shut=is_shut)[-1]
    message = "" if conclusion is Conclusion.SUCCESS else "a reason"
    assert (last.suite, last.outcome, last.message) == ("p2a.gate", outcome, message)


def test_render_junit__each_rule_of_the_gate_is_a_case() -> None:
    rulings = (
        Ruling(Rule.MINIMUM, "overall", Outcome.MET, "a"),
        Ruling(Rule.MINIMUM, "security", Outcome.MISSED, "b"),
        Ruling(Rule.MAX_DROP, "security", Outcome.UNKNOWN, "c"),
        Ruling(Rule.CHANGED_LINES, "changed_lines", Outcome.MISSED, "d", is_informational=True),
        Ruling(Rule.NEW_FINDINGS, "new_findings", Outcome.MET, "e", severity=Severity.HIGH),
    )
    verdict = Verdict(Conclusion.FAILURE, "b", rulings)
    *cases, _ = [case for case in rendered(report(), verdict, is_shut=True) if "gate" in case.suite]
    assert [(case.name, case.outcome, case.message) for case in cases] == [
        ("minimum: overall", "passed", ""),
        ("minimum: security", "failure", "b"),
        ("max_drop: security", "error", "c"),
        ("changed_lines", "skipped", "informational: d"),
        ("new_findings: high", "passed", ""),
    ]


def test_render_junit__each_failed_test_is_a_case_under_pytests_name() -> None:
    suite = SuiteResult(
        exit_code=1,
        counts=TestCounts(passed=1, failed=1, errors=1),
        failures=(
            FailedTest("t::a", "t.py::a", f"assert 1 == 2 {HOSTILE}", "t.py:3"),
            FailedTest("u", None, "SyntaxError: x", is_load_error=True),
        ),
    )
    cases = [case for case in rendered(report(suite=suite)) if case.suite == "p2a.tests"]
    assert [(case.name, case.outcome, case.text) for case in cases] == [
        ("t.py::a", "failure", "t.py:3"),
        ("u", "error", ""),
    ]
    assert cases[0].message.startswith("assert 1 == 2 a [click]")
    assert cases[1].message == "SyntaxError: x"
    unknown = replace(suite, reason_not_measured="the runner lied")
    assert "p2a.tests" not in {case.suite for case in rendered(report(suite=unknown))}


def hostile() -> Finding:
    """Return a finding whose every text would break a document out of its place."""
    text = f"{HOSTILE} ]]> \ufffe &amp; \t \"' </failure>"
    return replace(finding(), path=text, rule=text, message=text, hint=text)


def test_render_junit__what_xml_cannot_hold_is_shown_as_its_escape() -> None:
    (case,) = [c for c in rendered(report(hostile())) if c.outcome == "failure"]
    shown = hostile().path
    for hidden in ("\x1b", "\x00", "\ud800", "\u202e", "\n", "\t", "\ufffe"):
        shown = shown.replace(hidden, ascii(hidden)[1:-1])
    assert case.name == f"{shown}: {shown}"
    assert len(case.text.splitlines()) == 1


@given(st.text(st.characters(), max_size=60))
def test_render_junit__any_text_is_a_valid_document(text: str) -> None:
    each = replace(finding(), path=text, rule=text, message=text, hint=text)
    (case,) = [c for c in rendered(report(each)) if c.outcome == "failure"]
    assert case.name.isprintable()


def test_render_junit__our_own_reader_takes_it() -> None:
    text = render_junit(Checked(report(hostile(), finding()), PASSED))
    counts = read_junit(text.encode("utf-8")).counts
    assert counts == TestCounts(passed=3, failed=2, skipped=3)


def test_render_junit__keeps_the_worst_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit, "MAX_CASES", 1)
    worst = finding("B602", severity=Severity.HIGH, dimension=Dimension.CODE_QUALITY)
    text = render_junit(Checked(report(finding(), worst), PASSED))
    assert [c.name for c in read(text).cases if ": " in c.name] == ["shop/a.py: B602"]
    assert "1 more cases are left out" in text


def test_render_junit__long_cases_are_cut() -> None:
    long = finding(message="x" * 10_000, hint="x" * 10_000, path="x" * 4000)
    many = [replace(long, start_line=line) for line in range(1, 60)]
    (case,) = [c for c in rendered(report(*many)) if c.outcome == "failure"]
    assert case.text.splitlines()[-1] == f"and {59 - junit.MAX_LINES} more"
    size = len(case.name) + len(case.message) + len(case.text)
    assert size * junit.MAX_CASES < 30_000_000
