"""Repositories on our disk: one locked object cache for each, and a checkout of its own per run.

A checkout's git folder lies beside its work tree, never in it, and borrows the cache's objects;
it is made in a fraction of a second where a clone takes many.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from p2a.effects import FileChange
from p2a.errors import GitFailed
from p2a.git import Git, is_sha
from p2a.remote import Remote
from p2a.tree import EXECUTABLE, REGULAR, Change, Entry, compare
from p2a.worktree import read_file, remove_tree, scan

MIB = 1024 * 1024
_LOCK_POLL_SECONDS = 0.1

# The highest of git's attribute files: bytes come out of and go into the tree as they are.
_ATTRIBUTES = "* -text !eol !working-tree-encoding -filter -ident\n"
# What running tests leaves behind, also where a repository ignores nothing.
_EXCLUDES = "__pycache__/\n*.py[co]\n.pytest_cache/\n.hypothesis/\n.coverage\n.coverage.*\n"


@dataclass(frozen=True, slots=True)
class TreeLimits:
    """What a commit may hold to be checked out."""

    files: int = 200_000
    total_bytes: int = 2048 * MIB
    listing_bytes: int = 64 * MIB
    """Of the list of names, which stops a tree of trees that unfolds without end."""


class Cache:
    """Bare repositories under one folder, by the repository's numeric id."""

    def __init__(
        self,
        folder: Path,
        *,
        program: Path,
        timeout: float = 900.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._program = program
        self._timeout = timeout
        self._monotonic = monotonic

    def repository(self, repository_id: int) -> Git:
        """Return a cached repository; it may not have been fetched yet."""
        return Git(self._program, self._folder / f"{repository_id}.git", timeout=self._timeout)

    def fetch(self, repository_id: int, remote: Remote, wanted: Sequence[str]) -> dict[str, str]:
        """Bring full reference names (`refs/heads/main`) and commit ids into the cache.

        A commit that is there costs no network. Runs of the same repository wait for each other.

        Returns:
            The commit's id of each thing wanted.

        Raises:
            GitFailed: one of them does not exist, the remote refused, or the lock was not free.
        """
        folder = self.repository(repository_id).git_dir
        with self._locked(repository_id) as lock:
            # git inherits the lock: when we are killed, it holds it for as long as it goes on.
            git = Git(self._program, folder, timeout=self._timeout, keep_open=[lock])
            _remove_stale_locks(git.git_dir)
            git.init()
            missing = [
                name for name in wanted if not git.resolve(kept_name(name)) or not is_sha(name)
            ]
            if missing:
                git.fetch(remote, [f"+{name}:{kept_name(name)}" for name in missing])
            return {name: _found(git, name) for name in wanted}

    @contextmanager
    def _locked(self, repository_id: int) -> Iterator[int]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        deadline = self._monotonic() + self._timeout
        with (self._folder / f"{repository_id}.lock").open("w") as lock:
            while not _try_lock(lock.fileno()):
                if self._monotonic() > deadline:
                    raise GitFailed(
                        f"the cache of repository {repository_id} is busy",
                        why=f"another run has held it for {self._timeout:.0f} s",
                        next_step="try again",
                    )
                time.sleep(_LOCK_POLL_SECONDS)
            yield lock.fileno()


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def kept_name(name: str) -> str:
    """Name our own reference; flat, so that branches `a` and `a/b` never stand in the way."""
    return f"refs/p2a/{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:40]}"


def _found(git: Git, name: str) -> str:
    sha = git.resolve(kept_name(name))
    if sha is None or (is_sha(name) and sha != name):
        raise GitFailed(
            f"{name} does not name a commit",
            why="what the remote sent for it is something else",
            next_step="check that the branch or pull request still exists",
        )
    return sha


def _remove_stale_locks(git_dir: Path) -> None:
    # We hold the repository's own lock, so these are of a process that was killed.
    for pattern in ("*.lock", "refs/**/*.lock"):
        for path in git_dir.glob(pattern):
            path.unlink(missing_ok=True)


class Checkout:
    """A commit's files in a folder of their own, for one run.

    `tree` may be shown to a sandbox; `git` must not be.
    """

    def __init__(self, folder: Path, *, git: Git, commit: str, files: Mapping[str, Entry]) -> None:
        self.folder = folder
        self.git = git
        self.commit = commit
        self.files = files
        """The files of the commit."""

    @property
    def tree(self) -> Path:
        """Return the folder with the files."""
        return self.folder / "tree"

    @classmethod
    def create(
        cls, folder: Path, *, source: Git, commit: str, limits: TreeLimits | None = None
    ) -> "Checkout":
        """Check a commit out; what an earlier try left in the folder is removed first.

        Raises:
            GitFailed: no such commit, a tree beyond the limits, or a name that git refuses.
        """
        files = source.list_files(commit, max_output=(limits or TreeLimits()).listing_bytes)
        _check_limits(files, limits or TreeLimits())
        remove_tree(folder)
        (folder / "tree").mkdir(parents=True, mode=0o700)
        bare = Git(source.program, folder / "git")
        bare.init()
        _write(bare.git_dir / "objects/info/alternates", _alternates(source))
        shallow = source.git_dir / "shallow"
        if shallow.is_file():
            # Where the history ends that the borrowed objects hold.
            _write(bare.git_dir / "shallow", shallow.read_text(encoding="ascii"))
        _write(bare.git_dir / "info/attributes", _ATTRIBUTES)
        _write(bare.git_dir / "info/exclude", _EXCLUDES)
        bare.run("update-ref", "--no-deref", "HEAD", commit)
        git = Git(source.program, folder / "git", work_tree=folder / "tree")
        git.run("-c", "core.bare=false", "read-tree", commit)
        git.run("-c", "core.bare=false", "checkout-index", "--all", "--quiet")
        return cls(folder, git=bare, commit=commit, files=files)

    def changes(self) -> tuple[Change, ...]:
        """Return what differs from the commit, without running git in the tree.

        New files that the commit's own ignore rules leave out are left out.
        """
        found = compare(self.files, scan(self.tree, sha_digits=len(self.commit)))
        added = [change.path for change in found if change.old is None]
        ignored = self._ignored(added) if added else frozenset()
        return tuple(change for change in found if change.path not in ignored)

    def file_changes(self) -> tuple[FileChange, ...]:
        """Return the changes as contents to publish.

        Raises:
            GitFailed: a change is not of a plain file: a link, a submodule, a pipe.
        """
        return tuple(self._file_change(change) for change in self.changes())

    def _file_change(self, change: Change) -> FileChange:
        for entry in (change.old, change.new):
            if entry is not None and entry.mode not in {REGULAR, EXECUTABLE}:
                raise GitFailed(
                    f"{change.path!r} cannot be published",
                    why="only plain files are; this is a link, a submodule or a special file",
                    next_step="leave it as it was",
                )
        if change.new is None:
            return FileChange(change.path, None)
        content = read_file(self.tree, change.path)
        return FileChange(change.path, content, executable=change.new.mode == EXECUTABLE)

    def write_tree(self) -> str:
        """Write the present state as a tree object beside the tree and return its id."""
        return self.git.write_tree(self.commit, self.file_changes())

    def patch(self) -> bytes:
        """Return the unified diff from the commit to the present state."""
        return self.git.patch(self.commit, self.write_tree())

    def remove(self) -> None:
        """Remove the folder with everything in it."""
        remove_tree(self.folder)

    def _ignored(self, paths: Sequence[str]) -> frozenset[str]:
        rules = self._ignore_rules()
        git = Git(self.git.program, self.git.git_dir, work_tree=rules)
        listing = b"".join(os.fsencode(path) + b"\0" for path in paths)
        arguments = ("-c", "core.bare=false", "check-ignore", "--no-index", "-z", "--stdin")
        try:
            output = git.run(*arguments, stdin=listing, env={"GIT_LITERAL_PATHSPECS": "0"})
        except GitFailed as error:
            # Exit code 1 without a message: no path is ignored.
            if error.why:
                raise
            return frozenset()
        return frozenset(os.fsdecode(name) for name in output.split(b"\0") if name)

    def _ignore_rules(self) -> Path:
        """Lay out the commit's own ignore files where no foreign code has been."""
        folder = self.folder / "ignore"
        if not folder.is_dir():
            folder.mkdir()
            for path, entry in self.files.items():
                if path.rpartition("/")[2] == ".gitignore" and entry.mode == REGULAR:
                    content = self.git.read_file(self.commit, path) or b""
                    target = folder / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
        return folder


def _check_limits(files: Mapping[str, Entry], limits: TreeLimits) -> None:
    total = sum(entry.size for entry in files.values())
    if len(files) > limits.files or total > limits.total_bytes:
        raise GitFailed(
            "the repository is too large to check out",
            why=f"{len(files)} files with {total // MIB} MiB; at most {limits.files} files with "
            f"{limits.total_bytes // MIB} MiB are",
            next_step="use a smaller repository",
        )


def _alternates(source: Git) -> str:
    """Return where a checkout's objects are: what the source borrows itself stays there without it."""
    objects = _objects(source)
    borrowed = objects / "info/alternates"
    found = borrowed.read_text(encoding="utf-8") if borrowed.is_file() else ""
    return f"{found}{objects}\n"


def _objects(source: Git) -> Path:
    output = source.run("rev-parse", "--git-path", "objects")
    # The answer is relative to where git stands, which is always the root.
    return Path("/") / output.decode("utf-8", "surrogateescape").rstrip("\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
