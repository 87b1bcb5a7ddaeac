"""The Python files that are judged, read once before anything of the repository runs."""

import os
import shutil
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from ccg.collector import collector_paused
from ccg.graph import NotAnalysed
from ccg.source import Source, list_files, read_source
from p2a.errors import GitFailed
from p2a.git import Git
from p2a.tree import SYMLINK, Entry
from quality.code_lines import CodeLines
from quality.product import is_product

COPIED_NEVER = frozenset(
    {".git", ".hg", ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".tox", ".venv"}
    | {"__pycache__", "node_modules", "venv"}
)
"""Folders that the tests' copy of a tree outside of git goes without."""

MIB = 1024 * 1024
MAX_FILE = 512 * MIB
MAX_TOTAL = 2048 * MIB
"""Bytes by their length, holes included: a copy may fill them."""
MAX_LINK = 4096
"""Bytes of a link's target that Linux takes, with the end (PATH_MAX)."""


class TreeTooLarge(Exception):
    """A tree that is not copied; the message says what is too large and what to do."""


@dataclass(frozen=True, slots=True)
class SourceTree:
    """Python files that parsed, those that did not with the reason, and the names of the rest."""

    root: Path
    sources: tuple[Source, ...]
    not_analysed: tuple[NotAnalysed, ...]
    others: tuple[str, ...] = ()
    """Paths of files and links that are no Python code."""

    @property
    def product(self) -> tuple[Source, ...]:
        """Return the files that scores are about."""
        return tuple(source for source in self.sources if is_product(source.path))

    @property
    def paths(self) -> frozenset[str]:
        """Return the paths of all Python files."""
        read = {item.path for item in self.sources}
        return frozenset(read.union(item.path for item in self.not_analysed))

    @property
    def lines(self) -> int:
        """Return how many lines of the product count: see `quality.code_lines`."""
        return sum(CodeLines(source).counted() for source in self.product)

    def only(self, paths: Container[str]) -> "SourceTree":
        """Return the tree with these Python files alone, the rest as it is."""
        return replace(
            self,
            sources=tuple(source for source in self.sources if source.path in paths),
            not_analysed=tuple(item for item in self.not_analysed if item.path in paths),
        )


def read_tree(
    root: Path,
    *,
    paths: Iterable[str] | None = None,
    known: Mapping[str, Source | NotAnalysed] | None = None,
) -> SourceTree:
    """Read and parse the given files, or all that `ccg.source.list_files` finds.

    Args:
        root: the folder.
        paths: what counts, relative to it, files without Python code among them.
        known: what was read of some files already.
    """
    every = list(all_files(root) if paths is None else paths)
    wanted = list_files(root) if paths is None else sorted(filter(_is_python, every))
    known = known or {}
    with collector_paused():
        read = [known.get(path) or read_source(root, path) for path in wanted]
    return SourceTree(
        root=root,
        sources=tuple(item for item in read if isinstance(item, Source)),
        not_analysed=tuple(item for item in read if isinstance(item, NotAnalysed)),
        others=tuple(sorted(path for path in every if not _is_python(path))),
    )


def _is_python(path: str) -> bool:
    return path.endswith(".py")


