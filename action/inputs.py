"""The step's inputs, read once from an environment; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from action.errors import InputInvalid

PREFIX = "P2A_INPUT_"
JOB_APP = "github-actions"
"""The App whose installation token a job gets as `github.token`."""
_WORDS = {"true": True, "false": False}


class Mode(StrEnum):
    """What the step does."""

    CHECK = "check"
    """Measure what is checked out; needs no key."""
    AGENT = "agent"
    """Do what a comment or a label asks for; needs a model's key."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the workflow's author wrote under `with:`; empty means the default."""

    mode: Mode = Mode.CHECK
    path: str = "."
    base: str | None = None
    minimum: float | None = None
    tests: bool = True
    timing: bool = False
    graph: bool = True
    check_run: bool = False
    token: str | None = field(default=None, repr=False)
    app: str = JOB_APP
    model: str | None = None
    model_key: str | None = field(default=None, repr=False)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Inputs":
        """Read each input from `P2A_INPUT_` and its name in upper case, `-` written as `_`.

        Raises:
            InputInvalid: one of them is not of its form.
        """
        return cls(
            mode=_mode(_text(environ, "mode")),
            path=_text(environ, "path") or ".",
            base=_text(environ, "base") or None,
            minimum=_minimum(_text(environ, "minimum")),
            tests=_switch(environ, "tests", default=True),
            timing=_switch(environ, "timing", default=False),
            graph=_switch(environ, "graph", default=True),
            check_run=_switch(environ, "check-run", default=False),
            token=_text(environ, "token") or None,
            app=_text(environ, "app") or JOB_APP,
            model=_text(environ, "model") or None,
            model_key=_text(environ, "model-key") or None,
        )


def _text(environ: Mapping[str, str], name: str) -> str:
    return environ.get(PREFIX + name.upper().replace("-", "_"), "").strip()


def _mode(text: str) -> Mode:
    try:
        return Mode(text.lower() or Mode.CHECK)
    except ValueError as error:
        raise InputInvalid(
            f"the input `mode` is {text!r}", next_step="set it to check or agent"
        ) from error


def _switch(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = _text(environ, name).lower()
    if not text:
        return default
    if text not in _WORDS:
        raise InputInvalid(f"the input `{name}` is {text!r}", next_step="set it to true or false")
    return _WORDS[text]


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
