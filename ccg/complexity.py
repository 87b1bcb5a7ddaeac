"""How complex one function is, cyclomatic and cognitive; no I/O."""

import ast
from collections.abc import Iterator
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef
_NESTED = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda})
_BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert)
_DECIDING = frozenset({*_BRANCHES, ast.BoolOp, ast.comprehension, ast.Match})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SHAPED = frozenset(
    {
        *(ast.If, ast.IfExp, ast.ExceptHandler, ast.Match, ast.BoolOp),
        *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, *_LOOPS),
    }
)
"""What the cognitive complexity counts or nests."""
_LEAVES = frozenset(
    {
        *(
            str,
            bytes,
            bool,
            int,
            float,
            complex,
            type(None),
            type(...),
            ast.Name,
            ast.Constant,
            ast.Pass,
            ast.Break,
            ast.Continue,
        ),
        *(
            kind
            for base in (ast.expr_context, ast.operator, ast.cmpop)
            for kind in base.__subclasses__()
        ),
        *(kind for base in (ast.boolop, ast.unaryop) for kind in base.__subclasses__()),
    }
)
"""What a node may hold that holds no other node."""


def cyclomatic(function: ast.AST) -> int:
    """Return 1 plus the decisions of the body (McCabe); a lambda or a nested `def` counts apart."""
    total = 1
    waiting = _children(function)
    while waiting:
        node = waiting.pop()
        if type(node) not in _NESTED:
            if type(node) in _DECIDING:
                total += _decisions(node)
            waiting += _children(node)
    return total


def _decisions(node: ast.AST) -> int:
    if isinstance(node, _BRANCHES):
        return 1
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    if isinstance(node, ast.Match):
        return sum(not _is_wildcard(case) for case in node.cases)
    return 0


def _is_wildcard(case: ast.match_case) -> bool:
    pattern = case.pattern
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None and case.guard is None


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
    inner = _wrapper(function)
    total = int(_calls_itself(function)) + int(inner is not None and _calls_itself(inner))
    waiting: list[tuple[ast.AST, int]] = [(part, 0) for part in _body(inner or function)]
    while waiting:
        node, nesting = waiting.pop()
        if type(node) in _SHAPED:
            total += _increment(node, nesting)
            waiting.extend(_deeper(node, nesting))
        else:
            waiting.extend([(child, nesting) for child in _children(node)])
    return total


def _children(node: ast.AST) -> list[ast.AST]:
    """Return the children that may hold others; three times as fast as `ast.iter_child_nodes`."""
    found: list[ast.AST] = []
    for name in node._fields:
        value: Any = getattr(node, name, None)
        if type(value) is list:
            found += [item for item in value if type(item) not in _LEAVES]
        elif type(value) not in _LEAVES:
            found.append(value)
    return found


def _body(function: ast.AST) -> list[ast.AST]:
    body = getattr(function, "body", [])
    return list(body) if isinstance(body, list) else [body]


def _wrapper(function: ast.AST) -> ast.AST | None:
    """Return the one function that a decorator consists of, besides a docstring and its return."""
    body = [part for part in _body(function) if not _is_text(part)]
    if len(body) == 2 and isinstance(body[0], Function) and isinstance(body[1], ast.Return):
        return body[0]
    return None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _increment(node: ast.AST, nesting: int) -> int:
    """Return what a node adds, without what is inside of it."""
    if isinstance(node, ast.If):
        return 1 + nesting + _alternatives(node)
    if isinstance(node, _LOOPS):
        return 1 + nesting + bool(node.orelse)
    if isinstance(node, (ast.IfExp, ast.ExceptHandler, ast.Match)):
        return 1 + nesting
    if isinstance(node, ast.BoolOp):
        return 1 - sum(_is_run_of(value, node.op) for value in node.values)
    return int(isinstance(node, Function) and _calls_itself(node))


def _is_run_of(value: ast.AST, operator: ast.boolop) -> bool:
    """Tell whether an operand goes on with the same operator, as in `a and (b and c)`."""
    return isinstance(value, ast.BoolOp) and type(value.op) is type(operator)


def _alternatives(node: ast.If) -> int:
    """Count the `elif` and `else` of an `if`: one each, however deep it stands."""
    count = 0
    while node.orelse:
        count += 1
        follower = _elif(node)
        if follower is None:
            break
        node = follower
    return count


def _elif(node: ast.If) -> ast.If | None:
    """Return the `elif`, which stands in the same column; an `if` within `else` does not."""
    first = node.orelse[0] if len(node.orelse) == 1 else None
    if isinstance(first, ast.If) and first.col_offset == node.col_offset:
        return first
    return None


def _deeper(node: ast.AST, nesting: int) -> Iterator[tuple[ast.AST, int]]:
    """Yield what is inside of a node with the level at which it stands."""
    if isinstance(node, ast.If):
        yield from _branches(node, nesting)
    elif isinstance(node, (*_LOOPS, ast.ExceptHandler, ast.Match, Function, ast.Lambda)):
        inner = _inner(node)
        for child in _children(node):
            yield child, nesting + (child in inner)
    else:
        deeper = nesting + isinstance(node, ast.IfExp)
        for child in _children(node):
            yield child, deeper


def _inner(node: ast.AST) -> set[ast.AST]:
    """Return the children that stand one level deeper: the body, but not a loop's condition."""
    orelse, cases = getattr(node, "orelse", []), getattr(node, "cases", [])
    return {*_body(node), *orelse, *cases}


def _branches(node: ast.If, nesting: int) -> Iterator[tuple[ast.AST, int]]:
    here: ast.If | None = node
    while here is not None:
        yield here.test, nesting
        for child in here.body:
            yield child, nesting + 1
        follower = _elif(here)
        if follower is None:
            for child in here.orelse:
                yield child, nesting + 1
        here = follower


def _calls_itself(function: ast.AST) -> bool:
    """Tell whether a function calls itself by its name, a method by its first parameter."""
    if not isinstance(function, Function):
        return False
    parameters = [*function.args.posonlyargs, *function.args.args]
    first = parameters[0].arg if parameters else ""
    owner = first if first in {"self", "cls"} else ""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and _names(node.func, function.name, owner=owner):
            return True
        if type(node) not in _NESTED:
            waiting += _children(node)
    return False


def _names(node: ast.expr, name: str, *, owner: str) -> bool:
    if not owner:
        return isinstance(node, ast.Name) and node.id == name
    if isinstance(node, ast.Attribute) and node.attr == name:
        return isinstance(node.value, ast.Name) and node.value.id == owner
    return False
