"""A change and its blast radius as a picture small enough for a check run; no I/O."""

from collections.abc import Iterable, Iterator, Mapping

from ccg.change import Change
from ccg.export.mermaid import MAX_NODES, label, shape
from ccg.impact import Affected, Way
from ccg.model import EdgeType, NodeType
from ccg.roles import is_test, is_test_path

MAX_CHANGED = 12
MAX_TESTS = 6
"""Files of tests; the nodes of one file are one node of the picture."""
_STYLES = (
    "  classDef added fill:#2da44e22,stroke:#2da44e,stroke-width:2px",
    "  classDef changed fill:#bf870022,stroke:#bf8700,stroke-width:2px",
    "  classDef removed fill:#cf222e22,stroke:#cf222e,stroke-width:2px,stroke-dasharray:4",
    "  classDef test fill:#8250df22,stroke:#8250df",
)
_WAYS = {
    EdgeType.CALLS: Way.CALLS,
    EdgeType.INHERITS: Way.INHERITS,
    EdgeType.REFERENCES: Way.REFERENCES,
}
_LABELS = {Way.CALLS: "", Way.IMPORTS: "imports", Way.REFERENCES: "uses"}


def render_change(change: Change, *, limit: int = MAX_NODES) -> str:
    """Draw what was changed, who can be affected, the nearest first, and the tests that reach it.

    An arrow leads from the user to what it uses. Mermaid draws neither more than `limit` nodes nor
    anything for an empty change but a line that says so.
    """
    picture = _Picture(change)
    if not change.impact.changed:
        return 'flowchart LR\n  n0["nothing changed"]\n'
    return picture.text(limit)


class _Picture:
    def __init__(self, change: Change) -> None:
        self._change = change
        self._lines = ["flowchart LR"]
        self._numbers: dict[str, str] = {}
        self._drawn = 0
        diff = change.diff
        self._added = {node.id: node for node in diff.nodes_added}
        self._removed = {node.id: node for node in diff.nodes_removed}
        self._changed_tests = tuple(_changed_tests(change))

    def text(self, limit: int) -> str:
        impact = self._change.impact
        code = [one for one in impact.affected if not is_test_path(one.node.path)]
        reaching = (one for one in impact.affected if is_test_path(one.node.path))
        tests = _by_file((*reaching, *self._changed_tests))
        start = self._ordered_start()
        shown = start[:MAX_CHANGED]
        for name in shown:
            self._draw_changed(name)
        files = sorted(tests)[:MAX_TESTS]
        room = limit - self._drawn - len(files)
        for edge in self._change.links:
            self._arrow(edge.source, edge.target, way=_WAYS[edge.type])
        for one in code:
            if room > 0 and one.through in self._numbers:
                self._draw(one.node.id, *shape(one.node), text=one.node.id)
                self._arrow(one.node.id, one.through, way=one.way)
                room -= 1
        for path in files:
            self._draw_tests(path, tests[path])
        rest = len(start) + len(code) + len(tests) - self._drawn
        if rest > 0:
            self._lines.append(f"  %% {rest} more are not drawn")
        return "\n".join([*self._lines, *_STYLES]) + "\n"

    def _ordered_start(self) -> list[str]:
        """Return what was changed but tests: what somebody uses first, then what is not new.

        Left out are variables that nobody uses, what a new class or module brings with it and is
        joined to nothing changed, and a new module of which parts are drawn.
        """
        reaching = (*self._change.impact.affected, *self._changed_tests)
        used = {one.through for one in reaching}
        linked = used | {end for edge in self._change.links for end in (edge.source, edge.target)}
        nodes = self._change.nodes
        code = [name for name in self._change.impact.changed if not is_test_path(nodes[name].path)]
        kept = [
            name
            for name in code
            if name in used
            or not (nodes[name].type is NodeType.VARIABLE or self._is_part_of_added(name))
            or (nodes[name].type is not NodeType.VARIABLE and name in linked)
        ]
        shown = {name.rpartition(".")[0] for name in kept if self._is_part_of_added(name)}
        kept = [name for name in kept if name in linked or name not in shown]
        return sorted(kept, key=lambda name: (name not in used, name in self._added, name))

    def _is_part_of_added(self, name: str) -> bool:
        return name in self._added and name.rpartition(".")[0] in self._added

    def _draw_changed(self, name: str) -> None:
        style = (
            "removed" if name in self._removed else "added" if name in self._added else "changed"
        )
        self._draw(name, *shape(self._change.nodes[name]), text=name, style=style)

    def _draw_tests(self, path: str, tests: list[Affected]) -> None:
        real = list({one.node.id: one.node.name for one in tests if is_test(one.node)}.values())
        count = real[0] if len(real) == 1 else f"{len(real)} tests"
        text = f"{path}: {count}" if real else path
        self._draw(path, "(", ")", text=text, style="test")
        for through in dict.fromkeys(one.through for one in tests):
            self._arrow(path, through, way=Way.CALLS)

    def _draw(self, name: str, left: str, right: str, *, text: str, style: str = "") -> None:
        number = self._numbers[name] = f"n{self._drawn}"
        self._drawn += 1
        mark = f":::{style}" if style else ""
        self._lines.append(f'  {number}{left}"{label(text)}"{right}{mark}')

    def _arrow(self, user: str, used: str, *, way: Way) -> None:
        if user in self._numbers and used in self._numbers and user != used:
            said = _LABELS.get(way, way.value)
            arrow = f"-->|{said}|" if said else "-->"
            self._lines.append(f"  {self._numbers[user]} {arrow} {self._numbers[used]}")


def _changed_tests(change: Change) -> Iterator[Affected]:
    """Yield what the change brings in files of tests, with the changed code that it uses."""
    for edge in change.links:
        source, target = change.nodes[edge.source], change.nodes[edge.target]
        if is_test_path(source.path) and not is_test_path(target.path):
            yield Affected(source, 1, target.id, _WAYS[edge.type])


def _by_file(tests: Iterable[Affected]) -> Mapping[str, list[Affected]]:
    files: dict[str, list[Affected]] = {}
    for one in tests:
        files.setdefault(one.node.path, []).append(one)
    return files
