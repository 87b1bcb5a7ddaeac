"""Trojan Source: code that people read otherwise than Python runs it (Boucher and Anderson, 2021)."""

import builtins
import io
import keyword
import tokenize
import unicodedata
from collections.abc import Iterator

from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.lookalikes import (
    MARKS,
    TURNING,
    escaped,
    hidden_characters,
    mixed_scripts,
    skeleton,
)
from quality.analysers.texts import TextFile, read_others
from quality.finding import Confidence, Finding, Severity
from quality.product import is_product
from quality.remembered import remembered

VERSION = "2"
_RUN = (
    ".js",
    ".ts",
    ".jsx",
    ".tsx",
    ".sh",
    ".yml",
    ".yaml",
    ".toml",
    ".cfg",
    ".ini",
    ".sql",
)
_RUN_NAMES = frozenset({"Dockerfile", "Makefile", "Jenkinsfile"})
_KNOWN = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})
LONGEST_LINE = 2000
"""Characters of a line in other files than Python's; a longer one was written by a program."""
TURNED = "{shown} turns the text after it around: the line is not what it looks like"
HIDDEN = "{shown} is in the line and cannot be seen"
MIXED = "the name {shown} mixes {scripts} letters"
TWIN = "the name {shown} looks like {other} and is another one"
FOLDED = "the name {shown} is read as {other} by Python"
SEVERITIES = {
    "text-turned-around": (Severity.HIGH, Confidence.HIGH),
    "name-looks-like-another": (Severity.HIGH, Confidence.HIGH),
    "name-mixes-scripts": (Severity.HIGH, Confidence.HIGH),
    "invisible-character": (Severity.MEDIUM, Confidence.HIGH),
    "direction-mark": (Severity.LOW, Confidence.LOW),
}
HINT_CHARACTER = "Remove the character, or write it as an escape within a string."
HINT_NAME = "Write the name with ASCII letters."


class TrojanAnalyser:
    """Reads Python files, and other files that are run or configure something, for what is hidden."""

    name = "trojan"
    scope = Scope.TREE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look at characters everywhere, and at names in Python."""
        findings: list[Finding] = []
        failed: list[NotAnalysed] = []
        for source in subject.tree.sources:
            if source.text.isascii():
                continue
            findings += _characters(TextFile(source.path, source.text), source)
            try:
                findings += _names(source)
            except (tokenize.TokenError, SyntaxError) as error:
                reason = f"trojan: its tokens cannot be read ({type(error).__name__})"
                failed.append(NotAnalysed(source.path, reason))
        for file in read_others(subject.tree, wanted=_is_run):
            findings += _characters(file)
        return Analysis(None, tuple(findings), tuple(failed))


def _is_run(path: str) -> bool:
    return path.endswith(_RUN) or path.rpartition("/")[2] in _RUN_NAMES


def _characters(file: TextFile, source: Source | None = None) -> Iterator[Finding]:
    """Yield one finding for each line that hides something."""
    if file.text.isascii():
        return
    for number, line in enumerate(file.text.split("\n"), start=1):
        if line.isascii() or (len(line) > LONGEST_LINE and not file.path.endswith(".py")):
            continue
        turned = TURNING.search(line)
        hidden = next(hidden_characters(line if number > 1 else line.removeprefix("\ufeff")), None)
        if turned:
            message = TURNED.format(shown=escaped(turned[0]))
            anchor = _without_comment(source, number, line)
            yield _finding((file.path, number), "text-turned-around", message, anchor=anchor)
        elif hidden:
            rule = "direction-mark" if hidden.character in MARKS else "invisible-character"
            message = HIDDEN.format(shown=hidden.shown)
            anchor = _without_comment(source, number, line)
            yield _finding((file.path, number), rule, message, anchor=anchor)


def _without_comment(source: Source | None, number: int, line: str) -> str:
    """Return a line without a comment of Python's that can hide nothing."""
    return line[: _plain_comments(source).get(number)].strip() if source else line.strip()


@remembered
def _plain_comments(source: Source) -> dict[int, int]:
    return {each.line: each.column for each in source.comments.found if each.text.isascii()}


@remembered
def _names(source: Source) -> tuple[Finding, ...]:
    return tuple(_odd_names(source))


def _odd_names(source: Source) -> Iterator[Finding]:
    places = _first_places(source)
    plain = {name: name for name in (*_KNOWN, *filter(str.isascii, places))}
    for name, line in places.items():
        if name.isascii():
            continue
        rule, message = _judge(name, plain)
        if rule:
            yield _finding((source.path, line), rule, message, anchor=name)


def _judge(name: str, plain: dict[str, str]) -> tuple[str, str]:
    shown = escaped(name)
    folded = unicodedata.normalize("NFKC", name)
    if folded in plain:
        return "name-looks-like-another", FOLDED.format(shown=shown, other=folded)
    other = plain.get(skeleton(name))
    if other:
        return "name-looks-like-another", TWIN.format(shown=shown, other=other)
    scripts = mixed_scripts(name)
    if scripts:
        return "name-mixes-scripts", MIXED.format(shown=shown, scripts=" and ".join(scripts))
    return "", ""


def _first_places(source: Source) -> dict[str, int]:
    places: dict[str, int] = {}
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.NAME:
            places.setdefault(token.string, token.start[0])
    return places


def _finding(place: tuple[str, int], rule: str, message: str, *, anchor: str) -> Finding:
    path, line = place
    severity, confidence = SEVERITIES[rule]
    return Finding(
        path=path,
        start_line=line,
        end_line=line,
        rule=rule,
        severity=severity,
        confidence=confidence if is_product(path) else Confidence.LOW,
        message=message,
        hint=HINT_NAME if rule.startswith("name-") else HINT_CHARACTER,
        dimension=Dimension.SECURITY,
        analyser=TrojanAnalyser.name,
        anchor=escaped(anchor)[:200],
    )
