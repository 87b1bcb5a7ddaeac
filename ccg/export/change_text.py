"""Changes for a person at a terminal."""

from collections.abc import Sequence
from itertools import islice

from rich.console import Console

from ccg.change import Change
from ccg.diff import SignatureChange
from ccg.export.counted import counted, listed
from ccg.export.text import print_line, print_rest, print_table
from ccg.impact import Affected
from ccg.model import Node, NodeType
from ccg.roles import is_test_path

TOP = 40
"""Rows of a list; the JSON has all of them."""
CALLERS = 10
"""Callers of one function that are listed."""
NAMES = 3
"""Tests of one file that are named."""


def print_diff(change: Change, console: Console) -> None:
    """Print what a change added, removed and altered in the graph."""
    diff = change.diff
    print_line(console, f"from {change.base} to {change.head}")
    counts = [
        (f"nodes {what}", str(len(nodes)))
        for what, nodes in (("added", diff.nodes_added), ("removed", diff.nodes_removed))
    ]
    counts += [
        (f"edges {what}", str(len(edges)))
        for what, edges in (("added", diff.edges_added), ("removed", diff.edges_removed))
    ]
    counts.append(("changed code", str(len(change.changed))))
    counts.append(("changed signatures", str(len(diff.signatures_changed))))
    print_table(console, "Difference", ("what", "number"), counts)
    _print_nodes(console, "Added", diff.nodes_added)
    _print_nodes(console, "Removed", diff.nodes_removed)
    _print_nodes(console, "Changed", [change.nodes[name] for name in change.changed])
    for one in diff.signatures_changed[:TOP]:
        _print_signature(console, one)
    if len(diff.signatures_changed) > TOP:
        console.print()
    print_rest(console, len(diff.signatures_changed) - TOP, "changed signatures")


def _print_signature(console: Console, one: SignatureChange) -> None:
    """Print a changed signature and who uses it without being part of the change."""
    console.print()
    place = f"{one.after.path}:{one.after.line}"
    print_line(console, f"changed signature: {one.after.id}  {place}")
    print_line(console, f"  from {one.before.signature or '()'}")
    print_line(console, f"  to   {one.after.signature or '()'}")
    is_class = one.after.type is NodeType.CLASS
    nouns = ("caller or subclass", "callers and subclasses") if is_class else ("caller", "callers")
    noun, plural = nouns
    users = counted(len(one.callers), noun, plural=plural)
    if not one.callers:
        return
    if one.callers_fit:
        print_line(console, f"  {users} outside of the change, whose calls fit as they are")
        return
    print_line(console, f"  {users} outside of the change, to look at:")
    for caller, path in islice(zip(one.callers, one.paths, strict=True), CALLERS):
        print_line(console, f"    {caller.source}  {path}:{caller.line}")
    print_rest(console, len(one.callers) - CALLERS, plural, indent="    ")


def print_unread(change: Change, console: Console) -> None:
    """Print which files could not be analysed, of which therefore nothing is said."""
    sides = ((change.base, change.unread_base), (change.head, change.unread_head))
    if any(files for _, files in sides):
        console.print()
    for name, files in sides:
        for file in files[:TOP]:
            print_line(console, f"not analysed in {name}: {file.path}: {file.reason}")
        print_rest(console, len(files) - TOP, "files")


def print_impact(change: Change, console: Console) -> None:
    """Print who a change can affect, the nearest first, and the tests that reach it."""
    impact = change.impact
    code = [one for one in impact.affected if not is_test_path(one.node.path)]
    print_line(
        console,
        f"{counted(len(impact.changed), 'name')} changed from {change.base} to {change.head};"
        f" can be affected: {len(code)}; tests that reach them: {len(impact.tests)}",
    )
    columns = ("distance", "name", "at", "through")
    print_table(console, "Affected", columns, map(_affected_row, code[:TOP]))
    print_rest(console, len(code) - TOP, "places")
    files = _tests_by_file(change)
    rows = [
        (path, str(len(tests)), listed(tests, most=NAMES)) for path, tests in sorted(files.items())
    ]
    print_table(console, "Tests that reach it", ("at", "tests", "name"), rows[:TOP])
    print_rest(console, len(rows) - TOP, "files")


def _tests_by_file(change: Change) -> dict[str, list[str]]:
    """Return the names of the tests that a change reaches, those that it brings among them."""
    nodes = {**change.nodes, **{one.node.id: one.node for one in change.impact.affected}}
    files: dict[str, list[str]] = {}
    for name in change.impact.tests:
        files.setdefault(nodes[name].path, []).append(nodes[name].name)
    return files


def _affected_row(one: Affected) -> tuple[str, ...]:
    way = f"{one.way} {one.through}"
    return (str(one.distance), one.node.id, f"{one.node.path}:{one.node.line}", way)


def _print_nodes(console: Console, title: str, nodes: Sequence[Node]) -> None:
    """List what is inside; variables are in the JSON."""
    inside = [node for node in nodes if node.path and node.type is not NodeType.VARIABLE]
    rows = [(node.type.value, node.id, f"{node.path}:{node.line}") for node in inside]
    print_table(console, title, ("what", "name", "at"), rows[:TOP])
    print_rest(console, len(rows) - TOP, "names")
