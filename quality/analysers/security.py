"""Bandit in a process of its own, over copies with neutral names and with our configuration."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any

from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.json_tool import run_json_tool
from quality.analysers.neutral_copies import copied, write_copies
from quality.anchors import anchors
from quality.finding import Confidence, Finding, Severity
from quality.measure import NotMeasured
from quality.tree import SourceTree

VERSION = "2"
CONFIGURATION = "[bandit]\n"
"""An ini file that sets nothing: given by name, it keeps bandit from looking for another."""
FILES = "files"
PASSWORD_RULES = frozenset({"B105", "B106", "B107"})
"""Bandit repeats the password that it found; we do not."""
HINT = "See {link}"


class SecurityAnalyser:
    """Findings by their weights; comments such as `# nosec` hide none."""

    name = "security"
    scope = Scope.FILE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the versions of bandit and of what we make of it."""
        return f"bandit {version('bandit')} (read as {VERSION})"

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every file that is not a test."""
        return _judge([subject.tree], work=subject.work)[0]

    def analyse_together(self, subject: Subject, other: Subject) -> tuple[Analysis, Analysis]:
        """Judge the files of both in one run of bandit."""
        first, second = _judge([subject.tree, other.tree], work=subject.work)
        return first, second


def _judge(trees: Sequence[SourceTree], *, work: Path) -> list[Analysis]:
    """Run bandit once over all trees, each in a folder of its own, and part what it says."""
    if not any(tree.product for tree in trees):
        return [Analysis(None) for _ in trees]
    folder = work / f"bandit-{len(trees)}"
    for number, tree in enumerate(trees):
        write_copies(folder / FILES / str(number), tree.product)
    (folder / "bandit.ini").write_text(CONFIGURATION, encoding="ascii")
    answer = _run_bandit(folder)
    if isinstance(answer, NotMeasured):
        return [Analysis(answer) for _ in trees]
    return [_read_answer(_of_tree(answer, number), tree) for number, tree in enumerate(trees)]


def _run_bandit(folder: Path) -> Any | NotMeasured:
    arguments = ["-r", FILES, "--ini", "bandit.ini", "-x", "", "--ignore-nosec", "-q", "-f"]
    return run_json_tool("bandit", [*arguments, "json"], folder=folder)


def _of_tree(answer: dict[str, Any], number: int) -> dict[str, list[dict[str, Any]]]:
    """Return what bandit says of the files of one tree."""
    return {
        name: [item for item in answer[name] if PurePath(item["filename"]).parts[1] == str(number)]
        for name in ("errors", "results")
    }


def _read_answer(answer: dict[str, list[dict[str, Any]]], tree: SourceTree) -> Analysis:
    sources = tree.product
    failed = tuple(
        NotAnalysed(copied(item["filename"], sources).path, f"security: {item['reason']}")
        for item in answer["errors"]
    )
    findings = tuple(
        _finding(item, copied(item["filename"], sources)) for item in answer["results"]
    )
    return Analysis(None, findings, failed)


def _finding(item: dict[str, Any], source: Source) -> Finding:
    line = int(item["line_number"])
    message = str(item["issue_text"]).rstrip(".")
    is_password = item["test_id"] in PASSWORD_RULES
    if is_password:
        message = message.partition(":")[0]
    return Finding(
        path=source.path,
        start_line=line,
        end_line=max(line, *map(int, item["line_range"] or [line])),
        rule=str(item["test_id"]),
        severity=_severity(item["issue_severity"]),
        confidence=_confidence(item["issue_confidence"]),
        message=message,
        hint=HINT.format(link=item["more_info"]),
        dimension=Dimension.SECURITY,
        analyser=SecurityAnalyser.name,
        anchor=anchors(source).at(line, int(item["col_offset"]), with_texts=not is_password),
    )


def _severity(word: str) -> Severity:
    return Severity(word.lower()) if word != "UNDEFINED" else Severity.LOW


def _confidence(word: str) -> Confidence:
    return Confidence(word.lower()) if word != "UNDEFINED" else Confidence.LOW
