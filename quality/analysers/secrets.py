"""Secrets written into the files: known forms of keys, and random literals named as passwords."""

import hashlib
from collections.abc import Iterator

from p2a.domain import Dimension
from p2a.secret_forms import FoundSecret, find_secrets
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.texts import TextFile, read_others
from quality.finding import Confidence, Finding, Severity
from quality.product import is_product

VERSION = "3"
_DOCUMENTS = (".md", ".rst", ".txt", ".adoc", ".po", ".pot")
MESSAGE = "{what} stands in the file"
EXAMPLE = "what looks like {what} stands in the file, and says that it is an example"
SIDE = "what looks like {what} stands in a file that is no part of the product"
HINT = "Revoke it at its issuer, since the history keeps it, and read the new one from the environment."


class SecretAnalyser:
    """Reads Python files and all other texts of up to 1 MiB; no finding repeats a secret."""

    name = "secrets"
    scope = Scope.TREE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look at every text of the tree."""
        sources = (TextFile(source.path, source.text) for source in subject.tree.sources)
        findings = [
            _finding(file, found)
            for files in (sources, read_others(subject.tree))
            for file in files
            for found in _first_of_each(file.text)
        ]
        return Analysis(None, tuple(findings))


def _first_of_each(text: str) -> Iterator[FoundSecret]:
    """Yield each secret once, however often the text repeats it."""
    seen: set[str] = set()
    for found in find_secrets(text):
        secret = text[found.start : found.end]
        if secret not in seen:
            seen.add(secret)
            yield found


def _finding(file: TextFile, found: FoundSecret) -> Finding:
    line = file.text.count("\n", 0, found.start) + 1
    severity, confidence, message = _weigh(file.path, found)
    secret = file.text[found.start : found.end].encode("utf-8", "surrogatepass")
    return Finding(
        path=file.path,
        start_line=line,
        end_line=line,
        rule="secret-in-code",
        severity=severity,
        confidence=confidence,
        message=message.format(what=found.form.name),
        hint=HINT,
        dimension=Dimension.SECURITY,
        analyser=SecretAnalyser.name,
        anchor=hashlib.sha256(secret).hexdigest()[:16],
    )


def _weigh(path: str, found: FoundSecret) -> tuple[Severity, Confidence, str]:
    """Weigh: in tests and documents stand made-up keys, yet a token of an issuer is seldom one."""
    if found.is_example:
        return Severity.LOW, Confidence.LOW, EXAMPLE
    is_side = not is_product(path) or path.endswith(_DOCUMENTS)
    if is_side:
        is_token = found.form.is_certain and found.form.is_keyed
        return Severity.HIGH if is_token else Severity.LOW, Confidence.LOW, SIDE
    confidence = Confidence.HIGH if found.form.is_certain else Confidence.MEDIUM
    return Severity.HIGH, confidence, MESSAGE
