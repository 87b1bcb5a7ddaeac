"""Which calls of a function are told apart, each with a frame of its own; no I/O."""

from collections.abc import Callable
from dataclasses import dataclass

from ccg.solve.bodies import MAX_DECORATING_SIZE, MAX_SIZE
from ccg.solve.frame import DECORATOR, Frame, Site
from ccg.solve.objects import Function


@dataclass(frozen=True, slots=True)
class Limits:
    """What is told apart; other calls share an activation."""

    depth: int
    """Calls within one another."""
    activations: int
    """Of one function."""
    size: int
    """The function's operations."""
    trials: int
    """Activations after which it must make a difference that they are told apart."""


CALLS = Limits(depth=2, activations=16, size=MAX_SIZE, trials=1)
DECORATORS = Limits(depth=3, activations=200, size=MAX_DECORATING_SIZE, trials=16)
"""While a decorator is applied; there are few such places, and what they make is called everywhere."""
_Chain = frozenset[tuple[int, int]]


class Activations:
    """The frames of functions for one call, or for the calls of one closure; 0 stands for none.

    Args:
        begin: takes a new frame up.
    """

    def __init__(self, begin: Callable[[Frame], None]) -> None:
        self._begin = begin
        self._frames: list[Frame | None] = [None]
        self._by_call: dict[tuple[int, Frame, Function], int] = {}
        self._by_closure: dict[Function, int] = {}
        self._told_apart: dict[tuple[int, int], list[Frame]] = {}
        """The frames for one call each, by module and unit."""

    def frame(self, number: int) -> Frame | None:
        """Return the frame of an activation."""
        return self._frames[number]

    def of_call(self, site: Site, function: Function, common: Frame) -> Frame:
        """Return the frame for a call.

        Args:
            site: the place that calls.
            function: what is called, a function that passes on what it is given.
            common: its frame for all calls together.
        """
        key = (site.value, site.frame, function)
        number = self._by_call.get(key)
        if number is None:
            number = self._by_call[key] = self._for_call(site, function, common)
        return self._frames[number] or common

    def _for_call(self, site: Site, function: Function, common: Frame) -> int:
        around, closure = site.frame, self._frames[function.context]
        chain = around.chain if closure is None else around.chain | closure.chain
        unit = (function.module.index, function.number)
        if unit in chain:
            return 0
        is_decorating = around.is_decorating or site.kind is DECORATOR
        limits = DECORATORS if is_decorating else CALLS
        depth = 1 + max(around.depth, closure.depth if closure else 0)
        known = self._told_apart.setdefault(unit, [])
        if (
            not common.body.passes_on
            or depth > limits.depth
            or not _is_worth_it(known, common, limits)
        ):
            return self.of_closure(function, common)
        frame = self._open(function, common, depth, chain)
        frame.is_decorating = is_decorating
        known.append(frame)
        return frame.context

    def of_closure(self, function: Function, common: Frame) -> int:
        """Return the number of the activation for all calls of one closure together.

        There is none for what is no closure, and for what does not hand on what it is given.
        """
        closure = self._frames[function.context]
        if closure is None or common.body.size > CALLS.size:
            return 0
        number = self._by_closure.get(function)
        if number is None:
            frame = self._open(function, common, 0, closure.chain)
            number = self._by_closure[function] = frame.context
        return number

    def _open(self, function: Function, common: Frame, depth: int, chain: _Chain) -> Frame:
        frame = Frame(function.module, common.body, len(self._frames), common.owner)
        frame.values = dict.fromkeys((*common.body.literals, *common.body.values), 0)
        frame.around = function.context
        frame.depth = depth
        frame.chain = chain | {(function.module.index, function.number)}
        frame.is_settled = common.is_settled
        frame.cls = common.cls
        self._frames.append(frame)
        self._begin(frame)
        return frame


def _is_worth_it(known: list[Frame], common: Frame, limits: Limits) -> bool:
    """Tell whether one more call of a function is told apart: if that made a difference by now."""
    if common.body.size > limits.size or len(known) >= limits.activations:
        return False
    return len(known) < limits.trials or any(
        one.result.value != common.result.value for one in known
    )
