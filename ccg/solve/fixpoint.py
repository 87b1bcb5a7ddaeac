"""Work that is done again when what it read has changed, until nothing changes; no I/O.

A chaotic iteration with dependencies that are noted while it runs (Cousot and Cousot 1977; as in the top-down
solver of Le Charlier and Van Hentenryck 1992). Places that many read and write are variables, whose sets
only grow. Of a body of code those operations are carried out again that read what has changed. What is
derived from variables alone is computed when somebody first asks for it, and again when a variable under it
grows.
"""

from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

from ccg.solve.sets import EMPTY, Sets

MAX_NESTING = 60
"""Calls and bodies within one another from which on a body that is called waits for its turn.

One of them takes about six frames of the interpreter, which allows a thousand.
"""
SHIFT = 24
MASK = (1 << SHIFT) - 1
NOBODY = 0
"""Who reads is noted as one number: the task's, and the part of it below these bits."""
Readers = set[int] | int | None
"""Most places have one reader: a set for each would be most of the memory."""


class Task:
    """Something that reads places and is done again when one of them changes."""

    __slots__ = ("dirty", "is_queued", "is_running", "order")

    def __init__(self) -> None:
        self.order = -1
        """Its place in the order of work."""
        self.is_queued = False
        self.is_running = False
        self.dirty: set[int] = set()
        """The parts of it that are to be done again."""


class Variable:
    """A place that holds a set of objects, and who read it."""

    __slots__ = ("readers", "value")

    def __init__(self, value: int = EMPTY) -> None:
        self.value = value
        self.readers: Readers = None


class Derived:
    """A set that follows from variables; a value below 0 is out of date, its complement the old one."""

    __slots__ = ("arguments", "is_queued", "is_running", "order", "readers", "rule", "value")

    def __init__(self, rule: Callable[..., int], arguments: tuple[Any, ...]) -> None:
        self.rule = rule
        self.arguments = arguments
        self.value = ~EMPTY
        self.order = -1
        self.is_queued = False
        self.is_running = False
        self.readers: Readers = None


Readable = Variable | Derived


class Fixpoint:
    """What is still to be done."""

    __slots__ = (
        "_cursor",
        "_next",
        "_now",
        "_outdated",
        "_tasks",
        "changes",
        "depth",
        "max_steps",
        "reader",
        "sets",
        "steps",
    )

    def __init__(self) -> None:
        self.sets = Sets()
        self.reader = NOBODY
        """Who reads now, as a number."""
        self.changes = 0
        """How often a variable grew."""
        self.steps = 0
        """Operations that were carried out."""
        self.max_steps = 0
        """Operations after which the work stops, unfinished; 0 for no limit."""
        self._tasks: list[Task | Derived | None] = [None]
        self._now: list[int] = []
        self._next: list[int] = []
        self._cursor = -1
        self.depth = 0
        """Calls and bodies within one another."""
        self._outdated: deque[Derived] = deque()

    # reading and writing

    def read(self, place: Readable) -> int:
        """Return what a place holds; who reads is done again when that grows."""
        value = place.value
        if value < 0:
            value = self._refresh(place)  # type: ignore[arg-type]  # variables are never below 0
        readers = place.readers
        if isinstance(readers, set):
            readers.add(self.reader)
        elif readers is None:
            place.readers = self.reader
        elif readers != self.reader:
            place.readers = {readers, self.reader}
        return value

    def write(self, place: Variable, value: int) -> None:
        """Put the objects of a set into a variable."""
        old = place.value
        if value == old or not value:
            return
        if old:
            value = self.sets.grown(old, value)
            if value == old:
                return
        place.value = value
        self.changes += 1
        if place.readers is not None:
            self.notify(place)

    def notify(self, place: Readable) -> None:
        """Tell who read a place that it has changed."""
        readers, place.readers = place.readers, None
        if readers is None:
            return
        tasks = self._tasks
        for reader in readers if isinstance(readers, set) else (readers,):
            task = tasks[reader >> SHIFT]
            if isinstance(task, Derived):
                self._outdate(task)
            elif task is not None:
                task.dirty.add(reader & MASK)
                if not task.is_queued:
                    self.enqueue(task)

    def _outdate(self, derived: Derived) -> None:
        if derived.value >= 0:
            derived.value = ~derived.value
        if derived.readers is not None and not derived.is_queued:
            derived.is_queued = True
            self._outdated.append(derived)

    def enqueue(self, task: Task) -> None:
        """Do a task, or what is dirty of it, once more."""
        if task.is_queued:
            return
        task.is_queued = True
        if task.order > self._cursor:
            heappush(self._now, task.order)
        else:
            self._next.append(task.order)

    def _refresh(self, derived: Derived) -> int:
        """Compute what is out of date; within its own computation the old value counts."""
        old = ~derived.value
        if derived.is_running:
            return old
        if derived.order < 0:
            derived.order = len(self._tasks)
            self._tasks.append(derived)
        reader, self.reader = self.reader, derived.order << SHIFT
        while derived.value < 0:  # again where it reads itself, until that changes nothing
            derived.is_running = True
            new = derived.rule(self, *derived.arguments)
            derived.is_running = False
            if old and new != old:
                new = self.sets.grown(old, new)
            derived.value = new
            if new != old and derived.readers is not None:
                self.notify(derived)
            old = new
        self.reader = reader
        return old

    # work

    def add_task(self, task: Task) -> None:
        """Take a task up; tasks are done in the order in which they were taken up."""
        task.order = len(self._tasks)
        self._tasks.append(task)
        self.enqueue(task)

    def run(self) -> None:
        """Work until nothing changes."""
        while not self.is_exhausted():
            if self._outdated:
                self._update()
            if not self._now:
                if not self._next:
                    return
                self._now, self._next, self._cursor = self._next, [], -1
                heapify(self._now)
            self._cursor = heappop(self._now)
            task = self._tasks[self._cursor]
            if isinstance(task, Task) and task.is_queued:
                self._do(task)

    def hurry(self, task: Task) -> None:
        """Do a task that is to be done now, in the midst of another that needs what it gives."""
        if task.is_queued and not task.is_running and self.depth < MAX_NESTING:
            self._do(task)

    def _do(self, task: Task) -> None:
        reader, self.reader = self.reader, task.order << SHIFT
        task.is_queued, task.is_running = False, True
        self.depth += 1
        self.perform(task)
        self.depth -= 1
        task.is_running = False
        self.reader = reader

    def is_exhausted(self) -> bool:
        """Tell whether the work stopped before its end."""
        return bool(self.max_steps) and self.steps > self.max_steps

    def perform(self, task: Task) -> None:
        """Do a task for the first time, or what is dirty of it."""
        raise NotImplementedError

    def _update(self) -> None:
        outdated = self._outdated
        while outdated:
            derived = outdated.popleft()
            derived.is_queued = False
            if derived.value < 0 and derived.readers is not None:
                self._refresh(derived)
