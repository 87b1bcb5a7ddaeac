"""Bandit in a process of its own, over copies with neutral names and with our configuration."""

import json
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from p2a.process import SYSTEM_PATH, capture
from quality.analysers.interface import Analysis, Scope, Subject
from quality.finding import Confidence, Finding, Severity
from quality.measure import NotMeasured

TIMEOUT = 300.0
MAX_OUTPUT = 64 * 1024 * 1024
FINDINGS_FOUND = 1
"""Bandit's exit code when it found something; 0 means it found nothing."""
CONFIGURATION = "[bandit]\n"
"""An ini file that sets nothing: given by name, it keeps bandit from looking for another."""
_ENCODING = re.compile(r"^([ \t\f]*#.*?coding)[:=]")
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
        _write_copies(folder / "files", sources)
        (folder / "bandit.ini").write_text(CONFIGURATION, encoding="ascii")
        answer = _run_bandit(folder)
        if isinstance(answer, NotMeasured):
            return Analysis(answer)
        return _read_answer(answer, sources)


def _write_copies(folder: Path, sources: Sequence[Source]) -> None:
    """Write each file under a number: neither a path nor a file beside it can say anything."""
    folder.mkdir(parents=True)
    for number, source in enumerate(sources):
        # The text is decoded already: a declared encoding would be applied a second time.
        head, rest = source.lines[:2], source.lines[2:]
        lines = [*(_ENCODING.sub(r"\1 ", line) for line in head), *rest]
        content = "\n".join(lines).encode("utf-8", "surrogatepass")
        (folder / f"{number:06}.py").write_bytes(content)


def _run_bandit(folder: Path) -> dict[str, Any] | NotMeasured:
    arguments = ["-r", "files", "--ini", "bandit.ini", "-x", "", "--ignore-nosec", "-q", "-f"]
    captured = capture(
        [sys.executable, "-I", "-m", "bandit", *arguments, "json"],
        env={"PATH": SYSTEM_PATH, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"},
        cwd=folder,
        timeout=TIMEOUT,
        max_output=MAX_OUTPUT,
    )
    if captured.stopped is not None:
        return NotMeasured(f"bandit was stopped at its limit of {captured.stopped.value}")
    if captured.code not in {0, FINDINGS_FOUND}:
        return NotMeasured(f"bandit failed with exit code {captured.code}")
    try:
        answer = json.loads(captured.stdout)
    except ValueError:
        return NotMeasured("bandit did not answer in JSON")
    return answer if isinstance(answer, dict) else NotMeasured("bandit's answer has another form")


def _read_answer(answer: dict[str, Any], sources: Sequence[Source]) -> Analysis:
    failed = tuple(
        NotAnalysed(_source_of(item, sources).path, f"security: {item['reason']}")
        for item in answer["errors"]
    )
    findings = tuple(_finding(item, _source_of(item, sources)) for item in answer["results"])
    return Analysis(None, findings, failed)


def _source_of(item: dict[str, Any], sources: Sequence[Source]) -> Source:
    return sources[int(Path(item["filename"]).stem)]


def _finding(item: dict[str, Any], source: Source) -> Finding:
    line = int(item["line_number"])
    lines = source.lines
    return Finding(
        path=source.path,
        start_line=line,
        end_line=max(line, *map(int, item["line_range"] or [line])),
        rule=str(item["test_id"]),
        severity=_severity(item["issue_severity"]),
        confidence=_confidence(item["issue_confidence"]),
        message=str(item["issue_text"]).rstrip("."),
        hint=HINT.format(link=item["more_info"]),
        dimension=Dimension.SECURITY,
        analyser=SecurityAnalyser.name,
        anchor=lines[line - 1].strip() if 0 < line <= len(lines) else "",
    )


def _severity(word: str) -> Severity:
    return Severity(word.lower()) if word != "UNDEFINED" else Severity.LOW


def _confidence(word: str) -> Confidence:
    return Confidence(word.lower()) if word != "UNDEFINED" else Confidence.LOW
