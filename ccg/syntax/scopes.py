"""Which names a function binds, and the values that names have along the flow of control; no I/O."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ccg.syntax.facts import UnitKind

Key = str | tuple[int, str, object]
"""A name, or a place in the heap: (value of the base, "." or "[", attribute or key)."""
State = dict[Key, int]

_OPENS_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Scope:
    """A unit that is being lowered."""

    unit: int
    kind: int
    parent: "Scope | None"
    names: set[str] = field(default_factory=set)
    """Of a function: what it binds."""
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    state: State = field(default_factory=dict)
    is_dead: bool = False
    """What follows is not reached."""
    outside: dict[str, int] = field(default_factory=dict)
    """The values of names from outside, one for each name."""
    receiver: int = -1
    """Of a method: the value of its first parameter."""
    loops: list["Loop"] = field(default_factory=list)
    trackers: list[dict[str, list[int]]] = field(default_factory=list)
    """For each `try` around: all values that names get in its body."""

    @property
    def is_function(self) -> bool:
        """Whether its variables live in its own activation."""
        return self.kind in {UnitKind.FUNCTION, UnitKind.LAMBDA}


@dataclass(slots=True)
class Loop:
    """The states that leave a loop's body early."""

    breaks: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)


def bound_names(body: Iterable[ast.AST]) -> tuple[set[str], set[str], set[str]]:
    """Return what the statements bind, declare global and declare nonlocal, inner scopes apart."""
    bound: set[str] = set()
    global_names: set[str] = set()
    nonlocal_names: set[str] = set()
    todo = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                bound.add(node.id)
            continue
        if isinstance(node, _OPENS_SCOPE):
            if not isinstance(node, ast.Lambda):
                bound.add(node.name)
            continue
        if isinstance(node, _COMPREHENSIONS):
            bound.update(_walrus_targets(node))
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound.update((a.asname or a.name.partition(".")[0]) for a in node.names)
        elif isinstance(node, ast.Global):
            global_names.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            nonlocal_names.update(node.names)
        else:
            bound.update(_capture(node))
            todo.extend(ast.iter_child_nodes(node))
    return bound - global_names - nonlocal_names, global_names, nonlocal_names


def _capture(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        return (node.name,)
    if isinstance(node, ast.MatchMapping) and node.rest:
        return (node.rest,)
    return ()


def _walrus_targets(node: ast.AST) -> set[str]:
    return {
        inner.target.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.NamedExpr) and isinstance(inner.target, ast.Name)
    }


def merge(states: list[State], phi: Callable[[list[int]], int]) -> State:
    """Return what holds after any of the states; places in the heap only where all know them."""
    if len(states) == 1:
        return states[0]
    first, *rest = states
    merged: State = {}
    keys = dict.fromkeys(key for state in states for key in state)
    for key in keys:
        values = [state[key] for state in states if key in state]
        if len(values) < len(states) and not isinstance(key, str):
            continue
        if len(values) == len(states) and all(state[key] == first[key] for state in rest):
            merged[key] = first[key]
        else:
            distinct = list(dict.fromkeys(values))
            merged[key] = distinct[0] if len(distinct) == 1 else phi(distinct)
    return merged


def forget_places(state: State) -> State:
    """Return the state without what it knows of the heap."""
    return {key: value for key, value in state.items() if isinstance(key, str)}
