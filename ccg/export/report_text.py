"""Rings and unused code for a person at a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from ccg.export.counted import counted, listed
from ccg.export.text import print_line, print_rest, print_table
from ccg.model import EdgeType
from ccg.rings import Ring
from ccg.unused import Unused, UnusedItem

TOP = 40
"""Rows of a list; the JSON has all of them."""
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
    print_rest(console, len(rings) - TOP, "cycles")
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
    print_rest(console, len(heads) - TOP, "of these")
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
    yield f"declared entry points: {listed(unused.entry_points, most=5) or 'none'}"
    every = "all public names, " if public else ""
    yield (
        f"taken for used besides: {every}{counted(unused.exported, 'name')} in __all__,"
        f" {unused.registered} decorated or named in a string"
    )


def _unused_row(item: UnusedItem) -> tuple[str, ...]:
    return (item.node.id, f"{item.node.path}:{item.node.line}", item.reason)
