"""How often a function passes over its data, estimated from its text; no I/O.

The order is the number of passes that multiply: a loop over what an outer loop hands out passes
over the same data, a loop over something else repeats that for each turn. Loops over constants, and
`while` loops by themselves, count for nothing.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from quality.definitions import Function
from quality.dotted import dotted_name

_WRAPPERS = frozenset(
    {"enumerate", "filter", "iter", "list", "map", "reversed", "set", "sorted", "tuple", "zip"}
)
_PASSING = frozenset({"dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple"})
"""Builtins that pass over their one argument."""
_VIEWS = frozenset({"copy", "items", "keys", "values"})
_SEARCHES = frozenset({"count", "index", "remove"})
_LIST_NAMES = frozenset({"List", "list"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.DictComp, ast.GeneratorExp, ast.ListComp, ast.SetComp)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over data."""

    order: int
    """How many passes multiply here, this one included."""
    line: int
    text: str
    """What it does, such as `loops over rows`."""
    root: str
    """The parameter that the data comes from, or is empty."""


@dataclass(frozen=True, slots=True)
class Callee:
    """A function that is called, for whose passes the caller answers."""

    parameters: tuple[str, ...]
    """Those that a call gives by position; a method's without its first."""
    receiver: str
    """The first parameter of a method."""
    passes: Mapping[str, Pass]
    """By the parameter that is passed over, see `by_parameter`."""


_Values = dict[str, list[ast.expr | None]]
"""Of each local name what it is bound to, None for what is no plain assignment."""
Callees = Callable[[str], Iterable[Callee] | None]
"""Gives the functions that a call of this last name may lead to, where they are known."""
MAX_LOOPS = 100
"""Loops in one another that are followed: a comprehension can be made to have any number of them."""


@dataclass(slots=True)
class _Loop:
    order: int
    changing: frozenset[str]
    is_while: bool = False


@dataclass(slots=True)
class _Walk:
    callees: Callees
    lists: frozenset[str]
    texts: frozenset[str]
    sources: Mapping[str, ast.expr]
    parameters: frozenset[str]
    local: frozenset[str]
    found: list[Pass] = field(default_factory=list)
    roots: dict[str, str] = field(default_factory=dict)
    """Of local names that were asked for, the parameter that they come from, or an empty text."""


class _TooDeep(Exception):
    """More loops stand in one another than are followed."""


def passes(function: Function, callees: Callees = lambda _name: None) -> tuple[Pass, ...]:
    """Return all passes of a function's own code, and those of the functions that it calls in a loop.

    Nothing is returned of what is nested too deeply to be followed, or holds a number too long to be
    written.
    """
    try:
        return tuple(_passes(function, callees))
    except (RecursionError, ValueError, _TooDeep):
        return ()


def _passes(function: Function, callees: Callees) -> list[Pass]:
    values = _values(function)
    parameters, bound = frozenset(_parameters(function)), _bound(function.body)
    walk = _Walk(
        callees,
        lists=frozenset(_lists(function, values, bound)),
        texts=frozenset(_assigned_as(values, _is_text)),
        sources=_sources(values),
        parameters=parameters,
        local=parameters | bound,
    )
    for statement in function.body:
        _visit(statement, [], walk)
    return walk.found


def largest(found: Iterable[Pass]) -> Pass | None:
    """Return the pass of the highest order, the first of equal ones."""
    return max(found, key=lambda each: (each.order, -each.line), default=None)


def by_parameter(found: Iterable[Pass]) -> dict[str, Pass]:
    """Return of each parameter the largest pass over it, the first of equal ones: what callers meet."""
    largest_of: dict[str, Pass] = {}
    for each in found:
        known = largest_of.get(each.root)
        if each.root and (known is None or known.order < each.order):
            largest_of[each.root] = each
    return largest_of


