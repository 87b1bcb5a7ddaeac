"""From a folder of Python files to its graph."""

import copy
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ccg.collector import collector_paused
from ccg.errors import GraphInvalid
from ccg.inputs import Inputs, Progress, read_inputs
from ccg.kept import Kept
from ccg.lowering import Found, Unread
from ccg.model import NotAnalysed
from ccg.reading import facts_of, usual_jobs

if TYPE_CHECKING:  # with a kept result none of it is needed
    from ccg.graph import Graph
    from ccg.solve.objects import Module
    from ccg.syntax.facts import ModuleFacts

VERSION = "11"
"""Of the analysis: with the same version the same files give the same bytes.

Whole graphs are kept under it: it goes up with every change after which the same files give another
graph, but for what `facts.VERSION` says already.
"""


def build_graph(
    root: Path,
    *,
    package: str | None = None,
    files: Iterable[str] | None = None,
    inside: str = "",
    progress: Progress | None = None,
    jobs: int | None = None,
    cache: Path | None = None,
) -> "Graph":
    """Analyse the Python files below the root; nothing of theirs is imported or run.

    Neither `jobs` nor what is in the cache makes a difference to the graph.

    Args:
        root: the folder; modules are named from it, or from its `src` folder.
        package: keep to this package or module of it, by its dotted name.
        files: the paths to analyse, relative to the root; by default all that `list_files` finds.
        inside: the dotted name of the package that the root itself is (`package_of` tells it), so
            that imports of its own name are found.
        progress: called with the number of files read and of all, as it grows; both are equal when
            the calls begin to be followed.
        jobs: the number of processes that may read files at once, by default one for each processor
            and at most 8; there are fewer where little is to be read.
        cache: a folder of the user's own where facts and graphs are kept for the next time; None
            keeps nothing.

    Raises:
        NothingToRead: the root is not a folder, or the package is not in it.
    """
    inputs = read_inputs(root, package=package, files=files, inside=inside)
    with collector_paused():
        kept = _kept(cache, inputs, jobs)
        text = kept.find() if kept else None
        found = None if text is None else _read(text)
        if found is not None:
            inputs.tell_all(progress)
            return found
        return _analyse(inputs, kept, jobs=jobs, cache=cache, progress=progress)[0]


def build_json(
    root: Path,
    *,
    package: str | None = None,
    inside: str = "",
    progress: Progress | None = None,
    jobs: int | None = None,
    cache: Path | None = None,
) -> str:
    """Return the JSON of the graph that `build_graph` gives; of a kept one nothing else is made.

    Raises:
        NothingToRead: the root is not a folder, or the package is not in it.
    """
    inputs = read_inputs(root, package=package, files=None, inside=inside)
    with collector_paused():
        kept = _kept(cache, inputs, jobs)
        text = kept.find() if kept else None
        if text is not None:
            inputs.tell_all(progress)
            return text
        graph, text = _analyse(inputs, kept, jobs=jobs, cache=cache, progress=progress)
        return text or graph.to_json()


def _kept(cache: Path | None, inputs: Inputs, jobs: int | None) -> Kept | None:
    return Kept(cache, inputs, version=VERSION, jobs=jobs or usual_jobs()) if cache else None


def _read(text: str) -> "Graph | None":
    from ccg.graph import Graph

    try:
        return Graph.from_json(text)
    except GraphInvalid:
        return None


def _analyse(
    inputs: Inputs,
    kept: Kept | None,
    *,
    jobs: int | None,
    cache: Path | None,
    progress: Progress | None,
) -> "tuple[Graph, str | None]":
    """Return the graph, and its JSON if that was made in order to be kept."""

    def tell(done: int) -> None:
        if progress and done < len(inputs.contents):
            progress(done, len(inputs.named))

    found = facts_of(
        inputs.contents, jobs=jobs or usual_jobs(), cache=cache, tell=tell, meanwhile=_load_solver
    )
    inputs.tell_all(progress)
    from ccg.assemble import assemble
    from ccg.solve.run import solve

    modules, not_analysed = _modules(inputs, found)
    with kept.learning(found) if kept else nullcontext():
        solver = solve(modules)
    if solver.is_exhausted():
        not_analysed.append(NotAnalysed("*", TOO_TANGLED))
    assembled = assemble(solver, sorted(not_analysed), version=VERSION)
    if kept is None or not inputs.is_lasting:
        return assembled.graph, None
    text = assembled.graph.to_json()
    kept.keep(assembled, text)
    return assembled.graph, text


def _load_solver() -> None:
    """Import what `_analyse` goes on with; others read meanwhile."""
    for name in ("ccg.assemble", "ccg.solve.run"):
        import_module(name)


TOO_TANGLED = "the code is too tangled to be followed to the end: some calls are missing"
"""The reason where the analysis stopped before it was complete."""


def _modules(
    inputs: Inputs, found: Mapping[str, Found]
) -> tuple[dict[str, "Module"], list[NotAnalysed]]:
    from ccg.solve.objects import Module

    facts: dict[str, tuple[str, ModuleFacts]] = {}
    not_analysed: list[NotAnalysed] = []
    taken: set[str] = set()
    for path, name in inputs.named:
        state = inputs.states[path]
        if isinstance(state, NotAnalysed):
            not_analysed.append(state)
            continue
        read = found[state]
        if isinstance(read, Unread):
            inputs.is_lasting &= read.is_lasting
            not_analysed.append(NotAnalysed(path, read.reason))
        elif name in facts:
            reason = f"has the module name of {facts[name][0]}: {name}"
            not_analysed.append(NotAnalysed(path, reason))
        else:  # files of equal content are modules of their own
            facts[name] = (path, copy.deepcopy(read) if state in taken else read)
            taken.add(state)
    modules = {
        name: Module(name, path, read, index, path.rpartition("/")[2] == "__init__.py")
        for index, (name, (path, read)) in enumerate(sorted(facts.items()))
    }
    return modules, not_analysed
