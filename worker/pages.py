"""The Markdown texts that we publish, rendered from our templates; reads nothing else."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ccg.export.counted import counted
from p2a import inert
from p2a.secret_forms import redact
from worker import citations
from worker.answer_text import answered
from worker.evidence import Evidence, backed, wished
from worker.shown_command import essentials


class Pages:
    """Our templates; every word of others goes through a filter that takes its powers and its secrets."""

    def __init__(self) -> None:
        # Markdown, not HTML: what is dangerous here is taken away by the filters of `p2a.inert`.
        self._environment = Environment(  # noqa: S701
            loader=PackageLoader("worker", "templates"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            prose=_prose,
            line=_line,
            cell=_cell,
            code=_code,
            block=_block,
            answered=answered,
            cited=citations.link,
            suggestion=inert.suggestion,
            unbacked=_unbacked,
            essentials=essentials,
            backed=backed,
            wished=wished,
            counted=counted,
        )

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """Return a text; the values are data and are never interpreted."""
        return self._environment.get_template(template).render(**values).strip() + "\n"


def _prose(text: str, limit: int | None = None) -> str:
    return inert.prose(redact(text), limit=limit)


def _line(text: str, limit: int | None = None) -> str:
    return inert.line(redact(text), limit=limit)


def _cell(text: str, limit: int | None = None) -> str:
    return inert.cell(redact(text), limit=limit)


def _code(text: str) -> str:
    return inert.code_span(redact(text))


def _unbacked(text: str) -> str:
    """Return a model's text about code that nothing was run on: each claim of a run is cut."""
    return backed(text, Evidence())


def _block(text: str, limit: int = 4_000, language: str = "") -> str:
    return inert.code_block(text, limit=limit, language=language)
