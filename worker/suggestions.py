"""A change as suggestions on lines of a pull request, and what of it cannot be one; no I/O."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from p2a.effects import FileChange
from p2a.inert import is_shown_whole
from worker.patch import FilePatch

MAX_SUGGESTIONS = 40
"""Comments of one review; a change in more places is a patch."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Lines of a file at the head and what is to stand there; both count from 1, both included."""

    path: str
    first_line: int
    last_line: int
    text: str
    """Whole lines, each with its end; empty takes the old ones away."""


@dataclass(frozen=True, slots=True)
class Split:
    """A change in two parts."""

    suggestions: tuple[Suggestion, ...]
    rest: tuple[str, ...]
    """Paths that are changed where the pull request's diff does not reach."""


def split(
    changes: Sequence[FileChange],
    original: Callable[[str], bytes | None],
    patches: Mapping[str, FilePatch],
) -> Split:
    """Return a file's change as suggestions where every one of its lines stands in the diff.

    A file is suggested whole or not at all, so that nobody commits half of its change; one with
    signs that a comment cannot show, for what is committed is what is shown.
    """
    suggestions: list[Suggestion] = []
    rest: list[str] = []
    for change in changes:
        found = _of_file(change, original(change.path), patches.get(change.path))
        if found is None or len(suggestions) + len(found) > MAX_SUGGESTIONS:
            rest.append(change.path)
        else:
            suggestions += found
    return Split(tuple(suggestions), tuple(rest))


def _of_file(
    change: FileChange, before: bytes | None, patch: FilePatch | None
) -> list[Suggestion] | None:
    if patch is None or before is None or change.content is None:
        return None
    try:
        old, new = before.decode("utf-8"), change.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if old.endswith("\n") != new.endswith("\n") or "\r" in new:
        return None
    found = list(_suggestions(change.path, _lines(old), _lines(new)))
    can_be = all(
        patch.shows(one.first_line, one.last_line) and is_shown_whole(one.text) for one in found
    )
    return found if found and can_be else None


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _suggestions(path: str, old: list[str], new: list[str]) -> Iterator[Suggestion]:
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, first, end, new_first, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        lines = new[new_first:new_end]
        if tag == "insert":
            # New lines have no line of their own: they come with the one above, or below the start.
            first, lines = (first - 1, [old[first - 1], *lines]) if first else (0, [*lines, old[0]])
            end = first + 1
        yield Suggestion(path, first + 1, end, "".join(f"{line}\n" for line in lines))
