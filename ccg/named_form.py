"""Which form the name of a file asks for, and what a person is told of a written file; no I/O."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

Form = TypeVar("Form", bound=StrEnum)


def form_of(path: Path | None, endings: Mapping[str, Form], *, otherwise: Form) -> Form:
    """Return the form that a file's name asks for.

    Args:
        path: the file; None for none.
        endings: the forms by the endings of names, in lower case.
        otherwise: the form of a name with another ending.
    """
    return endings.get(path.suffix.lower(), otherwise) if path else otherwise


def written_lines(
    path: Path, form: StrEnum, endings: Mapping[str, StrEnum], *, asks: bool, what: str
) -> Iterator[str]:
    """Yield what a person is told of a file that was written: which, in which form, and why as text.

    Args:
        path: the file.
        form: the form that it has.
        endings: the forms by the endings of names.
        asks: whether the form was taken from the name.
        what: what was written, as in "a check".
    """
    yield f"written: {path} ({form.value})"
    is_known = path.suffix.lower() in {"", ".txt", *endings}
    if asks and form.value == "text" and not is_known:
        yield f"as text: {path.suffix} names no form of {what}; {', '.join(endings)} do"
