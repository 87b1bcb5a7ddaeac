"""Finds what a change makes untrue: names in documents by the graph, docstrings by quality's own analyser."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ccg.build import build_graph
from p2a.errors import EditRefused
from p2a.scratch import scratch
from quality.analysers.drift import DriftAnalyser
from quality.analysers.interface import Subject
from quality.finding import Finding
from quality.suite_result import not_run
from quality.tree import read_tree
from worker.documents import is_document
from worker.graphing import CACHE, graph_of
from worker.run import Run
from worker.untrue import mentions, touched_names
from worker.work_tree import WorkTree
from worker.workspace import Workspace

MAX_DRIFTED = 20
MAX_DOCUMENTS = 500
MAX_BYTES = 500_000
"""Of a document that is searched for names."""
NO_TESTS = not_run("docstrings need no tests")


@dataclass(frozen=True, slots=True)
class Untrue:
    """What tools found, a line each, and the files in which it stands."""

    lines: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def find_untrue(run: Run, tree: WorkTree) -> Untrue:
    """Return where documents and docstrings may not fit the change any more.

    Raises:
        GitFailed: the base is not here.
    """
    base = run.story().base or run.trees.resolve()
    with scratch("untrue") as work:
        change = tree.change_since(base.sha, work / "base")
        graphed = graph_of(tree.root, base=change.root, cache=run.settings.data_dir / CACHE)
        drifted = _drifted(tree.root, change.root, change.paths, work)
    touched = touched_names(graphed.change) if graphed.change else []
    named = mentions(touched, _documents(tree.workspace))
    told = [f"{one.path}:{one.start_line}: {one.message}" for one in drifted]
    paths = [line.partition(":")[0] for line in named] + [one.path for one in drifted]
    return Untrue((*named, *told), tuple(dict.fromkeys(paths)))


def _drifted(root: Path, base: Path, paths: Iterable[str], work: Path) -> list[Finding]:
    """Return the docstrings of changed files that drifted with the change."""
    changed = [path for path in paths if path.endswith(".py")]
    known = {one.fingerprint for one in _drift(base, changed, work)}
    found = [one for one in _drift(root, changed, work) if one.fingerprint not in known]
    return found[:MAX_DRIFTED]


def _drift(root: Path, paths: list[str], work: Path) -> tuple[Finding, ...]:
    there = [path for path in paths if (root / path).is_file()]
    subject = Subject(
        read_tree(root, paths=there), NO_TESTS, work, lambda: build_graph(root, files=there)
    )
    return DriftAnalyser().analyse(subject).findings


def _documents(workspace: Workspace) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in [path for path in workspace.paths() if is_document(path)][:MAX_DOCUMENTS]:
        try:
            text = workspace.read_text(path)
        except EditRefused:
            continue
        if len(text) <= MAX_BYTES:
            found[path] = text
    return found
