"""The typed outcomes of the seven agents; no I/O."""

from enum import StrEnum

from pydantic import Field

from worker.reply import Outcome


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


class Plan(Outcome):
    """The planner's: the task in its own words and how to do it."""

    task: str = Field(min_length=1, max_length=4_000)
    acceptance_criteria: list[str] = Field(max_length=30)
    steps: list[str] = Field(min_length=1, max_length=30)
    files: list[str] = Field(max_length=100)


class Change(Outcome):
    """The developer's: what was done, in words; the tree holds the change itself."""

    summary: str = Field(min_length=1, max_length=8_000)
    finished: bool = True
    """False when the turns ran out before the developer said `done`."""


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
    recommendations: list[str] = Field(max_length=20)
