"""The code context graph of a tree that is being changed."""

from ccg.build import build_graph
from ccg.graph import Graph
from worker.graphing import CACHE
from worker.run import Run
from worker.work_tree import WorkTree


class GraphOfTree:
    """The graph of a tree as it is now, built when it is first asked for after a change."""

    def __init__(self, run: Run, tree: WorkTree) -> None:
        self._run = run
        self._tree = tree
        self._digest = ""
        self._graph: Graph | None = None

    def __call__(self) -> Graph:
        """Return the graph; nothing of the tree is imported or run."""
        digest = self._tree.digest()
        if self._graph is None or digest != self._digest:
            cache = self._run.settings.data_dir / CACHE
            self._graph, self._digest = build_graph(self._tree.root, cache=cache), digest
        return self._graph
