"""Threads and processes: what they were made for runs where they are started; no I/O."""

from ccg.solve import members
from ccg.solve.arguments import Arguments
from ccg.solve.calls import NOTHING, call
from ccg.solve.frame import CALLBACK, Site
from ccg.solve.library.rules import Rule, call_back_with, kept, make_special
from ccg.solve.objects import Instance, Special
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver


def _thread(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    target = arguments.pick(1, "target") or arguments.named("function") or EMPTY
    return make_special(s, site, "thread", target, arguments)


def start_thread(s: Solver, site: Site, item: Special) -> int:
    """Run what a thread was made for."""
    given = kept(s, item)
    args, kwargs = given.pick(3, "args"), given.pick(4, "kwargs")
    handed = Arguments(
        [] if args is None else [args],
        [] if kwargs is None else [(None, kwargs)],
        [] if args is None else [True],
    )
    return call_back_with(s, site, s.read(item.function), handed)


def _start(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    """`start` of an instance of a subclass: its `run` is called."""
    if receivers >= 0:
        own = s.sets.of(n for n, item in s.members(receivers) if isinstance(item, Instance))
        if own:
            call(s, site.of(CALLBACK), members.attribute(s, own, "run"), NOTHING)
    return EMPTY


RULES: dict[str, Rule] = {
    "threading.Timer": _thread,
    "threading.Thread": _thread,
    "multiprocessing.Process": _thread,
    "threading.Thread.start": _start,
    "multiprocessing.Process.start": _start,
}
