"""Carrying out bodies, operation by operation: objects that are made, edges that are noted; no I/O."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from ccg.graph import CallKind, Resolution
from ccg.solve.activations import Activations
from ccg.solve.arguments import Arguments
from ccg.solve.bodies import Output, bodies_of
from ccg.solve.fixpoint import MASK, SHIFT, Derived, Task, Variable
from ccg.solve.frame import Frame, Site
from ccg.solve.objects import (
    EXACT,
    Access,
    Bound,
    Class,
    Constant,
    Container,
    Function,
    Instance,
    Module,
    Object,
    Outside,
    Special,
)
from ccg.solve.sets import ACCESS, BEARER, LITERAL, MANY, WEAK
from ccg.solve.state import Found, State
from ccg.syntax.facts import Op, UnitKind

MANY_VALUE = ("many",)
"""The value of a literal that stands for many of its type."""
MAX_TURNS = 3
"""Times that a body is gone through again at once for what it changed itself."""
OF_INSTANCES, OF_CLASSES = -1, -2
"""Whose fields are looked for, where it is not one object's."""
MAX_KEYS = 400
"""Keys of one container that are told apart."""


Rule = Callable[["Solver", Frame, int, Op], int]
"""Carries out one operation and returns the set that its value may be."""


@dataclass(frozen=True, slots=True)
class Library:
    """What is known of code from outside; the rules of calls go by it, for it calls them in turn."""

    call: Callable[["Solver", Site, str, Arguments, int], int | None]
    """Gives what a name from outside returns, called with these arguments on these receivers (-1 for
    none); None where it does not know."""
    special: Callable[["Solver", Site, int, Arguments, int], int]
    """Gives what a function returns that stands for a call of something else."""
    make: Callable[["Solver", Site, Class, Arguments], int | None]
    """Makes what a class from outside makes in a way of its own; None for every other class."""


# Named once: in Python 3.11 to name a member takes ten times as long as to read a variable.
_RESULT, _VARIABLE, _NAME = Output.RESULT, Output.VARIABLE, Output.NAME
_RESOLUTIONS = (Resolution.EXACT, Resolution.ANNOTATION, Resolution.OVERRIDE)
_MADE = (Constant, Container, Instance, Outside)
"""What a program makes by running, unlike what its code defines."""
_BEARING = (Class, Instance)
"""What may have special methods."""
_KINDS = {kind: number for number, kind in enumerate(CallKind)}
_SURE = {resolution: number for number, resolution in enumerate(Resolution)}


