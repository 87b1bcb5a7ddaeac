"""Gives a kept graph the positions that its files have now; no I/O."""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable
from json.encoder import encode_basestring_ascii as quote
from typing import Any

from ccg.definitions import callee, complexity_of, definitions, line_numbers
from ccg.graph import json_edge, json_node, read_edge
from ccg.metrics import length
from ccg.model import Node, NodeMetrics
from ccg.places import Places
from ccg.solve.objects import Module
from ccg.syntax.facts import ModuleFacts


class NotMoved(ValueError):
    """A kept graph and the places that are known of it do not belong together."""


def move(text: str, modules: Iterable[tuple[Module, Places]]) -> str:
    """Return a graph's JSON with the lines, signatures and complexities that some modules have now.

    Args:
        text: the JSON of a graph.
        modules: with facts of the shape that they had when the graph was made.

    Raises:
        NotMoved: text and places are not of one graph.
    """
    moved = _Moved(text)
    try:
        for module, places in modules:
            moved.take(module, places)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise NotMoved(str(error)) from error
    return "\n".join(moved.lines)


class _Moved:
    """The lines of a graph's JSON: one for each node, edge, unresolved call and figure."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self._sections: dict[str, _Section] = {}

    def take(self, module: Module, places: Places) -> None:
        """Write what a module says of positions."""
        defined = definitions(module)
        nodes: dict[str, Node] = {}
        for one in defined:
            nodes.setdefault(one.node.id, one.node)
        cyclomatic, cognitive = complexity_of(module)
        self._write_nodes(nodes, cyclomatic, cognitive)
        self._write_edges(places, line_numbers(module.facts, defined))
        self._write_calls(places, module.facts)
        self._write_figures("cyclomatic", cyclomatic)
        self._write_figures("cognitive", cognitive)

    def _write_nodes(
        self, nodes: dict[str, Node], cyclomatic: dict[str, int], cognitive: dict[str, int]
    ) -> None:
        section = self._section('"nodes": [', "id")
        for name, node in nodes.items():
            at = section.find(name)
            numbers = NodeMetrics(**_object(self.lines[at])["metrics"])._replace(
                lines=length(node),
                cyclomatic=cyclomatic.get(name),
                cognitive=cognitive.get(name),
            )
            section.put(at, json_node(node, quote(name), numbers))

    def _write_edges(self, places: Places, lines: list[int]) -> None:
        section = self._section('"edges": [', "source")
        for source, edges in places.edges.items():
            for at, made in enumerate(edges, section.find(source)):
                edge = read_edge(_object(self.lines[at]))
                if edge.source != source:
                    raise NotMoved(f"{source} has fewer edges")
                if made:
                    edge = edge._replace(line=min(lines[place] for place in made))
                    ids = {name: quote(name) for name in (source, edge.target)}
                    section.put(at, json_edge(edge, ids))

    def _write_calls(self, places: Places, facts: ModuleFacts) -> None:
        if not places.calls:
            return
        section = self._section('"unresolved": [', "source")
        for source, calls in places.calls.items():
            found = sorted((facts.lines[call], callee(facts, call)) for call in calls)
            for at, (line, text) in enumerate(found, section.find(source)):
                if _object(self.lines[at])["source"] != source:
                    raise NotMoved(f"{source} has fewer unresolved calls")
                section.put(at, json.dumps({"source": source, "line": line, "callee": text}))

    def _write_figures(self, name: str, figures: dict[str, int]) -> None:
        if not figures:
            return
        section = self._section(f'"{name}": {{')
        for function, figure in figures.items():
            section.put(section.find(function), f"{json.dumps(function)}: {figure}")

    def _section(self, head: str, field: str = "") -> "_Section":
        found = self._sections.get(head)
        if found is None:
            found = self._sections[head] = _Section(self.lines, head, field)
        return found


class _Section:
    """Lines that are sorted by what they begin with."""

    def __init__(self, lines: list[str], head: str, field: str = "") -> None:
        """Find the lines after a head; of objects the field is sorted, else the name itself."""
        self._lines = lines
        self._start = lines.index(head) + 1
        ends = {"]", "],"} if field else {"}", "},"}
        rest = range(self._start, len(lines))
        self._end = next((at for at in rest if lines[at] in ends), self._start)
        self._key: Callable[[str], str] = _field(field) if field else _name

    def find(self, wanted: str) -> int:
        """Return the first line of this name."""
        at = bisect_left(self._lines, wanted, self._start, self._end, key=self._key)
        if at == self._end or self._key(self._lines[at]) != wanted:
            raise NotMoved(f"{wanted} is not there")
        return at

    def put(self, at: int, line: str) -> None:
        """Put a line in the place of another."""
        self._lines[at] = line + "," if self._lines[at].endswith(",") else line


def _object(line: str) -> Any:
    return json.loads(line.removesuffix(","))


def _field(name: str) -> Callable[[str], str]:
    return lambda line: str(_object(line)[name])


def _name(line: str) -> str:
    return str(next(iter(_object(f"{{{line.removesuffix(',')}}}"))))
