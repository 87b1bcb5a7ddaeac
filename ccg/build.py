"""From a folder of Python files to its graph."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ccg.assemble import assemble
from ccg.errors import NothingToRead
from ccg.graph import Graph, NotAnalysed
from ccg.solve.objects import Module
from ccg.solve.run import solve
from ccg.source import Source, list_files, module_name, read_source, source_folder_of
from ccg.syntax.facts import ModuleFacts
from ccg.syntax.lower import lower

VERSION = "2"
"""Of the analysis: with the same version the same files give the same bytes."""


def build_graph(
    root: Path,
    *,
    package: str | None = None,
    files: Iterable[str] | None = None,
    inside: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Graph:
    """Analyse the Python files below the root; nothing of theirs is imported or run.

    Args:
        root: the folder; modules are named from it, or from its `src` folder.
        package: keep to this package or module of it, by its dotted name.
        files: the paths to analyse, relative to the root; by default all that `list_files` finds.
        inside: the dotted name of the package that the root itself is (`package_of` tells it), so
            that imports of its own name are found.
        progress: called with the number of files read and of all, after each.

    Raises:
        NothingToRead: the root is not a folder, or the package is not in it.
    """
    paths = list_files(root) if files is None else sorted({*files})
    named = _names(paths, package=package, inside=inside)
    if package is not None and not named:
        raise NothingToRead(
            f"there is no package {package!r} below {root}",
            next_step="give its dotted name as an import says it",
        )
    with _collector_paused():
        modules, not_analysed = _read_modules(root, named, progress)
        solver = solve(modules)
        if solver.is_exhausted():
            not_analysed.append(NotAnalysed("*", TOO_TANGLED))
        return assemble(solver, sorted(not_analysed), version=VERSION)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector: millions of objects grow and none of them is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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


def _read_modules(
    root: Path, named: Sequence[tuple[str, str]], progress: Callable[[int, int], None] | None
) -> tuple[dict[str, Module], list[NotAnalysed]]:
    facts: dict[str, tuple[str, ModuleFacts]] = {}
    not_analysed: list[NotAnalysed] = []
    for done, (path, name) in enumerate(named, start=1):
        read = _read_facts(root, path)
        if isinstance(read, NotAnalysed):
            not_analysed.append(read)
        elif name in facts:
            reason = f"has the module name of {facts[name][0]}: {name}"
            not_analysed.append(NotAnalysed(path, reason))
        else:
            facts[name] = (path, read)
        if progress:
            progress(done, len(named))
    modules = {
        name: Module(name, path, read, index, path.rpartition("/")[2] == "__init__.py")
        for index, (name, (path, read)) in enumerate(sorted(facts.items()))
    }
    return modules, not_analysed


def _read_facts(root: Path, path: str) -> ModuleFacts | NotAnalysed:
    source = read_source(root, path)
    return try_lower(source) if isinstance(source, Source) else source


def try_lower(source: Source) -> ModuleFacts | NotAnalysed:
    """Lower a file; a fault of ours in it costs this one file and not the whole graph."""
    try:
        return lower(source.tree, end_line=source.text.count("\n") + 1)
    except RecursionError:
        return NotAnalysed(source.path, "nested too deeply to be walked")
    except Exception as error:  # noqa: BLE001 (one odd file must not take the others along)
        return NotAnalysed(source.path, f"the analysis failed: {type(error).__name__}: {error}")