def find_work_tree(folder: Path) -> Path | None:
    """Return the nearest folder at or above this one that git marks as a work tree."""
    return next(
        (parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None
    )


def is_bare(folder: Path) -> bool:
    """Tell whether a folder is itself what git keeps of a repository, by what each must have.

    https://git-scm.com/docs/gitrepository-layout
    """
    parts = (folder / "objects", folder / "refs")
    return (folder / "HEAD").is_file() and all(part.is_dir() for part in parts)


def known_files(git: Git, *, prefix: str = "") -> tuple[str, ...]:
    """Return what git tracks or would add below a folder of its work tree, from that folder.

    Links are among them, and files that were deleted and not yet committed; ignored files are not.

    Raises:
        GitFailed: git did not answer, or it would wait for ever at a pipe named as its rules are.
    """
    if git.work_tree is not None:
        _refuse_pipes(git.work_tree)
    start = f"{prefix}/" if prefix else ""
    names = (name.decode("utf-8", "surrogateescape") for name in _index(git))
    return tuple(sorted(name[len(start) :] for name in names if name.startswith(start)))


def _refuse_pipes(root: Path) -> None:
    """Look for ignore rules that are no files: git opens whatever has their name."""
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        # Git passes over a folder that it may not read, too.
        with suppress(PermissionError, FileNotFoundError), os.scandir(folder) as items:
            for item in items:
                if item.is_dir(follow_symlinks=False):
                    waiting.append(item.path)
                elif item.name == ".gitignore" and not (item.is_symlink() or item.is_file()):
                    raise GitFailed(
                        f"{Path(item.path).relative_to(root)} is not a file",
                        why="git would read its rules from a pipe or a device, and wait",
                        next_step="remove it, or make it a file",
                    )


def _index(git: Git) -> Iterator[bytes]:
    return (
        name
        for name in git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard").split(
            b"\0"
        )
        if name
    )


def all_files(root: Path) -> tuple[str, ...]:
    """Return the paths of all files and links of a tree outside of git, caches left out.

    What is in a folder that may not be read is left out, as git does.
    """
    found: list[str] = []
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        with suppress(PermissionError, FileNotFoundError), os.scandir(root / prefix) as items:
            for item in items:
                path = prefix + item.name
                if not item.is_dir(follow_symlinks=False):
                    found.append(path)
                elif item.name not in COPIED_NEVER:
                    waiting.append(f"{path}/")
    return tuple(sorted(found))


def copy_files(root: Path, paths: Iterable[str], *, target: Path) -> None:
    """Copy files into an empty folder; a link is copied as a link and never followed.

    A file that may not be read, or is gone meanwhile, is left out: a test could not read it either.

    Raises:
        TreeTooLarge: a file, or all together, are beyond the limits; nothing was copied.
    """
    leads_out = cache(partial(_leads_out, root=root))
    sizes = {path: _size(root / path) for path in paths}
    wanted = {
        path: size
        for path, size in sizes.items()
        if size is not None and not leads_out((root / path).parent)
    }
    _check_sizes(wanted)
    for folder in {(target / path).parent for path in wanted}:
        folder.mkdir(parents=True, exist_ok=True)
    for path in wanted:
        with suppress(PermissionError, FileNotFoundError):
            shutil.copy2(f"{root}/{path}", f"{target}/{path}", follow_symlinks=False)


def _size(place: Path) -> int | None:
    """Return the bytes of a file or link, None for anything else."""
    try:
        facts = place.lstat()
    except OSError:
        return None
    is_wanted = stat.S_ISREG(facts.st_mode) or stat.S_ISLNK(facts.st_mode)
    return facts.st_size if is_wanted else None


def _check_sizes(sizes: Mapping[str, int]) -> None:
    for path, size in sizes.items():
        if size > MAX_FILE:
            raise TreeTooLarge(
                f"{path} has {size // MIB} MiB, and files up to {MAX_FILE // MIB} MiB are copied: "
                "remove it, or name it in .gitignore"
            )
    total = sum(sizes.values())
    if total > MAX_TOTAL:
        raise TreeTooLarge(
            f"the files have {total // MIB} MiB together, and up to {MAX_TOTAL // MIB} MiB are "
            "copied: name in .gitignore what the tests do not need"
        )


def make_links(root: Path, files: Mapping[str, Entry]) -> None:
    """Turn the links of a commit, checked out as plain files with their target, into links."""
    # All are found first: behind a link that was made already lies somebody else's file.
    plain = [root / path for path, entry in files.items() if entry.mode == SYMLINK]
    for place in [path for path in plain if path.is_file()]:
        target = place.read_bytes()
        if 0 < len(target) < MAX_LINK and b"\0" not in target:
            place.unlink()
            os.symlink(target, os.fsencode(place))  # noqa: PTH211 (bytes that Path would change)


def _leads_out(folder: Path, root: Path) -> bool:
    """Tell whether a link among the folders leads away from where the path says."""
    return folder.resolve() != root.resolve() / folder.relative_to(root)
