"""The step's inputs, read once from an environment; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass

from action.errors import InputInvalid

_WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the workflow's author wrote under `with:`; empty means the default."""

    path: str = "."
    base: str | None = None
    minimum: float | None = None
    tests: bool = True

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Inputs":
        """Read `P2A_INPUT_PATH`, `_BASE`, `_MINIMUM` and `_TESTS`.

        Raises:
            InputInvalid: one of them is not of its form.
        """
        tests = environ.get("P2A_INPUT_TESTS", "").strip().lower() or "true"
        if tests not in _WORDS:
            raise InputInvalid(
                f"the input `tests` is {tests!r}", next_step="set it to true or false"
            )
        return cls(
            path=environ.get("P2A_INPUT_PATH", "").strip() or ".",
            base=environ.get("P2A_INPUT_BASE", "").strip() or None,
            minimum=_minimum(environ.get("P2A_INPUT_MINIMUM", "").strip()),
            tests=_WORDS[tests],
        )


def _minimum(text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise InputInvalid(
            f"the input `minimum` is {text!r}", next_step="set it to a number from 0 to 100"
        )
    return value
