"""What the agents are told about a workflow, as one frozen value; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from worker.outcomes import Change, Plan, Review, Route

MAX_LISTED_PATHS = 400


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
    code: str = ""
    """Functions and lines of the base that the request is likely about; empty where none are known."""
    route: Route | None = None
    plan: Plan | None = None
    change: Change | None = None
    review: Review | None = None
    diff: str = ""
    feedback: str = ""
    """What the developer has to mend: findings of the review or failing tests."""
    scores: str = ""
    """The measured scores as text, for the quality agent's words."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Whole texts that an agent needs to rewrite them."""

    def values(self) -> dict[str, Any]:
        """Return the names that the prompt templates use."""
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
            "code": self.code,
            "route": self.route,
            "plan": self.plan,
            "change": self.change,
            "review": self.review,
            "diff": self.diff,
            "feedback": self.feedback,
            "scores": self.scores,
            "files": self.files,
        }
