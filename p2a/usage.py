"""What is said of a value that an option cannot take; no I/O."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

_SENTENCES = {
    "float_parsing": "{input!r} is not a number",
    "float_type": "{input!r} is not a number",
    "int_parsing": "{input!r} is not a whole number",
    "int_from_float": "{input!r} is not a whole number",
    "greater_than_equal": "{input} is less than {ge:g}",
    "less_than_equal": "{input} is more than {le:g}",
}
"""By pydantic's names: https://docs.pydantic.dev/latest/errors/validation_errors/."""
_OF_PYDANTIC = "Value error, "
"""It stands before what our checks and typer's say."""


def value_text(error: ValidationError) -> str:
    """Return what is wrong with a value, in our words where we have some."""
    return _sentence(error.errors()[0])


def _sentence(problem: Mapping[str, Any]) -> str:
    sentence = _SENTENCES.get(problem["type"])
    if sentence is None:
        return str(problem["msg"]).removeprefix(_OF_PYDANTIC).removesuffix(".")
    return sentence.format(input=problem["input"], **problem.get("ctx", {}))
