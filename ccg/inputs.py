"""What a graph is made from: the files of a tree, their modules' names, their contents."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from ccg.cache import blob_hash
from ccg.errors import NothingToRead
from ccg.model import NotAnalysed
from ccg.results import result_key
from ccg.source import list_files, module_name, read_content, source_folder_of

Progress = Callable[[int, int], None]


class Inputs:
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
        return self.key_of({key: key for key in self.contents})

    def key_of(self, said: Mapping[str, str]) -> str:
        """Return the name of what depends on the paths, and on what is said of the contents' hashes."""
        return result_key(
            (
                path,
                name,
                *(("", state.reason) if isinstance(state, NotAnalysed) else (said[state],)),
            )
            for path, name in sorted(self.named)
            for state in [self.states[path]]
        )

    def tell_all(self, progress: Progress | None) -> None:
        """Say that every file is read."""
        if progress:
            progress(len(self.named), len(self.named))


def read_inputs(
    root: Path, *, package: str | None, files: Iterable[str] | None, inside: str
) -> Inputs:
    """Read the files of a tree that belong to a package, or all.

    Raises:
        NothingToRead: the root is not a folder, or the package is not in it.
    """
    paths = list_files(root) if files is None else sorted({*files})
    named = _names(paths, package=package, inside=inside)
    if package is not None and not named:
        raise NothingToRead(
            f"there is no package {package!r} below {root}",
            next_step=_advice(package, _names(paths, package=None, inside=inside)),
        )
    return Inputs(named, {path: read_content(root, path) for path, _ in named})


def _advice(package: str, named: Sequence[tuple[str, str]]) -> str:
    parts = (name.split(".") for _, name in named)
    known = {".".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}
    near = get_close_matches(package, sorted(known))
    if not near:
        return "give its dotted name as an import says it"
    return f"give its dotted name as an import says it, such as {' or '.join(near)}"


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
