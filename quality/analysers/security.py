"""Bandit in a process of its own, over copies with neutral names and with our configuration."""

import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.json_tool import run_json_tool
from quality.analysers.neutral_copies import copied, write_copies
from quality.finding import Confidence, Finding, Severity, line_anchor
from quality.measure import NotMeasured

CONFIGURATION = "[bandit]\n"
"""An ini file that sets nothing: given by name, it keeps bandit from looking for another."""
PASSWORD_RULES = frozenset({"B105", "B106", "B107"})
"""Bandit repeats the password that it found; we do not."""
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")
HINT = "See {link}"


class SecurityAnalyser:
    """Findings by their weights; comments such as `# nosec` hide none."""

    name = "security"
    scope = Scope.FILE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return bandit's version."""
        return f"bandit {version('bandit')}"

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every file that is not a test."""
        sources = subject.tree.product
        if not sources:
            return Analysis(None)
        folder = subject.work / "bandit"
        write_copies(folder / "files", sources)
        (folder / "bandit.ini").write_text(CONFIGURATION, encoding="ascii")
        answer = _run_bandit(folder)
        if isinstance(answer, NotMeasured):
            return Analysis(answer)
        return _read_answer(answer, sources)


def _run_bandit(folder: Path) -> Any | NotMeasured:
    arguments = ["-r", "files", "--ini", "bandit.ini", "-x", "", "--ignore-nosec", "-q", "-f"]
    return run_json_tool("bandit", [*arguments, "json"], folder=folder)


def _read_answer(answer: dict[str, Any], sources: Sequence[Source]) -> Analysis:
    failed = tuple(
        NotAnalysed(copied(item["filename"], sources).path, f"security: {item['reason']}")
        for item in answer["errors"]
    )
    lines = {source.path: source.lines for source in sources}
    paths = (copied(item["filename"], sources).path for item in answer["results"])
    findings = tuple(
        _finding(item, path, lines[path])
        for item, path in zip(answer["results"], paths, strict=True)
    )
    return Analysis(None, findings, failed)


def _finding(item: dict[str, Any], path: str, lines: Sequence[str]) -> Finding:
    line = int(item["line_number"])
    message = str(item["issue_text"]).rstrip(".")
    anchor = line_anchor(lines, line)
    if item["test_id"] in PASSWORD_RULES:
        message = message.partition(":")[0]
        anchor = line_anchor([_LITERAL.sub("'***'", text) for text in lines[line - 1 : line]], 1)
    return Finding(
        path=path,
        start_line=line,
        end_line=max(line, *map(int, item["line_range"] or [line])),
        rule=str(item["test_id"]),
        severity=_severity(item["issue_severity"]),
        confidence=_confidence(item["issue_confidence"]),
        message=message,
        hint=HINT.format(link=item["more_info"]),
        dimension=Dimension.SECURITY,
        analyser=SecurityAnalyser.name,
        anchor=anchor,
    )


def _severity(word: str) -> Severity:
    return Severity(word.lower()) if word != "UNDEFINED" else Severity.LOW


def _confidence(word: str) -> Confidence:
    return Confidence(word.lower()) if word != "UNDEFINED" else Confidence.LOW
