"""Files by the ends of their dotted paths, as a search path of imports may cut them; no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ccg.source import module_name


@dataclass(slots=True)
class _Node:
    path: str
    """The first file that ends so."""
    below: dict[str, "_Node"] = field(default_factory=dict)


class PathEnds:
    """Answers which file `evil` or `shop.tests.evil` may be, whatever folder the path begins with."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._top = _Node("")
        for path in sorted(paths):
            node = self._top
            for part in reversed(module_name(path).split(".")):
                node = node.below.setdefault(part, _Node(path))

    def find(self, name: str) -> str | None:
        """Return the path of the first file whose dotted path is this name or ends with it."""
        node: _Node | None = self._top
        for part in reversed(name.split(".")):
            node = node.below.get(part) if node else None
        return node.path if node else None
