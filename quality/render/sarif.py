"""The report as SARIF 2.1.0, within the limits of GitHub's code scanning; no I/O."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from p2a.domain import Dimension
from p2a.inert import BREAK, clean, prose, shorten
from quality.check import Checked
from quality.finding import Confidence, Finding, Severity, worst_first
from quality.measure import NotMeasured
from quality.render.documentation import documentation_link
from quality.render.wording import NAMES
from quality.report import Report

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
TOOL_NAME = "Prompt2Action"
ROOT = "%SRCROOT%"
FINGERPRINT = "p2a/v1"
"""GitHub's upload step adds its own `primaryLocationLineHash`, and warns of any other there."""

# https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
MAX_RESULTS = 25_000
"""Results of a run; GitHub refuses a file with more, and shows the first 5,000 by severity."""
MAX_RULES = 25_000
MAX_DESCRIPTION = 1024
"""Characters of a rule's descriptions."""
MAX_MESSAGE = 4000
MAX_NOTES = 1000
MAX_HINTS = 5

LEVELS = {Severity.LOW: "note", Severity.MEDIUM: "warning", Severity.HIGH: "error"}
PROBLEMS = {Severity.LOW: "recommendation", Severity.MEDIUM: "warning", Severity.HIGH: "error"}
SECURITY_SEVERITY = {Severity.LOW: "2.0", Severity.MEDIUM: "5.5", Severity.HIGH: "8.0"}
"""The middle of GitHub's ranges: high from 7.0, medium from 4.0, low above 0."""
PRECISION = {Confidence.LOW: "low", Confidence.MEDIUM: "medium", Confidence.HIGH: "high"}
_LINK = re.compile(r"\](?=\()")

Json = dict[str, Any]


def render_sarif(checked: Checked, *, version: str, prefix: str = "") -> str:
    """Return one run; the worst findings come first and are kept where there are too many.

    Args:
        checked: the report with its verdict.
        version: that of this program.
        prefix: the checked folder's path from the repository's root, empty for the root.
    """
    found = worst_first(checked.report.findings)
    rules = _by_rule(found)
    kept = [item for item in found if item.rule in rules][:MAX_RESULTS]
    left_out = len(found) - len(kept)
    index = {name: number for number, name in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(checked.report, rules, version=version)},
        "invocations": [_invocation(checked.report, left_out)],
        "originalUriBaseIds": {ROOT: {"description": _text("The repository's root folder.")}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, checked.report, index[item.rule], prefix) for item in kept],
        "properties": _properties(checked),
    }
    document = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _by_rule(found: Sequence[Finding]) -> Mapping[str, list[Finding]]:
    """Return the findings of each rule by its name, the worst first."""
    rules: dict[str, list[Finding]] = {}
    for item in found:
        rules.setdefault(item.rule, []).append(item)
    return {name: rules[name] for name in sorted(list(rules)[:MAX_RULES])}


def _driver(report: Report, rules: Mapping[str, list[Finding]], *, version: str) -> Json:
    return {
        "name": TOOL_NAME,
        "version": version,
        "rules": [_rule(found, report) for found in rules.values()],
        "properties": {
            "python": report.receipt.python,
            "analysers": dict(sorted(report.receipt.analysers.items())),
        },
    }


def _rule(found: Sequence[Finding], report: Report) -> Json:
    """Describe a rule by its findings; how bad it is, by the worst of them."""
    worst = found[0]
    score = NAMES[worst.dimension].lower()
    tool = report.receipt.analysers.get(worst.analyser, "1")
    known = worst.analyser if tool == "1" else f"{worst.analyser} ({tool})"
    full = f"{worst.rule}, found by the analyser {known}; it lowers the score of {score}."
    hints = list(dict.fromkeys(_line(item.hint) for item in found if item.hint))[:MAX_HINTS]
    properties: Json = {
        "tags": sorted({worst.dimension.value.replace("_", "-"), worst.analyser}),
        "precision": PRECISION[worst.confidence],
    }
    if worst.dimension is Dimension.SECURITY:
        properties["security-severity"] = SECURITY_SEVERITY[worst.severity]
    else:
        properties["problem.severity"] = PROBLEMS[worst.severity]
    return {
        "id": clean(worst.rule),
        "shortDescription": _text(shorten(_title(found), MAX_DESCRIPTION)),
        "fullDescription": _text(shorten(clean(full), MAX_DESCRIPTION)),
        "help": {
            "text": "\n".join([*hints, clean(full)])[:MAX_MESSAGE],
            "markdown": _help(hints, full, analyser=worst.analyser),
        },
        "defaultConfiguration": {"level": LEVELS[worst.severity]},
        "properties": properties,
    }


