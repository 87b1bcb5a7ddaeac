"""Prompts rendered from our templates, with foreign text between delimiters nobody can guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel

from p2a.invisible import shown
from worker.model.interface import ToolSpec

MAX_FOREIGN = 60_000
"""Characters of one foreign text in a prompt; the rest is cut with a visible note."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model: who it is, what is asked, and the form of the answer."""

    system: str
    message: str
    schema: type[BaseModel] | None = None
    tools: tuple[ToolSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Fence:
    """Delimiters of one run: foreign text cannot close what it cannot guess."""

    nonce: str

    def around(self, text: object, name: str) -> str:
        """Return the text between this run's delimiters, cut when it is too long.

        Signs that nobody sees become their escapes, so that the model reads what a person reads.
        """
        # An escape is longer than its sign, so it is cut after that.
        given = shown(str(text))
        if len(given) > MAX_FOREIGN:
            given = f"{given[:MAX_FOREIGN]}\n[... {len(given) - MAX_FOREIGN} characters cut]"
        # The nonce is made after the text was written; taking it out costs nothing and ends doubt.
        given = given.replace(self.nonce, "")
        tag = f"untrusted-{self.nonce}"
        return f'<{tag} name="{name}">\n{given}\n</{tag}>'


class Prompts:
    """The agents' templates; each has a block `system` and a block `task`."""

    def __init__(self, fence: Fence) -> None:
        # Prompts are plain text for a model, never a page: escaping would change the user's words.
        self._environment = Environment(  # noqa: S701
            loader=PackageLoader("worker", "prompts"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._environment.filters["fenced"] = fence.around

    def request(
        self,
        template: str,
        values: Mapping[str, Any],
        *,
        schema: type[BaseModel] | None = None,
        tools: tuple[ToolSpec, ...] = (),
    ) -> Request:
        """Render both blocks of a template; the values are data and are never interpreted."""
        system, task = (self._block(template, name, values) for name in ("system", "task"))
        return Request(system=system, message=task, schema=schema, tools=tools)

    def _block(self, template: str, name: str, values: Mapping[str, Any]) -> str:
        source = self._environment.get_template(template)
        parts = self._environment.get_template("rules.j2").module
        context = source.new_context({**values, "parts": parts})
        return "".join(source.blocks[name](context)).strip()
