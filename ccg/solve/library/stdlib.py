"""Threads, loops, executors, collections, itertools: who calls back what; no I/O."""

from ccg.graph import CallKind
from ccg.solve import containers, members
from ccg.solve.arguments import Arguments
from ccg.solve.invoke import each, invoke
from ccg.solve.iteration import await_node, enter
from ccg.solve.library.builtin import fill_dict
from ccg.solve.library.rules import (
    Rule,
    call_back,
    container_of,
    elements,
    give_container,
    place,
    same,
)
from ccg.solve.library.wrappers import call_back_with
from ccg.solve.node import Node
from ccg.solve.objects import Instance, Special
from ccg.solve.solver import Site, Solver


def calls(position: int, *, name: str = "", passes: bool = True) -> Rule:
    """Return a rule that calls an argument with the ones after it."""

    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        function = arguments.pick(position, name) if name else arguments.at(position)
        if function is not None:
            given = arguments.without_first(position + 1) if passes else Arguments()
            node = call_back_with(s, site, function, given)
            give_container(s, site, "coroutine", node)
        return True

    return rule


def _thread(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    target = arguments.pick(1, "target") or arguments.named("function") or Node()
    made = Special("thread", target, arguments)
    s.add(site.result, [s.number(made, ("thread", *place(site)))])
    return True


def _timer(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    made = Special("thread", arguments.pick(1, "function") or Node(), arguments)
    s.add(site.result, [s.number(made, ("thread", *place(site)))])
    return True


def _start(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    item = s.objects[receiver] if receiver >= 0 else None
    if isinstance(item, Instance):
        inner = s.site(site.module, site.value, site.context, CallKind.CALLBACK)
        from ccg.solve.calls import call_node

        call_node(s, inner, members.member(s, receiver, "run"), Arguments())
    return True


def start_thread(s: Solver, site: Site, item: Special) -> None:
    """Run what a thread was made for."""
    given: Arguments = item.arguments
    args, kwargs = given.pick(3, "args"), given.pick(4, "kwargs")
    inner = Arguments(make=None)
    if args is not None:
        inner.positional, inner.spread = [args], [True]
    if kwargs is not None:
        inner.keywords = [(None, kwargs)]
    call_back_with(s, site, item.function, inner)


def _awaits(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    """Run a coroutine to its end, as `asyncio.run` and `wait_for` do."""
    first = arguments.at(0)
    if first is not None:
        await_node(s, site, first, site.result)
        each(s, first, lambda number: s.add(site.result, [number]))
    return True


def _gather(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    results = Node()
    for given in arguments.positional:
        await_node(s, site, arguments.node(given), results)
    inner = Node()
    s.add(inner, [containers.of_elements(s, "list", ("gather", *place(site)), results)])
    give_container(s, site, "coroutine", inner)
    return True


def _default_dict(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    number = s.container_number("defaultdict", place(site))
    container = s.container("defaultdict", place(site))
    factory = arguments.pick(0, "default_factory")
    if factory is not None:
        s.flow(factory, members.field(s, number, "default_factory"))
    fill_dict(s, site, arguments.without_first(1), number, container)
    s.add(site.result, [number])
    return True


def _dict(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    number = s.container_number("dict", place(site))
    fill_dict(s, site, arguments, number, s.container("dict", place(site)))
    s.add(site.result, [number])
    return True


def _queue(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    s.add(site.result, [s.container_number("queue", place(site))])
    return True


def _chain(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    inner = Node()
    for given in arguments.positional:
        s.flow(elements(s, site, arguments.node(given)), inner)
    give_container(s, site, "generator", inner)
    return True


def _chain_all(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is not None:
        give_container(s, site, "generator", elements(s, site, elements(s, site, first)))
    return True


def _filtering(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    function, base = arguments.at(0), arguments.at(1)
    if function is not None and base is not None:
        inner = elements(s, site, base)
        call_back(s, site, function, [inner])
        give_container(s, site, "generator", inner)
    return True


def _star_map(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    function, base = arguments.at(0), arguments.at(1)
    if function is not None and base is not None:
        given = Arguments()
        given.positional, given.spread = [elements(s, site, base)], [True]
        give_container(s, site, "generator", call_back_with(s, site, function, given))
    return True


def _group_by(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    base, key = arguments.at(0), arguments.pick(1, "key")
    if base is not None:
        inner = elements(s, site, base)
        keys = inner if key is None else call_back(s, site, key, [inner])
        pair = s.container("tuple", ("group", *place(site)))
        s.flow(keys, containers.item_node(s, pair, ("int", 0)))
        group = containers.of_elements(s, "generator", ("groups", *place(site)), inner)
        s.add(containers.item_node(s, pair, ("int", 1)), [group])
        node = Node()
        s.add(node, [s.container_number("tuple", ("group", *place(site)))])
        give_container(s, site, "generator", node)
    return True


def _replace(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    function = arguments.at(1 if receiver < 0 else 0)
    if function is not None:
        call_back(s, site, function, [Node()])
    s.add(site.result, [s.constant("str")])
    return True


def _receiver(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    if receiver >= 0:
        s.add(site.result, [receiver])
    return True


def _enter_context(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    first = arguments.at(0)
    if first is not None:
        each(s, first, lambda number: enter(s, site, number, site.result))
    return True


def _operator(name: str) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
        first, others = arguments.at(0), [arguments.node(g) for g in arguments.positional[1:]]
        if first is not None:
            each(s, first, lambda number: _ignore(invoke(s, site, number, name, others)))
        return True

    return rule


def _ignore(_: object) -> None:
    return


def _mapped(s: Solver, site: Site, arguments: Arguments, receiver: int) -> bool:
    function = arguments.at(0)
    if function is not None:
        given = [elements(s, site, arguments.node(one)) for one in arguments.positional[1:2]]
        give_container(s, site, "generator", call_back(s, site, function, given))
    return True


_SUBMIT = calls(0)
_EXECUTORS = ("concurrent.futures", "concurrent.futures.thread", "concurrent.futures.process")
_CALLS: dict[str, Rule] = {
    "atexit.register": calls(0),
    "asyncio.to_thread": calls(0),
    "weakref.finalize": calls(1),
    "signal.signal": calls(1, passes=False),
    "contextlib.ExitStack.callback": calls(0),
    "contextlib.AsyncExitStack.callback": calls(0),
    "threading.Timer": _timer,
    "threading.Thread": _thread,
    "multiprocessing.Process": _thread,
    "threading.Thread.start": _start,
    "multiprocessing.Process.start": _start,
    "timeit.timeit": calls(0, passes=False),
}
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
_POOLS: dict[str, Rule] = {
    f"{top}.{kind}.{name}": rule
    for top in _EXECUTORS
    for kind in ("ThreadPoolExecutor", "ProcessPoolExecutor")
    for name, rule in {"submit": _SUBMIT, "map": _mapped}.items()
}

RULES: dict[str, Rule] = {
    **_CALLS,
    **_LOOPS,
    **_POOLS,
    "asyncio.run": _awaits,
    "asyncio.wait_for": _awaits,
    "asyncio.shield": _awaits,
    "asyncio.create_task": _awaits,
    "asyncio.ensure_future": _awaits,
    "asyncio.gather": _gather,
    "collections.defaultdict": _default_dict,
    "collections.OrderedDict": _dict,
    "collections.ChainMap": _dict,
    "collections.deque": container_of("deque"),
    "queue.Queue": _queue,
    "queue.LifoQueue": _queue,
    "queue.PriorityQueue": _queue,
    "queue.SimpleQueue": _queue,
    "asyncio.Queue": _queue,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_all,
    "itertools.filterfalse": _filtering,
    "itertools.takewhile": _filtering,
    "itertools.dropwhile": _filtering,
    "itertools.starmap": _star_map,
    "itertools.groupby": _group_by,
    "itertools.islice": container_of("generator"),
    "itertools.cycle": container_of("generator"),
    "itertools.tee": container_of("list"),
    "itertools.product": container_of("generator"),
    "re.sub": _replace,
    "re.subn": _replace,
    "re.compile.sub": _replace,
    "re.compile.subn": _replace,
    "contextlib.ExitStack.enter_context": _enter_context,
    "contextlib.ExitStack.push": same,
    "typing.NamedTuple._replace": _receiver,
    "typing.NamedTuple._make": _receiver,
    "dataclasses.replace": same,
    "operator.add": _operator("__add__"),
    "operator.getitem": _operator("__getitem__"),
    "operator.setitem": _operator("__setitem__"),
    "operator.contains": _operator("__contains__"),
    "operator.eq": _operator("__eq__"),
    "operator.lt": _operator("__lt__"),
}