def _visit(node: ast.AST, loops: list[_Loop], walk: _Walk) -> None:
    if isinstance(node, _SCOPES):
        return
    match node:
        case ast.For() | ast.AsyncFor():
            _visit(node.iter, loops, walk)
            inside = _within(loops, _enter(node.iter, _bound([node]), loops, walk))
            for child in node.body:
                _visit(child, inside, walk)
            for child in node.orelse:
                _visit(child, loops, walk)
            return
        case ast.While():
            inside = _within(loops, _Loop(_order(loops), _bound([node]), is_while=True))
            for part in (node.test, *node.body):
                _visit(part, inside, walk)
            return
    if isinstance(node, _COMPREHENSIONS):
        _visit_comprehension(node, loops, walk)
        return
    _note(node, loops, walk)
    for each in ast.iter_child_nodes(node):
        _visit(each, loops, walk)


def _visit_comprehension(node: ast.AST, loops: list[_Loop], walk: _Walk) -> None:
    inside = loops
    for each in getattr(node, "generators", ()):
        _visit(each.iter, inside, walk)
        inside = _within(inside, _enter(each.iter, _names(each.target), inside, walk))
        for test in each.ifs:
            _visit(test, inside, walk)
    for name in ("elt", "key", "value"):
        part = getattr(node, name, None)
        if part is not None:
            _visit(part, inside, walk)


def _within(loops: list[_Loop], inner: _Loop) -> list[_Loop]:
    if len(loops) == MAX_LOOPS:
        raise _TooDeep
    return [*loops, inner]


def _enter(data: ast.expr, names: frozenset[str], loops: list[_Loop], walk: _Walk) -> _Loop:
    data = _unwrapped(data)
    if _is_constant(data, walk):
        return _Loop(_order(loops), names)
    order = _order(loops) + _is_independent(data, loops)
    _add(max(order, 1), data, f"loops over {_text(data)}", walk)
    return _Loop(max(order, 1), names)


def _note(node: ast.AST, loops: list[_Loop], walk: _Walk) -> None:
    """Note what passes over data without a loop of its own."""
    if isinstance(node, ast.Call):
        _note_call(node, loops, walk)
    if not loops:
        return
    if isinstance(node, ast.Compare) and isinstance(node.ops[-1], ast.In | ast.NotIn):
        data = node.comparators[-1]
        if _is_list(data, walk) and _is_independent(data, loops):
            _add(_order(loops) + 1, data, f"searches the list {_text(data)}", walk)
    elif isinstance(node, ast.AugAssign | ast.Assign):
        name = _grown(node, walk)
        if name and not any(loop.is_while for loop in loops):
            _add(_order(loops) + 1, node, f"copies {name} to add to it", walk)


def _note_call(node: ast.Call, loops: list[_Loop], walk: _Walk) -> None:
    if isinstance(node.func, ast.Attribute) and _is_list(node.func.value, walk):
        _note_list(node, node.func, loops, walk)
        return
    if isinstance(node.func, ast.Name) and node.func.id in _PASSING:
        if len(node.args) == 1 and isinstance(node.args[0], ast.Name | ast.Attribute):
            data = node.args[0]
            if not _is_constant(data, walk):
                order = _order(loops) + _is_independent(data, loops)
                _add(max(order, 1), data, f"calls {node.func.id} on {_text(data)}", walk)
        return
    if _order(loops):  # outside of a loop the function that is called answers for itself
        _note_callees(node, loops, walk)


def _note_callees(node: ast.Call, loops: list[_Loop], walk: _Walk) -> None:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for callee in walk.callees(name) or ():
        for parameter, given in _given(node, callee):
            each = callee.passes.get(parameter)
            if each is not None and not _is_constant(given, walk):
                order = _order(loops) + each.order - 1 + _is_independent(given, loops)
                _add(max(order, each.order), given, f"calls {name}, which {each.text}", walk)


