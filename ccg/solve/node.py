"""Sets of objects that flow along edges until nothing changes; no I/O.

Inclusion-based points-to analysis (Andersen 1994) with difference propagation (Pearce et al. 2003): only
what is new is handed on. Objects are numbered in the order in which they are met, so that the
order of work, and with it every cut, follows from the input alone.
"""

from collections import deque
from collections.abc import Callable, Iterable

Hook = Callable[[Iterable[int]], None]


class Node:
    """The objects that a value may be, where they flow on to, and who wants to see new ones."""

    __slots__ = ("delta", "hooks", "objects", "targets")

    def __init__(self) -> None:
        self.objects: set[int] = set()
        self.delta: list[int] | None = None
        self.targets: dict[Node, None] | None = None
        self.hooks: list[Hook] | None = None


class Propagation:
    """The work that is still to be done."""

    def __init__(self) -> None:
        self._changed: deque[Node] = deque()
        self._tasks: deque[Callable[[], None]] = deque()
        self.steps = 0

    def add(self, node: Node, objects: Iterable[int]) -> None:
        """Put objects into a node."""
        known = node.objects
        new = [item for item in objects if item not in known]
        if not new:
            return
        known.update(new)
        if node.delta is None:
            node.delta = list(dict.fromkeys(new))
            self._changed.append(node)
        else:
            node.delta += dict.fromkeys(new)

    def flow(self, source: Node, target: Node) -> None:
        """Let everything that is or comes into a node flow into another."""
        if source is target:
            return
        if source.targets is None:
            source.targets = {}
        elif target in source.targets:
            return
        source.targets[target] = None
        if source.objects:
            self.add(target, sorted(source.objects))

    def watch(self, node: Node, hook: Hook) -> None:
        """Show a hook everything that is or comes into a node, each object once."""
        if node.hooks is None:
            node.hooks = []
        pending = node.delta or ()
        node.hooks.append(hook)
        seen = node.objects.difference(pending)
        if seen:
            hook(sorted(seen))

    def later(self, task: Callable[[], None]) -> None:
        """Do a task soon, but not within the present one."""
        self._tasks.append(task)

    def run(self) -> None:
        """Work until nothing changes."""
        tasks, changed = self._tasks, self._changed
        import os,time
        LIM=int(os.environ.get("LIM","0"))
        while tasks or changed:
            while tasks:
                tasks.popleft()()
            if changed:
                self._hand_on(changed.popleft())
                if LIM and self.steps>LIM: raise SystemExit("limit")

    def _hand_on(self, node: Node) -> None:
        self.steps += 1
        new = node.delta or []
        node.delta = None
        if node.targets:
            for target in node.targets:
                self.add(target, new)
        if node.hooks:
            for hook in tuple(node.hooks):
                hook(new)
