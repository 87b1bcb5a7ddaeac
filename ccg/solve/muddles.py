"""Calls of so many functions of so many kinds that nobody knows which is meant; no I/O.

They come from calls that were not told apart, say of a decorator that is too large, or of a function that
many others hand something to. What is taken out of something that holds many is no muddle.
"""

from ccg.solve.fixpoint import MASK, SHIFT
from ccg.solve.frame import Frame
from ccg.solve.objects import Bound, Class, Function, Module, Object
from ccg.solve.sets import MAX_OBJECTS
from ccg.solve.several import is_several
from ccg.solve.solver import Solver
from ccg.syntax import ops

_TAKING = frozenset({ops.ITEM, ops.ITERATE, ops.UNPACK})
"""Operations that take something out of what holds many."""


def is_one(s: Solver, functions: int) -> bool:
    """Tell whether a set has more than `MAX_OBJECTS` members, and not all of one module."""
    if len(s.sets.members[functions]) <= MAX_OBJECTS:
        return False
    known = s.muddled.get(functions)
    if known is None:
        items = [item for _, item in s.members(functions) if not is_several(item)]
        homes = {_home(s, item) for item in items}
        known = s.muddled[functions] = len(items) > MAX_OBJECTS and len(homes) > 1
    return known


def _home(s: Solver, item: Object) -> Module | None:
    if isinstance(item, Bound):
        item = s.objects[item.function]
    return item.module if isinstance(item, Function | Class) else None


def is_of_table(frame: Frame, value: int) -> bool:
    """Tell whether a value is taken out of something that holds many."""
    operations = frame.module.facts.ops
    op = operations[value]
    while op[0] == ops.NOT_NONE:
        op = operations[op[1]]
    return op[0] in _TAKING


def is_enclosed(frame: Frame, value: int) -> bool:
    """Tell whether a closure calls what the function around it was given: each calls one, all of them are called."""
    op = frame.module.facts.ops[value]
    return bool(op[0] == ops.FREE)


def note(s: Solver, frame: Frame, value: int) -> None:
    """Note the place of a call that is one, to look at it once more when all is known."""
    if not frame.context:
        s.muddles.add((frame.module.index, value))


def forget(s: Solver) -> None:
    """Take back the edges that such calls gave while they led to fewer functions.

    What the same places call in activations that were told apart stays.
    """
    modules = list(s.modules.values())
    places = {  # as in `Found.places`: of activations that are told apart they are one more
        ((index << SHIFT) + value) << 1
        for index, value in s.muddles
        if is_one(s, modules[index].values[modules[index].facts.ops[value][1]])
    }
    if not places:
        return
    apart = {place | 1 for place in places}
    kept: set[int] = set()
    for key, found in list(s.edges.items()):
        if not found.places.isdisjoint(places):
            found.places -= places
        kept |= found.places & apart
        if not found.places:
            del s.edges[key]
    for place in sorted(apart - kept):
        modules[place >> 1 >> SHIFT].resolved.discard(place >> 1 & MASK)
