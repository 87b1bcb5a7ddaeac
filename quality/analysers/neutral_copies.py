"""Copies of source files under neutral names, for tools that would obey what lies beside a file."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Protocol, TypeVar

_ENCODING = re.compile(r"^([ \t\f]*#.*?coding)[:=]")
_PACKAGE = "__init__.py"


class SourceText(Protocol):
    """A file's path from the root, and its lines as Python counts them."""

    @property
    def path(self) -> str:
        """Return the path."""
        ...

    @property
    def lines(self) -> list[str]:
        """Return the lines."""
        ...


Text = TypeVar("Text", bound=SourceText)


def write_copies(folder: Path, sources: Sequence[SourceText]) -> None:
    """Write the text of each file below a new folder, as UTF-8 with line feeds.

    A file's name is its number, so that neither its path nor a file beside it says anything. Only
    `__init__.py` stays what it is, in a folder of its own: other rules hold for a package's file.
    """
    folder.mkdir(parents=True)
    for number, source in enumerate(sources):
        copy = folder / f"{number:06}.py"
        if PurePath(source.path).name == _PACKAGE:
            copy = folder / f"{number:06}" / _PACKAGE
            copy.parent.mkdir()
        # The text is decoded already: a declared encoding would be applied a second time.
        head, rest = source.lines[:2], source.lines[2:]
        lines = [*(_ENCODING.sub(r"\1 ", line) for line in head), *rest]
        copy.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))


def copied(filename: str, sources: Sequence[Text]) -> Text:
    """Return the file whose copy a tool names."""
    path = PurePath(filename)
    number = path.parent.name if path.name == _PACKAGE else path.stem
    return sources[int(number)]
