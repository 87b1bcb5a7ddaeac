"""The git objects that some commits' trees are made of, as one pack that needs no repository."""

from collections.abc import Sequence
from itertools import combinations

from p2a.errors import GitFailed
from p2a.git import Git, is_sha
from p2a.tape import Objects

MAX_PACK = 8 * 1024 * 1024
"""Bytes; the objects of a larger repository are not kept."""
TOO_LARGE = "they take more than {size} MiB"


def objects_of(git: Git, commits: Sequence[str], *, most: int = MAX_PACK) -> Objects:
    """Return the trees of these commits and of where their histories meet, and the commits between.

    Where the histories go on below, the pack ends: git is told so by a list of shallow commits.
    """
    meeting = _meeting(git, commits)
    between, ends = _between(git, commits, meeting)
    tips = tuple(dict.fromkeys([*commits, *meeting]))
    shallow = tuple(ends) or tuple(sha for sha in tips if _has_parents(git, sha))
    names = [*tips, *between, *ends]
    for commit in tips:
        names += _tree(git, commit)
    stdin = "".join(f"{name}\n" for name in dict.fromkeys(names)).encode("ascii")
    try:
        pack = git.run("pack-objects", "--stdout", "--quiet", stdin=stdin, max_output=most)
    except GitFailed:
        return Objects(tuple(commits), shallow, missing=TOO_LARGE.format(size=most // 2**20))
    return Objects(tuple(commits), shallow, pack)


def lay_out(git: Git, pack: bytes, *, shallow: Sequence[str]) -> None:
    """Put the objects of a pack into a repository whose history ends at the shallow commits.

    Raises:
        GitFailed: it is no pack, or damaged.
    """
    git.init()
    git.run("index-pack", "--stdin", stdin=pack)
    ends = git.git_dir / "shallow"
    known = ends.read_text(encoding="ascii").split() if ends.exists() else []
    names = dict.fromkeys([*known, *filter(is_sha, shallow)])
    ends.write_text("".join(f"{name}\n" for name in names), encoding="ascii")


def _meeting(git: Git, commits: Sequence[str]) -> list[str]:
    found = [git.merge_base(one, other) for one, other in combinations(commits, 2)]
    return [sha for sha in found if sha is not None]


def _between(
    git: Git, commits: Sequence[str], meeting: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the commits from where the histories meet, and those at which they end below."""
    if not meeting:
        return [], []
    excluded = [f"^{sha}" for sha in meeting]
    found = git.run("rev-list", "--boundary", *commits, *excluded, "--").decode("ascii").split()
    ends = [name[1:] for name in found if name.startswith("-")]
    return [name for name in found if not name.startswith("-")], ends or list(meeting)


def _tree(git: Git, commit: str) -> list[str]:
    listing = git.run("ls-tree", "-r", "-t", "-z", "--full-tree", commit)
    entries = [entry.split(b"\t", 1)[0].split() for entry in listing.split(b"\0") if entry]
    root = git.run("rev-parse", "--verify", f"{commit}^{{tree}}").decode("ascii").strip()
    # The commit of a submodule is an object of another repository.
    return [root, *(sha.decode("ascii") for _, kind, sha in entries if kind != b"commit")]


def _has_parents(git: Git, commit: str) -> bool:
    return len(git.run("rev-list", "--parents", "-1", commit, "--").split()) > 1
