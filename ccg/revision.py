"""Reads the Python files of a commit out of a git repository that may be hostile.

Git is asked for objects alone, with `rev-parse`, `ls-tree` and `cat-file`: no work tree is written,
no index is read, and neither hooks nor filters, helpers or a network have a part in it.
"""

import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ccg.errors import RevisionNotRead, RevisionUnknown
from ccg.source import MAX_BYTES, MAX_DEPTH, SKIPPED_FOLDERS

MAX_FILES = 100_000
MAX_TOTAL = 512 * 1024 * 1024
"""Bytes of all files of a commit together."""
SECONDS = 120
_MAX_LISTING = 32 * 1024 * 1024
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
    "safe.bareRepository": "explicit",
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
    listing = _git(git_dir, "ls-tree", "-r", "-z", "--full-tree", commit, "--", prefix or ".")
    files = [
        (path, sha) for path, sha in _plain_files(listing, os.fsencode(prefix)) if _is_wanted(path)
    ]
    blobs = _measured(git_dir, files) if len(files) <= MAX_FILES else []
    if len(files) > MAX_FILES or sum(blob.size for blob in blobs) > MAX_TOTAL:
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
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise _unknown(revision)
    try:
        answer = _git(git_dir, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    except RevisionNotRead as error:
        if "cannot be started" in error.what:
            raise
        raise _unknown(revision, is_shallow=_is_shallow(git_dir)) from error
    if not _SHA.match(answer):
        raise _unknown(revision)
    return answer.decode("ascii")


def _unknown(revision: str, *, is_shallow: bool = False) -> RevisionUnknown:
    return RevisionUnknown(
        f"there is no commit {revision!r}",
        why="this clone is a shallow one" if is_shallow else "",
        next_step="give a branch, a tag or a commit that `git log` shows; fetch it first",
    )


def _is_shallow(git_dir: str) -> bool:
    """Tell whether the history ends early here, as `git clone --depth` makes it."""
    return _git(git_dir, "rev-parse", "--is-shallow-repository").strip() == b"true"


def _plain_files(listing: bytes, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the path, from the folder that was asked for, and the id of each regular file."""
    for line in listing.split(b"\0"):
        about, _, path = line.partition(b"\t")
        parts = about.split()
        if len(parts) == 3 and parts[0] in _PLAIN and parts[1] == b"blob":
            yield path.removeprefix(prefix), parts[2]


def _is_wanted(path: bytes) -> bool:
    """Tell whether `list_files` would find the file; `.`, `..` and `.git` begin with a dot."""
    *folders, name = os.fsdecode(path).split("/")
    if len(folders) > MAX_DEPTH or name.startswith("."):
        return False
    if any(not part or part.startswith(".") or part in SKIPPED_FOLDERS for part in folders):
        return False
    return name.endswith(".py") or (not folders and name == "pyproject.toml")


def _measured(git_dir: str, files: Sequence[tuple[bytes, bytes]]) -> list[Blob]:
    """Ask for the sizes, and leave out what is longer than a source may be."""
    asked = b"".join(sha + b"\n" for _, sha in files)
    answer = _git(git_dir, "cat-file", "--batch-check", stdin=asked)
    blobs = []
    for (path, sha), line in zip(files, answer.splitlines(), strict=True):
        found, *about = line.split()
        if found != sha or about[:1] != [b"blob"]:
            raise RevisionNotRead(
                "an object of the commit is missing",
                why=f"{os.fsdecode(path)!r} is not in this clone",
                next_step="fetch the whole commit: the clone may be partial",
            )
        if int(about[1]) <= MAX_BYTES:
            blobs.append(Blob(path, sha, int(about[1])))
    return blobs


def _write(git_dir: str, blobs: Sequence[Blob], into: Path) -> None:
    asked = b"".join(blob.sha + b"\n" for blob in blobs)
    limit = sum(blob.size + 200 for blob in blobs)
    with tempfile.TemporaryFile() as answers:
        _run(git_dir, ("cat-file", "--batch"), stdin=asked, stdout=answers, limit=limit)
        answers.seek(0)
        for blob in blobs:
            answers.readline()
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


def _git(git_dir: str | None, *arguments: str, stdin: bytes = b"") -> bytes:
    with tempfile.TemporaryFile() as out:
        _run(git_dir, arguments, stdin=stdin, stdout=out, limit=_MAX_LISTING)
        out.seek(0)
        return out.read()


def _run(
    git_dir: str | None, arguments: Sequence[str], *, stdin: bytes, stdout: IO[bytes], limit: int
) -> None:
    """Run git with a time limit and a limit on what it writes."""
    where = () if git_dir is None else ("--git-dir", git_dir, "--bare")
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
        given.write(stdin)
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 (an argument list, never a shell)
                ["git", *_SETTINGS, *where, *arguments],  # noqa: S607 (found in our own PATH)
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_ENVIRONMENT,
                cwd="/",
            )
        except OSError as error:
            raise RevisionNotRead(
                "git cannot be started", why=str(error), next_step="install git"
            ) from error
        with process:
            is_whole = _copy(process, stdout, limit)
        if not is_whole:
            raise RevisionNotRead(
                "git was ended: its answer was too long",
                why=f"more than {limit} bytes or {SECONDS} seconds",
                next_step="give a folder further down",
            )
        if process.returncode != 0:
            errors.seek(0)
            said = errors.read(2000).decode("utf-8", "replace").strip().splitlines()
            raise RevisionNotRead("git failed", why=said[0][:200] if said else "it said nothing")


def _copy(process: subprocess.Popen[bytes], out: IO[bytes], limit: int) -> bool:
    """Copy what a program writes, and tell whether it ended within the limits."""
    ended_by_us = threading.Event()

    def end() -> None:
        ended_by_us.set()
        process.kill()

    watch = threading.Timer(SECONDS, end)
    watch.start()
    try:
        size = 0
        while process.stdout is not None and (chunk := process.stdout.read(1 << 16)):
            size += len(chunk)
            if size > limit:
                end()
                break
            out.write(chunk)
        process.wait()
    finally:
        watch.cancel()
    return not ended_by_us.is_set()
