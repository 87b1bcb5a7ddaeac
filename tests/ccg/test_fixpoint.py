"""The engine alone: what read something is done again when that grows, and nothing else is."""

from collections.abc import Callable

from ccg.solve.fixpoint import SHIFT, Derived, Fixpoint, Task, Variable


class Rig(Fixpoint):
    """An engine whose tasks are functions."""

    def __init__(self) -> None:
        super().__init__()
        for _ in range(100):
            self.sets.add_object(is_defined=True)
        self.done: list[str] = []
        self._bodies: dict[Task, tuple[str, Callable[[], object]]] = {}

    def task(self, name: str, body: Callable[[], object]) -> Task:
        task = Task()
        self._bodies[task] = (name, body)
        self.add_task(task)
        return task

    def perform(self, task: Task) -> None:
        name, body = self._bodies[task]
        self.done.append(name)
        task.dirty.clear()
        self.reader = task.order << SHIFT
        body()

    def put(self, place: Variable, *items: int) -> None:
        self.write(place, self.sets.of(items))


def test_run__a_reader_is_done_again_and_a_stranger_is_not() -> None:
    rig, place = Rig(), Variable()
    rig.task("reader", lambda: rig.read(place))
    rig.task("writer", lambda: rig.put(place, 7))
    rig.task("stranger", lambda: None)
    rig.run()
    assert rig.done == ["reader", "writer", "stranger", "reader"]


def test_run__two_that_feed_each_other_come_to_an_end() -> None:
    rig, one, other = Rig(), Variable(), Variable()
    rig.task("a", lambda: rig.put(other, 1, *rig.sets.members[rig.read(one)]))
    rig.task("b", lambda: rig.put(one, 2, *rig.sets.members[rig.read(other)]))
    rig.run()
    assert rig.sets.members[one.value] == rig.sets.members[other.value] == (1, 2)


def test_derived__is_computed_when_asked_for_and_again_when_what_is_below_grows() -> None:
    rig, place, count = Rig(), Variable(), []

    def rule(engine: Fixpoint) -> int:
        count.append(1)
        return engine.read(place)

    derived = Derived(rule, ())
    assert count == []
    rig.task("reader", lambda: rig.read(derived))
    rig.run()
    rig.put(place, 3)
    rig.run()
    assert rig.done == ["reader", "reader"]
    assert rig.sets.members[derived.value] == (3,)
    assert len(count) == 2


def test_derived__that_needs_itself_has_an_end() -> None:
    rig, place = Rig(), Variable()
    derived = Derived(
        lambda engine: engine.sets.union(engine.read(derived), engine.read(place)), ()
    )
    rig.put(place, 5)
    rig.task("reader", lambda: rig.read(derived))
    rig.run()
    assert rig.sets.members[derived.value] == (5,)
    rig.put(place, 6)
    rig.run()
    assert rig.done == ["reader", "reader"]
    assert rig.sets.members[derived.value] == (5, 6)


def test_hurry__does_what_waits_at_once_and_not_twice() -> None:
    rig = Rig()
    inner: list[Task] = []
    rig.task("outer", lambda: rig.hurry(inner[0]))
    inner.append(rig.task("inner", lambda: rig.hurry(inner[0])))
    rig.run()
    assert rig.done == ["outer", "inner"]