def _help(hints: Sequence[str], full: str, *, analyser: str) -> str:
    """Return Markdown whose only links are those to the tools' own documentation."""
    links = {hint: documentation_link(hint, analyser=analyser) for hint in hints}
    told = [f"- {link}" if link else prose(f"- {hint}") for hint, link in links.items()]
    return "\n".join([*told, "", prose(full)]).lstrip()


def _title(found: Sequence[Finding]) -> str:
    """Name a rule: by its own words, or where it is a code like B307 by what all of it say."""
    rule, said = clean(found[0].rule), {_line(item.message) for item in found}
    is_code = rule.upper() == rule and len(said) == 1
    words = said.pop() if is_code else rule.replace("-", " ").strip()
    about = "" if is_code else f" ({NAMES[found[0].dimension].lower()})"
    return _LINK.sub(f"]{BREAK}", f"{words[:1].upper()}{words[1:]}{about}")


def _result(finding: Finding, report: Report, rule: int, prefix: str) -> Json:
    result: Json = {
        "ruleId": clean(finding.rule),
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": _text(_message(finding)),
        "locations": [{"physicalLocation": _location(finding, prefix)}],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "dimension": finding.dimension.value,
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
        },
    }
    if report.comparison is not None:
        result["baselineState"] = "new" if report.is_new(finding) else "unchanged"
    return result


def _location(finding: Finding, prefix: str) -> Json:
    start = max(1, finding.start_line)
    return {
        "artifactLocation": {"uri": _uri(finding.path, prefix), "uriBaseId": ROOT},
        "region": {
            "startLine": start,
            "startColumn": 1,
            "endLine": max(start, finding.end_line),
        },
    }


def _uri(path: str, prefix: str) -> str:
    """Return a relative reference; a colon is written so that it can be no scheme's (RFC 3986)."""
    whole = f"{prefix}/{path}" if prefix else path
    return quote(whole.encode("utf-8", "surrogateescape"), safe="/")


def _message(finding: Finding) -> str:
    message = _line(finding.message).rstrip(".")
    hint = _line(finding.hint)
    whole = f"{message[:1].upper()}{message[1:]}. {hint}".strip()
    # In SARIF, as in Markdown, a bracket before a parenthesis makes a link.
    return shorten(_LINK.sub(f"]{BREAK}", whole), MAX_MESSAGE)


def _invocation(report: Report, left_out: int) -> Json:
    """Say what was not measured, so that no result is not read as no problem."""
    broken = [item for item in report.trouble if not item.startswith("coverage:")]
    notes = [_note(item, level="error") for item in broken]
    notes += [
        _note(f"{NAMES[name]} was not measured: {value.reason}", level="note")
        for name, value in report.scores.by_dimension.items()
        if isinstance(value, NotMeasured)
    ]
    notes += [
        _note(f"{item.path} was not analysed: {item.reason}", level="warning")
        for item in report.not_analysed
    ]
    if left_out:
        text = f"{left_out} findings are left out: code scanning takes {MAX_RESULTS:,} of a run"
        notes.insert(0, _note(text, level="warning"))
    return {"executionSuccessful": not broken, "toolExecutionNotifications": notes[:MAX_NOTES]}


def _note(text: str, *, level: str) -> Json:
    return {"level": level, "message": _text(shorten(_line(text), MAX_MESSAGE))}


def _properties(checked: Checked) -> Json:
    named: Iterable[tuple[str, object]] = checked.report.scores.by_dimension.items()
    scores = {str(name): value for name, value in named}
    scores["overall"] = checked.report.scores.overall
    return {
        "conclusion": checked.verdict.conclusion.value,
        "reason": clean(checked.verdict.reason),
        "scores": {
            name: None if isinstance(value, NotMeasured) else value
            for name, value in scores.items()
        },
    }


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _text(text: str) -> Json:
    return {"text": text or "(none)"}