def _note_list(node: ast.Call, func: ast.Attribute, loops: list[_Loop], walk: _Walk) -> None:
    first = node.args[0] if node.args else None
    at_front = isinstance(first, ast.Constant) and first.value == 0
    shifts = (func.attr == "pop" and at_front) or (func.attr == "insert" and at_front)
    if not loops or not (shifts or func.attr in _SEARCHES):
        return
    if _is_independent(func.value, loops):
        turns = 1 if _order(loops) == 0 and shifts and loops[-1].is_while else 0
        text = f"calls {func.attr} on the list {_text(func.value)}"
        _add(_order(loops) + turns + 1, func.value, text, walk)


def _given(node: ast.Call, callee: Callee) -> Iterator[tuple[str, ast.expr]]:
    """Yield the parameters that a call gives something for, and what it gives."""
    if callee.receiver and isinstance(node.func, ast.Attribute):
        yield callee.receiver, node.func.value
    for parameter, value in zip(callee.parameters, node.args, strict=False):
        if isinstance(value, ast.Starred):
            break  # nobody knows how many it is
        yield parameter, value
    for keyword in node.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value


def _add(order: int, data: ast.AST, text: str, walk: _Walk) -> None:
    root = _root(data, walk) if isinstance(data, ast.expr) else ""
    walk.found.append(Pass(order, getattr(data, "lineno", 0), text, root))


def _order(loops: list[_Loop]) -> int:
    return loops[-1].order if loops else 0


def _is_independent(data: ast.expr, loops: list[_Loop]) -> bool:
    """Tell whether no loop around it has a say in what the data is."""
    names = _names(data)
    return not any(loop.changing & names for loop in loops)


def _unwrapped(data: ast.expr) -> ast.expr:
    """Return what is passed over, below `enumerate`, `sorted`, `.items()` and the like."""
    while isinstance(data, ast.Call):
        func = data.func
        if isinstance(func, ast.Name) and func.id in _WRAPPERS and data.args:
            data = data.args[-1]
        elif isinstance(func, ast.Attribute) and func.attr in _VIEWS and not data.args:
            data = func.value
        else:
            break
    return data


def _is_constant(data: ast.expr, walk: _Walk) -> bool:
    """Tell whether the size of the data is fixed by the code: literals, names of the module."""
    match data:
        case ast.Constant() | ast.Dict():
            return True
        case ast.UnaryOp():
            return _is_constant(data.operand, walk)
        case ast.Tuple() | ast.List() | ast.Set():
            return not any(isinstance(each, ast.Starred) for each in data.elts)
        case ast.Name():
            return data.id not in walk.local
        case ast.Attribute():
            return data.attr.isupper() or _is_constant(data.value, walk)
        case ast.Call():
            receiver = [data.func.value] if isinstance(data.func, ast.Attribute) else []
            return bool(data.args) and all(
                _is_constant(each, walk) for each in (*receiver, *data.args)
            )
        case ast.Subscript():
            return isinstance(data.slice, ast.Slice) and _is_short(data.slice)
    return False


def _is_short(part: ast.Slice) -> bool:
    return isinstance(part.upper, ast.Constant)


def _is_list(data: ast.expr, walk: _Walk) -> bool:
    return isinstance(data, ast.Name) and data.id in walk.lists


def _lists(function: Function, values: _Values, rebound: frozenset[str]) -> Iterator[str]:
    """Yield the names that are lists for certain: made so each time, or annotated so."""
    arguments = function.args
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        note = each.annotation
        if isinstance(note, ast.Subscript):
            note = note.value
        name = getattr(note, "attr", getattr(note, "id", ""))
        if name in _LIST_NAMES and each.arg not in rebound:
            yield each.arg
    yield from _assigned_as(values, _makes_list)


def _makes_list(value: ast.expr) -> bool:
    if isinstance(value, ast.List):
        return not value.elts or any(isinstance(each, ast.Starred) for each in value.elts)
    if isinstance(value, ast.ListComp):
        return True
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in {"list", "sorted"}


