"""Calls of something that stands for many functions; no I/O.

Many places may call a table of functions, each with all of them. What a place handed over before it does not
hand over again: then it only reads what the functions give.
"""

from ccg.solve.arguments import Arguments
from ccg.solve.calls import call, call_as_methods, enter_function
from ccg.solve.frame import Frame, Given, Site
from ccg.solve.objects import Bound, Function, Object, Special
from ccg.solve.several import gathered, objects_of
from ccg.solve.solver import Solver


class _Calls(Given):
    """The calls of many functions at one place as they were made last."""

    __slots__ = ("members", "results", "targets")

    def __init__(self, members: tuple[int, ...]) -> None:
        super().__init__()
        self.members = members
        self.targets: list[Frame] = []
        """The frames that give the results."""
        self.results: list[int] = []
        """What the place read of them."""


def call_several(s: Solver, site: Site, item: Special, arguments: Arguments, receivers: int) -> int:
    """Call all that something stands for."""
    members = tuple(objects_of(s, item))
    key = ("calls", site.frame, site.value, item)
    calls: _Calls | None = s.memo.get(key)
    if calls is None or calls.members != members:
        calls = s.memo[key] = _Calls(members)
    if len(calls.targets) == len(members) and calls.is_known(site.kind, arguments, receivers):
        _read_again(s, calls)
    else:
        _call_all(s, site, calls, arguments, receivers)
        calls.note(site.kind, arguments, receivers)
    return gathered(s, ("given", *site.place), calls.results)


def _call_all(s: Solver, site: Site, calls: _Calls, arguments: Arguments, receivers: int) -> None:
    calls.targets, calls.results = targets, results = [], []
    for one in calls.members:
        function, own = _function_of(s, one, receivers)
        if function is not None:
            targets.append(enter_function(s, site, function, arguments, own))
            results.append(s.read(targets[-1].result))
        elif receivers < 0:
            results.append(call(s, site, s.sets.single(one), arguments))
        else:
            results.append(call_as_methods(s, site, s.sets.single(one), receivers, arguments))


def _function_of(s: Solver, number: int, receivers: int) -> tuple[Function | None, int]:
    """Return the function that an object is, with its receivers; None where it is something else."""
    item: Object = s.objects[number]
    if isinstance(item, Bound) and receivers < 0:
        receivers = item.receivers
        item = s.objects[item.function]
    return (item, receivers) if isinstance(item, Function) else (None, receivers)


def _read_again(s: Solver, calls: _Calls) -> None:
    """Read what has changed; of all else this place is told since it read it."""
    results = calls.results
    for at, target in enumerate(calls.targets):
        if target.is_queued and (target.context or not target.is_begun):
            s.hurry(target)
        if target.result.value != results[at]:
            results[at] = s.read(target.result)
