"""Where a tool's own documentation tells of a finding, as a link in Markdown; no I/O.

The addresses come from the tools and not from the repository. Whatever else stands in a hint is text.
"""

import re
from dataclasses import dataclass

_HINT = re.compile(r"See (?P<address>https://[A-Za-z0-9_./#-]{1,250}?)\.?")


@dataclass(frozen=True, slots=True)
class _Tool:
    name: str
    home: str


_TOOLS = {
    "security": _Tool("bandit", "https://bandit.readthedocs.io/"),
    "lint": _Tool("ruff", "https://docs.astral.sh/ruff/"),
}
"""By the analyser that runs the tool."""


def documentation_link(hint: str, *, analyser: str) -> str:
    """Return a hint that is nothing but such an address as a link; empty for every other hint."""
    tool, found = _TOOLS.get(analyser), _HINT.fullmatch(hint)
    if tool is None or found is None:
        return ""
    address = found["address"]
    if not address.startswith(tool.home) or ".." in address:
        return ""
    return f"See [{tool.name}'s documentation]({address})."
