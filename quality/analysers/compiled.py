"""Compiled Python code: it runs when it is imported, and nobody can read what it does."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from ccg.source import read_regular
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.finding import Confidence, Finding, Severity, digest
from quality.product import is_product

VERSION = "1"
SUFFIXES = frozenset({".pyc", ".pyo", ".so", ".pyd"})
"""What `import` takes in place of source (importlib.machinery: BYTECODE_SUFFIXES, EXTENSION_SUFFIXES)."""
MAX_BYTES = 64 * 1024 * 1024
MESSAGE = "this compiled code runs when it is imported, and nothing here can read it"
HINT = "Commit the source that it is made from, and build it where it is used."


class CompiledCodeAnalyser:
    """Names each file; one with another content is another finding."""

    name = "compiled"
    scope = Scope.TREE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look at the names of all files that are not Python's source."""
        return Analysis(None, tuple(_findings(subject)))


def _findings(subject: Subject) -> Iterator[Finding]:
    for path in subject.tree.others:
        if PurePosixPath(path).suffix.lower() in SUFFIXES:
            yield Finding(
                path=path,
                start_line=1,
                end_line=1,
                rule="compiled-code",
                severity=Severity.HIGH,
                confidence=Confidence.HIGH if is_product(path) else Confidence.LOW,
                message=MESSAGE,
                hint=HINT,
                dimension=Dimension.SECURITY,
                analyser=CompiledCodeAnalyser.name,
                anchor=_content(subject, path),
            )


def _content(subject: Subject, path: str) -> str:
    try:
        return digest(read_regular(subject.tree.root, path, limit=MAX_BYTES).hex())
    except OSError:
        return "not read"
