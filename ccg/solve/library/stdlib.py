"""Loops, executors, collections, itertools: who calls back what; no I/O."""

from ccg.solve import containers
from ccg.solve.arguments import Arguments
from ccg.solve.calls import NOTHING
from ccg.solve.frame import Site
from ccg.solve.iteration import awaited, enter, split
from ccg.solve.library.builtin import fill_dict, filtering, make_dict, order
from ccg.solve.library.rules import (
    Rule,
    call_back,
    call_back_with,
    container_of,
    elements,
    new_container,
    same,
)
from ccg.solve.library.threads import RULES as THREADS
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver


def calls(position: int, *, passes: bool = True) -> Rule:
    """Return a rule that calls an argument with the ones after it."""

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        function = arguments.at(position)
        if function is None:
            return EMPTY
        given = arguments.after(position + 1) if passes else NOTHING
        return new_container(s, site, "coroutine", call_back_with(s, site, function, given))

    return rule


def _awaits(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    """Run a coroutine to its end, as `asyncio.run` and `wait_for` do."""
    first = arguments.at(0) or EMPTY
    return s.sets.union(first, awaited(s, site, first))


def _gather(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    results = s.sets.union_all(awaited(s, site, given) for given in arguments.positional)
    inner = containers.of_elements(s, "list", ("gather", *site.place), results)
    return new_container(s, site, "coroutine", inner)


def _default_dict(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    number, container = s.container("defaultdict", site.place)
    factory = arguments.pick(0, "default_factory")
    s.write(s.field(number, "default_factory"), factory or EMPTY)
    fill_dict(s, site, arguments.after(1), container)
    return s.sets.single(number)


def _queue(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    return s.sets.single(s.container("queue", site.place)[0])


def _context_variable(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    return new_container(s, site, "variable", arguments.named("default") or EMPTY)


def _namespace(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    """Make something whose attributes are what anybody stores in them."""
    number, _ = s.special("namespace", site.place)
    for name, given in arguments.keywords:
        if name is not None:
            s.write(s.field(number, name), given)
    return s.sets.single(number)


def _push(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    """Put something into a heap, which compares it with what stands there."""
    heap, item = arguments.at(0) or EMPTY, arguments.at(1) or EMPTY
    for number in split(s, heap)[0]:
        s.write(containers.of_number(s, number).rest, item)
    return _pop(s, site, arguments, receivers)


def _pop(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    inner = elements(s, site, arguments.at(0) or EMPTY)
    order(s, site, inner, None)
    return inner


def _chain(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    given = s.sets.union_all(elements(s, site, one) for one in arguments.positional)
    return new_container(s, site, "generator", given)


def _chain_all(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    outer = elements(s, site, arguments.at(0) or EMPTY)
    return new_container(s, site, "generator", elements(s, site, outer))


def _star_map(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    given = Arguments([elements(s, site, arguments.at(1) or EMPTY)], (), [True])
    result = call_back_with(s, site, arguments.at(0) or EMPTY, given)
    return new_container(s, site, "generator", result)


def _group_by(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    inner, key = elements(s, site, arguments.at(0) or EMPTY), arguments.pick(1, "key")
    keys = inner if key is None else call_back(s, site, key, [inner])
    number, pair = s.container("tuple", ("group", *site.place))
    containers.put(s, pair, ("int", 0), keys)
    group = containers.of_elements(s, "generator", ("groups", *site.place), inner)
    containers.put(s, pair, ("int", 1), group)
    return new_container(s, site, "generator", s.sets.single(number))


def _replaces(position: int) -> Rule:
    """Return a rule that calls an argument for each match, and gives a text."""

    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        match = s.sets.single(s.outside("re.match", is_instance=True))
        call_back(s, site, arguments.pick(position, "repl") or EMPTY, [match])
        return s.text()

    return rule


def _receiver(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    return receivers if receivers >= 0 else EMPTY


def _enter_context(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    return enter(s, site, arguments.at(0) or EMPTY)


def _mapped(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
    given = [elements(s, site, one) for one in arguments.positional[1:2]]
    result = call_back(s, site, arguments.at(0) or EMPTY, given)
    return new_container(s, site, "generator", result)


_LOOPS: dict[str, Rule] = {
    f"{owner}.{name}": rule
    for owner in ("asyncio.get_event_loop", "asyncio.get_running_loop", "asyncio.new_event_loop")
    for name, rule in {
        "call_soon": calls(0),
        "call_soon_threadsafe": calls(0),
        "call_later": calls(1),
        "call_at": calls(1),
        "run_in_executor": calls(1),
        "run_until_complete": _awaits,
        "create_task": _awaits,
        "add_reader": calls(1),
        "add_writer": calls(1),
    }.items()
}
_EXECUTORS = ("concurrent.futures", "concurrent.futures.thread", "concurrent.futures.process")
_POOLS: dict[str, Rule] = {
    f"{top}.{kind}.{name}": rule
    for top in _EXECUTORS
    for kind in ("ThreadPoolExecutor", "ProcessPoolExecutor")
    for name, rule in {"submit": calls(0), "map": _mapped}.items()
}
RULES: dict[str, Rule] = {
    **THREADS,
    **_LOOPS,
    **_POOLS,
    "atexit.register": calls(0),
    "asyncio.to_thread": calls(0),
    "weakref.finalize": calls(1),
    "signal.signal": calls(1, passes=False),
    "contextlib.ExitStack.callback": calls(0),
    "contextlib.AsyncExitStack.callback": calls(0),
    "timeit.timeit": calls(0, passes=False),
    "asyncio.run": _awaits,
    "asyncio.wait_for": _awaits,
    "asyncio.shield": _awaits,
    "asyncio.create_task": _awaits,
    "asyncio.ensure_future": _awaits,
    "asyncio.gather": _gather,
    "collections.defaultdict": _default_dict,
    "collections.OrderedDict": make_dict("dict"),
    "collections.ChainMap": make_dict("dict"),
    "collections.deque": container_of("deque"),
    "queue.Queue": _queue,
    "queue.LifoQueue": _queue,
    "queue.PriorityQueue": _queue,
    "queue.SimpleQueue": _queue,
    "asyncio.Queue": _queue,
    "asyncio.LifoQueue": _queue,
    "asyncio.PriorityQueue": _queue,
    "contextvars.ContextVar": _context_variable,
    "heapq.heapify": _pop,
    "heapq.heappop": _pop,
    "heapq.heappush": _push,
    "heapq.heappushpop": _push,
    "heapq.heapreplace": _push,
    "threading.local": _namespace,
    "types.MappingProxyType": same,
    "types.SimpleNamespace": _namespace,
    "weakref.WeakKeyDictionary": make_dict("dict"),
    "weakref.WeakSet": container_of("set"),
    "weakref.WeakValueDictionary": make_dict("dict"),
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_all,
    "itertools.filterfalse": filtering,
    "itertools.takewhile": filtering,
    "itertools.dropwhile": filtering,
    "itertools.starmap": _star_map,
    "itertools.groupby": _group_by,
    "itertools.islice": container_of("generator"),
    "itertools.cycle": container_of("generator"),
    "itertools.tee": container_of("list"),
    "itertools.product": container_of("generator"),
    "re.sub": _replaces(1),
    "re.subn": _replaces(1),
    **{
        f"{pattern}.{name}": _replaces(0)
        for pattern in ("re.compile", "re.Pattern", "typing.Pattern")
        for name in ("sub", "subn")
    },
    "contextlib.ExitStack.enter_context": _enter_context,
    "contextlib.ExitStack.push": same,
    "typing.NamedTuple._replace": _receiver,
    "typing.NamedTuple._make": _receiver,
    "dataclasses.replace": same,
}
