"""The typed outcomes of the seven agents; no I/O."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from worker.reply import Outcome

Item = Annotated[str, Field(max_length=2_000)]
"""One entry of a list: each stands in the prompts of several agents."""


class ChangeKind(StrEnum):
    """What kind of change is asked for."""

    BUGFIX = "bugfix"
    FEATURE = "feature"
    REFACTORING = "refactoring"
    TESTS = "tests"
    DOCUMENTATION = "documentation"
    NOTHING = "nothing"
    """There is nothing to change; the summary says why."""


class Route(Outcome):
    """The coordinator's: what kind of work this is."""

    kind: ChangeKind
    title: str = Field(min_length=1, max_length=256)
    summary: str = Field(max_length=4_000)


class PlanStep(Outcome):
    """A step of a plan."""

    text: str = Field(min_length=1, max_length=4_000)
    after: list[int] = Field(default=[], max_length=30)
    """The numbers of the steps, from 1 on, whose results it needs."""


class Plan(Outcome):
    """The planner's: the task in its own words and how to do it, or what must be known first."""

    task: str = Field(min_length=1, max_length=4_000)
    acceptance_criteria: list[Item] = Field(max_length=30)
    steps: list[PlanStep] = Field(max_length=30)
    """Each after those that it needs."""
    files: list[Item] = Field(max_length=100)
    symbols: list[Item] = Field(default=[], max_length=100)
    """Functions, classes and modules that will change, by their dotted names."""
    risks: list[Item] = Field(default=[], max_length=20)
    questions: list[Item] = Field(default=[], max_length=5)
    """What a person must say before anything can be planned."""

    @field_validator("steps", mode="before")
    @classmethod
    def _with_texts(cls, steps: Any) -> Any:
        """Take a text alone for a step that needs no other."""
        if not isinstance(steps, list):
            return steps
        return [{"text": step} if isinstance(step, str) else step for step in steps]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.steps and not self.questions:
            raise ValueError("it has neither steps nor questions")
        object.__setattr__(self, "steps", ordered(self.steps))
        return self


def ordered(steps: Sequence[PlanStep]) -> list[PlanStep]:
    """Return the steps so that each stands after those that it needs, else as they were given.

    Raises:
        ValueError: a step needs one that is not there, or needs itself in the end.
    """
    left = dict(enumerate(steps, start=1))
    places: dict[int, int] = {}
    while left:
        number = next((n for n, step in left.items() if places.keys() >= set(step.after)), None)
        if number is None:
            names = ", ".join(str(n) for n in left)
            raise ValueError(f"steps {names} need one another, or a step that is not there")
        del left[number]
        places[number] = len(places) + 1
    return [_renumbered(steps[number - 1], places) for number in places]


def _renumbered(step: PlanStep, places: Mapping[int, int]) -> PlanStep:
    return step.model_copy(update={"after": sorted({places[number] for number in step.after})})


class End(StrEnum):
    """Why the developer's talk ended."""

    DONE = "done"
    OUT_OF_TURNS = "out-of-turns"
    REPEATED_FAILURE = "repeated-failure"
    """The same call failed again and again with the same error."""


class Change(Outcome):
    """The developer's: what was done, in words; the tree holds the change itself."""

    summary: str = Field(min_length=1, max_length=8_000)
    finished: bool = True
    """False when the talk ended before the developer said `done`."""
    end: End = End.DONE


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ReviewFinding(Outcome):
    """One remark of the reviewer."""

    path: str = Field(max_length=1_024)
    line: int = Field(ge=1, le=10_000_000)
    severity: Severity
    message: str = Field(min_length=1, max_length=4_000)
    suggestion: str = Field(default="", max_length=4_000)
    """What to write there instead, in words or as code; empty where the reviewer has none."""


class Verdict(StrEnum):
    """Whether the change may go on."""

    APPROVE = "approve"
    REVISE = "revise"


class Review(Outcome):
    """The reviewer's."""

    verdict: Verdict
    summary: str = Field(max_length=4_000)
    findings: list[ReviewFinding] = Field(max_length=100)


class PullFinding(Outcome):
    """One remark on a pull request, about lines of a file at its head."""

    path: str = Field(max_length=1_024)
    line: int = Field(ge=1, le=10_000_000)
    last_line: int | None = Field(default=None, ge=1, le=10_000_000)
    """None for a single line."""
    quote: str = Field(default="", max_length=1_000)
    """The text of `line`, by which a wrong number is put right."""
    severity: Severity
    message: str = Field(min_length=1, max_length=4_000)
    replacement: str | None = Field(default=None, max_length=8_000)
    """The lines as they should be; None where the reviewer has no exact words."""


class PullReview(Outcome):
    """The reviewer's of a pull request by somebody: it has no verdict, for people approve."""

    summary: str = Field(max_length=4_000)
    findings: list[PullFinding] = Field(max_length=100)


class FileEdit(Outcome):
    """A whole file as it is to be."""

    path: str = Field(min_length=1, max_length=1_024)
    content: str


class Tests(Outcome):
    """The tester's: test files to write."""

    summary: str = Field(max_length=4_000)
    edits: list[FileEdit] = Field(max_length=50)


class Docs(Outcome):
    """The documenter's: documentation files to write."""

    summary: str = Field(max_length=4_000)
    edits: list[FileEdit] = Field(max_length=50)


class Feedback(Outcome):
    """The quality agent's words; its numbers come from the tools alone."""

    feedback: str = Field(max_length=4_000)
    recommendations: list[Item] = Field(max_length=20)
