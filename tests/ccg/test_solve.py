"""The solver against what running a program shows: every edge that happens, and no other."""

import re
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, FrameType

import pytest

from ccg.build import build_graph
from ccg.graph import CallKind, EdgeType, Graph, Resolution

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

PROGRAMS = {
    "a class that decorates keeps each function apart": """
class Called:
    def __init__(self, function): self.function = function
    def __call__(self): return self.function()
class Kept:
    def __init__(self, function): self.function = function
    def __get__(self, one, cls): return self.function(one)
class A:
    def go(self): pass
class B:
    def go(self): pass
@Called
def make_a(): return A()
@Called
def make_b(): return B()
class Both:
    @Kept
    def a(self): return A()
    @Kept
    def b(self): return B()
def call_a(): make_a().go()
def call_b(): make_b().go()
def read_a(): Both().a.go()
def read_b(): Both().b.go()
call_a()
call_b()
read_a()
read_b()
""",
    "a tuple hashes what stands in it, a list that is filled asks for a length": """
class Key:
    def __hash__(self): return 1
class Many:
    def __len__(self): return 1
    def __iter__(self): return iter([2])
class Flag:
    def __bool__(self): return True
def hashes(): return hash((1, (Key(), 2)))
def stores(table): table[Key(), 1] = 2
def lists(): return list(Many())
def sorts(): return sorted(Many())
def extends(): [].extend(Many())
def sets(): return set(Many())
def includes(): set().update([Key()])
def all_of(): return all([Flag()])
def filters(): return list(filter(None, [Flag()]))
hashes()
stores({})
lists()
sorts()
extends()
sets()
includes()
all_of()
filters()
""",
    "a mapping has what collections.abc makes of its own methods": """
from collections.abc import Mapping, MutableMapping
class Value:
    def go(self): pass
class Table(Mapping):
    def __getitem__(self, key): return Value()
    def __iter__(self): return iter(["one"])
    def __len__(self): return 1
class Store(MutableMapping):
    def __init__(self): self.kept = {}
    def __getitem__(self, key): return self.kept[key]
    def __setitem__(self, key, value): self.kept[key] = value
    def __delitem__(self, key): del self.kept[key]
    def __iter__(self): return iter(self.kept)
    def __len__(self): return len(self.kept)
def get(table): table.get(1).go()
def items(table):
    for key, value in table.items(): value.go()
def values(table):
    for value in table.values(): value.go()
def keys(table):
    for key in table.keys(): key.upper()
def update(store): store.update({"one": Value()}, two=Value())
def pop(store): store.pop("one").go()
def set_default(store): store.setdefault("three", Value()).go()
get(Table())
items(Table())
values(Table())
keys(Table())
store = Store()
update(store)
pop(store)
set_default(store)
""",
    "a protocol is what has all that it names": """
from typing import Protocol
class Runs(Protocol):
    def run(self): ...
class Machine:
    def run(self): pass
class Whole:
    def run(self): pass
    def stop(self): pass
class Stops(Runs, Protocol):
    def stop(self): ...
def start(one: Runs):
    one.run()
def halt(one: Stops):
    one.stop()
start(eval("Machine()"))
start(eval("Whole()"))
halt(eval("Whole()"))
""",
    "joined containers hold what stands in both": """
class A:
    def go(self): pass
class B:
    def go(self): pass
class Base:
    kinds = [A]
    def run(self):
        for kind in self.kinds: kind().go()
class Child(Base):
    kinds = Base.kinds + [B]
def lists():
    made = [A()]
    made += [B()]
    for one in made + 2 * [A()]: one.go()
def tuples():
    made = (A(),)
    made += (B(),)
    for one in made: one.go()
def dicts():
    made = {1: A()}
    made |= {2: B()}
    (made | {})[2].go()
def sets():
    for one in set() | {A()}: one.go()
Child().run()
lists()
tuples()
dicts()
sets()
""",
    "a class gives an instance, whatever is known of its __new__": """
def same(f):
    def inner(*given): return f(*given)
    return inner
class Decorated:
    @same
    def __new__(cls): return object.__new__(cls)
    def go(self): pass
class Kept:
    kept = {}
    def __new__(cls, key):
        return cls.kept.get(key) or object.__new__(cls)
    def go(self): pass
class Restored:
    def __new__(cls): return eval("object").__new__(cls)
    def go(self): pass
Decorated().go()
Kept(1).go()
Restored().go()
""",
    "a named tuple is unpacked and read by place": """
from typing import NamedTuple
class A:
    def go(self): pass
class B:
    def go(self): pass
class Pair(NamedTuple):
    first: A
    second: B
def unpack(pair):
    first, second = pair
    second.go()
def index(pair):
    pair[0].go()
def each(pairs):
    for first, _ in pairs:
        first.go()
pair = Pair(A(), B())
unpack(pair)
index(pair)
each([pair])
""",
    "what an instance has as __init__ is not what makes the next one": """
def other(): pass
class A:
    def __init__(self):
        self.__init__ = other
A()
A()
A().__init__()
""",
    "keys of dicts and elements of sets are hashed": """
class Key:
    def __init__(self, number):
        self.number = number
    def __hash__(self):
        return self.value()
    def value(self):
        return 7
def store(table, key):
    table[key] = 1
def look(table, key):
    return table.get(key), table[key]
def gather(key):
    return {key}, {key: 1}
def inside(table, key):
    return key in table
def add(found, key):
    found.add(key)
key, table, found = Key(1), {}, set()
store(table, key)
look(table, key)
gather(key)
inside(table, key)
add(found, key)
""",
    "an annotation says what nothing else does": """
class A:
    def go(self): pass
class B:
    def go(self): pass
def make(name):
    return globals()[name]()
def run():
    it: A = make("A")
    it.go()
    other: B | None = make("B")
    other.go()
    known: A = B()
    known.go()
run()
""",
    "a later assignment replaces an earlier one": """
def first(): pass
def second(): pass
def run():
    step = first
    step = second
    step()
run()
""",
    "both sides of a branch": """
def yes(): pass
def no(): pass
def run(flag):
    if flag:
        step = yes
    else:
        step = no
    step()
run(True)
run(False)
""",
    "keys of a dict and places of a list": """
def a(): pass
def b(): pass
def c(): pass
table = {"a": a, "b": b}
row = [a, c]
def run():
    table["b"]()
    row[1]()
run()
""",
    "a decorator's wrapper calls the wrapped": """
import functools
def traced(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper
@traced
def work(x):
    return helper(x)
def helper(x):
    return x
work(1)
""",
    "two decorated functions keep their own results": """
def same(function):
    return function
class A:
    def go(self): pass
class B:
    def go(self): pass
@same
def make_a():
    return A()
@same
def make_b():
    return B()
def run():
    make_a().go()
make_b()
run()
""",
    "super follows the receiver's order": """
class Root:
    def save(self): pass
class Left(Root):
    def save(self):
        super().save()
class Right(Root):
    def save(self):
        super().save()
class Both(Left, Right):
    pass
Both().save()
""",
    "properties, their setters and cached ones": """
import functools
class Box:
    def __init__(self):
        self._size = 1
    @property
    def size(self):
        return self.read()
    @size.setter
    def size(self, value):
        self.write(value)
    @functools.cached_property
    def once(self):
        return self.read()
    def read(self):
        return self._size
    def write(self, value):
        self._size = value
box = Box()
box.size = box.size
box.once
""",
    "operators, containment, iteration and truth": """
class Bag:
    def __init__(self, items):
        self.items = items
    def __add__(self, other):
        return Bag([])
    def __contains__(self, item):
        return True
    def __iter__(self):
        return iter(self.items)
    def __len__(self):
        return 1
    def __getitem__(self, key):
        return key
    def show(self): pass
def run(one, two):
    (one + two).show()
    if one:
        1 in two
    for item in one:
        pass
    return two[0]
run(Bag([1]), Bag([2]))
""",
    "with, and what as binds": """
import contextlib
class Lock:
    def __enter__(self):
        return Guard()
    def __exit__(self, *problem): pass
class Guard:
    def check(self): pass
@contextlib.contextmanager
def opened():
    yield Guard()
def run():
    with Lock() as guard:
        guard.check()
run()
""",
    "callbacks of the standard library": """
import functools
def key(x): return x
def double(x): return x
def add(a, b): return a
def run():
    sorted([2, 1], key=key)
    list(map(double, [1]))
    functools.reduce(add, [1, 2])
    functools.partial(add, 1)(2)
run()
""",
    "arguments by position, name, star and default": """
def a(): pass
def b(): pass
def c(): pass
def d(): pass
def run(first, *rest, last=d, **others):
    first()
    rest[0]()
    last()
    others["other"]()
run(*(a, b), **{"other": c})
""",
    "what is stored in an attribute from outside": """
def ring(): pass
class Bell: pass
def build():
    bell = Bell()
    bell.handler = ring
    return bell
def run(bell):
    bell.handler()
run(build())
""",
    "functions that replace what a pattern matches": """
import re
PATTERN = re.compile("a")
def first(match): return ""
def second(match): return match.group()
def third(match): return ""
def fourth(match): return ""
def run(pattern: re.Pattern):
    PATTERN.sub(first, "a")
    PATTERN.subn(second, "a")
    pattern.sub(repl=third, string="a")
    re.sub("a", fourth, "a")
run(PATTERN)
""",
    "weak containers, namespaces, context variables and heaps give back what was put into them": """
import heapq, threading, types, weakref
from contextvars import ContextVar
class A:
    def go(self): pass
    def __lt__(self, other): return True
class B:
    def go(self): pass
    def other(self): pass
def run(a, b):
    kept = weakref.WeakValueDictionary()
    kept["a"] = a
    kept.get("a").go()
    for one in weakref.WeakSet([a]):
        one.go()
    local = threading.local()
    local.current = b
    local.current.other()
    types.SimpleNamespace(inner=b).inner.go()
    types.MappingProxyType({"a": a})["a"].go()
current = ContextVar("current")
def ask():
    current.get().go()
def order(one, two):
    heap = []
    heapq.heappush(heap, one)
    heapq.heappush(heap, two)
    heapq.heappop(heap).go()
run(A(), B())
current.set(A())
ask()
order(A(), A())
""",
    "methods named by the beginning of their names": """
class Visitor:
    def visit(self, kind):
        return getattr(self, f"visit_{kind}")()
    def visit_number(self): pass
    def visit_text(self): pass
    def other(self): pass
for kind in ("number", "text"):
    Visitor().visit(kind)
""",
    "isinstance, and what is left where it does not hold": """
class A:
    def only_a(self): pass
    def both(self): pass
class B:
    def only_b(self): pass
    def both(self): pass
def run(x):
    if isinstance(x, A):
        x.both()
    else:
        x.only_b()
run(A())
run(B())
""",
    "the hooks of making a class": """
class Base:
    def __init_subclass__(cls, **options):
        note(cls)
class Field:
    def __set_name__(self, owner, name):
        note(name)
def note(x): pass
class Child(Base, tag=1):
    field = Field()
""",
    "generators and coroutines": """
class Token:
    def text(self): pass
def tokens():
    yield Token()
async def fetch():
    return Token()
async def run():
    (await fetch()).text()
def parse():
    for token in tokens():
        token.text()
try:
    run().send(None)
except StopIteration:
    pass
parse()
""",
    "a registry that a decorator fills": """
HANDLERS = {}
def register(name):
    def keep(function):
        HANDLERS[name] = function
        return function
    return keep
@register("a")
def on_a(): pass
def unused(): pass
def run(name):
    HANDLERS[name]()
run("a")
""",
    "classes as values": """
class Shape:
    @classmethod
    def make(cls):
        return cls()
    def draw(self): pass
class Square(Shape):
    def draw(self): pass
def run(kind):
    kind.make().draw()
run(Square)
""",
}