def _is_text(value: ast.expr) -> bool:
    is_constant = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return is_constant or isinstance(value, ast.JoinedStr)


def _assigned_as(values: _Values, kind: Callable[[ast.expr], bool]) -> Iterator[str]:
    """Yield the local names to which nothing but values of a kind are assigned."""
    for name, given in values.items():
        if all(value is not None and kind(value) for value in given):
            yield name


def _values(function: Function) -> _Values:
    found: dict[str, list[ast.expr | None]] = {name: [None] for name in _parameters(function)}
    other: Counter[str] = Counter()
    for node in _own(function.body):
        target, value = _assignment(node)
        if target and value is not None:
            found.setdefault(target, []).append(value)
        other[target] -= 1
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            other[node.id] += 1
    for name in (name for name, times in other.items() if times > 0):
        found.setdefault(name, []).append(None)  # bound by a loop, `with` or unpacking as well
    return found


def _assignment(node: ast.AST) -> tuple[str, ast.expr | None]:
    """Return the name that a statement gives a value, and the value where it is a new one."""
    if isinstance(node, ast.AugAssign):
        return getattr(node.target, "id", ""), None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and node.value:
        target = node.target
    else:
        return "", None
    if not isinstance(target, ast.Name):
        return "", None
    value = node.value
    grows = isinstance(value, ast.BinOp) and target.id in _names(value.left)
    return target.id, None if grows else value


def _grown(node: ast.AugAssign | ast.Assign, walk: _Walk) -> str:
    """Return the name of the text or list that is copied to be made longer."""
    if isinstance(node, ast.AugAssign):
        is_text = isinstance(node.target, ast.Name) and node.target.id in walk.texts
        return node.target.id if is_text and isinstance(node.op, ast.Add) else ""  # type: ignore[union-attr]
    value, target = node.value, node.targets[0]
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        left = value.left
        name = getattr(left, "id", "")
        is_known = name in walk.lists or name in walk.texts
        if is_known and name == getattr(target, "id", None):
            return str(name)
    return ""


def _sources(values: _Values) -> dict[str, ast.expr]:
    """Return of the local names that are assigned once what they are."""
    return {
        name: given[0] for name, given in values.items() if len(given) == 1 and given[0] is not None
    }


def _root(data: ast.expr, walk: _Walk) -> str:
    """Return the parameter that data comes from, through names that are assigned once."""
    root = ""
    followed: list[str] = []
    here: ast.expr | None = _unwrapped(data)
    while here is not None:
        if isinstance(here, ast.Attribute | ast.Subscript | ast.Starred):
            here = here.value
        elif isinstance(here, ast.Call):
            here = here.func if isinstance(here.func, ast.Attribute) else None
        elif isinstance(here, ast.Name) and here.id in walk.parameters:
            root, here = here.id, None
        elif isinstance(here, ast.Name) and here.id in walk.roots:
            root, here = walk.roots[here.id], None
        elif isinstance(here, ast.Name):
            walk.roots[here.id] = ""  # a ring of names ends here
            followed.append(here.id)
            source = walk.sources.get(here.id)
            here = None if source is None else _unwrapped(source)
        else:
            here = None
    walk.roots.update(dict.fromkeys(followed, root))
    return root


def _parameters(function: Function) -> list[str]:
    arguments = function.args
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found += [each for each in (arguments.vararg, arguments.kwarg) if each]
    return [each.arg for each in found]


def _own(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def _bound(body: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names, and the attributes as `self.name`, that code gives a value to."""
    return frozenset(
        name
        for node in _own(body)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del)
        for name in [_text(node)]
    )


def _names(data: ast.AST) -> frozenset[str]:
    return frozenset(
        _text(node) for node in ast.walk(data) if isinstance(node, ast.Name | ast.Attribute)
    )


def _text(node: ast.expr) -> str:
    text = dotted_name(node, {}) or ast.unparse(node)
    return text if len(text) <= 40 else f"{text[:37]}..."
