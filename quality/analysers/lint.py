"""Ruff over copies with neutral names: likely bugs and avoidable work, by our choice of rules."""

from dataclasses import replace
from importlib.metadata import version
from typing import Any

from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.broken_files import broken_findings
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.json_tool import run_json_tool
from quality.analysers.lint_exceptions import is_meant
from quality.analysers.lint_rules import INVALID_SYNTAX, RULES, RULES_DIGEST, SYNTAX, Rule
from quality.analysers.neutral_copies import copied, write_copies
from quality.anchors import anchors
from quality.finding import Finding
from quality.measure import NotMeasured
from quality.tree import SourceTree

VERSION = "2"
TARGET = "py315"
"""The newest syntax and builtins that ruff knows: what parsed here is not refused there."""
SETTINGS = (
    # Names that a shell and `gettext.install` add to the builtins.
    'builtins = ["get_ipython", "_"]',
    # Nothing is passed over for the name of a folder that ours lies in.
    "exclude = []",
    # These are made to be called there.
    "lint.flake8-bugbear.extend-immutable-calls = ["
    '"fastapi.Body", "fastapi.Cookie", "fastapi.Depends", "fastapi.File", "fastapi.Form", '
    '"fastapi.Header", "fastapi.Path", "fastapi.Query", "fastapi.Security", '
    '"typer.Argument", "typer.Option"]',
)
SEE = "See {url}."


class LintAnalyser:
    """Findings by their weights; no comment and no setting of the repository hides one."""

    name = "lint"
    scope = Scope.TREE
    dimensions = (Dimension.CODE_QUALITY, Dimension.PERFORMANCE)

    def version(self) -> str:
        """Return the versions of ruff and of what we make of it, and a hash of our choice of rules."""
        return f"ruff {version('ruff')} (rules {RULES_DIGEST}, read as {VERSION})"

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every file that is not a test, those that did not parse by their syntax alone."""
        folder = subject.work / "ruff"
        broken = broken_findings(
            subject.tree, ruff_arguments(), folder=folder / "broken", analyser=self.name
        )
        sources = subject.tree.product
        if not sources:
            return Analysis(None, broken)
        write_copies(folder / "files", sources)
        answer = run_json_tool("ruff", ruff_arguments(), folder=folder)
        if isinstance(answer, NotMeasured):
            return Analysis(answer)
        judged = _read(answer, subject.tree)
        return replace(judged, findings=(*judged.findings, *broken))


def ruff_arguments() -> list[str]:
    """Return the words after `ruff` that check the folder `files`, which is the last of them."""
    settings = [word for setting in SETTINGS for word in ("--config", setting)]
    how = ["--isolated", "--no-cache", "--ignore-noqa", "--no-preview", "--no-respect-gitignore"]
    what = ["--target-version", TARGET, "--select", ",".join(sorted(RULES))]
    return ["check", *how, *settings, *what, "--quiet", "--output-format", "json", "files"]


def _read(answer: list[dict[str, Any]], tree: SourceTree) -> Analysis:
    sources, every = tree.product, tree.sources
    findings: list[Finding] = []
    failed: dict[str, NotAnalysed] = {}
    refused: set[str] = set()
    for item in answer:
        source, code, message = copied(item["filename"], sources), item["code"], item["message"]
        if code in RULES:
            if not is_meant(code, message, source=source, sources=every):
                findings.append(_finding(item, RULES[code], source))
        elif code != INVALID_SYNTAX:
            reason = f"lint: ruff could not read it ({message})"
            failed.setdefault(source.path, NotAnalysed(source.path, reason))
        elif source.path not in refused:  # the first error of a file brings others
            refused.add(source.path)
            findings.append(_finding(item, SYNTAX, source))
    return Analysis(None, tuple(findings), tuple(failed.values()))


def _finding(item: dict[str, Any], rule: Rule, source: Source) -> Finding:
    line, column = int(item["location"]["row"]), int(item["location"]["column"]) - 1
    return Finding(
        path=source.path,
        start_line=line,
        end_line=max(line, int(item["end_location"]["row"])),
        rule=str(item["code"]),
        severity=rule.severity,
        confidence=rule.confidence,
        message=_sentence_part(str(item["message"])),
        hint=rule.hint or _hint(item),
        dimension=rule.dimension,
        analyser=LintAnalyser.name,
        anchor=anchors(source).in_characters(line, column),
    )


def _sentence_part(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")


def _hint(item: dict[str, Any]) -> str:
    fix = item["fix"]
    return f"{fix['message']}." if fix and fix["message"] else SEE.format(url=item["url"])
