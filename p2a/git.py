"""The one wrapper over the git program: a fixed environment, no hooks, no helpers, time limits.

The git folder is always named and always lies outside of what foreign code can write, so that no
file of a repository can tell git what to run.
"""

import os
import re
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from p2a.effects import FileChange
from p2a.errors import EnvironmentMissing, GitFailed, GitUnreachable
from p2a.line_count import LineCount
from p2a.process import SYSTEM_PATH, Captured, Stop, capture
from p2a.remote import Remote
from p2a.scratch import scratch
from p2a.tree import (
    EXECUTABLE,
    REGULAR,
    SYMLINK,
    Change,
    Entry,
    parse_changes,
    parse_line_counts,
    parse_listing,
)

MAX_OUTPUT = 256 * 1024 * 1024
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_SHOWN_ERROR = 2000
_NOT_THERE = (
    "find remote ref",
    "not our ref",
    "unadvertised object",
    "does not appear to be a git",
)
"""What git says when a fetch came through and the answer is no."""

_CONFIG = {
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.symlinks": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.autocrlf": "false",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "core.sshCommand": "/bin/false",
    "core.logAllRefUpdates": "false",
    "commit.gpgSign": "false",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "maintenance.auto": "false",
    "protocol.ext.allow": "never",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
}
_SETTINGS = tuple(part for name, value in _CONFIG.items() for part in ("-c", f"{name}={value}"))

