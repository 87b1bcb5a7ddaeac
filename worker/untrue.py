"""Where documents name what a change removed or changed; no I/O."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ccg.change import Change
from ccg.model import Node, NodeType
from quality.product import is_product
from worker.documents import is_record_of_changes

SHORTEST = 4
"""Letters of a name that is looked for by itself; a shorter one means too much."""
MAX_MENTIONS = 40
MAX_A_NAME = 5
"""Places that are told of one name."""
MAX_LINE = 160
REMOVED = "is removed"
SIGNATURE = "had the signature {before} and has {after}"
CHANGED = "does something else now"
_NAMED = frozenset({NodeType.CLASS, NodeType.FUNCTION, NodeType.VARIABLE})


@dataclass(frozen=True, slots=True)
class Touched:
    """A public name of the product and what became of it."""

    name: str
    """Dotted, without its module."""
    what: str


def touched_names(change: Change) -> list[Touched]:
    """Return the public names that are gone, have other parameters, or other code, in this order."""
    found: dict[str, str] = {}
    for node in change.diff.nodes_removed:
        if _is_public(node):
            found.setdefault(_own(node), REMOVED)
    for pair in change.diff.signatures_changed:
        if _is_public(pair.after):
            what = SIGNATURE.format(before=pair.before.signature, after=pair.after.signature)
            found.setdefault(_own(pair.after), what)
    for name in change.changed:
        touched = change.nodes.get(name)
        if touched is not None and _is_public(touched):
            found.setdefault(_own(touched), CHANGED)
    return [Touched(name, what) for name, what in found.items()]


def mentions(touched: Iterable[Touched], documents: Mapping[str, str]) -> list[str]:
    """Return a line for each place at which a document names one of them.

    Args:
        touched: the names.
        documents: texts by path; records of past versions are passed over.
    """
    found: list[str] = []
    texts = {path: text for path, text in documents.items() if not is_record_of_changes(path)}
    for one in touched:
        word = one.name.rpartition(".")[2]
        if len(word) < SHORTEST:
            continue
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        places = [
            f"{path}:{number}: names {one.name}, which {one.what}: {line.strip()[:MAX_LINE]}"
            for path, text in texts.items()
            for number, line in enumerate(text.splitlines(), start=1)
            if pattern.search(line)
        ]
        found += places[:MAX_A_NAME]
    return found[:MAX_MENTIONS]


def _is_public(node: Node) -> bool:
    is_named = node.type in _NAMED and is_product(node.path)
    return is_named and not any(part.startswith("_") for part in node.id.split("."))


def _own(node: Node) -> str:
    """Return a name without its module: what people write."""
    module = node.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    parts = node.id.split(".")
    for count in range(len(parts) - 1, 0, -1):
        start = ".".join(parts[:count])
        if module == start or module.endswith(f".{start}"):
            return ".".join(parts[count:])
    return node.name
