"""What changed between two trees, file by file with patches, as pull requests show it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from playground.git_store import GitStore, LogQuery

STATUS_WORDS = {
    "A": "added",
    "C": "copied",
    "D": "removed",
    "M": "modified",
    "R": "renamed",
    "T": "changed",
}
PATCH_BYTES = 1024 * 1024
"""A longer patch is left out, as GitHub does with very large diffs."""
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
OPTIONS = ("-r", "-M", "--no-ext-diff", "--no-textconv", "--end-of-options")


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a comparison; `sha` is the blob's id after it (before it, when removed)."""

    filename: str
    status: str
    sha: str
    additions: int = 0
    deletions: int = 0
    patch: str | None = None
    previous_filename: str | None = None

    @property
    def changes(self) -> int:
        """Return added and deleted lines together."""
        return self.additions + self.deletions


@dataclass(frozen=True, slots=True)
class Comparison:
    """How `head` stands to `base`; commits oldest first, files against the merge base."""

    base: str
    head: str
    merge_base: str
    ahead: tuple[str, ...]
    behind_by: int

    @property
    def status(self) -> str:
        """Return GitHub's word for it."""
        if self.ahead:
            return "diverged" if self.behind_by else "ahead"
        return "behind" if self.behind_by else "identical"


def compare(store: GitStore, base: str, head: str) -> Comparison | None:
    """Compare two commits, or return None when they have no common ancestor."""
    merge_base = store.merge_base(base, head)
    if merge_base is None:
        return None
    return Comparison(
        base=base,
        head=head,
        merge_base=merge_base,
        ahead=tuple(reversed(store.log(LogQuery(start=head, exclude=base)))),
        behind_by=len(store.log(LogQuery(start=base, exclude=head))),
    )


def files_between(store: GitStore, old: str, new: str) -> list[FileChange]:
    """Return the files that differ between two trees or commits, with their patches."""
    raw = store.git.run("diff-tree", "-z", "--raw", "--no-abbrev", *OPTIONS, old, new).output
    changes = _read_raw(raw.decode("utf-8", "surrogateescape").split("\0"))
    diff = store.git.run("diff-tree", "-p", "--full-index", *OPTIONS, old, new).output
    sections = _sections(diff.decode("utf-8", "replace"))
    result = []
    for change, letter in changes:
        changed = _with_patch(change, next(sections, ""))
        if letter == "T":
            # A change of type (a file becomes a link) is written as a deletion and a creation.
            made = _with_patch(change, next(sections, ""))
            changed = replace(made, deletions=changed.deletions)
        result.append(changed)
    return result


def _read_raw(words: list[str]) -> Iterator[tuple[FileChange, str]]:
    position = 0
    while position < len(words) and words[position]:
        old_mode, new_mode, old_sha, new_sha, letter = words[position].lstrip(":").split(" ")
        status = STATUS_WORDS[letter[0]]
        moved = letter[0] in "RC"
        if status == "modified" and old_mode != new_mode and old_sha == new_sha:
            status = "changed"
        change = FileChange(
            filename=words[position + 2 if moved else position + 1],
            previous_filename=words[position + 1] if moved else None,
            status=status,
            sha=old_sha if status == "removed" else new_sha,
        )
        yield change, letter[0]
        position += 3 if moved else 2


def _sections(diff: str) -> Iterator[str]:
    # A content line starts with a space, a sign or a backslash, so only a header starts so.
    lines: list[str] = []
    for line in diff.split("\n"):
        if line.startswith("diff --git ") and lines:
            yield "\n".join(lines)
            lines = []
        lines.append(line)
    yield "\n".join(lines)


def _with_patch(change: FileChange, section: str) -> FileChange:
    position = section.find("\n@@ ")
    if position < 0:
        return change
    patch = section[position + 1 :].removesuffix("\n")
    lines = patch.split("\n")
    return replace(
        change,
        additions=sum(line.startswith("+") for line in lines),
        deletions=sum(line.startswith("-") for line in lines),
        patch=patch if len(patch) <= PATCH_BYTES else None,
    )


def diff_text(store: GitStore, old: str, new: str) -> bytes:
    """Return the differences between two trees or commits as `git diff` writes them."""
    return store.git.run("diff-tree", "-p", *OPTIONS, old, new).output