_ENVIRONMENT = {
    "PATH": SYSTEM_PATH,
    # Not a folder: curl would read a .netrc there.
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "/bin/false",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


@dataclass(frozen=True, slots=True)
class Merge:
    """What came of a merge: a tree, and the paths that both sides changed in different ways."""

    tree: str
    """With conflict markers in it where there are conflicts."""
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a commit names as its author and committer."""

    name: str
    email: str


def find_git(search_path: str = SYSTEM_PATH) -> Path:
    """Return the git program.

    Raises:
        EnvironmentMissing: it is not installed.
    """
    found = shutil.which("git", path=search_path)
    if found is None:
        raise EnvironmentMissing(
            "git is not installed",
            why=f"no `git` in {search_path}",
            next_step="install git 2.38 or newer",
        )
    return Path(found)


def is_sha(text: str) -> bool:
    """Tell whether a text is a full object id."""
    return bool(_SHA.match(text))


class Git:
    """One repository's git folder, and maybe a work tree apart from it."""

    def __init__(
        self,
        program: Path,
        git_dir: Path,
        *,
        work_tree: Path | None = None,
        timeout: float = 600.0,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.program = program
        self.git_dir = git_dir.absolute()
        self.work_tree = work_tree.absolute() if work_tree else None
        self._timeout = timeout
        self._keep_open = tuple(keep_open)

    @classmethod
    def of_user(cls, program: Path, folder: Path) -> "Git":
        """Open the repository that holds a folder of the user's own, for a local run.

        Raises:
            GitFailed: there is none, or git does not trust its owner.
        """
        outside = cls(program, folder / ".git", timeout=60.0)
        output = outside._answer(("-C", str(folder.absolute())), "rev-parse", "--absolute-git-dir")
        return cls(program, Path(output.decode("utf-8", "surrogateescape").rstrip("\n")))

    # Running ---------------------------------------------------------------------------------

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        remote: Remote | None = None,
        max_output: int = MAX_OUTPUT,
        allowed: Collection[int] = (0,),
    ) -> bytes:
        """Run a git command on this repository and return what it printed.

        Raises:
            GitFailed: an exit code that is not allowed, the time limit or the output limit; secrets
                are removed.
        """
        return self._answer(
            self._where(),
            *arguments,
            stdin=stdin,
            env=env,
            remote=remote,
            max_output=max_output,
            allowed=allowed,
        )

    def _where(self) -> tuple[str, ...]:
        # Without a tree of its own none may be assumed: git would take the folder it stands in.
        tree = ("--work-tree", str(self.work_tree)) if self.work_tree else ("--bare",)
        return ("--git-dir", str(self.git_dir), *tree)

    def _answer(
        self,
        where: tuple[str, ...],
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        remote: Remote | None = None,
        max_output: int = MAX_OUTPUT,
        allowed: Collection[int] = (0,),
    ) -> bytes:
        own = remote.environment() if remote else {}
        try:
            captured = capture(
                [str(self.program), *_SETTINGS, *where, *arguments],
                env={**_ENVIRONMENT, **(env or {}), **own},
                # Never inside of a tree: git looks for a repository from where it stands.
                cwd=Path("/"),
                stdin=stdin,
                timeout=self._timeout,
                max_output=max_output,
                keep_open=self._keep_open,
            )
        except OSError as error:
            raise EnvironmentMissing(
                f"{self.program} could not be started", why=str(error), next_step="install git"
            ) from error
        if captured.code not in allowed or captured.stopped is not None:
            raise _failure(arguments, captured, secrets=remote.secrets if remote else ())
        return captured.stdout

    # Making and fetching ------------------------------------------------------------------------

    def init(self) -> None:
        """Make an empty bare repository without templates; one that stands is left as it is."""
        self.git_dir.parent.mkdir(parents=True, exist_ok=True)
        self.run("init", "--quiet", "--bare", "--template=")

    def fetch(self, remote: Remote, refspecs: Sequence[str]) -> None:
        """Fetch these refspecs and nothing else: no tags, no submodules, no clean-up.

        Raises:
            GitUnreachable: it did not come through.
            GitFailed: the server does not have what was asked for.
        """
        try:
            self._fetch(remote, refspecs)
        except GitFailed as error:
            if any(sign in error.why for sign in _NOT_THERE):
                raise
            raise GitUnreachable(
                "the repository could not be fetched",
                why=error.why or error.what,
                next_step="check that the App is installed there and that GitHub answers",
            ) from error

    def _fetch(self, remote: Remote, refspecs: Sequence[str]) -> None:
        self.run(
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--",
            remote.url,
            *refspecs,
            remote=remote,
        )

    # Reading ----------------------------------------------------------------------------------

    def resolve(self, revision: str) -> str | None:
        """Return the commit's id that a revision names, None when there is no such commit."""
        try:
            output = self.run(
                "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"
            )
        except GitFailed:
            return None
        return output.decode("ascii").strip()

    def is_shallow(self) -> bool:
        """Tell whether the history ends early here, as `git clone --depth` makes it."""
        return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def head_branch(self) -> str | None:
        """Return the short name of the branch that HEAD names, None when it is detached."""
        try:
            output = self.run("symbolic-ref", "--quiet", "--short", "HEAD")
        except GitFailed:
            return None
        return output.decode("utf-8", "surrogateescape").strip()

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor of two commits, None when they share none."""
        try:
            output = self.run("merge-base", _sha(one), _sha(other))
        except GitFailed as error:
            if error.why:
                raise
            return None
        return output.decode("ascii").split()[0]

    def tree_of(self, revision: str) -> str:
        """Return the id of a commit's tree; a tree's own is returned as it is.

        Raises:
            GitFailed: there is no such commit or tree here.
        """
        name = f"{_sha(revision)}^{{tree}}"
        output = self.run("rev-parse", "--verify", "--end-of-options", name)
        return output.decode("ascii").strip()

    def list_files(self, commit: str, *, max_output: int = MAX_OUTPUT) -> dict[str, Entry]:
        """Return every file of a commit by its path; a name that is not UTF-8 keeps its bytes.

        Raises:
            GitFailed: no such commit, or a listing beyond `max_output` bytes (a git bomb).
        """
        arguments = ("ls-tree", "-r", "-z", "--long", "--full-tree", _sha(commit))
        return parse_listing(self.run(*arguments, max_output=max_output))

    def read_file(self, commit: str, path: str) -> bytes | None:
        """Return a file's bytes in a commit (a link's target), None when there is no such file."""
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            return None
        arguments = ("ls-tree", "-z", "--long", "--full-tree", _sha(commit), "--", path)
        entry = parse_listing(self.run(*arguments)).get(path)
        if entry is None or entry.mode not in {REGULAR, EXECUTABLE, SYMLINK}:
            return None
        return self.run("cat-file", "blob", entry.sha)

    def changes(self, old: str, new: str) -> tuple[Change, ...]:
        """Return the paths that differ between two commits or trees, renames as two paths."""
        arguments = ("diff-tree", "-r", "-z", "--no-renames", _sha(old), _sha(new))
        return parse_changes(self.run(*arguments))

    def line_counts(self, old: str, new: str) -> dict[str, LineCount]:
        """Return by path how many lines differ between two commits or trees, by git's own means only."""
        options = ("--numstat", "--no-renames", "--no-ext-diff", "--no-textconv")
        return parse_line_counts(self.run("diff-tree", "-r", "-z", *options, _sha(old), _sha(new)))

    def patch(self, old: str, new: str, *, max_output: int = MAX_OUTPUT) -> bytes:
        """Return the unified diff between two commits or trees, by git's own means only."""
        return self.run(
            "diff-tree",
            "-r",
            "-p",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            _sha(old),
            _sha(new),
            max_output=max_output,
        )

    # Writing objects and branches ----------------------------------------------------------------

    def write_tree(self, base: str, changes: Iterable[FileChange]) -> str:
        """Write the tree of a commit with some paths changed; neither index nor files are touched.

        Raises:
            GitFailed: git does not allow a path, such as `.git/config`.
        """
        with scratch("index") as folder:
            env = {"GIT_INDEX_FILE": str(folder / "index")}
            self.run("read-tree", _sha(base), env=env)
            wanted = tuple(changes)
            records = b"".join(self._index_record(change) for change in wanted)
            self.run("update-index", "-z", "--replace", "--index-info", stdin=records, env=env)
            # git passes over a path that it does not allow, with a warning and exit code 0.
            _check_taken(wanted, self.run("ls-files", "-z", env=env))
            return self.run("write-tree", env=env).decode("ascii").strip()

    def _index_record(self, change: FileChange) -> bytes:
        name = change.path.encode("utf-8", "surrogateescape")
        if change.content is None:
            return b"0 %s\t%s\0" % (b"0" * 40, name)
        mode = EXECUTABLE if change.executable else REGULAR
        sha = self.run("hash-object", "-w", "-t", "blob", "--stdin", stdin=change.content)
        return b"%s %s\t%s\0" % (mode.encode(), sha.strip(), name)

    def commit(
        self, tree: str, *, parent: str, message: str, identity: Identity, when: datetime
    ) -> str:
        """Write a commit object and return its id; no branch moves."""
        stamp = f"{int(when.timestamp())} +0000"
        who = {"NAME": identity.name, "EMAIL": identity.email, "DATE": stamp}
        env = {f"GIT_{role}_{key}": who[key] for role in ("AUTHOR", "COMMITTER") for key in who}
        output = self.run(
            "commit-tree", _sha(tree), "-p", _sha(parent), stdin=message.encode(), env=env
        )
        return output.decode("ascii").strip()

    def merge(self, base: str, one: str, other: str) -> Merge:
        """Merge two trees that both come from a third one; no commit, branch or file is touched.

        Args:
            base: the commit or tree that both come from.
            one: the one side, a commit or tree.
            other: the other side.

        Raises:
            GitFailed: one of them is not here, or git cannot merge them.
        """
        root = self._passing_commit(base)
        sides = [self._passing_commit(side, parent=root) for side in (one, other)]
        options = ("--write-tree", "--name-only", "--no-messages", "-z")
        # Exit code 1 tells of conflicts; git names their paths behind the tree.
        output = self.run("merge-tree", *options, *sides, allowed=(0, 1))
        tree, *paths = output.rstrip(b"\0").split(b"\0")
        return Merge(tree.decode("ascii"), tuple(os.fsdecode(path) for path in paths))

    def _passing_commit(self, revision: str, *, parent: str | None = None) -> str:
        """Write a commit that no branch will ever hold: a merge looks for its base in history."""
        who = {"NAME": "p2a", "EMAIL": "p2a@localhost", "DATE": "@1000000000 +0000"}
        env = {f"GIT_{role}_{key}": who[key] for role in ("AUTHOR", "COMMITTER") for key in who}
        parents = ("-p", parent) if parent else ()
        output = self.run("commit-tree", self.tree_of(revision), *parents, env=env)
        return output.decode("ascii").strip()

    def create_branch(self, name: str, sha: str) -> None:
        """Create a branch at a commit; one that stands there already is fine, another is not.

        Raises:
            GitFailed: the name is not allowed, or the branch exists at another commit.
        """
        ref = f"refs/heads/{name}"
        self.run("check-ref-format", "--branch", name)
        try:
            self.run("update-ref", ref, _sha(sha), "0" * len(sha))
        except GitFailed as error:
            if self.resolve(ref) == sha:
                return
            raise GitFailed(
                f"the branch {name} could not be made",
                why=error.why,
                next_step="delete or rename the branch of that name",
            ) from error


