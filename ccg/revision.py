"""Reads the Python files of a commit out of a git repository that may be hostile.

Git is asked for objects alone, with `rev-parse`, `ls-tree` and `cat-file`: no work tree is written,
no index is read, and neither hooks nor filters, helpers or a network have a part in it.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ccg.errors import RevisionNotRead, RevisionUnknown
from ccg.source import MAX_BYTES, MAX_DEPTH, SKIPPED_FOLDERS

MAX_FILES = 100_000
MAX_TOTAL = 512 * 1024 * 1024
"""Bytes of all files of a commit together."""
SECONDS = 120
_MAX_LISTING = 256 * 1024 * 1024
_PLAIN = frozenset({b"100644", b"100755", b"100664"})
"""Git's modes of regular files; links and submodules have others."""
_SHA = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")

_CONFIG = {
    "core.attributesFile": "/dev/null",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.sshCommand": "/bin/false",
    "credential.helper": "",
    "protocol.allow": "never",
    "protocol.ext.allow": "never",
    "submodule.recurse": "false",
}
_SETTINGS = tuple(part for name, value in _CONFIG.items() for part in ("-c", f"{name}={value}"))
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "/bin/false",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a commit."""

    path: bytes
    """From the folder that was asked for."""
    sha: bytes
    size: int


def write_revision(folder: Path, revision: str, into: Path) -> str:
    """Write the Python files that a commit has below a folder, and return the commit's id.

    The same files as `list_files` would find, and the project's `pyproject.toml`; what is longer
    than a source may be is left out.

    Args:
        folder: a folder of the repository's work tree.
        revision: what git understands as a commit.
        into: an empty folder of ours, which gets plain files only.

    Raises:
        RevisionUnknown: the folder is in no repository, or this has no such commit.
        RevisionNotRead: git is missing or fails, or the commit has more than `MAX_TOTAL` bytes.
    """
    git_dir, prefix = _repository(folder)
    commit = _commit(git_dir, revision)
    listing = _git(git_dir, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--", prefix or ".")
    blobs = [blob for blob in _blobs(listing, os.fsencode(prefix)) if _is_wanted(blob)]
    if len(blobs) > MAX_FILES or sum(blob.size for blob in blobs) > MAX_TOTAL:
        raise RevisionNotRead(
            f"{revision} has more Python files than are read",
            why=f"the limits are {MAX_FILES} files and {MAX_TOTAL} bytes",
            next_step="give a folder further down",
        )
    _write(git_dir, blobs, into)
    return commit


def _repository(folder: Path) -> tuple[str, str]:
    """Return the git folder, and the path from the work tree's top with a slash at its end."""
    where = ("-C", str(folder.absolute()))
    try:
        answer = _git(None, *where, "rev-parse", "--absolute-git-dir", "--show-prefix")
    except RevisionNotRead as error:
        if "cannot be started" in error.what:
            raise
        raise RevisionUnknown(
            f"{folder} is in no git repository that can be read",
            why=error.why,
            next_step="give a folder of a git work tree that belongs to you",
        ) from error
    git_dir, _, prefix = os.fsdecode(answer).partition("\n")
    return git_dir, prefix.removesuffix("\n")


def _commit(git_dir: str, revision: str) -> str:
    unknown = RevisionUnknown(
        f"there is no commit {revision!r}",
        next_step="give a branch, a tag or a commit that `git log` shows; fetch it first",
    )
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise unknown
    try:
        answer = _git(git_dir, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    except RevisionNotRead as error:
        if "cannot be started" in error.what:
            raise
        raise unknown from error
    if not _SHA.match(answer):
        raise unknown
    return answer.decode("ascii")


def _blobs(listing: bytes, prefix: bytes) -> Iterable[Blob]:
    for line in listing.split(b"\0"):
        about, _, path = line.partition(b"\t")
        parts = about.split()
        if len(parts) == 4 and parts[0] in _PLAIN and parts[1] == b"blob" and parts[3].isdigit():
            yield Blob(path.removeprefix(prefix), parts[2], int(parts[3]))


def _is_wanted(blob: Blob) -> bool:
    """Tell whether `list_files` would find the file; `.`, `..` and `.git` begin with a dot."""
    *folders, name = os.fsdecode(blob.path).split("/")
    if blob.size > MAX_BYTES or len(folders) > MAX_DEPTH or name.startswith("."):
        return False
    if any(not part or part.startswith(".") or part in SKIPPED_FOLDERS for part in folders):
        return False
    return name.endswith(".py") or (not folders and name == "pyproject.toml")


def _write(git_dir: str, blobs: Sequence[Blob], into: Path) -> None:
    asked = b"".join(blob.sha + b"\n" for blob in blobs)
    with tempfile.TemporaryFile() as answers:
        _run(git_dir, ("cat-file", "--batch"), stdin=asked, stdout=answers)
        answers.seek(0)
        for blob in blobs:
            header = answers.readline().split()
            if header[:2] != [blob.sha, b"blob"] or header[2:] != [str(blob.size).encode()]:
                raise RevisionNotRead(
                    "an object of the commit is missing",
                    why=f"{os.fsdecode(blob.path)!r} is not in this clone",
                    next_step="fetch the whole commit: the clone may be partial",
                )
            content = answers.read(blob.size)
            answers.read(1)
            _write_file(into / os.fsdecode(blob.path), content)


def _write_file(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as out:
            out.write(content)
    except OSError as error:
        raise RevisionNotRead(
            "a file of the commit cannot be written to the temporary folder",
            why=f"{file.name!r}: {error.strerror or error}",
            next_step="see whether the temporary folder has space",
        ) from error


def _git(git_dir: str | None, *arguments: str) -> bytes:
    with tempfile.TemporaryFile() as out:
        _run(git_dir, arguments, stdin=b"", stdout=out)
        out.seek(0)
        content = out.read(_MAX_LISTING + 1)
    if len(content) > _MAX_LISTING:
        raise RevisionNotRead("git's answer is too long", why=f"more than {_MAX_LISTING} bytes")
    return content


def _run(git_dir: str | None, arguments: Sequence[str], *, stdin: bytes, stdout: IO[bytes]) -> None:
    where = () if git_dir is None else ("--git-dir", git_dir, "--bare")
    try:
        done = subprocess.run(  # noqa: S603 (an argument list, never a shell)
            ["git", *_SETTINGS, *where, *arguments],  # noqa: S607 (looked up in our own PATH)
            input=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd="/",
            timeout=SECONDS,
            check=False,
        )
    except OSError as error:
        raise RevisionNotRead(
            "git cannot be started", why=str(error), next_step="install git"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise RevisionNotRead(f"git took more than {SECONDS} seconds") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RevisionNotRead("git failed", why=said[0][:200] if said else "it said nothing")
