"""A model's JSON answer read strictly into a typed outcome; no I/O."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from p2a.errors import ModelOutputInvalid

MAX_CHARACTERS = 2_000_000
_SHOWN_FAULTS = 5
_SHOWN_NAME = 100
"""Characters of a field's name, which may be the model's own invention."""

OutcomeT = TypeVar("OutcomeT", bound="Outcome")


class Outcome(BaseModel):
    """What an agent came to: strict types, no field more than asked for."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def read_outcome(kind: type[OutcomeT], text: str) -> OutcomeT:
    """Read an answer as one JSON object of the asked form.

    Raises:
        ModelOutputInvalid: it is anything else; `why` says what, for the repair call.
    """
    if len(text) > MAX_CHARACTERS:
        raise _invalid(f"it has {len(text)} characters, more than {MAX_CHARACTERS}")
    try:
        # Parsed once for what pydantic lets pass: duplicate keys and NaN.
        json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _invalid(f"it is not JSON: {str(error) or 'nested too deeply'}") from error
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise _invalid(_faults(error)) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object holds the same key twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _faults(error: ValidationError) -> str:
    faults = [
        f"{'.'.join(str(part)[:_SHOWN_NAME] for part in fault['loc']) or 'the object'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False)
    ]
    return "; ".join(faults[:_SHOWN_FAULTS])


def _invalid(why: str) -> ModelOutputInvalid:
    return ModelOutputInvalid(
        "the model's answer is not of the asked form",
        why=why,
        next_step="try again with `/p2a retry`, or configure another model",
    )
