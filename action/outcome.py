"""What a step came to: its outputs, its summary and its exit code; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from p2a.domain import Dimension

SCORE_OUTPUTS = {dimension: str(dimension).replace("_", "-") for dimension in Dimension}
OUTPUTS = (
    "conclusion",
    "overall",
    *SCORE_OUTPUTS.values(),
    "findings",
    "new-findings",
    "report",
    "sarif",
    "junit",
    "badge",
    "graph",
    "files",
    "branch",
    "pull-request",
    "cost",
    "input-tokens",
    "output-tokens",
)
"""Every output that a step sets, empty where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a step."""

    exit_code: int
    outputs: Mapping[str, str]
    summary: str = ""
    """Markdown; foreign text in it is inert."""
    text: str = ""
    """For the log; foreign text in it may hold what the runner takes for commands."""
    commands: tuple[str, ...] = field(default=())
    """Workflow commands, escaped."""

    def all_outputs(self) -> dict[str, str]:
        """Return every output by name."""
        return {name: self.outputs.get(name, "") for name in OUTPUTS}


def score_text(score: object) -> str:
    """Return a score with one decimal, empty where it was not measured."""
    return f"{score:.1f}" if isinstance(score, float) else ""
