"""Whether a function with another signature takes the calls that it took before; no I/O."""

import ast
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple


class _Parameter(NamedTuple):
    name: str
    default: str | None
    """As code; None where an argument is needed."""
    types: frozenset[str] | None
    """The members of its annotation as code; None where it has none."""


class _Signature(NamedTuple):
    positional_only: list[_Parameter]
    either: list[_Parameter]
    keyword: list[_Parameter]
    rest: _Parameter | None
    keywords: _Parameter | None
    returns: str


def takes_former_calls(before: str, after: str) -> bool:
    """Tell whether each call that fitted the signature `before` fits `after`, and means the same.

    So it is where parameters with a default were added behind or by keyword, where a parameter got
    a default, or where an annotation was widened. It is not where a default is another, since who
    leaves that argument out gets the other one, nor where another type is returned.

    Args:
        before: parameters in parentheses and the return's type, as a function's node has them.
        after: the same, later.
    """
    old, new = _read(before), _read(after)
    if old is None or new is None:
        return False
    return (
        old.returns == new.returns
        and _is_kept(old.rest, new.rest)
        and _is_kept(old.keywords, new.keywords)
        and _are_positions_kept(old, new)
        and _are_keywords_kept(old, new)
    )


def _read(signature: str) -> _Signature | None:
    try:
        [definition] = ast.parse(f"def f{signature}: ...").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(definition, ast.FunctionDef):
        return None
    given = definition.args
    positional = [*given.posonlyargs, *given.args]
    defaults = [*([None] * (len(positional) - len(given.defaults))), *given.defaults]
    read = list(map(_parameter, positional, defaults))
    only = len(given.posonlyargs)
    return _Signature(
        read[:only],
        read[only:],
        list(map(_parameter, given.kwonlyargs, given.kw_defaults)),
        _parameter(given.vararg) if given.vararg else None,
        _parameter(given.kwarg) if given.kwarg else None,
        _text(definition.returns),
    )


def _parameter(argument: ast.arg, default: ast.expr | None = None) -> _Parameter:
    types = frozenset(_members(argument.annotation)) if argument.annotation else None
    return _Parameter(argument.arg, _text(default) if default else None, types)


def _members(annotation: ast.expr) -> list[str]:
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return [*_members(annotation.left), *_members(annotation.right)]
    return [_text(annotation)]


def _text(node: ast.expr | None) -> str:
    return ast.unparse(node) if node else ""


def _are_positions_kept(old: _Signature, new: _Signature) -> bool:
    """Tell whether arguments without a name reach the same parameters."""
    before = [*old.positional_only, *old.either]
    after = [*new.positional_only, *new.either]
    for one, other in zip_longest(before, after):
        if other is None:
            return False
        if one is None:  # a new one; what went to `*args` would go to it
            is_given = other.default is not None or other.name in _names(old.keyword)
            if not is_given or old.rest is not None:
                return False
        elif not _is_kept(one, other):
            return False
    return _names(old.either) == _names(new.either)[: len(old.either)]


def _are_keywords_kept(old: _Signature, new: _Signature) -> bool:
    """Tell whether arguments by name reach the same parameters."""
    before = {one.name: one for one in old.keyword}
    after = {one.name: one for one in (*new.either, *new.keyword)}
    added = [one for one in new.keyword if one.name not in before]
    return all(one.default is not None for one in added) and all(
        _is_kept(one, after.get(name)) for name, one in before.items()
    )


def _is_kept(one: _Parameter | None, other: _Parameter | None) -> bool:
    if one is None:
        return True
    if other is None or one.default not in {None, other.default}:
        return False
    if other.types is None or one.types is None:
        return other.types is None
    return one.types <= other.types


def _names(parameters: Sequence[_Parameter]) -> list[str]:
    return [one.name for one in parameters]
