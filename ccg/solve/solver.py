"""The solver's state: objects, activations, and the node of each value that somebody asks for; no I/O."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ccg.graph import CallKind, Resolution
from ccg.solve.arguments import Arguments, Binding
from ccg.solve.node import Node, Propagation
from ccg.solve.objects import (
    EXACT,
    OVERRIDING,
    Class,
    Constant,
    Container,
    Function,
    Instance,
    Module,
    Object,
    Outside,
)
from ccg.syntax import ops
from ccg.syntax.facts import Op, Unit, UnitKind

MAX_DEPTH = 2
"""Calls within one another that are told apart."""
MAX_ACTIVATIONS = 8
"""Activations of one function that are told apart; further calls share one."""
MAX_SIZE = 60
"""Operations of a function whose calls are told apart: decorators and factories are small."""


@dataclass(slots=True, eq=False)
class Site:
    """A place that may call something; `result` is what the call gives, where somebody wants it."""

    module: Module
    value: int
    context: int
    kind: CallKind
    result: Node
    number: int

    @property
    def owner(self) -> int:
        """Return the unit whose code it is."""
        return self.module.facts.owners[self.value]


@dataclass(slots=True, eq=False)
class Activation:
    """A function called from one place: its parameters have that place's arguments."""

    function: Function
    binding: Binding
    depth: int
    chain: frozenset[tuple[int, int]]
    parameters: dict[int, Node]


@dataclass(slots=True)
class Found:
    """An edge: how it was made, how it was resolved, its first line."""

    kind: CallKind
    resolution: Resolution
    line: int


Handler = Callable[["Solver", Module, int, int, Op, Node], None]
_RESOLUTIONS = (Resolution.EXACT, Resolution.ANNOTATION, Resolution.OVERRIDE)
_KINDS = {kind: number for number, kind in enumerate(CallKind)}
_SURE = {resolution: number for number, resolution in enumerate(Resolution)}


