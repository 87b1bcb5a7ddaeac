"""Builds the graphs of two states of a folder and compares them."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from ccg.build import build_graph
from ccg.change import Change, compare
from ccg.errors import NothingToRead
from ccg.files import reader
from ccg.graph import Graph
from ccg.revision import write_revision
from ccg.source import package_of

FILES_AT_ROOT = "the files as they are"
"""How a state is called that is no commit."""

Build = Callable[[Path, str], Graph]
"""Builds the graph of a folder, given the dotted name of the package that the folder is."""


def compare_revisions(root: Path, *, base: str, head: str | None, build: Build) -> Change:
    """Compare a commit with a later one, or with the files at the root.

    Args:
        root: a folder of a git work tree.
        base: the commit before, as git understands it.
        head: the commit after; None for the files as they are.
        build: makes a graph of a folder.

    Raises:
        RevisionUnknown: there is no such repository or commit.
        RevisionNotRead: git is missing or fails.
        NothingToRead: the root is not a folder, or a package is not in it.
    """
    inside = package_of(root)
    with TemporaryDirectory(prefix="p2a-graph-") as folder:
        old, new = Path(folder, "base"), root
        old.mkdir()
        names = (write_revision(root, base, old)[:12], FILES_AT_ROOT)
        if head is not None:
            new = Path(folder, "head")
            new.mkdir()
            names = (names[0], write_revision(root, head, new)[:12])
        return compare(
            _build_old(old, inside, build),
            build(new, inside),
            read_base=reader(old),
            read_head=reader(new),
            names=names,
        )


def _build_old(old: Path, inside: str, build: Build) -> Graph:
    try:
        return build(old, inside)
    except NothingToRead:  # the package is new: there was nothing of it
        return build_graph(old, files=(), inside=inside)
