"""Which paths a change may touch and how an exact edit is made; no I/O."""

import re
import unicodedata
from dataclasses import dataclass

from p2a.errors import EditRefused
from worker.nearest import nearest_lines

MAX_PATH_BYTES = 1024
MAX_COMPONENT_BYTES = 255

_DRIVE = re.compile(r"[A-Za-z]:")
_GIT_NAMES = frozenset({".git", "git~1"})
_PROTECTED_NAMES = frozenset(
    {
        "action.yml",
        "action.yaml",
        "codeowners",
        ".gitmodules",
        ".gitattributes",
        ".p2a.yml",
        ".p2a.yaml",
        "dependabot.yml",
        "dependabot.yaml",
    }
)
_PROTECTED_FOLDERS = ((".github", "workflows"), (".github", "actions"))
# Code points that render as nothing (Unicode's Default_Ignorable_Code_Point beyond category Cf).
_IGNORABLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0000, 0xE0FFF),
)

_PATH_ADVICE = "give a path relative to the repository's root, such as src/module.py"
_PROTECTED_ADVICE = "leave it to a person; say in the summary what should change there"
_NEAREST = "; the nearest are lines {start} to {end}, which read\n{text}\n"
_EDIT_ADVICE = "read the file again and give `old` exactly as it stands there"


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that one workflow may change."""

    files: int = 200
    file_bytes: int = 1024 * 1024
    total_bytes: int = 5 * 1024 * 1024


def checked_path(text: str) -> str:
    """Return the path unchanged when a change may touch it.

    Raises:
        EditRefused: it leaves the tree, hides what it is, means git's own files or is protected.
    """
    why = _fault(text)
    if why:
        raise EditRefused(f"the path {text[:200]!r} is refused", why=why, next_step=_PATH_ADVICE)
    if is_protected(text):
        raise EditRefused(
            f"the path {text!r} is protected",
            why="it steers automation, ownership or git itself",
            next_step=_PROTECTED_ADVICE,
        )
    return text


def readable_path(text: str) -> str:
    """Return the path unchanged when it may be read: as `checked_path`, protected ones included.

    Raises:
        EditRefused: it leaves the tree, hides what it is or means git's own files.
    """
    why = _fault(text)
    if why:
        raise EditRefused(f"the path {text[:200]!r} is refused", why=why, next_step=_PATH_ADVICE)
    return text


def is_protected(path: str) -> bool:
    """Tell whether a path steers automation, ownership or git, however it is spelled."""
    parts = tuple(_folded(part) for part in path.split("/"))
    return parts[-1] in _PROTECTED_NAMES or parts[:2] in _PROTECTED_FOLDERS


def replace_once(text: str, *, old: str, new: str) -> str:
    """Return `text` with its only occurrence of `old` replaced.

    Raises:
        EditRefused: `old` is empty, stands there never or more than once, or nothing would change.
    """
    if not old:
        raise EditRefused("`old` is empty", next_step="use `write` to make a new file")
    if old == new:
        raise EditRefused("`old` and `new` are the same", next_step="give the text you want there")
    count = text.count(old)
    if count == 1:
        return text.replace(old, new)
    if count > 1:
        lines = ", ".join(str(number) for number in _lines_of(text, old)[:10])
        raise EditRefused(
            f"`old` stands there {count} times, at lines {lines}",
            next_step="add lines before or after it until it is the only one",
        )
    why = "the match is exact: spaces, indentation and line ends count"
    if "\r\n" in text and "\r\n" not in old:
        why = "this file ends its lines with \\r\\n; `old` has none"
    near = nearest_lines(text, old)
    if near is not None:
        why += _NEAREST.format(start=near.start, end=near.end, text=near.text)
    raise EditRefused("`old` does not stand in the file", why=why, next_step=_EDIT_ADVICE)


def _fault(text: str) -> str:
    """Return why this text is no path inside a tree, or nothing."""
    if not text or text.isspace():
        return "it is empty"
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "it is not valid Unicode"
    if size > MAX_PATH_BYTES:
        return f"it is longer than {MAX_PATH_BYTES} bytes"
    if any(unicodedata.category(char) == "Cc" for char in text):
        return "it holds a control character"
    if "\\" in text:
        return "it holds a backslash"
    if text.startswith("/") or _DRIVE.match(text):
        return "it is absolute"
    return next((why for part in text.split("/") if (why := _component_fault(part))), "")


def _component_fault(part: str) -> str:
    folded = _folded(part)
    if part in {"", "."} or folded in {"", ".", ".."}:
        return "it holds an empty part, `.` or `..`"
    if len(part.encode()) > MAX_COMPONENT_BYTES:
        return f"a part of it is longer than {MAX_COMPONENT_BYTES} bytes"
    if "/" in folded or "\\" in folded:
        return "a part of it reads as a separator"
    # NTFS takes `.git::$INDEX_ALLOCATION` for `.git`.
    if folded.partition(":")[0].rstrip(". ") in _GIT_NAMES:
        return "it means git's own files"
    return ""


def _folded(part: str) -> str:
    """Return a component as a file system that ignores case and invisible signs may see it."""
    visible = "".join(char for char in part if not _is_ignorable(char))
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return folded.rstrip(" ") if set(folded) <= {".", " "} else folded.rstrip(". ")


def _is_ignorable(char: str) -> bool:
    if unicodedata.category(char) == "Cf":
        return True
    return any(first <= ord(char) <= last for first, last in _IGNORABLE)


def _lines_of(text: str, old: str) -> list[int]:
    lines = []
    position = text.find(old)
    while position >= 0:
        lines.append(text.count("\n", 0, position) + 1)
        position = text.find(old, position + len(old))
    return lines
