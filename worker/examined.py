"""What the files of a tree say beside those of its base: the part of a measurement that runs no tests."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from p2a.scratch import scratch
from quality.change import Change
from quality.examine import Examination
from quality.tree import make_links
from worker.graphing import Graphed, graph_of
from worker.records import BaseRecord
from worker.work_tree import WorkTree


@dataclass(frozen=True, slots=True)
class Examined:
    """The analysers' answers and the graph."""

    change: Change
    examination: Examination
    graphed: Graphed
    closing: ExitStack
    """Removes the files that they were made of."""

    def close(self) -> None:
        """Remove the files."""
        self.closing.close()


def examined(tree: WorkTree, base: BaseRecord, *, cache: Path) -> Examined:
    """Ask the analysers about a tree and its base, and build both graphs; the tree is used up.

    Args:
        tree: one of its own, which is removed with the result.
        base: what it is compared with.
        cache: where the facts of files are kept.

    Raises:
        GitFailed: the base is not here.
    """
    with ExitStack() as closing:
        closing.callback(tree.remove)
        work = closing.enter_context(scratch("measure"))
        change = tree.change_since(base.against or base.sha, work / "base")
        paths = tree.workspace.paths()
        make_links(tree.root, tree.links)
        examination = Examination(tree.root, paths=paths, change=change, graph_cache=cache)
        graphed = graph_of(tree.root, base=change.root, cache=cache)
        return Examined(change, examination, graphed, closing.pop_all())
