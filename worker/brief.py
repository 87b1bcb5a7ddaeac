"""What the agents are told about a workflow, as one frozen value; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from worker.code_text import render_code
from worker.folders import overview
from worker.outcomes import Change, Plan, Review, Route
from worker.records import CodePiece

MAX_LISTED_PATHS = 400
MAX_CODE = 32_000
"""Characters of the code that a prompt shows, its headings included."""


@dataclass(frozen=True, slots=True)
class Brief:
    """The user's words as the signed payload gave them, and what is known of the tree by now."""

    repository: str
    number: int
    title: str
    body: str
    prompt: str
    paths: tuple[str, ...]
    baseline: str
    """One line on the test suite before the change."""
    code: tuple[CodePiece, ...] = ()
    """Functions and lines of the base that the request is likely about, the best first."""
    route: Route | None = None
    plan: Plan | None = None
    change: Change | None = None
    review: Review | None = None
    diff: str = ""
    feedback: str = ""
    """What the developer has to mend: findings of the review or failing tests."""
    scores: str = ""
    """The measured scores as text, for the quality agent's words."""
    untrue: tuple[str, ...] = ()
    """Places of documents and docstrings that the change may have made untrue."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Whole texts that an agent needs to rewrite them."""

    def values(self, *, code_characters: int = MAX_CODE) -> dict[str, Any]:
        """Return the names that the prompt templates use.

        Args:
            code_characters: how much of the code is shown, headings included.
        """
        shown = self.paths[:MAX_LISTED_PATHS]
        more = len(self.paths) - len(shown)
        listing = "\n".join(shown) + (f"\n[... {more} more paths]" if more else "")
        return {
            "repository": self.repository,
            "number": self.number,
            "title": self.title,
            "body": self.body,
            "prompt": self.prompt,
            "listing": listing,
            "baseline": self.baseline,
            "code": render_code(self.code, code_characters).rstrip("\n"),
            "folders": overview(self.paths),
            "route": self.route,
            "plan": self.plan,
            "change": self.change,
            "review": self.review,
            "diff": self.diff,
            "feedback": self.feedback,
            "scores": self.scores,
            "untrue": "\n".join(self.untrue),
            "files": self.files,
        }
