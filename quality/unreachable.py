"""Statements that no run can come to, because one before them never goes on; no I/O."""

import ast
from collections.abc import Iterator, Sequence

from quality.definitions import inner_statements

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

Block = Sequence[ast.stmt]


def unreachable(tree: ast.Module) -> Iterator[tuple[ast.stmt, Block]]:
    """Yield each statement that ends its block too early, with those after it.

    Left out is what stands there on purpose: a `yield` that makes a generator, and a lone `raise`,
    `assert` or call of a function for places that are never reached.
    """
    waiting: list[Block] = [tree.body]
    while waiting:
        block = waiting.pop()
        for number, statement in enumerate(block):
            waiting += _blocks(statement)
            if ends(statement):
                rest = block[number + 1 :]
                if rest and not _is_meant(rest):
                    yield statement, rest
                break


def ends(statement: ast.stmt) -> bool:
    """Tell whether what follows in the block can never run; a `with` may swallow what leaves it."""
    match statement:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.If():
            return all(map(_any_ends, _branches(statement)))
        case ast.While():
            return _is_true(statement.test) and not _has_break(statement.body)
        case ast.Try() | ast.TryStar():
            goes_well = _any_ends(statement.body) or _any_ends(statement.orelse)
            fails = all(_any_ends(handler.body) for handler in statement.handlers)
            return _any_ends(statement.finalbody) or (goes_well and fails)
        case ast.Match():
            is_complete = any(_takes_all(case) for case in statement.cases)
            return is_complete and all(_any_ends(case.body) for case in statement.cases)
    return False


def _blocks(statement: ast.stmt) -> Iterator[Block]:
    """Yield the blocks in a statement, each by itself."""
    yield from (
        block
        for block in (getattr(statement, name, None) for name in ("body", "orelse", "finalbody"))
        if block
    )
    yield from (handler.body for handler in getattr(statement, "handlers", ()))
    if isinstance(statement, ast.Match):
        yield from (case.body for case in statement.cases)


def _branches(statement: ast.If) -> Iterator[Block]:
    """Yield the blocks of an `if` with all its `elif`, a missing `else` as an empty one."""
    yield statement.body
    while len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
        statement = statement.orelse[0]
        yield statement.body
    yield statement.orelse


def _any_ends(block: Block) -> bool:
    return any(map(ends, block))


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _has_break(block: Block) -> bool:
    """Tell whether a `break` leaves the loop whose body this is."""
    waiting = list(block)
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.Break):
            return True
        if isinstance(statement, _LOOPS):
            waiting += statement.orelse
        elif not isinstance(statement, _SCOPES):
            waiting += inner_statements(statement)
    return False


def _takes_all(case: ast.match_case) -> bool:
    pattern = case.pattern
    return case.guard is None and isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _is_meant(rest: Block) -> bool:
    has_yield = any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        for statement in rest
        for node in ast.walk(statement)
    )
    return has_yield or (len(rest) == 1 and _says_never(rest[0]))


def _says_never(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        callee = statement.value.func
        return getattr(callee, "attr", getattr(callee, "id", "")) == "assert_never"
    return isinstance(statement, ast.Raise | ast.Assert)