def _sha(text: str) -> str:
    if not is_sha(text):
        raise GitFailed(
            f"not an object id: {text[:80]!r}",
            why="only full ids are given to git, so that no text can act as an option",
            next_step="resolve the name first",
        )
    return text


def _check_taken(changes: Iterable[FileChange], listing: bytes) -> None:
    names = frozenset(listing.rstrip(b"\0").split(b"\0")) - {b""}
    for change in changes:
        name = change.path.encode("utf-8", "surrogateescape")
        if (change.content is not None) != (name in names):
            raise GitFailed(
                f"git does not take the path {change.path[:200]!r}",
                why="it is not a plain path inside of the repository",
                next_step="leave it out of the change",
            )


def _failure(
    arguments: tuple[str, ...], captured: Captured, *, secrets: Iterable[str]
) -> GitFailed:
    verb = arguments[0]
    if captured.stopped is Stop.TIME:
        return GitFailed(
            f"git {verb} ran out of time", next_step="try again; look at the network and the disk"
        )
    if captured.stopped is Stop.OUTPUT:
        return GitFailed(
            f"git {verb} answered too much",
            why="the repository holds more files than are read",
            next_step="use a smaller repository",
        )
    text = captured.stderr.decode("utf-8", "replace").strip()
    for secret in secrets:
        text = text.replace(secret, "***")
    text = re.sub(r"(?<=://)[^/@\s]+@", "***@", text)
    return GitFailed(
        f"git {verb} failed with exit code {captured.code}",
        why=text[-_SHOWN_ERROR:],
        next_step=_advice(text),
    )


_ADVICE = (
    ("could not read Username", "check that the App is installed on the repository"),
    ("Authentication failed", "check that the App is installed on the repository"),
    ("not found", "check the repository's name and the App's access to it"),
    ("No space left", "free disk space in P2A_DATA_DIR"),
    ("dubious ownership", "run p2a as the user who owns the repository"),
    ("cannot change to", "give the folder of a git repository"),
    ("not a git repository", "give the folder of a git repository"),
    ("couldn't find remote ref", "check that the branch or pull request still exists"),
)


def _advice(text: str) -> str:
    return next((advice for sign, advice in _ADVICE if sign in text), "try again; see the message")
