"""Sets of objects that flow along edges until nothing changes; no I/O.

Inclusion-based points-to analysis (Andersen 1994) with difference propagation (Pearce et al. 2003): only
what is new is handed on. Objects are numbered in the order in which they are met, so that the
order of work, and with it every cut, follows from the input alone.
"""

from collections import deque
from collections.abc import Callable, Iterable

MAX_OBJECTS = 100
"""Objects of one value; a value that may be more is no longer followed."""
MAX_LITERALS = 40
"""Objects of a value from which on further literals are known by their type alone."""

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
        self.max_steps = 0
        """Steps after which the work stops, unfinished; 0 for no limit."""
        self.general: dict[int, int] = {}
        """For each literal's object the one that stands for all literals of its type."""

    def add(self, node: Node, objects: Iterable[int]) -> None:
        """Put objects into a node."""
        known = node.objects
        new = [item for item in objects if item not in known]
        if not new:
            return
        if len(known) + len(new) > MAX_LITERALS:
            general = self.general
            new = [item for item in [general.get(item, item) for item in new] if item not in known]
            if not new or len(known) >= MAX_OBJECTS:
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

    def flow_if(self, source: Node | None, target: Node) -> None:
        """Let a node flow into another, where there is one."""
        if source is not None:
            self.flow(source, target)

    def watch(self, node: Node, hook: Hook) -> None:
        """Show a hook everything that is or comes into a node, each object once."""
        if node.hooks is None:
            node.hooks = []
        pending = node.delta or ()
        node.hooks.append(hook)
        seen = node.objects.difference(pending)
        if seen:  # later, so that hooks that watch do not nest without an end
            objects = sorted(seen)
            self._tasks.append(lambda: hook(objects))

    def each(self, node: Node, see: Callable[[int], object]) -> None:
        """Show each object that is or comes into a node."""

        def all_of(objects: Iterable[int]) -> None:
            for number in objects:
                see(number)

        self.watch(node, all_of)

    def later(self, task: Callable[[], None]) -> None:
        """Do a task soon, but not within the present one."""
        self._tasks.append(task)

    def run(self) -> None:
        """Work until nothing changes."""
        tasks, changed = self._tasks, self._changed
        while tasks or changed:
            if self.is_exhausted():
                return
            while tasks:
                tasks.popleft()()
                self.steps += 1
                if self.is_exhausted():
                    return
            if changed:
                self._hand_on(changed.popleft())

    def is_exhausted(self) -> bool:
        """Tell whether the work stopped before its end."""
        return bool(self.max_steps) and self.steps > self.max_steps

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
