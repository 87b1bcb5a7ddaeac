"""Dependencies that come from elsewhere than PyPI, or whose name imitates a well-known one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.known_packages import LIKE_BUT_KNOWN, WELL_KNOWN
from quality.analysers.requirements import IndexOption, Requirement, Wanted, read_requirements
from quality.finding import Confidence, Finding, Severity
from quality.product import is_product

VERSION = "3"
SHORTEST = 5
"""Letters of a well-known name; one edit of a shorter one is often another word."""
OFFICIAL = frozenset({"pypi.org", "files.pythonhosted.org", "pypi.python.org"})
_PINNED = re.compile(r"@[0-9a-f]{40}(?![0-9a-f])|sha(?:256|384|512)=[0-9a-f]{32,}|--hash=")
_INSECURE = re.compile(r"(?:[a-z]+\+)?(?:http|git|ftp)://", re.IGNORECASE)
LOOK_ALIKE = "{name} is one letter away from the well-known {known}"
BY_URL = "{name} comes from {url} and not from PyPI{moves}"
INDEX = "{option} takes packages from {value}"
TRUSTED = "{option} takes packages from {value} without checking its certificate"
HINT_NAME = "Check the name against the page of the project that is meant."
HINT_URL = "Take a released version from PyPI, or name the commit or the hash of what is meant."
HINT_INDEX = "Take packages from PyPI, or pin the hashes of what comes from elsewhere."


@dataclass(frozen=True, slots=True)
class _Verdict:
    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    hint: str


class DependencyAnalyser:
    """Reads what files ask for; nothing is installed and no index is asked."""

    name = "dependencies"
    scope = Scope.TREE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every requirement and every index."""
        wanted = read_requirements(subject.tree)
        return Analysis(
            None, tuple(_finding(item, found) for item in wanted for found in _judge(item))
        )


def imitated(name: str) -> str:
    """Return the well-known name that a normalised one is one edit away from, empty for none."""
    if name in WELL_KNOWN or name in LIKE_BUT_KNOWN:
        return ""
    near = (known for known in sorted(WELL_KNOWN) if len(known) >= SHORTEST)
    return next((known for known in near if _is_one_edit(name, known)), "")


def _is_one_edit(one: str, other: str) -> bool:
    """Tell whether a letter was added, left out, exchanged, or swapped with the next."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    short, long = sorted((one, other), key=len)
    start = next((i for i in range(len(short)) if short[i] != long[i]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    is_exchanged = short[start + 1 :] == long[start + 1 :]
    is_swapped = (
        short[start : start + 2] == long[start : start + 2][::-1]
        and short[start + 2 :] == long[start + 2 :]
    )
    return is_exchanged or is_swapped


def _judge(item: Wanted) -> Iterator[_Verdict]:
    if isinstance(item, IndexOption):
        yield from _judge_index(item)
        return
    known = imitated(item.name)
    if known:
        message = LOOK_ALIKE.format(name=item.name, known=known)
        # An imitation keeps the beginning, by which people know a name.
        confidence = Confidence.MEDIUM if item.name[0] == known[0] else Confidence.LOW
        yield _Verdict("dependency-look-alike", Severity.HIGH, confidence, message, HINT_NAME)
    if item.url and not item.url.startswith((".", "/", "file:")):
        yield _judge_url(item)


def _judge_url(item: Requirement) -> _Verdict:
    is_pinned = bool(_PINNED.search(item.text))
    severity = Severity.LOW if is_pinned else Severity.MEDIUM
    if _INSECURE.match(item.url) and not is_pinned:
        severity = Severity.HIGH
    message = BY_URL.format(
        name=item.name or "a dependency",
        url=_shown(item.url),
        moves="" if is_pinned else ", at whatever state it has",
    )
    return _Verdict("dependency-by-url", severity, Confidence.HIGH, message, HINT_URL)


def _judge_index(item: IndexOption) -> Iterator[_Verdict]:
    host = _host(item.value) if "://" in item.value else item.value
    if host in OFFICIAL or item.value.startswith((".", "/", "-", "$", "{", "file:")):
        return
    is_trusted = item.option.endswith("trusted-host")
    is_open = is_trusted or _INSECURE.match(item.value)
    text = TRUSTED if is_trusted else INDEX
    yield _Verdict(
        "dependency-index",
        Severity.HIGH if is_open else Severity.MEDIUM,
        Confidence.MEDIUM,
        text.format(option=item.option, value=_shown(item.value)),
        HINT_INDEX,
    )


def _host(url: str) -> str | None:
    """Return the host of an address, None for what is none: one to be filled in, `https://[host]/simple`."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _shown(url: str) -> str:
    """Return an address without the name and password in it."""
    return re.sub(r"//[^/@\s]+@", "//", url)[:200]


def _finding(item: Wanted, found: _Verdict) -> Finding:
    if isinstance(item, Requirement):
        anchor = "".join(item.text.split())
    else:
        anchor = f"{item.option} {item.value}"
    return Finding(
        path=item.path,
        start_line=item.line,
        end_line=item.line,
        rule=found.rule,
        severity=found.severity if is_product(item.path) else Severity.LOW,
        confidence=found.confidence,
        message=found.message,
        hint=found.hint,
        dimension=Dimension.SECURITY,
        analyser=DependencyAnalyser.name,
        anchor=_shown(anchor),
    )