class Solver(Propagation):
    """Everything that is known while the analysis runs."""

    def __init__(self, modules: Mapping[str, Module], handlers: Mapping[int, Handler]) -> None:
        super().__init__()
        self.modules = modules
        self.by_index = {module.index: module for module in modules.values()}
        self.objects: list[Object] = []
        self._numbers: dict[Any, int] = {}
        self._handlers = handlers
        self._nodes: dict[tuple[int, int, int], Node] = {}
        self._activations: list[Activation | None] = [None]
        self._by_call: dict[tuple[int, int, int], int] = {}
        self._counts: dict[tuple[int, int], int] = {}
        self.classes: dict[tuple[int, int], Class] = {}
        self.callers: dict[tuple[int, int], list[Binding]] = {}
        self.parameters: dict[tuple[int, int], dict[int, Node]] = {}
        self.returned: dict[tuple[int, int, int], Node] = {}
        self.sites: dict[tuple[int, int, int], Site] = {}
        self.members: dict[tuple[int, str], Node] = {}
        self.fields: dict[tuple[int, str], Node] = {}
        self.memo: dict[Any, Any] = {}
        """Nodes and objects that rules keep for themselves, by a key that begins with their name."""
        self.edges: dict[tuple[str, str], Found] = {}
        self.resolved: set[tuple[int, int]] = set()
        self.narrowed: list[tuple[Node, Class]] = []
        """What passes `isinstance`, with the class: an instance of it where nothing else is known."""
        self.unsettled: list[Callable[[], None]] = []
        """To be done when nothing changes any more."""
        self.declared: list[tuple[Node, Module, int]] = []
        """Nodes with an annotation that counts where nothing else is known."""
        self._site_count = 0

    # objects

    def number(self, item: Object, key: Any = None) -> int:
        """Return an object's number; equal objects, or objects of an equal key, have one."""
        key = item if key is None else key
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.objects)
            self.objects.append(item)
        return number

    def known(self, key: Any) -> int | None:
        """Return the number of the object of this key, if there is one."""
        return self._numbers.get(key)

    def instance(self, cls: Class, via: int = EXACT) -> int:
        """Return an instance of a class."""
        return self.number(Instance(cls, via), ("instance", cls.id, via))

    def first_time(self, *what: Any) -> bool:
        """Tell whether something is done for the first time: doing it again would change nothing."""
        before = len(self.memo)
        self.memo.setdefault(what, True)
        return len(self.memo) > before

    def outside(self, name: str, *, is_instance: bool = False, is_end: bool = False) -> int:
        """Return a name from outside."""
        return self.number(Outside(name, is_instance, is_end))

    def constant(self, kind: str, value: object = None) -> int:
        """Return a literal."""
        number = self.number(Constant(kind, value), ("constant", kind, repr(value)))
        if value is not None and number not in self.general:
            self.general[number] = self.constant(kind)
        return number

    def container(self, kind: str, key: Any) -> Container:
        """Return the container that is made at one place."""
        number = self.container_number(kind, key)
        found = self.objects[number]
        assert isinstance(found, Container)  # noqa: S101 (for the type checker)
        return found

    def container_number(self, kind: str, key: Any) -> int:
        """Return the number of the container that is made at one place."""
        key = ("container", kind, key)
        number = self._numbers.get(key)
        return self.number(Container(kind), key) if number is None else number

    # values

    def value(self, module: Module, value: int, context: int) -> Node:
        """Return the node of a value; what does not depend on the activation has one for all."""
        if context and not module.facts.open[value]:
            context = 0
        if not context:
            node = module.nodes.get(value)
            if node is not None:
                return node
            node = module.nodes[value] = Node()
        else:
            key = (module.index, value, context)
            found = self._nodes.get(key)
            if found is not None:
                return found
            node = self._nodes[key] = Node()
        op = module.facts.ops[value]
        handler = self._handlers.get(op[0])
        if handler is not None:
            self.later(lambda: handler(self, module, value, context, op, node))
        return node

    def union(self, module: Module, values: Iterable[int], context: int, target: Node) -> None:
        """Let several values flow into a node."""
        for value in values:
            self.flow(self.value(module, value, context), target)

    def lazy(self, module: Module, context: int) -> Callable[[int], Node]:
        """Return what gives the nodes of values of one activation."""
        return lambda value: self.value(module, value, context)

    def site(self, module: Module, value: int, context: int, kind: CallKind) -> Site:
        """Return a new place that calls."""
        self._site_count += 1
        return Site(module, value, context, kind, Node(), self._site_count)

    def says_something(self, node: Node) -> bool:
        """Tell whether more is known of a value than literals and results from outside."""
        return any(self._says(self.objects[number]) for number in node.objects)

    def _says(self, item: Object) -> bool:
        return not isinstance(item, Constant | Outside)

    # activations

    def activation(self, context: int) -> Activation | None:
        """Return an activation, None for the one that all calls share."""
        return self._activations[context]

    def activate(self, site: Site, function: Function, binding: Binding) -> int:
        """Return the activation of a function for one call, 0 where calls are not told apart."""
        unit = (function.module.index, function.number)
        around = self._activations[site.context]
        closure = self._activations[function.context]
        chain = (around.chain if around else frozenset()) | (
            closure.chain if closure else frozenset()
        )
        if unit in chain:
            return 0
        key = (site.number, id(function), binding.receiver)
        context = self._by_call.get(key)
        if context is not None:
            return context
        depth = 1 + max(around.depth if around else 0, closure.depth if closure else 0)
        count = self._counts.get(unit, 0)
        if depth > MAX_DEPTH or count >= MAX_ACTIVATIONS or not self._is_small(function):
            context = 0
        else:
            self._counts[unit] = count + 1
            context = len(self._activations)
            made = Activation(function, binding, depth, chain | {unit}, {})
            self._activations.append(made)
        self._by_call[key] = context
        return context

    def _is_small(self, function: Function) -> bool:
        key = ("size", function.module.index)
        sizes: Counter[int] | None = self.memo.get(key)
        if sizes is None:
            sizes = self.memo[key] = Counter(function.module.facts.owners)
        return sizes[function.number] <= MAX_SIZE

    def activation_of(self, module: Module, unit: int, context: int) -> int:
        """Return the activation of a function around, as seen from an activation within."""
        while context:
            activation = self._activations[context]
            assert activation is not None  # noqa: S101 (0 alone is None)
            function = activation.function
            if function.module is module and function.number == unit:
                return context
            context = function.context
        return 0

    # edges

    def record(
        self, site: Site, target: str, *, via: int = EXACT, kind: CallKind | None = None
    ) -> None:
        """Note that a place calls something."""
        module, value = site.module, site.value
        self.resolved.add((module.index, value))
        if site.context:
            return  # the same place without its activation says it too
        facts = module.facts
        key = (module.id_of(self.owner_of(module, facts.owners[value])), target)
        found = Found(kind or site.kind, _RESOLUTIONS[min(via, OVERRIDING)], facts.lines[value])
        before = self.edges.get(key)
        if before is not None:
            found.kind = min(found.kind, before.kind, key=_KINDS.__getitem__)
            found.resolution = min(found.resolution, before.resolution, key=_SURE.__getitem__)
            found.line = min(found.line, before.line)
        self.edges[key] = found

    def owner_of(self, module: Module, number: int) -> Unit:
        """Return the function or module whose code a unit's is: a class body is not one."""
        unit = module.facts.units[number]
        while unit.kind == UnitKind.CLASS:
            unit = module.facts.units[unit.parent]
        return unit

    def arguments(self, module: Module, context: int, op: Op) -> Arguments:
        """Return the arguments of a call."""
        assert op[0] == ops.CALL  # noqa: S101 (the caller looked)
        return Arguments(op[2], op[3], make=self.lazy(module, context))
