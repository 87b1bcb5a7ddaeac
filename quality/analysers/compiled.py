"""Python code in files that nothing here reads: compiled, packed, or under another suffix than `.py`."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ccg.source import read_regular
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.texts import read_text
from quality.finding import Confidence, Finding, Severity, digest
from quality.product import is_product
from quality.tree import SourceTree

VERSION = "4"
_COMPILED = "this compiled code runs when it is imported, and nothing here can read it"
_PACKED = "this archive of Python code can be run and imported from, and nothing here opens it"
_SCRIPT = "this is Python code as a `.py` file is, and nothing here judges it"
_BY_FIRST_LINE = "this script is run by Python, and nothing here judges it"
_LINKED = "what is imported through this link to a folder is judged neither here nor where it lies"
_AS_PRODUCT = "Move the code to where the product is."
_SHEBANG = re.compile(r"#![^\n]{0,200}\b(?:python|pypy)")
_FROM_SOURCE = "Commit the source that it is made from, and build it where it is used."
_AS_PY = "Name it `.py`."
KINDS = {
    **dict.fromkeys((".pyc", ".pyo", ".so", ".pyd"), ("compiled-code", _COMPILED, _FROM_SOURCE)),
    **dict.fromkeys((".egg", ".pyz", ".pyzw", ".whl"), ("packed-code", _PACKED, _FROM_SOURCE)),
    ".pyw": ("unread-script", _SCRIPT, _AS_PY),
}
"""By the suffix the rule, what is said, and what to do.

What `import` takes in place of source (importlib.machinery: BYTECODE_SUFFIXES, EXTENSION_SUFFIXES), what
zipimport reads (PEP 273, 441, 427), and what Windows takes for source (importlib.machinery: SOURCE_SUFFIXES).
"""
MAX_BYTES = 64 * 1024 * 1024


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
        suffix = PurePosixPath(path).suffix.lower()
        known = KINDS.get(suffix)
        severity = Severity.HIGH
        if not suffix and _SHEBANG.match(read_text(subject.tree, path) or ""):
            # Many projects have some, and people read them: not as bad as what nobody can read.
            known, severity = ("unread-script", _BY_FIRST_LINE, _AS_PY), Severity.MEDIUM
        if is_product(path) and _leads_to_unjudged_code(subject.tree, path):
            known, severity = ("linked-code", _LINKED, _AS_PRODUCT), Severity.MEDIUM
        if known:
            rule, message, hint = known
            yield Finding(
                path=path,
                start_line=1,
                end_line=1,
                rule=rule,
                severity=severity,
                confidence=Confidence.HIGH if is_product(path) else Confidence.LOW,
                message=message,
                hint=hint,
                dimension=Dimension.SECURITY,
                analyser=CompiledCodeAnalyser.name,
                anchor=_content(subject, path),
            )


def _leads_to_unjudged_code(tree: SourceTree, path: str) -> bool:
    """Tell whether this is a link to a folder of the tree with Python code that is no product itself."""
    link, root = tree.root / path, tree.root.resolve()
    if not (link.is_symlink() and link.is_dir()):
        return False
    target = link.resolve()
    if not target.is_relative_to(root):
        return False
    start = f"{target.relative_to(root).as_posix()}/"
    inside = (source.path for source in tree.sources if source.path.startswith(start))
    return any(not is_product(one) for one in inside)


def _content(subject: Subject, path: str) -> str:
    place = subject.tree.root / path
    try:
        if place.is_symlink():
            return digest(str(place.readlink()))
        return digest(read_regular(subject.tree.root, path, limit=MAX_BYTES).hex())
    except OSError:
        return "not read"
