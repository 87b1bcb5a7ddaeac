"""What stands around a name, for a person at a terminal."""

from collections.abc import Callable, Sequence

from rich.console import Console

from ccg.export.counted import listed
from ccg.export.text import print_line, print_rest, print_table
from ccg.graph import Graph
from ccg.model import Node, NodeType
from ccg.roles import is_test_path
from ccg.surroundings import Neighbour, Relation, by_file, surroundings

TOP = 20
"""Rows of a list; the JSON has all of them."""
NAMES = 3
"""Tests of one file that are named."""
_ALWAYS = (Relation.CALLERS, Relation.CALLEES)
"""Relations of a function of which it is said that there are none."""


def print_focus(graph: Graph, focus: Sequence[str], console: Console, *, depth: int) -> None:
    """Print for each name who calls it, what it calls and what else stands around it.

    Args:
        graph: the whole graph.
        focus: ids of nodes of it.
        console: where it is printed.
        depth: how many steps calls and inheritance are followed.
    """
    nodes = {node.id: node for node in graph.nodes}
    for name in focus:
        found = surroundings(graph, name, depth=depth)
        _print_name(nodes[name], console)
        if depth and nodes[name].type is NodeType.FUNCTION:
            for relation in (each for each in _ALWAYS if each not in found):
                print_line(console, f"  {relation.value.lower()}: none is seen")
        for relation, rows in found.items():
            _print_relation(relation, rows, nodes[name], console)
        console.print()


def _print_name(node: Node, console: Console) -> None:
    place = f"{node.path}:{node.line}" if node.path else "outside"
    print_line(console, f"{node.type} {node.id}  {place}")
    if node.signature:
        print_line(console, f"  {node.signature}")


def _print_relation(
    relation: Relation, rows: Sequence[Neighbour], focus: Node, console: Console
) -> None:
    tests: list[Neighbour] = []
    if relation is Relation.CALLERS and not is_test_path(focus.path):
        tests = [one for one in rows if is_test_path(one.node.path)]
        rows = [one for one in rows if not is_test_path(one.node.path)]
    has_steps = any(one.distance > 1 for one in rows)
    columns, row = _IN_STEPS if has_steps else _PLAIN
    title = relation.value if len(rows) <= TOP else f"{relation.value} ({TOP} of {len(rows)})"
    print_table(console, title, columns, map(row, rows[:TOP]))
    print_rest(console, len(rows) - TOP, "of these")
    files = sorted(by_file(tests).items())
    told = [(path, str(len(names)), listed(names, most=NAMES)) for path, names in files]
    print_table(console, "Called by tests", ("at", "tests", "name"), told[:TOP])
    print_rest(console, len(told) - TOP, "files")


def _row(one: Neighbour) -> tuple[str, ...]:
    return (one.node.id, f"{one.path}:{one.line}" if one.path else "outside")


def _row_with_steps(one: Neighbour) -> tuple[str, ...]:
    return (str(one.distance), *_row(one), one.through if one.distance > 1 else "")


_Columns = tuple[tuple[str, ...], Callable[[Neighbour], tuple[str, ...]]]
_PLAIN: _Columns = (("name", "at"), _row)
_IN_STEPS: _Columns = (("distance", "name", "at", "through"), _row_with_steps)
