"""How complex one function is, cyclomatic and cognitive; no I/O."""

import ast
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVES = frozenset(
    {
        *(ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal),
        *(ast.Import, ast.ImportFrom, ast.alias, ast.MatchSingleton, ast.MatchStar),
    }
)
"""Kinds of nodes that hold no nodes of interest."""
_PLAIN_FIELDS = frozenset(
    {
        *("arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs"),
        *("level", "lineno", "module", "name", "names", "op", "ops", "rest", "simple", "tag"),
        *("type_comment", "type_ignores"),
    }
)
"""Fields of texts, numbers and operators."""
PARTS: dict[type, tuple[str, ...]] = {
    kind: () if kind in _LEAVES else tuple(f for f in kind._fields if f not in _PLAIN_FIELDS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""Of each kind of node the fields of nodes, but for those that hold only names or constants."""


class Measures(NamedTuple):
    """What one walk over a function tells."""

    cyclomatic: int
    cognitive: int
    is_free_of_walrus: bool
    """Its own code is certain to hold no `:=`."""


def cyclomatic(function: ast.AST) -> int:
    """Return 1 plus the decisions of the body (McCabe); a lambda or a nested `def` counts apart."""
    return measure(function).cyclomatic


def cognitive(function: ast.AST) -> int:
    """Return the cognitive complexity of a function or lambda: how hard its flow is to follow.

    G. Ann Campbell, Cognitive Complexity: a new way of measuring understandability, SonarSource,
    version 1.7 (2023). One for each break in the flow (`if`, `elif`, `else`, a conditional
    expression, a loop and its `else`, `except`, `match`, a run of like boolean operators, a call of
    itself), and for those that nest one more for each level they stand in. A nested function or
    lambda is part of the outer one and a level, but for a decorator's wrapper: a function that
    only defines and returns another. `with`, `try`, `finally`, `assert` and comprehensions are
    free. Recursion over several functions is not seen here: it is in the graph's call cycles.
    """
    return measure(function).cognitive


def measure(function: ast.AST) -> Measures:
    """Return both complexities of a function or lambda: one walk serves the two."""
    own = _Walk(_body(function), 0)
    header = _header(function)
    decisions = own.decisions + (_Walk(header, 0).decisions if header else 0)
    inner = _wrapper(function)
    body = own if inner is None else _Walk(_body(inner), 0)
    effort = body.effort + _calls_itself(function, own.called)
    if inner is not None:
        effort += _calls_itself(inner, body.called)
    if body.nested:
        effort += _effort_of(body.nested)
    return Measures(1 + decisions, effort, not (own.has_walrus or own.nested))


class _Walk:
    """Counts in the code of one scope, level of nesting by level; what it nests is only noted."""

    def __init__(self, code: Iterable[ast.AST], nesting: int) -> None:
        self.decisions = 0
        self.effort = 0
        self.has_walrus = False
        self.called: list[ast.expr] = []
        self.nested: list[tuple[ast.AST, int]] = []
        """Functions, classes and lambdas, with the levels at which they stand."""
        self._here: list[ast.AST] = []
        self._deeper: list[ast.AST] = list(code)
        self._nesting = nesting - 1
        while self._deeper:
            self._here, self._deeper = self._deeper, []
            self._nesting += 1
            self._level()

    def _level(self) -> None:
        """Count in what stands at this level, and gather what stands deeper."""
        here, parts_of, call = self._here, _PLAIN_PARTS, ast.Call
        while here:
            node: Any = here.pop()
            kind = type(node)
            parts = parts_of.get(kind)
            if parts is None:
                count = _COUNTED.get(kind)
                if count is not None:
                    count(self, node)
                continue
            if kind is call:
                self.called.append(node.func)
            for name in parts:
                part = getattr(node, name, None)
                if part:
                    if type(part) is list:
                        here += part
                    else:
                        here.append(part)

    def if_(self, node: ast.If) -> None:
        """Count an `if` with all its `elif`: they stand one level deep together."""
        self.effort += 1 + self._nesting
        follower: ast.If | None = node
        while follower is not None:
            node = follower
            self.decisions += 1
            self.effort += bool(node.orelse)
            self._here.append(node.test)
            self._deeper += node.body
            follower = _elif(node)
        self._deeper += node.orelse

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        self._here += (node.target, node.iter)
        self._loop(node)

    def while_(self, node: ast.While) -> None:
        self._here.append(node.test)
        self._loop(node)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        self.decisions += 1
        self.effort += 1 + self._nesting + bool(node.orelse)
        self._deeper += node.body
        self._deeper += node.orelse

    def handler(self, node: ast.ExceptHandler) -> None:
        self.decisions += 1
        self.effort += 1 + self._nesting
        if node.type:
            self._here.append(node.type)
        self._deeper += node.body

    def match_(self, node: ast.Match) -> None:
        self.decisions += sum(not _is_wildcard(case) for case in node.cases)
        self.effort += 1 + self._nesting
        self._here.append(node.subject)
        self._deeper += node.cases

    def conditional(self, node: ast.IfExp) -> None:
        self.decisions += 1
        self.effort += 1 + self._nesting
        self._deeper += (node.test, node.body, node.orelse)

    def operators(self, node: ast.BoolOp) -> None:
        self.decisions += len(node.values) - 1
        self.effort += 1 - sum(_is_run_of(value, node.op) for value in node.values)
        self._here += node.values

    def comprehension(self, node: ast.comprehension) -> None:
        self.decisions += 1 + len(node.ifs)
        self._here += (node.target, node.iter, *node.ifs)

    def assert_(self, node: ast.Assert) -> None:
        self.decisions += 1
        self._here.append(node.test)
        if node.msg:
            self._here.append(node.msg)

    def walrus(self, node: ast.NamedExpr) -> None:
        self.has_walrus = True
        self._here.append(node.value)

    def definition(self, node: ast.AST) -> None:
        self.nested.append((node, self._nesting))


_COUNTED: dict[type, Callable[[_Walk, Any], None]] = {
    ast.Assert: _Walk.assert_,
    ast.AsyncFor: _Walk.for_,
    ast.AsyncFunctionDef: _Walk.definition,
    ast.BoolOp: _Walk.operators,
    ast.ClassDef: _Walk.definition,
    ast.comprehension: _Walk.comprehension,
    ast.ExceptHandler: _Walk.handler,
    ast.For: _Walk.for_,
    ast.FunctionDef: _Walk.definition,
    ast.If: _Walk.if_,
    ast.IfExp: _Walk.conditional,
    ast.Lambda: _Walk.definition,
    ast.Match: _Walk.match_,
    ast.NamedExpr: _Walk.walrus,
    ast.While: _Walk.while_,
}
_PLAIN_PARTS = {kind: parts for kind, parts in PARTS.items() if kind not in _COUNTED}


def _effort_of(nested: list[tuple[ast.AST, int]]) -> int:
    """Return the effort of nested definitions: a function's or a lambda's body is a level deeper."""
    effort = 0
    waiting = list(nested)
    while waiting:
        node, nesting = waiting.pop()
        header = _Walk(_header(node), nesting)
        body = _Walk(_body(node), nesting + (type(node) is not ast.ClassDef))
        effort += header.effort + body.effort + _calls_itself(node, body.called)
        waiting += header.nested
        waiting += body.nested
    return effort


def _is_wildcard(case: ast.match_case) -> bool:
    pattern = case.pattern
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None and case.guard is None


def _header(definition: Any) -> list[ast.AST]:
    """Return what stands before the body of a function, a lambda or a class and may count."""
    found: list[ast.AST] = [*getattr(definition, "type_params", ())]
    found += getattr(definition, "decorator_list", ())
    if isinstance(definition, ast.ClassDef):
        return [*found, *definition.bases, *definition.keywords]
    arguments: ast.arguments = definition.args
    found += arguments.defaults
    found += filter(None, arguments.kw_defaults)
    found += [each.annotation for each in _parameters(arguments) if each.annotation]
    if not isinstance(definition, ast.Lambda) and definition.returns:
        found.append(definition.returns)
    return found


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    if arguments.vararg:
        found.append(arguments.vararg)
    if arguments.kwarg:
        found.append(arguments.kwarg)
    return found


def _body(function: ast.AST) -> list[ast.AST]:
    body: Any = getattr(function, "body", [])
    return body if isinstance(body, list) else [body]


def _wrapper(function: ast.AST) -> ast.AST | None:
    """Return the one function that a decorator consists of, besides a docstring and its return."""
    body = _body(function)
    if len(body) < 2 or type(body[-1]) is not ast.Return:
        return None
    body = [part for part in body if not _is_text(part)]
    if len(body) == 2 and isinstance(body[0], _FUNCTIONS):
        return body[0]
    return None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_run_of(value: ast.AST, operator: ast.boolop) -> bool:
    """Tell whether an operand goes on with the same operator, as in `a and (b and c)`."""
    return isinstance(value, ast.BoolOp) and type(value.op) is type(operator)


def _elif(node: ast.If) -> ast.If | None:
    """Return the `elif`, which stands in the same column; an `if` within `else` does not."""
    first = node.orelse[0] if len(node.orelse) == 1 else None
    if isinstance(first, ast.If) and first.col_offset == node.col_offset:
        return first
    return None


def _calls_itself(function: ast.AST, called: list[ast.expr]) -> bool:
    """Tell whether a function is among what it calls: by its name, a method by its first parameter."""
    if not called or not isinstance(function, _FUNCTIONS):
        return False
    parameters = [*function.args.posonlyargs, *function.args.args]
    first = parameters[0].arg if parameters else ""
    owner = first if first in {"self", "cls"} else ""
    return any(_names(callee, function.name, owner=owner) for callee in called)


def _names(node: ast.expr, name: str, *, owner: str) -> bool:
    if not owner:
        return isinstance(node, ast.Name) and node.id == name
    if isinstance(node, ast.Attribute) and node.attr == name:
        return isinstance(node.value, ast.Name) and node.value.id == owner
    return False