NUMBERS = range(40)
"""More functions than a set of them tells apart."""
PROGRAMS["each of many functions with one decorator keeps its result"] = "\n".join(
    [
        "def logged(f):",
        "    def inner(*given): return f(*given)",
        "    return inner",
        *(
            f"class K{n}:\n    def go(self): pass\n"
            f"@logged\ndef f{n}(): return K{n}()\n"
            f"def c{n}(): f{n}().go()\n"
            f"c{n}()"
            for n in NUMBERS
        ),
    ]
)
PROGRAMS["so does each with a decorator that a decorator made"] = "\n".join(
    [
        "def decorator(target):",
        "    def decorate(fn):",
        "        return built({'fn': fn}, target)",
        "    return decorate",
        "def built(env, target):",
        "    def inner(*given):",
        "        return target(env['fn'], *given)",
        "    return inner",
        "@decorator",
        "def traced(fn, *given):",
        "    return fn(*given)",
        *(
            f"class K{n}:\n    def go(self): pass\n"
            f"@traced\ndef f{n}(): return K{n}()\n"
            f"def c{n}(): f{n}().go()\n"
            f"c{n}()"
            for n in range(12)
        ),
    ]
)


def executed(source: str) -> set[tuple[str, str]]:
    """Run a program and return which of its functions called which."""
    code = compile(source, "program.py", "exec")
    module = types.ModuleType("program")
    seen: set[tuple[str, str]] = set()

    def watch(frame: FrameType, event: str, _: object) -> None:
        back = frame.f_back
        if event == "call" and frame.f_code.co_filename == "program.py":
            while back is not None and back.f_code.co_filename != "program.py":
                back = back.f_back
            if back is not None and name_of(frame.f_code) is not None:
                seen.add((around(back), str(name_of(frame.f_code))))

    sys.setprofile(watch)
    try:
        exec(code, vars(module))
    finally:
        sys.setprofile(None)
    return seen


