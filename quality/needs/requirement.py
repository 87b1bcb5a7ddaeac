"""Requirements that may be installed: a name with versions, from the index and nowhere else; no I/O."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

MAX_LINE = 500
MAX_LINES = 20_000
"""Of a file; each takes some tens of microseconds to read."""
_SHOWN = 80
_CONTINUED = re.compile(r"\\\r?\n")
_COMMENT = re.compile(r"(^|\s)#.*$")
_HASHES = re.compile(r"\s--(?:hash|config-settings?|global-option)\b.*$")
_OWN = re.compile(r"^(?:(?:-e|--editable)[ =]?\s*)?\.(?:/)?(?:\[([\w\-., ]*)\])?\s*$")
_INCLUDE = re.compile(r"^(-r|--requirement|-c|--constraint)[ =]?\s*(\S+)$")
_BOUNDS = frozenset({"-c", "--constraint"})
_INDEX = re.compile(r"^(?:-i|--index-url|--extra-index-url|-f|--find-links)\b")


@dataclass(frozen=True, slots=True)
class Lines:
    """What lines come to; each tuple in the order of the lines."""

    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    """Clauses such as `'../lib' is a path`."""
    extras: tuple[str, ...] = ()
    """Extras of the project itself."""

    def __add__(self, other: "Lines") -> "Lines":
        return Lines.of([self, other])

    @classmethod
    def of(cls, parts: Iterable["Lines"]) -> "Lines":
        """Return what several come to together."""
        every = tuple(parts)
        return cls(
            tuple(text for part in every for text in part.requirements),
            tuple(text for part in every for text in part.constraints),
            tuple(text for part in every for text in part.refused),
            tuple(text for part in every for text in part.extras),
        )


@dataclass(frozen=True, slots=True)
class _Included:
    """A file to be read, and whether it only bounds the versions of what is installed."""

    path: str
    is_bound: bool = False


def read_requirement(text: str) -> Lines:
    """Return one requirement, refused when it is more than a name with versions.

    What it says of other places is read and never gone to: an address, a clone, a path.
    """
    shown = ascii(text.strip()[:_SHOWN])
    try:
        if len(text) > MAX_LINE or not text.isascii():
            return Lines(refused=(f"{shown} is no requirement",))
        requirement = Requirement(text.strip())
    except InvalidRequirement:
        return Lines(refused=(f"{shown} {_kind(text)}",))
    if requirement.url is not None:
        return Lines(refused=(f"{shown} has an address of its own",))
    return Lines(requirements=(str(requirement),))


def read_all(texts: Iterable[str]) -> Lines:
    """Return several requirements together."""
    return Lines.of(map(read_requirement, texts))


def read_file(path: str, files: Mapping[str, str]) -> Lines:
    """Return the requirements of a file and of those that it includes, each read once.

    Args:
        path: the file's, relative to the root.
        files: the texts of the files that are known.
    """
    found, seen = list[Lines](), set[_Included]()
    waiting = deque([_Included(path)])
    while waiting:
        item = waiting.popleft()
        if item in seen:
            continue
        seen.add(item)
        if item.path not in files:
            found.append(_absent(item.path))
            continue
        lines, more = _read_text(item, files[item.path])
        found.append(lines)
        waiting += more
    return Lines.of(found)


def _read_text(item: _Included, text: str) -> tuple[Lines, list[_Included]]:
    read, more = list[Lines](), list[_Included]()
    lines = _CONTINUED.sub(" ", text).splitlines()
    if len(lines) > MAX_LINES:
        return Lines(refused=(f"{item.path[:_SHOWN]!a} has more than {MAX_LINES} lines",)), []
    for line in lines:
        clean = _HASHES.sub("", _COMMENT.sub("", line)).strip()
        match = _INCLUDE.match(clean)
        if match is None:
            read += [_read_line(clean)] if clean else []
            continue
        target = _beside(item.path, match[2])
        if target is None:
            read.append(_absent(match[2]))
        else:
            more.append(_Included(target, is_bound=item.is_bound or match[1] in _BOUNDS))
    found = Lines.of(read)
    if item.is_bound:
        found = Lines(constraints=found.requirements, refused=found.refused)
    return found, more


def _absent(path: str) -> Lines:
    return Lines(refused=(f"{path[:_SHOWN]!a} is not in the repository",))


def included(path: str, text: str) -> tuple[str, ...]:
    """Return the paths of files that a requirements file names, within the repository."""
    found = []
    for line in text.splitlines():
        match = _INCLUDE.match(_COMMENT.sub("", line).strip())
        target = _beside(path, match[2]) if match else None
        if target is not None:
            found.append(target)
    return tuple(found)


def _read_line(text: str) -> Lines:
    own = _OWN.match(text)
    if own:
        return Lines(extras=tuple(re.findall(r"[\w\-.]+", own[1] or "")))
    if _INDEX.match(text):
        return Lines(refused=("a package index that the repository names is not used",))
    if text.startswith("--"):
        return Lines()  # how pip should work is not the repository's to say
    return read_requirement(text)


def _beside(path: str, name: str) -> str | None:
    """Return the path of a file named in another one, None for one outside of the repository."""
    if "://" in name or name.startswith("/"):
        return None
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / name).parts:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _kind(text: str) -> str:
    stripped = text.strip()
    if stripped.startswith(("-e", "--editable", "git+")) or "://" in stripped:
        return "has an address of its own"
    if stripped.startswith((".", "/", "~")) or "/" in stripped:
        return "is a path"
    return "is no requirement"


def name_of(requirement: str) -> str:
    """Return the project that a requirement names, in its normal form."""
    return canonicalize_name(Requirement(requirement).name)