class Solver(State):
    """Carries out bodies, makes objects and notes edges."""

    __slots__ = ("_rules", "activations", "library")

    def __init__(
        self, modules: Mapping[str, Module], rules: Mapping[int, Rule], library: Library
    ) -> None:
        super().__init__(modules)
        self.library = library
        size = max(rules) + 1
        self._rules: list[Rule] = [rules.get(code, _nothing) for code in range(size)]
        self.activations = Activations(self._begin_activation)
        for module in modules.values():
            self._add_module(module)

    def _add_module(self, module: Module) -> None:
        facts = module.facts
        module.values = [0] * len(facts.ops)
        module.names = {name: Variable() for name in facts.units[0].bindings}
        for name, _ in facts.stored_globals:
            module.names.setdefault(name, Variable())
        for number, body in bodies_of(facts).items():
            frame = Frame(module, body, 0, module.id_of(body.unit))
            self.common[module.index][number] = frame
            self.frames.append(frame)

    def perform(self, task: Task) -> None:
        """Carry out a body: all of it at first, later what reads something that has changed."""
        assert isinstance(task, Frame)  # noqa: S101 (nothing else is ever taken up)
        frame, body = task, task.body
        making, self.making = self.making, None
        if not frame.is_begun:
            frame.is_begun = True
            self._begin(frame)
            self._carry_out(frame, body.values)
            frame.dirty.update(body.loops)
        turns = MAX_TURNS
        while frame.dirty and turns:
            turns -= 1
            self._carry_out_again(frame)
        self.making = making
        if frame.dirty:
            self.enqueue(frame)

    def _begin(self, frame: Frame) -> None:
        """Give a frame its literals."""
        values, operations, outputs = frame.values, frame.module.facts.ops, frame.body.outputs
        known = frame.module.values
        self.steps += len(frame.body.literals)
        for number in frame.body.literals:
            value = known[number]
            if not value:
                _, kind, literal = operations[number]
                value = known[number] = self.sets.single(self.constant(kind, literal))
            values[number] = value
            if number in outputs:
                self._give(frame, number, value)

    def _carry_out(self, frame: Frame, numbers: Sequence[int]) -> None:
        values, operations, rules = frame.values, frame.module.facts.ops, self._rules
        outputs = frame.body.outputs
        base = frame.order << SHIFT
        self.steps += len(numbers)
        for number in numbers:
            op = operations[number]
            self.reader = base + number
            value = values[number] = rules[op[0]](self, frame, number, op)
            if value and number in outputs:
                self._give(frame, number, value)

    def _carry_out_again(self, frame: Frame) -> None:
        """Carry out what is dirty, and what follows from it, in order."""
        values, operations, rules = frame.values, frame.module.facts.ops, self._rules
        outputs, uses = (
            frame.body.outputs,
            frame.body.uses or frame.body.uses_of(frame.module.facts),
        )
        base = frame.order << SHIFT
        waiting = frame.dirty
        frame.dirty = set()
        heap = sorted(waiting)
        turns: dict[int, int] = {}
        steps = 0
        while heap:
            number = heappop(heap)
            waiting.discard(number)
            op = operations[number]
            self.reader = base + number
            steps += 1
            value = rules[op[0]](self, frame, number, op)
            old = values[number]
            if value == old:
                continue
            turn = turns[number] = turns.get(number, 0) + 1
            if turn > MAX_TURNS:  # going round in a loop it may only grow, so that it ends
                value = self.sets.grown(old, value)
                if value == old:
                    continue
            values[number] = value
            found = uses.get(number, ())
            if isinstance(found, int):
                if found not in waiting:
                    waiting.add(found)
                    heappush(heap, found)
            else:
                for use in found:
                    if use not in waiting:
                        waiting.add(use)
                        heappush(heap, use)
            if value and number in outputs:
                self._give(frame, number, value)
        self.steps += steps

    def _give(self, frame: Frame, number: int, value: int) -> None:
        """Hand on what a value means to others."""
        module = frame.module
        for kind, name, unit in frame.body.outputs[number]:
            if kind is _RESULT:
                self.write(frame.inner, value)
            elif kind is _VARIABLE:
                self.write(self.variable_around(frame, unit, name), value)
            elif kind is _NAME:
                self.write(module.names[name], value)
            elif not frame.context:
                self.write(module.exports[number], value)

    # objects

    def number(self, item: Object, key: Any) -> int:
        """Return an object's number; objects of an equal key have one."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.objects)
            self.objects.append(item)
            traits = BEARER if isinstance(item, _BEARING) else 0
            self.sets.add_object(traits, is_defined=not isinstance(item, _MADE))
        return number

    def known(self, key: Any) -> int | None:
        """Return the number of the object of this key, if there is one."""
        return self._numbers.get(key)

    def members(self, number: int) -> list[tuple[int, Object]]:
        """Return the objects of a set with their numbers."""
        objects = self.objects
        return [(item, objects[item]) for item in self.sets.members[number]]

    def instances_in(self, number: int) -> list[tuple[int, Instance]]:
        """Return the instances of a set with their numbers."""
        found = self._instances_in.get(number)
        if found is None:
            items = self.members(number)
            found = [(one, item) for one, item in items if isinstance(item, Instance)]
            self._instances_in[number] = found
        return found

    def instance(self, cls: Class, via: int = EXACT, *, is_open: bool = False) -> int:
        """Return an instance of a class, or of any class below it."""
        key = ("instance", cls.id, via, is_open)
        number = self._numbers.get(key)
        if number is None:
            surer = [self.instance(cls, one, is_open=is_open) for one in range(via)]
            number = self.number(Instance(cls, via, is_open), key)
            if surer:
                self.sets.weaker[number] = tuple(surer)
                self.sets.traits[number] |= WEAK
        return number

    def wrapper(self, cls: Class, wrapped: int) -> int:
        """Return the instance of a class that decorates these functions."""
        key = ("wrapper", cls.id, wrapped)
        number = self._numbers.get(key)
        if number is None:
            number = self.number(Instance(cls, EXACT, wrapped=wrapped), key)
            self.sets.general[number] = general = self.instance(cls)
            self.sets.traits[number], self.sets.traits[general] = LITERAL, MANY
        return number

    def bound(self, function: int, receivers: int) -> int:
        """Return a method of a set of receivers."""
        key = ("bound", function, receivers)
        number = self._numbers.get(key)
        return self.number(Bound(function, receivers), key) if number is None else number

    def access(self, descriptor: int, receivers: int) -> int:
        """Return a descriptor that is reached through a set of receivers."""
        key = ("access", descriptor, receivers)
        number = self._numbers.get(key)
        if number is None:
            number = self.number(Access(descriptor, receivers), key)
            self.sets.traits[number] |= ACCESS
        return number

    def outside(self, name: str, *, is_instance: bool = False, is_end: bool = False) -> int:
        """Return a name from outside."""
        key = ("outside", name, is_instance, is_end)
        number = self._numbers.get(key)
        if number is None:
            number = self.number(Outside(name, is_instance, is_end), key)
        return number

    def constant(self, kind: str, value: object = None) -> int:
        """Return a literal."""
        key = ("constant", kind, value)
        number = self._numbers.get(key)
        if number is None:
            number = self.number(Constant(kind, value), key)
            if value is not None and value != MANY_VALUE:
                self.sets.general[number] = general = self.constant(kind, MANY_VALUE)
                self.sets.traits[number], self.sets.traits[general] = LITERAL, MANY
        return number

    def text(self, value: str | None = None) -> int:
        """Return the set of one literal text, or of any."""
        return self.sets.single(self.constant("str", value))

    def container(self, kind: str, key: Any) -> tuple[int, Container]:
        """Return the container that is made at one place, with its number."""
        full = ("container", kind, key)
        number = self._numbers.get(full)
        if number is None:
            number = self.number(Container(kind), full)
        found = self.objects[number]
        assert isinstance(found, Container)  # noqa: S101 (for the type checker)
        return number, found

    def special(self, kind: str, key: Any) -> tuple[int, Special]:
        """Return what a library makes at one place, with its number."""
        full = ("special", kind, key)
        number = self._numbers.get(full)
        if number is None:
            number = self.number(Special(kind), full)
        found = self.objects[number]
        assert isinstance(found, Special)  # noqa: S101 (for the type checker)
        return number, found

    # places

    def derive(self, key: Any, rule: Callable[..., int], *arguments: Any) -> int:
        """Return what follows by a rule, which is applied again when what it read has changed."""
        found = self.derived.get(key)
        if found is None:
            found = self.derived[key] = Derived(rule, arguments)
        return self.read(found)

    def export(self, module: Module, value: int) -> int:
        """Return the set of a value of another body."""
        variable = module.exports.get(value)
        if variable is None:
            variable = module.exports[value] = Variable(module.values[value])
            owner = self.home_of(module, module.facts.owners[value])
            body = self.common[module.index][owner].body
            body.outputs.setdefault(value, []).append((Output.EXPORT, "", 0))
        return self.read(variable)

    def field(self, number: int, name: str) -> Variable:
        """Return what is stored in an attribute of an object, or of a class's instances."""
        named = self.fields[name]
        found = named.get(number)
        if found is None:
            found = named[number] = Variable()
            for whose in self._seekers(number, name):
                place = self.holders.get((name, whose))
                if place is not None:
                    self.notify(place)
            self.stored.add(name)
        return found

    def _seekers(self, number: int, name: str) -> Iterable[int]:
        """Return who looks for a new field of an object: the last arguments of `holders_of`."""
        item = self.objects[number]
        if isinstance(item, Class):
            return (OF_INSTANCES,) if name in self.stored else (OF_INSTANCES, OF_CLASSES)
        if isinstance(item, Special) and item.kind == "class":
            return (OF_CLASSES,)
        return (number,) if name in self.stored else (number, OF_CLASSES)

    def item_variable(self, container: Container, key: tuple[str, object]) -> Variable:
        """Return the place under a key of a container; too many keys are not told apart."""
        found = container.items.get(key)
        if found is None:
            if len(container.items) >= MAX_KEYS:
                return container.rest
            found = container.items[key] = Variable()
            container.size.value += 1
            self.notify(container.size)
        return found

    def read_size(self, container: Container) -> None:
        """Take part in new keys of a container: the present task is done again when there are."""
        self.read(container.size)

    def holders_of(self, name: str, whose: int) -> Variable:
        """Return the place that changes when an attribute of this name is stored where it was not before.

        Args:
            name: of the attribute.
            whose: the number of an object, `OF_INSTANCES` for those of any class, `OF_CLASSES` for any
                class itself and for whatever is the first of all.
        """
        found = self.holders.get((name, whose))
        if found is None:
            found = self.holders[name, whose] = Variable()
        return found

    def settled(self, frame: Frame) -> bool:
        """Tell whether what is unknown in a frame stays so; if not, it is done again when it is."""
        if not frame.is_settled:
            self.waiting.setdefault(frame, set()).add(self.reader & MASK)
        return frame.is_settled

    def says_something(self, number: int) -> bool:
        """Tell whether more is known of a value than literals and results from outside."""
        known = self._telling.get(number)
        if known is None:
            known = any(
                not isinstance(item, Constant | Outside) for _, item in self.members(number)
            )
            self._telling[number] = known
        return known

    # frames

    def frame_of(self, module: Module, number: int) -> Frame:
        """Return the frame of a function for all calls together."""
        return self.common[module.index][number]

    def variable_around(self, frame: Frame, number: int, name: str) -> Variable:
        """Return a variable of a function around, as seen from a frame within."""
        here: Frame | None = frame
        while here is not None:
            if here.module is frame.module and here.body.number == number:
                return here.variables[name]
            here = self.activations.frame(here.around)
        return self.common[frame.module.index][number].variables[name]

    def activate(self, site: Site, function: Function) -> Frame:
        """Return the frame of a function for one call, or one that the call shares with others."""
        common = self.common[function.module.index][function.number]
        if not common.body.passes_on and not function.context:
            return common
        return self.activations.of_call(site, function, common)

    def enter_closure(self, function: Function) -> None:
        """Begin with what a closure does, whether or not it is called."""
        self.activations.of_closure(function, self.common[function.module.index][function.number])

    def _begin_activation(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.prepare(frame)
        self.add_task(frame)

    def prepare(self, frame: Frame) -> None:
        """Give a frame what calling it gives."""
        unit = frame.body.unit
        if unit.is_generator or unit.is_async:
            kind = "generator" if unit.is_generator else "coroutine"
            key = ("returned", frame.module.index, frame.body.number, frame.context)
            number, container = self.container(kind, key)
            container.rest = frame.inner
            frame.result = Variable(self.sets.single(number))

    # edges

    def record(
        self, site: Site, target: str, *, via: int = EXACT, kind: CallKind | None = None
    ) -> None:
        """Note that a place calls something."""
        frame = site.frame
        module = frame.module
        module.resolved.add(site.value)
        kind = kind or site.kind
        resolution = _RESOLUTIONS[via]
        place = ((module.index << SHIFT) + site.value) << 1 | (frame.context > 0)
        key = (frame.owner, target)
        known = self.edges.get(key)
        if known is None:
            self.edges[key] = Found(kind, resolution, {place})
            return
        if kind is not known.kind:
            known.kind = min(kind, known.kind, key=_KINDS.__getitem__)
        if resolution is not known.resolution:
            known.resolution = min(resolution, known.resolution, key=_SURE.__getitem__)
        known.places.add(place)

    def home_of(self, module: Module, number: int) -> int:
        """Return the number of the function or module whose code a unit's is: a class has none."""
        units = module.facts.units
        while units[number].kind == UnitKind.CLASS:
            number = units[number].parent
        return number


def _nothing(s: Solver, frame: Frame, value: int, op: Op) -> int:
    return 0
