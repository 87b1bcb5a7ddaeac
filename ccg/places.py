"""Which places of a module the lines in a graph come from; no I/O."""

import json
from dataclasses import dataclass

from ccg.assemble import Assembled
from ccg.solve.fixpoint import MASK


class PlacesInvalid(ValueError):
    """What was kept of a module's places is nothing of the kind."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where what a graph says of one module comes from; places are numbered by `line_numbers`."""

    edges: dict[str, list[list[int]]]
    """Of each source in the module, for its edges in their order, the places that make them."""
    calls: dict[str, list[int]]
    """Of each source the calls, operations that is, of which nobody knows what they call."""

    def to_json(self) -> str:
        """Return JSON text."""
        return json.dumps([self.edges, self.calls], separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Places":
        """Read what `to_json` wrote.

        Raises:
            PlacesInvalid: it is something else.
        """
        try:
            edges, calls = json.loads(text)
            return cls(dict(edges), dict(calls))
        except (TypeError, ValueError, RecursionError) as error:
            raise PlacesInvalid(str(error)) from error


def places_of(assembled: Assembled) -> dict[str, Places]:
    """Return the places of each module by its path, but for modules that share an id with another."""
    homes: dict[str, str] = {}
    shared: set[str] = set()
    found: dict[str, Places] = {}
    for path, defined in assembled.defined.items():
        found[path] = Places({}, {})
        for one in defined:
            other = homes.setdefault(one.node.id, path)
            if other != path:
                shared |= {other, path}
    for edge, places in zip(assembled.graph.edges, assembled.places, strict=True):
        own = sorted({place & MASK for place in places})
        found[homes[edge.source]].edges.setdefault(edge.source, []).append(own)
    for source, call in assembled.unresolved:
        found[homes[source]].calls.setdefault(source, []).append(call)
    return {path: places for path, places in found.items() if path not in shared}
