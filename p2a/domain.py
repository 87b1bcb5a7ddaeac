"""The nouns of the product as frozen values, and the rules between their states; no I/O."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

PAYLOAD_VERSION = 2
"""The form of a stored workflow; a worker leaves a higher one to a newer worker."""

MARKER_PREFIX = "p2a:workflow:"
BRANCH_PREFIX = "p2a/"

PULL_EVENT = "pull"
RERUN = "rerun"
MEND = "mend"
"""What an origin's key begins with: a pull request that came or moved, and a check's buttons."""
PLAN = "plan"
"""What the key of a change begins with whose plan must be approved first."""
RESUME = "resume"
"""What the key of a retry begins with that looks for what reached its budget first."""

_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\Z")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")


class AgentType(StrEnum):
    """The seven agents, in the order in which the chain asks them."""

    COORDINATOR = "COORDINATOR"
    PLANNER = "PLANNER"
    DEVELOPER = "DEVELOPER"
    REVIEWER = "REVIEWER"
    TESTER = "TESTER"
    DOCUMENTER = "DOCUMENTER"
    QUALITY = "QUALITY"


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as the operator has it."""

    type: AgentType
    capabilities: frozenset[str]
    is_active: bool = True


class WorkflowStatus(StrEnum):
    """Where a workflow stands; the last three are final."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    """For a person's answer or approval; no worker holds it."""
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Whether no further step may happen."""
        return self in _FINAL


class Awaited(StrEnum):
    """What a workflow waits for; the signal of the task that asked for it."""

    ANSWER = "needs-information"
    APPROVAL = "proposed"

    @property
    def settled(self) -> str:
        """Return the task's signal once it came."""
        return "answered" if self is Awaited.ANSWER else "approved"


class TaskStatus(StrEnum):
    """Where a task of a workflow stands."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"


class LogLevel(StrEnum):
    """How a line of the progress log is to be shown."""

    INFO = "INFO"
    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    ERROR = "ERROR"


class WorkflowKind(StrEnum):
    """What was asked for."""

    FIX = "fix"
    CHECK = "check"
    GRAPH = "graph"
    ASK = "ask"
    REVIEW = "review"
    TEST = "test"
    DOCS = "docs"
    HELP = "help"
    STATUS = "status"
    CANCEL = "cancel"
    RETRY = "retry"
    APPROVE = "approve"
    REPLY = "reply"
    """A comment without a command, where a workflow waits for an answer."""


CHANGING = frozenset({WorkflowKind.FIX, WorkflowKind.TEST, WorkflowKind.DOCS})
"""The kinds that change files."""


class Dimension(StrEnum):
    """What a quality score is about."""

    CODE_QUALITY = "code_quality"
    TEST_COVERAGE = "test_coverage"
    DOCUMENTATION = "documentation"
    PERFORMANCE = "performance"
    SECURITY = "security"


DEFAULT_WEIGHTS: dict[Dimension, int] = {
    Dimension.CODE_QUALITY: 25,
    Dimension.TEST_COVERAGE: 20,
    Dimension.DOCUMENTATION: 15,
    Dimension.PERFORMANCE: 20,
    Dimension.SECURITY: 20,
}

_FINAL = frozenset({WorkflowStatus.COMPLETED, WorkflowStatus.FAILED, WorkflowStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as GitHub names it; the numeric id is what stays after a rename.

    Raises:
        ValueError: owner or name hold what GitHub does not allow there.
    """

    id: int
    owner: str
    name: str

    def __post_init__(self) -> None:
        bad_name = not _NAME.match(self.name) or self.name in {".", ".."}
        if not _OWNER.match(self.owner) or bad_name:
            raise ValueError(f"not a repository name: {self.owner!r}/{self.name!r}")

    @property
    def full_name(self) -> str:
        """Return `owner/name`."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a workflow comes from, as the signed payload said it: a snapshot, never read again."""

    key: str
    """What makes the command unique, for example `comment:42:7`; the workflow's id comes from it."""
    repository: Repository
    installation_id: int
    number: int
    """The issue's or pull request's number."""
    is_pull_request: bool
    user: str
    user_id: int
    comment_id: int | None = None
    head_sha: str | None = None
    """The pull request's head at the time of the event; None where the payload does not say it."""
    base_sha: str | None = None
    base_ref: str | None = None
    """The branch that a change starts from; None means the repository's default branch."""
    is_fork: bool = False

    @property
    def is_command(self) -> bool:
        """Whether a person asked for it; a push, or a pull request that was opened, asks nothing."""
        return not self.key.startswith(f"{PULL_EVENT}:")

    @property
    def is_button(self) -> bool:
        """Whether it was asked for by a check's button, where no answer can be given."""
        return self.key.startswith((f"{RERUN}:", f"{MEND}:"))

    @property
    def wants_approval(self) -> bool:
        """Whether its plan is to be approved by a person before anything is changed."""
        return self.key.startswith(f"{PLAN}:")

    @property
    def wants_paused(self) -> bool:
        """Whether it goes on with what reached its budget, whatever else failed after it."""
        return self.key.startswith(f"{RESUME}:")

    @property
    def mended_check(self) -> str | None:
        """Return the workflow whose findings are to be mended, None where there is none."""
        return self.key.rpartition(":")[2] if self.key.startswith(f"{MEND}:") else None


