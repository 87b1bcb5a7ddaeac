"""Rings, unused code and changes for a person at a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from ccg.change import Change
from ccg.export.counted import counted
from ccg.export.text import print_line, print_table
from ccg.impact import Affected
from ccg.model import EdgeType, Node, NodeType
from ccg.rings import Ring
from ccg.roles import is_test_path
from ccg.unused import Unused, UnusedItem

TOP = 40
"""Rows of a list; the JSON has all of them."""
NAMES = 3
"""Tests of one file that are named."""
CALL_CYCLES_NOTE = (
    "note: a call cycle may be larger than what any run goes through: a function that all hand their"
    " callbacks to leads to each of them"
)
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
    if any(ring.type is EdgeType.CALLS for ring in rings):
        print_line(console, CALL_CYCLES_NOTE)


def print_unused(unused: Unused, console: Console, *, public: bool) -> None:
    """Print what nothing leads to; what only other unused code uses is counted alone.

    Args:
        unused: what was found.
        console: where it is printed.
        public: whether public names were taken for used.
    """
    heads = [item for item in unused.items if not item.only_unused]
    heads.sort(key=lambda item: not item.sure)
    followers = len(unused.items) - len(heads)
    for line in (*_unused_counts(unused), *_taken_for_used(unused, public=public)):
        print_line(console, line)
    if not (unused.entry_points or public):
        print_line(console, "next: for a library add --public: all public names are used then")
    for note in unused.notes:
        print_line(console, f"note: {note}")
    print_table(console, "Unused", ("name", "at", "reason"), map(_unused_row, heads[:TOP]))
    _print_rest(console, len(heads), "of these")
    if followers:
        who = "1 other is" if followers == 1 else f"{followers} others are"
        console.print()
        print_line(console, f"{who} used only by these; --format json lists all")


def _unused_counts(unused: Unused) -> Iterator[str]:
    if not unused.items:
        yield "no function or class is unused: entry points and module-level code lead to all"
        return
    parts = {
        "used only by tests": sum(item.only_tests for item in unused.items),
        "only by other unused code": sum(item.only_unused for item in unused.items),
    }
    shares = "; ".join(f"{number} {what}" for what, number in parts.items() if number)
    count = counted(len(unused.items), "function or class", plural="functions and classes")
    yield f"{count} that no entry point leads to" + (f": {shares}" if shares else "")
    doubtful = sum(not item.sure for item in unused.items)
    if doubtful:
        their = "its name stands" if doubtful == 1 else "their names stand"
        yield f"{doubtful} of them may be used all the same: {their} where the graph cannot tell what is meant"


def _taken_for_used(unused: Unused, *, public: bool) -> Iterator[str]:
    places = ", ".join(unused.entry_points[:5]) or "none"
    more = ", ..." if len(unused.entry_points) > 5 else ""
    yield f"declared entry points: {places}{more}"
    every = "all public names, " if public else ""
    yield (
        f"taken for used besides: {every}{counted(unused.exported, 'name')} in __all__,"
        f" {unused.registered} decorated or named in a string"
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
        f"{counted(len(impact.changed), 'name')} changed from {change.base} to {change.head};"
        f" can be affected: {len(code)}; tests that reach them: {len(impact.tests)}",
    )
    columns = ("distance", "name", "at", "through")
    print_table(console, "Affected", columns, map(_affected_row, code[:TOP]))
    _print_rest(console, len(code), "places")
    files = _tests_by_file(change)
    rows = [(path, str(len(tests)), _few(tests)) for path, tests in sorted(files.items())]
    print_table(console, "Tests that reach it", ("at", "tests", "name"), rows[:TOP])
    _print_rest(console, len(rows), "files")


def _tests_by_file(change: Change) -> dict[str, list[str]]:
    """Return the names of the tests that a change reaches, those that it brings among them."""
    nodes = {**change.nodes, **{one.node.id: one.node for one in change.impact.affected}}
    files: dict[str, list[str]] = {}
    for name in change.impact.tests:
        files.setdefault(nodes[name].path, []).append(nodes[name].name)
    return files


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return ", ".join(names[:NAMES]) + more


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
