"""From a folder of Python files to its graph."""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ccg.cache import blob_hash
from ccg.collector import collector_paused
from ccg.errors import GraphInvalid, NothingToRead
from ccg.lowering import Found, Unread, analyser
from ccg.model import NotAnalysed
from ccg.reading import facts_of, usual_jobs
from ccg.results import Results, result_key
from ccg.source import list_files, module_name, read_content, source_folder_of

if TYPE_CHECKING:  # with a kept result none of it is needed
    from ccg.graph import Graph
    from ccg.solve.objects import Module
    from ccg.syntax.facts import ModuleFacts

VERSION = "5"
"""Of the analysis: with the same version the same files give the same bytes.

Whole graphs are kept under it: it goes up with every change after which the same files give another
graph, but for what `facts.VERSION` says already.
"""
Progress = Callable[[int, int], None]


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
    inputs = _read_inputs(root, package=package, files=files, inside=inside)
    with collector_paused():
        results = _results(cache)
        kept = _load(results, inputs)
        if kept is not None:
            inputs.tell_all(progress)
            return kept
        graph = _analyse(inputs, jobs=jobs, cache=cache, progress=progress)
        if results and inputs.is_lasting:
            results.keep(inputs.key, graph.to_json())
        return graph


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
    inputs = _read_inputs(root, package=package, files=None, inside=inside)
    with collector_paused():
        results = _results(cache)
        kept = results.find(inputs.key) if results else None
        if kept is not None:
            inputs.tell_all(progress)
            return kept
        text = _analyse(inputs, jobs=jobs, cache=cache, progress=progress).to_json()
        if results and inputs.is_lasting:
            results.keep(inputs.key, text)
        return text


class _Inputs:
    """All that a graph is made from."""

    def __init__(
        self, named: Sequence[tuple[str, str]], read: Mapping[str, bytes | NotAnalysed]
    ) -> None:
        self.named = named
        self.contents: dict[str, bytes] = {}
        """By their hashes."""
        self.states: dict[str, str | NotAnalysed] = {}
        """Of each path the hash, or why it cannot be read."""
        self.is_lasting = True
        """The same inputs always give the same graph."""
        for path, content in read.items():
            if isinstance(content, NotAnalysed):
                self.states[path] = content
            else:
                self.states[path] = key = blob_hash(content)
                self.contents[key] = content

    @property
    def key(self) -> str:
        """Return the name of the graph of these inputs."""
        return result_key(
            (path, name, *(("", state.reason) if isinstance(state, NotAnalysed) else (state,)))
            for path, name in sorted(self.named)
            for state in [self.states[path]]
        )

    def tell_all(self, progress: Progress | None) -> None:
        """Say that every file is read."""
        if progress:
            progress(len(self.named), len(self.named))


def _read_inputs(
    root: Path, *, package: str | None, files: Iterable[str] | None, inside: str
) -> _Inputs:
    paths = list_files(root) if files is None else sorted({*files})
    named = _names(paths, package=package, inside=inside)
    if package is not None and not named:
        raise NothingToRead(
            f"there is no package {package!r} below {root}",
            next_step="give its dotted name as an import says it",
        )
    return _Inputs(named, {path: read_content(root, path) for path, _ in named})


def _results(cache: Path | None) -> Results | None:
    return Results(cache, analyser=f"{VERSION}-{analyser()}") if cache else None


def _load(results: Results | None, inputs: _Inputs) -> "Graph | None":
    text = results.find(inputs.key) if results else None
    if text is None:
        return None
    from ccg.graph import Graph

    try:
        return Graph.from_json(text)
    except GraphInvalid:
        return None


def _analyse(
    inputs: _Inputs, *, jobs: int | None, cache: Path | None, progress: Progress | None
) -> "Graph":
    from ccg.assemble import assemble
    from ccg.solve.run import solve

    def tell(done: int) -> None:
        if progress and done < len(inputs.contents):
            progress(done, len(inputs.named))

    found = facts_of(inputs.contents, jobs=jobs or usual_jobs(), cache=cache, tell=tell)
    inputs.tell_all(progress)
    modules, not_analysed = _modules(inputs, found)
    solver = solve(modules)
    if solver.is_exhausted():
        not_analysed.append(NotAnalysed("*", TOO_TANGLED))
    return assemble(solver, sorted(not_analysed), version=VERSION)


TOO_TANGLED = "the code is too tangled to be followed to the end: some calls are missing"
"""The reason where the analysis stopped before it was complete."""


def _names(paths: Sequence[str], *, package: str | None, inside: str) -> list[tuple[str, str]]:
    """Return the paths to analyse with their modules' names."""
    known = frozenset(paths)
    found = []
    # a package comes before a module of the same name, as for Python
    for path in sorted(paths, key=lambda path: (not path.endswith("/__init__.py"), path)):
        folder = "" if inside else source_folder_of(path, paths=known)
        name = module_name(path, source_folder=folder, inside=inside)
        if package is None or f"{name}.".startswith(f"{package}."):
            found.append((path, name))
    return found


def _modules(
    inputs: _Inputs, found: Mapping[str, Found]
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