@dataclass(frozen=True, slots=True)
class NewWorkflow:
    """What the web door stores for an accepted command."""

    kind: WorkflowKind
    origin: Origin
    title: str
    """The issue's or pull request's title in the signed payload."""
    body: str
    """The issue's or pull request's text in the signed payload."""
    prompt: str
    """The free text after the command, empty for none."""
    budget_usd: float | None = None
    """What the command allows its models to cost; None says nothing."""

    @property
    def id(self) -> str:
        """Return the id that follows from the origin: the same command gives the same id."""
        return workflow_id(self.origin.key)


def workflow_id(origin_key: str) -> str:
    """Return 16 hexadecimal digits that depend on the origin's key only."""
    return hashlib.sha256(origin_key.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A webhook delivery as it is kept: no body, only what tells it apart."""

    guid: str
    event: str
    action: str
    digest: str
    """SHA-256 of the raw body in hexadecimal: signed, unlike the GUID header."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Workflow:
    """A stored workflow."""

    id: str
    kind: WorkflowKind
    origin: Origin
    title: str
    body: str
    prompt: str
    status: WorkflowStatus
    attempt: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error_message: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
    cancel_requested: bool = False
    cancelled_by: str | None = None
    payload_version: int = PAYLOAD_VERSION
    resume_at: datetime | None = None
    """A workflow that waits is not worked on before this time."""
    budget_usd: float | None = None
    """What its command allows its models to cost; None says nothing."""

    @property
    def branch(self) -> str:
        """Return the only branch that this workflow may write."""
        return BRANCH_PREFIX + self.id

    @property
    def marker(self) -> str:
        """Return the hidden line by which our comment is found again."""
        return f"<!-- {MARKER_PREFIX}{self.id} -->"


@dataclass(frozen=True, slots=True)
class Task:
    """A stored step of a workflow; `name` is unique within it."""

    id: int
    workflow_id: str
    name: str
    agent: AgentType
    description: str
    order: int
    status: TaskStatus
    attempt: int
    progress_percentage: int
    started_at: datetime | None = None
    completed_at: datetime | None = None
    result: dict[str, Any] = field(default_factory=dict)
    error_message: str | None = None
    depends_on: tuple[str, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    """None where the price of the model is not known; never a guess."""


@dataclass(frozen=True, slots=True)
class ProgressEntry:
    """A line of the progress log."""

    id: int
    workflow_id: str
    task: str | None
    message: str
    level: LogLevel
    metadata: dict[str, Any]
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a workflow: every write is refused once `token` is not the newest."""

    workflow_id: str
    owner: str
    token: int
