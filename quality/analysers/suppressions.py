"""Comments that silence a tool, and tests marked as skipped or failing; none of them is rewarded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ccg.comments import CommentsUnreadable
from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from p2a.inert import shorten
from p2a.secret_forms import redact
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.skips import Skip, skips
from quality.anchors import anchors
from quality.finding import Confidence, Finding, Severity
from quality.product import is_product, is_test

VERSION = "3"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of silencing comment: what it is called, how it looks, whom it silences."""

    rule: str
    pattern: re.Pattern[str]
    dimension: Dimension
    tool: str
    hint: str


# Each pattern is what the tool itself looks for; a comment that only mentions the word is none.
KINDS = (
    _Kind(
        "lint-suppressed",
        re.compile(
            r"#\s*(?:(?:flake8|ruff)[:=]\s*)?noqa\b|#\s*pylint:\s*(?:disable|skip-file)|#\s*NOSONAR\b",
            re.IGNORECASE,
        ),
        Dimension.CODE_QUALITY,
        "the linter",
        "Mend what the linter names, or say in the comment why it is wrong here.",
    ),
    _Kind(
        "security-suppressed",
        re.compile(r"#\s*(?:nosec|nosemgrep)\b", re.IGNORECASE),
        Dimension.SECURITY,
        "the security scanner",
        "Mend what the scanner names, or say in the comment why it is harmless here.",
    ),
    _Kind(
        "types-suppressed",
        re.compile(
            r"#\s*(?:type|pyright|ty|pyrefly):\s*ignore\b|#\s*mypy:\s*(?:ignore-errors|disable-error-code)"
            r"|#\s*pyre-(?:ignore|fixme|unsafe)"
        ),
        Dimension.CODE_QUALITY,
        "the type checker",
        "Give the type that is meant, or check for it at run time.",
    ),
    _Kind(
        "coverage-excluded",
        re.compile(r"#\s*pragma[:\s]?\s*no\s*(?:cover|branch)", re.IGNORECASE),
        Dimension.TEST_COVERAGE,
        "coverage",
        "Add a test that reaches the line, or remove the line.",
    ),
)
_ANY = re.compile(r"noqa|nosec|nosemgrep|nosonar|pylint|ignore|mypy:|pyre-|pragma", re.IGNORECASE)
"""What a file without any silencing comment mostly lacks; its tokens are then not read."""
_PARTS = re.compile(r"(?=#)")
_MARKED = re.compile(r"skip|xfail|expectedFailure", re.IGNORECASE)
MESSAGE = "a comment silences {tool}: {text}"
SHOWN = 60
"""Characters of a comment that a message repeats."""


class SuppressionAnalyser:
    """Lists every suppression in product and tests; the other analysers obey none of them."""

    name = "suppressions"
    scope = Scope.FILE
    dimensions = (Dimension.CODE_QUALITY, Dimension.TEST_COVERAGE, Dimension.SECURITY)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Read the comments of every file, and the marks of every test."""
        findings: list[Finding] = []
        failed: list[NotAnalysed] = []
        for source in subject.tree.sources:
            if not (is_product(source.path) or is_test(source.path)):
                continue
            try:
                findings += _silenced(source)
            except CommentsUnreadable as error:
                failed.append(NotAnalysed(source.path, f"suppressions: {error}"))
            if is_test(source.path) and _MARKED.search(source.text):
                findings += (_skip_finding(source, skip) for skip in skips(source))
        return Analysis(None, tuple(findings), tuple(failed))


def suppression_kinds(comment: str) -> tuple[str, ...]:
    """Return the rules of what a comment, with its hash sign, silences."""
    return tuple(kind.rule for kind in KINDS if kind.pattern.search(comment))


def without_suppressions(source: Source) -> str:
    """Return the text as it would be without silencing comments; what they share lines with stays.

    Raises:
        CommentsUnreadable: the tokens of the file cannot be read.
    """
    if not _ANY.search(source.text):
        return source.text
    lines = source.lines
    for comment in source.comments:
        starts = [match.start() for kind in KINDS if (match := kind.pattern.search(comment.text))]
        if starts:
            number = comment.line - 1
            lines[number] = lines[number][: comment.column + min(starts)].rstrip()
    return "\n".join(lines) + "\n"


def _silenced(source: Source) -> Iterator[Finding]:
    if not _ANY.search(source.text):
        return
    for comment in source.comments:
        for kind in KINDS:
            match = kind.pattern.search(comment.text)
            if match:
                text = redact(comment.text[match.start() :].strip())
                yield Finding(
                    path=source.path,
                    start_line=comment.line,
                    end_line=comment.line,
                    rule=kind.rule,
                    severity=Severity.LOW,
                    confidence=Confidence.LOW,
                    message=MESSAGE.format(tool=kind.tool, text=shorten(text, SHOWN)),
                    hint=kind.hint,
                    dimension=kind.dimension,
                    analyser=SuppressionAnalyser.name,
                    anchor=anchors(source).of_comment(comment, _own(comment.text, kind)),
                )


def _own(comment: str, kind: _Kind) -> str:
    """Return a comment without what silences other tools."""
    parts = (part.strip() for part in _PARTS.split(comment))
    others = [other.pattern for other in KINDS if other is not kind]
    return " ".join(
        part
        for part in parts
        if kind.pattern.search(part) or not any(other.search(part) for other in others)
    )


def _skip_finding(source: Source, skip: Skip) -> Finding:
    return Finding(
        path=source.path,
        start_line=skip.line,
        end_line=skip.line,
        rule=skip.kind.value,
        severity=Severity.LOW,
        confidence=Confidence.LOW if skip.is_conditional else Confidence.MEDIUM,
        message=skip.message,
        hint=skip.hint,
        dimension=Dimension.TEST_COVERAGE,
        analyser=SuppressionAnalyser.name,
        anchor=f"{skip.test} {skip.how}",
    )
