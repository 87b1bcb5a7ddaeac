"""A typer command that converts plain values itself.

Typer converts every value with pydantic, even where none is given, and pydantic takes as long to import
as all else that `p2a graph` needs to begin. What is plainly right is converted here; the rest is left to
typer, which also says what is wrong with it.
"""

import os
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

_NOT_PLAIN = object()


class PlainCommand(TyperCommand):
    """A command whose values need pydantic only where they are odd or wrong."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, each of which asks typer for a converter only where it needs one."""
        found = super().get_params(ctx)
        for parameter in found:
            ask = getattr(parameter, "get_runtime_param", None)
            if ask is not None:
                vars(parameter).setdefault("get_runtime_param", partial(_Converter, ask))
        return found


class _Converter:
    """Takes the place of typer's converter of a parameter, which it asks for where it needs it."""

    def __init__(self, ask: Callable[[], Any]) -> None:
        self._ask = ask

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value as the parameter's type; typer calls it so."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        try:
            wanted = param.type_descriptor
            found = _converted(value, wanted.annotation, wanted.parameter_info)
        except AttributeError:  # a typer that names its parts otherwise
            found = _NOT_PLAIN
        return self._ask().coerce(value, param=param, ctx=ctx) if found is _NOT_PLAIN else found


def _converted(value: Any, kind: Any, settings: Any) -> Any:
    if settings.parser is not None or not isinstance(kind, type):
        return _NOT_PLAIN
    if issubclass(kind, Enum):
        return next((each for each in kind if value in {each, each.value}), _NOT_PLAIN)
    if kind is str and type(value) is str:
        return value
    if kind is int and _is_whole(value) and _is_within(int(value), settings):
        return int(value)
    if kind is Path and isinstance(value, str | Path) and _is_usable(value, settings):
        return Path(value)
    return _NOT_PLAIN


def _is_whole(value: Any) -> bool:
    return type(value) is int or (
        type(value) is str and value.isascii() and value.isdecimal() and len(value) < 10
    )


def _is_within(number: int, settings: Any) -> bool:
    low, high = settings.min, settings.max
    return (low is None or low <= number) and (high is None or number <= high)


def _is_usable(path: str | Path, settings: Any) -> bool:
    """Tell whether a path is certain to be what an option with these settings takes, as it is."""
    if settings.resolve_path or settings.allow_dash or settings.path_type or settings.writable:
        return False
    if not os.path.exists(path):  # noqa: PTH110 (it is no Path yet)
        return not settings.exists
    return bool(settings.file_okay and settings.dir_okay and os.access(path, os.R_OK))
