"""Subjects made of a few files, for the tests of single analysers."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from textwrap import dedent

from ccg import build_graph
from quality.analysers.interface import Analyser, Subject
from quality.finding import Finding, in_order
from quality.suite_result import not_run
from quality.tree import read_tree


def subject_of(root: Path, files: Mapping[str, str]) -> Subject:
    """Write files below a folder and return them as what is judged."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
    tree = read_tree(root)
    paths = [source.path for source in tree.sources]
    return Subject(
        tree, not_run("not asked for"), root, partial(build_graph, root, files=paths, jobs=1)
    )


def findings_of(analyser: Analyser, root: Path, files: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return what an analyser finds in files, as a report would have it."""
    return in_order(analyser.analyse(subject_of(root, files)).findings)