def name_of(code: CodeType) -> str | None:
    """Return a function's name in the graph, None for a class body."""
    if not code.co_flags & 1 and code.co_name != "<module>":
        return None
    name = code.co_qualname.replace(".<locals>", "")
    return re.sub(r"\.<\w+comp>|\.<genexpr>", "", f"program.{name}")


def around(frame: FrameType | None) -> str:
    """Return the function whose code runs: a class body and a comprehension belong to another."""
    while frame is not None and frame.f_code.co_name != "<module>":
        name = name_of(frame.f_code)
        if name is not None:
            return name
        frame = frame.f_back
    return "program"


def internal(graph: Graph) -> set[tuple[str, str]]:
    """Return the call edges within the program."""
    return {
        (edge.source, edge.target)
        for edge in graph.edges
        if edge.type is EdgeType.CALLS and edge.target.startswith("program")
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_solve__finds_what_running_shows(write_tree: WriteTree, name: str) -> None:
    graph = build_graph(write_tree({"program.py": PROGRAMS[name]}))
    happened = executed(PROGRAMS[name])
    assert happened, "the program calls nothing"
    assert internal(graph) == happened


def test_solve__says_how_a_call_was_made_and_resolved(write_tree: WriteTree) -> None:
    source = """
class Base:
    def go(self): pass
class Child(Base):
    def __init__(self): pass
    def go(self): pass
    @property
    def size(self): return 1
    def __len__(self): return 1
def declared(x: Base):
    x.go()
def same(f): return f
@same
def seen():
    child = Child()
    child.go()
    child.size
    len(child)
    sorted([1], key=same)
"""
    graph = build_graph(write_tree({"program.py": source}))
    made = {
        (edge.source, edge.target): (edge.kind, edge.resolution)
        for edge in graph.edges
        if edge.type is EdgeType.CALLS
    }
    exact = Resolution.EXACT
    assert made["program.seen", "program.Child.__init__"] == (CallKind.INIT, exact)
    assert made["program.seen", "program.Child.go"] == (CallKind.CALL, exact)
    assert made["program.seen", "program.Child.size"] == (CallKind.PROPERTY, exact)
    assert made["program.seen", "program.Child.__len__"] == (CallKind.DUNDER, exact)
    assert made["program.seen", "program.same"] == (CallKind.CALLBACK, exact)
    assert made["program", "program.same"] == (CallKind.DECORATOR, exact)
    override = (CallKind.CALL, Resolution.OVERRIDE)
    assert made["program.declared", "program.Child.go"] == override
    assert ("program.declared", "program.Base.go") not in made  # nobody makes a Base


def test_solve__g28_code_that_feeds_itself_ends(write_tree: WriteTree) -> None:
    source = """
import functools
def grow(x, f=None):
    x = x[1:] + [x]
    f = functools.partial(grow, x, f)
    if isinstance(x, (int, x)):
        return f(grow(x, f))
    return grow(f.next.next, x)
class Node:
    def __getattr__(self, name):
        self.next = Node()
        return getattr(self.next, name)
grow([Node().any.thing])
"""
    graph = build_graph(write_tree({"program.py": source}))
    assert ("program.grow", "program.grow") in internal(graph)
    assert graph.metadata.files_not_analysed == ()


def test_solve__of_a_muddle_of_functions_of_several_files_none_is_called(
    write_tree: WriteTree,
) -> None:
    run = "def run(f):\n    f()\n"
    given = "\n".join(f"def g{n}(): pass\nrun(g{n})" for n in range(10))
    both = {"program.py": run + given, "program_b.py": f"from program import run\n{given}\n"}
    graph = build_graph(write_tree(both))
    assert [edge for edge in internal(graph) if edge[0] == "program.run"] == []
    assert [(call.line, call.callee) for call in graph.metadata.unresolved] == [(2, "f")]
    one = build_graph(write_tree({"program.py": run + given, "program_b.py": ""}))
    assert {edge for edge in internal(one) if edge[0] == "program.run"} == {
        ("program.run", f"program.g{n}") for n in range(10)
    }


HANDLERS = 40
OTHERS = "\n".join(f"def h{n}(x): pass" for n in range(20, HANDLERS))
TABLE = "from program_b import *\n" + "\n".join(f"def h{n}(x): pass" for n in range(20)) + "\n"
HANDLED = {f"{'program' if n < 20 else 'program_b'}.h{n}" for n in range(HANDLERS)}
LINES = ", ".join(f"('{n}', h{n})" for n in range(HANDLERS))


@pytest.mark.parametrize(
    "reading",
    [
        f"TABLE = dict([{LINES}])\ndef run(name): TABLE[name](1)\nrun(input())",
        f"TABLE = {{**dict([{LINES}])}}\ndef run(name): TABLE.get(name)(1)\nrun(input())",
        f"LINES = [{LINES}]\ndef run(name):\n    for one, handler in LINES:\n        handler(1)",
        f"def run(*lines):\n    for one, handler in lines:\n        handler(1)\nrun({LINES})",
    ],
)
def test_solve__all_handlers_in_a_large_table_are_called(
    write_tree: WriteTree, reading: str
) -> None:
    tree = write_tree({"program_b.py": OTHERS, "program.py": TABLE + reading})
    targets = {target for caller, target in internal(build_graph(tree)) if caller == "program.run"}
    assert targets == HANDLED


def test_solve__a_large_table_gets_every_argument_and_gives_what_is_known_later(
    write_tree: WriteTree,
) -> None:
    """Each place calls it more than once: its arguments grow, and so does what its functions give."""
    classes = "class A:\n    def go(self): pass\nclass B(A):\n    def go(self): pass\n"
    kept = "class Late:\n    def end(self): pass\nKEPT = []\n"
    handlers = "\n".join(f"def t{n}(x):\n    x.go()" for n in range(HANDLERS))
    last = "def last(x):\n    return KEPT[0]\n"
    table = ", ".join(f"t{n}" for n in range(HANDLERS))
    run = f"ALL = [{table}, last]\ndef run(i, x):\n    ALL[i](x).end()\n"
    calls = "run(input(), A())\nrun(input(), B())\ndef keep():\n    KEPT.append(Late())\nkeep()\n"
    source = classes + kept + handlers + "\n" + last + run + calls
    edges = internal(build_graph(write_tree({"program.py": source})))
    assert ("program.run", "program.Late.end") in edges
    for n in range(HANDLERS):
        assert {
            ("program.run", f"program.t{n}"),
            (f"program.t{n}", "program.A.go"),
            (f"program.t{n}", "program.B.go"),
        } <= edges


@pytest.mark.parametrize("reading", ["TABLE[key]()", "TABLE.get(key, len)()"])
def test_solve__a_table_of_functions_gives_all_where_the_key_is_not_written_there(
    write_tree: WriteTree, reading: str
) -> None:
    source = "".join(f"def f{n}(): pass\n" for n in range(4))
    source += "TABLE = {'a': f0, 'b': f1, 'c': f2, 'd': f3}\n"
    source += f"def run(key): {reading}\ndef one(): TABLE['b']()\nrun('a')\none()\n"
    graph = build_graph(write_tree({"program.py": source}))
    assert internal(graph) == {
        ("program", "program.run"),
        ("program", "program.one"),
        ("program.one", "program.f1"),
        *(("program.run", f"program.f{n}") for n in range(4)),
    }


def test_solve__a_function_that_stands_in_for_an_argument_is_called_though_all_calls_give_another(
    write_tree: WriteTree,
) -> None:
    source = "def usual(): pass\ndef other(): pass\n"
    source += "def run(how=usual): how()\ndef _run(how=usual): how()\nrun(other)\n_run(other)\n"
    graph = build_graph(write_tree({"program.py": source}))
    called = {edge for edge in internal(graph) if edge[0] != "program"}
    assert called == {
        ("program.run", "program.usual"),
        ("program.run", "program.other"),
        ("program._run", "program.other"),
    }


def test_solve__an_attribute_declared_of_an_abstract_class_may_be_of_all_below_it(
    write_tree: WriteTree,
) -> None:
    source = """
class Store:
    def read(self): raise NotImplementedError
class Disk(Store):
    def read(self): pass
class Memory(Store):
    def read(self): pass
class Base:
    def __init__(self, made=Disk):
        self.store: Store = made()
        self.disk: Disk = made()
    def run(self): self.store.read()
    def look(self): self.disk.read()
Base()
"""
    edges = internal(build_graph(write_tree({"program.py": source})))
    read = {(caller, target) for caller, target in edges if target.endswith("read")}
    assert read == {
        ("program.Base.run", "program.Disk.read"),
        ("program.Base.run", "program.Memory.read"),
        ("program.Base.look", "program.Disk.read"),
    }


def test_solve__a_closure_leads_to_all_that_it_was_made_for(write_tree: WriteTree) -> None:
    register = "KEPT = {}\ndef register(name, f):\n    KEPT[name] = lambda x: f(x)\n"
    calls = "\n".join(f"register('{n}', h{n})" for n in range(10, 30))
    tree = write_tree({"program_b.py": OTHERS, "program.py": TABLE + register + calls})
    edges = internal(build_graph(tree))
    assert {target for caller, target in edges if caller.endswith("<lambda1>")} == {
        f"{'program' if n < 20 else 'program_b'}.h{n}" for n in range(10, 30)
    }


def test_solve__classes_in_a_large_table_are_made_and_their_methods_called(
    write_tree: WriteTree,
) -> None:
    classes = "\n".join(f"class K{n}:\n    def __init__(self): pass" for n in range(HANDLERS))
    table = ", ".join(f"'{n}': K{n}" for n in range(HANDLERS))
    source = f"{classes}\nTABLE = {{{table}}}\ndef run(name):\n    TABLE[name]()\nrun(input())"
    made = {target for _, target in internal(build_graph(write_tree({"program.py": source})))}
    assert {f"program.K{n}.__init__" for n in range(HANDLERS)} <= made


def test_solve__all_methods_of_a_large_visitor_are_called(write_tree: WriteTree) -> None:
    methods = "\n".join(f"    def visit_{n}(self): pass" for n in range(HANDLERS))
    visit = "    def visit(self, kind):\n        getattr(self, 'visit_' + kind)()\n"
    source = f"class Visitor:\n{visit}{methods}\nVisitor().visit(input())"
    graph = build_graph(write_tree({"program.py": source}))
    targets = {target for caller, target in internal(graph) if caller == "program.Visitor.visit"}
    assert targets == {f"program.Visitor.visit_{n}" for n in range(HANDLERS)}


@pytest.mark.parametrize("reading", ["for name in NAMES:", "if name := dict(one=NAMES)[x][x]:"])
def test_solve__methods_are_reached_by_all_names_in_a_list(
    write_tree: WriteTree, reading: str
) -> None:
    names = ", ".join(f"'on_{n}'" for n in range(HANDLERS))
    methods = "\n".join(f"    def on_{n}(self): pass" for n in range(HANDLERS))
    run = f"def run(x):\n    {reading}\n        getattr(Machine(), name)()\n"
    source = f"NAMES = [{names}]\nclass Machine:\n{methods}\n{run}run(input())"
    graph = build_graph(write_tree({"program.py": source}))
    targets = {target for caller, target in internal(graph) if caller == "program.run"}
    assert targets == {f"program.Machine.on_{n}" for n in range(HANDLERS)}


MARKING = """
from functools import partial
from typing import Optional, Type, TypeVar
T = TypeVar('T')
def marked(cls: Optional[Type[T]] = None, *, flag: bool = False) -> Type[T]:
    def mark(cls: Type[T], flag: bool) -> Type[T]:
        return cls
    if cls is None:
        return partial(mark, flag=flag)
    return mark(cls, flag)
def plain(cls: Optional[Type[T]] = None, *, flag: bool = False) -> Type[T]:
    if cls is None:
        return marked(flag=flag)
    return marked(cls)
"""


def test_solve__a_class_stays_itself_with_a_decorator_that_may_be_called_without_one(
    write_tree: WriteTree,
) -> None:
    classes = (
        f"@plain\nclass K{n}:\n    def __init__(self): pass\ndef c{n}(): K{n}()\n"
        for n in range(20)
    )
    graph = build_graph(write_tree({"program.py": MARKING + "".join(classes)}))
    made = {edge for edge in internal(graph) if edge[1].endswith("__init__")}
    assert made == {(f"program.c{n}", f"program.K{n}.__init__") for n in range(20)}


def test_solve__decorated_functions_that_nobody_calls_are_reached_from_the_wrapper(
    write_tree: WriteTree,
) -> None:
    source = "def logged(f):\n    def inner(): f()\n    return inner\n"
    source += "\n".join(f"@logged\ndef f{n}(): pass" for n in NUMBERS)
    graph = build_graph(write_tree({"program.py": source}))
    targets = {target for caller, target in internal(graph) if caller == "program.logged.inner"}
    assert targets == {f"program.f{n}" for n in NUMBERS}


def test_solve__unresolved_calls_are_listed(write_tree: WriteTree) -> None:
    graph = build_graph(write_tree({"program.py": "def run(x):\n    x.go.on()\n    run(1)\n"}))
    [call] = graph.metadata.unresolved
    assert (call.source, call.line, call.callee) == ("program.run", 2, "x.go.on")
