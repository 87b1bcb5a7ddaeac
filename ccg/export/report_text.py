"""Rings, unused code and changes for a person at a terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console

from ccg.change import Change
from ccg.export.text import print_line, print_table
from ccg.impact import Affected
from ccg.model import EdgeType, Node, NodeType
from ccg.rings import Ring
from ccg.roles import is_test_path
from ccg.unused import Unused, UnusedItem

TOP = 40
"""Rows of a list; the JSON has all of them."""
_RING_NAMES = {
    EdgeType.IMPORTS: ("import", "modules"),
    EdgeType.INHERITS: ("inheritance", "classes"),
    EdgeType.CALLS: ("call", "functions"),
}


def print_rings(rings: Sequence[Ring], console: Console) -> None:
    """Print each ring with a shortest way around it."""
    if not rings:
        print_line(console, "no cycles of imports, inheritance or calls")
    for ring in rings[:TOP]:
        kind, members = _RING_NAMES[ring.type]
        print_line(console, f"{kind} cycle of {len(ring.members)} {members}")
        for step in ring.loop:
            print_line(console, f"  {step.source} -> {step.target} ({step.path}:{step.line})")
        rest = len(ring.members) - len(ring.loop)
        if rest > 0:
            print_line(console, f"  and {rest} more that lead in and out of it")
    _print_rest(console, len(rings), "cycles")


def print_unused(unused: Unused, console: Console) -> None:
    """Print what nothing leads to; what only other unused code uses is counted alone."""
    heads = [item for item in unused.items if not item.only_unused]
    heads.sort(key=lambda item: not item.sure)
    followers = len(unused.items) - len(heads)
    doubtful = sum(not item.sure for item in heads)
    print_line(
        console,
        f"{len(unused.items)} functions and classes that nothing leads to;"
        f" {doubtful} may be meant somewhere",
    )
    places = ", ".join(unused.entry_points[:5]) or "none"
    more = ", ..." if len(unused.entry_points) > 5 else ""
    print_line(console, f"declared entry points: {places}{more}")
    print_line(
        console,
        f"taken for used besides: {unused.exported} names in __all__,"
        f" {unused.registered} decorated or named in a string",
    )
    if not unused.entry_points:
        print_line(console, "next: for a library add --public: all public names are used then")
    for note in unused.notes:
        print_line(console, f"note: {note}")
    print_table(console, "Unused", ("name", "at", "reason"), map(_unused_row, heads[:TOP]))
    _print_rest(console, len(heads), "of these")
    if followers:
        print_line(
            console, f"\n{followers} others are used only by these; --format json lists them"
        )


def _unused_row(item: UnusedItem) -> tuple[str, ...]:
    return (item.node.id, f"{item.node.path}:{item.node.line}", item.reason)


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
    for one in diff.signatures_changed:
        console.print()
        print_line(console, f"changed signature: {one.after.id}")
        print_line(console, f"  from {one.before.signature or '()'}")
        print_line(console, f"  to   {one.after.signature or '()'}")
        for caller in one.callers[:TOP]:
            print_line(console, f"  not changed: {caller.source} (line {caller.line})")


def print_impact(change: Change, console: Console) -> None:
    """Print who a change can affect, the nearest first, and the tests that reach it."""
    impact = change.impact
    code = [one for one in impact.affected if not is_test_path(one.node.path)]
    print_line(
        console,
        f"{len(impact.changed)} names changed from {change.base} to {change.head};"
        f" can be affected: {len(code)}; tests that reach them: {len(impact.tests)}",
    )
    columns = ("distance", "name", "at", "through")
    print_table(console, "Affected", columns, map(_affected_row, code[:TOP]))
    _print_rest(console, len(code), "places")
    tests = {one.node.id: one.node.path for one in impact.affected}
    files = Counter(tests.get(name, "changed tests") for name in impact.tests)
    rows = [(str(count), path) for path, count in sorted(files.items())]
    print_table(console, "Tests that reach it", ("tests", "at"), rows[:TOP])
    _print_rest(console, len(rows), "files")


def _affected_row(one: Affected) -> tuple[str, ...]:
    way = f"{one.way} {one.through}"
    return (str(one.distance), one.node.id, f"{one.node.path}:{one.node.line}", way)


def _print_nodes(console: Console, title: str, nodes: Sequence[Node]) -> None:
    """List what is inside; variables are in the JSON."""
    inside = [node for node in nodes if node.path and node.type is not NodeType.VARIABLE]
    rows = [(node.type.value, node.id, f"{node.path}:{node.line}") for node in inside]
    print_table(console, title, ("what", "name", "at"), rows[:TOP])
    _print_rest(console, len(rows), "names")


def _print_rest(console: Console, count: int, what: str) -> None:
    if count > TOP:
        print_line(console, f"... and {count - TOP} more {what}; --format json lists all")
