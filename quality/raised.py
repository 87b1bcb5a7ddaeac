"""Which exceptions a function raises, where its own file tells all of them; no I/O."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ccg.source import Source
from quality.definitions import Defined, Function, definitions, own_nodes
from quality.remembered import remembered

_HARMLESS_CALLS = frozenset(
    {"bool", "callable", "dict", "enumerate", "hasattr", "id", "isinstance", "issubclass", "len"}
    | {"list", "print", "range", "repr", "reversed", "set", "str", "tuple", "type", "zip"}
)
"""Builtins that raise nothing a docstring would speak of."""
_BY_OPERATORS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NameError),
    *(RecursionError, StopAsyncIteration, StopIteration, TypeError),
)
"""What an operator, an attribute or a loop may raise without a `raise`."""
MOST_FOLLOWED = 200
"""Functions, or classes above one, that are followed; of more nothing is certain."""
_UNCERTAIN = (
    *(ast.AsyncFunctionDef, ast.AsyncWith, ast.Await, ast.ClassDef, ast.FunctionDef, ast.Import),
    *(ast.ImportFrom, ast.Lambda, ast.With, ast.Yield, ast.YieldFrom),
)
"""What in a body runs code that is not looked at."""


class Hierarchy:
    """The bases of the exceptions of all files and of the builtins, by their last names."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._bases: dict[str, frozenset[str] | None] = {}
        for source in sources:
            for item in definitions(source.tree):
                if isinstance(item.node, ast.ClassDef):
                    self._add(item.node)

    def _add(self, node: ast.ClassDef) -> None:
        names = [_last_name(base) for base in node.bases]
        bases = None if None in names else frozenset(name for name in names if name)
        if node.name in self._bases and self._bases[node.name] != bases:
            bases = None
        self._bases[node.name] = bases

    def ancestors(self, name: str) -> frozenset[str] | None:
        """Return the names of a class and of all its bases; None where one of them is not known."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here in found:
                continue
            if len(found) >= MOST_FOLLOWED:
                return None
            found.add(here)
            builtin = getattr(builtins, here, None)
            if here in self._bases:
                bases = self._bases[here]
                if bases is None:
                    return None
                waiting += bases
            elif isinstance(builtin, type):
                found.update(each.__name__ for each in builtin.__mro__)
            else:
                return None
        return frozenset(found)


def raised(name: str, functions: Mapping[str, Function]) -> frozenset[str] | None:
    """Return the last names of the classes that a function and those it calls raise.

    None where that is not certain: it raises a value or raises again, or calls what is not a
    function of the same file or a harmless builtin.

    Args:
        name: the function's qualified name.
        functions: those of its file by such names, see `by_name`.
    """
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        if here not in functions or len(seen) >= MOST_FOLLOWED:
            return None
        seen.add(here)
        names, called = _own(functions[here]), _called(here, functions)
        if names is None or called is None:
            return None
        found |= names
        waiting += called
    return frozenset(found)


def is_implicit(name: str) -> bool:
    """Tell whether plain operations may raise an exception, or what it stands for."""
    known = getattr(builtins, name, None)
    if not isinstance(known, type):
        return False
    return any(issubclass(known, each) or issubclass(each, known) for each in _BY_OPERATORS)


@remembered
def _own(function: Function) -> frozenset[str] | None:
    names: set[str] = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Raise):
            callee = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = _last_name(callee) if callee else None
            if name is None or not name[:1].isupper():
                return None
            names.add(name)
        elif isinstance(node, _UNCERTAIN):
            return None
    return frozenset(names)


def _called(name: str, functions: Mapping[str, Function]) -> list[str] | None:
    """Return the functions of the file that are called, None where there are others."""
    owner = name.rpartition(".")[0]
    found = []
    for call in _calls(functions[name]):
        callee = f"{owner}{call}" if call.startswith(".") else call
        if callee in functions:
            found.append(callee)
        elif callee not in _HARMLESS_CALLS:
            return None
    return found


@remembered
def _calls(function: Function) -> tuple[str, ...]:
    """Return what a function calls: a name, `.name` of its own class, or an empty text for all else."""
    nodes = list(own_nodes(function))
    exceptions = {id(node.exc) for node in nodes if isinstance(node, ast.Raise)}
    calls = (node for node in nodes if isinstance(node, ast.Call) and id(node) not in exceptions)
    return tuple(dict.fromkeys(_callee(call.func) for call in calls))


def _callee(func: ast.expr) -> str:
    if isinstance(func, ast.Name):
        return func.id
    holder = func.value if isinstance(func, ast.Attribute) else None
    if isinstance(func, ast.Attribute) and getattr(holder, "id", "") in {"self", "cls"}:
        return f".{func.attr}"
    return ""


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def by_name(items: Sequence[Defined]) -> dict[str, Function]:
    """Return the functions by their names; what is defined twice is left out."""
    times = Counter(item.name for item in items)
    return {
        item.name: item.node
        for item in items
        if times[item.name] == 1 and not isinstance(item.node, ast.ClassDef)
    }
