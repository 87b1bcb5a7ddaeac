"""Private functions and classes whose names nothing but their own definitions holds."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from ccg.source import MAX_BYTES, Source, read_regular
from quality.definitions import Defined, definitions, statements
from quality.remembered import remembered
from quality.tree import SourceTree
from quality.type_checking import TypeChecking

_PRIVATE_WORD = re.compile(r"\b_\w+")
_PART = re.compile(r"_(?:(?<!\w_)(\w+_)(?!\w)|(?:(?<=%s_)|(?<=[}\"']_))(\w+(?<!_))(?!\w))")
"""What a name may be put together from: its beginning `_get_`, or its end behind `%s_`, `}_` or a quote.

The underline comes first, and what stands before it second: `re` finds that twenty times as fast.
"""
_OTHER_CODE = (".cfg", ".ini", ".pxd", ".pyi", ".pyx", ".toml")
"""Files besides Python's in which a private name may be used."""
_HARMLESS_DECORATORS = frozenset(
    {"asynccontextmanager", "cache", "cached_property", "classmethod", "contextmanager", "final"}
    | {"lru_cache", "property", "staticmethod"}
)
"""Those that hand their function to nobody, by their last names."""


@dataclass(frozen=True, slots=True)
class Private:
    """A private function or class and its file."""

    path: str
    item: Defined


def never_named(tree: SourceTree) -> tuple[Private, ...]:
    """Return what no word of any file means, in code, strings or comments, tests included.

    Left out are names such as `_repr_html_`, which others ask for, what a decorator may have
    registered, and names that may be put together from parts that stand somewhere.
    """
    found: dict[str, list[Private]] = defaultdict(list)
    own_words: Counter[str] = Counter()
    for source in tree.product:
        lines = source.lines
        for item in _private(source):
            found[item.node.name].append(Private(source.path, item))
            own_words[item.node.name] += _times(item, lines)
    if not found:
        return ()
    words: Counter[str] = Counter()
    for text in _texts(tree):
        words.update(word for word in _PRIVATE_WORD.findall(text) if word in found)
    alone = [name for name in found if words[name] == own_words[name]]
    parts = _parts(tree.sources) if alone else frozenset()
    return tuple(
        private
        for name in sorted(alone)
        if not _is_made_of(parts, name)
        for private in found[name]
        if _is_plain(private.item)
    )


@remembered
def _private(source: Source) -> list[Defined]:
    typing_only = _typing_only(source)
    return [
        item
        for item in definitions(source.tree)
        if item.node.name.startswith("_")
        and not item.node.name.endswith("_")
        and item.node.lineno not in typing_only
    ]


def _typing_only(source: Source) -> frozenset[int]:
    """Return the lines that no run sees: those under `if TYPE_CHECKING`."""
    return frozenset(
        line
        for node in filter(TypeChecking(source).guards, statements(source.tree))
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    )


def _times(item: Defined, lines: list[str]) -> int:
    """Return how often a definition says its own name: once, and where it calls itself."""
    text = "\n".join(lines[item.node.lineno - 1 : item.node.end_lineno])
    return len(re.findall(rf"\b{item.node.name}\b", text))


def _texts(tree: SourceTree) -> Iterator[str]:
    yield from (source.text for source in tree.sources)
    for path in tree.others:
        if path.endswith(_OTHER_CODE):
            try:
                content = read_regular(tree.root, path, limit=MAX_BYTES)
            except OSError:
                continue
            yield content.decode("utf-8", "replace")


def _parts(sources: Iterable[Source]) -> frozenset[str]:
    """Return the parts of private names that stand in the files, without the first underline."""
    return frozenset(
        beginning or end for source in sources for beginning, end in _PART.findall(source.text)
    )


def _is_made_of(parts: Container[str], name: str) -> bool:
    """Tell whether a string may give the name: `_get_%s_page` or `f"{kind}_page"`."""
    cuts = [place for place, letter in enumerate(name) if letter == "_" and place > 1]
    return any(name[1 : cut + 1] in parts or name[cut + 1 :] in parts for cut in cuts)


def _is_plain(item: Defined) -> bool:
    names = {
        getattr(decorator, "attr", getattr(decorator, "id", ""))
        for decorator in (
            each.func if isinstance(each, ast.Call) else each for each in item.node.decorator_list
        )
    }
    return names <= _HARMLESS_DECORATORS
