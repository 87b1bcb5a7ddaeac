"""A tree as an analyser is given it, without tests that ran."""

from functools import cache, partial
from pathlib import Path

from ccg.build import build_graph
from quality.analysers.interface import Subject
from quality.suite_result import not_run
from quality.tree import read_tree


def subject_of(root: Path) -> Subject:
    """Return all files below the root; nothing runs."""
    tree = read_tree(root)
    files = [source.path for source in tree.sources]
    graph = cache(partial(build_graph, root, files=files))
    return Subject(tree, not_run("not asked for"), root, graph)
