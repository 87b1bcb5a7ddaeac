"""Whether a private definition that nothing names may run all the same, where the text tells; no I/O."""

import ast
import builtins
from collections import Counter
from collections.abc import Collection, Container, Mapping

from ccg.declared import Declared
from ccg.graph import Graph
from ccg.unused import find_unused
from quality.base_classes import BaseClasses, Outside
from quality.exports import exports
from quality.never_named import Private
from quality.tree import SourceTree


class PrivateUse:
    """Tells of definitions that no word means whether a base class from outside may call them.

    Nothing but that can: a class of the tree calls its methods by their names. So the bases of the
    class settle it, and the graph, which costs far more, is asked only where those are not certain.

    Args:
        candidates: what `never_named` gives for the tree.
        tree: the files.
    """

    def __init__(self, candidates: Collection[Private], tree: SourceTree) -> None:
        self._times = Counter(private.item.node.name for private in candidates)
        self._bases = BaseClasses(tree.sources)
        self.exported = exports(tree.product)

    def is_unused(self, private: Private) -> bool | None:
        """Return whether it can be taken out, None where the graph has to tell."""
        owner, node = private.item.owner, private.item.node
        if self._times[node.name] > 1:
            return None  # one may stand for another
        if isinstance(node, ast.ClassDef) and (node.bases or node.keywords):
            return None  # whoever calls a method of a base may come to it
        if owner is None:
            return True
        if not self._is_public(private):
            return None  # nothing may use the owner
        if not isinstance(owner, ast.ClassDef):
            return True
        outside = self._bases.outside(private.path, owner)
        if outside is None:
            return None
        return not any(_may_call(base, node.name) for base in outside)

    def _is_public(self, private: Private) -> bool:
        """Tell whether everything that it stands in is: others may then use that."""
        *owners, _ = private.item.name.split(".")
        is_seen = not any(map(_is_hidden, private.path.removesuffix(".py").split("/")))
        is_exported = owners[0] in self.exported.get(private.path, ())
        return (is_seen or is_exported) and not any(map(_is_hidden, owners))


def unused_by_graph(
    graph: Graph, candidates: Collection[Private], exported: Mapping[str, Container[str]]
) -> frozenset[Private]:
    """Return those that nothing leads to in the graph, all public names taken for used.

    Args:
        graph: that of the files.
        candidates: what may be unused.
        exported: names of private modules that are public all the same, by path.
    """
    ids = (node.id for node in graph.nodes if node.name in exported.get(node.path, ()))
    found = find_unused(graph, Declared(exported=frozenset(ids)), public=True).items
    places = {(item.node.path, item.node.name, item.node.end_line) for item in found}
    return frozenset(
        private
        for private in candidates
        if (private.path, private.item.node.name, private.item.node.end_lineno) in places
    )


def _is_hidden(part: str) -> bool:
    return part.startswith("_") and not part.endswith("__")


def _may_call(base: Outside, method: str) -> bool:
    """Tell whether a class from outside may call a method of this name on itself."""
    return not base.is_builtin or hasattr(getattr(builtins, base.name), method)
