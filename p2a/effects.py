"""Everything we may do on GitHub, as frozen values; performing them is the gateway's work.

There is no value here for merging, approving, closing or deleting: what has no word cannot happen.
"""

from dataclasses import dataclass
from enum import StrEnum

MAX_BODY = 65_536
"""Characters of a comment, issue or pull request body; GitHub answers 422 above it."""
MAX_CHECK_TEXT = 65_535
"""Characters of a check run's summary and of its text (REST reference, "Create a check run")."""
MAX_ANNOTATIONS_PER_REQUEST = 50
"""Annotations in one request; updates append (REST reference, "Update a check run")."""
MAX_ANNOTATIONS = 3_000
"""Annotations of one check run that we send: 60 requests, within GitHub's 80 writes a minute."""
FIX_ACTION = "fix"
RERUN_ACTION = "rerun"
"""Identifiers of a check run's buttons: who presses one has GitHub send it back to us."""
MAX_STATUS_DESCRIPTION = 140
"""Characters of a commit status's description; GitHub answers 422 above it."""


class Conclusion(StrEnum):
    """How a check run may end; `success` only when everything asked for was measured."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class StatusState(StrEnum):
    """What a commit status says; it knows nothing between good and bad."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"


class AnnotationLevel(StrEnum):
    """How GitHub shows an annotation."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note on lines of a file in a check run; lines count from 1."""

    path: str
    start_line: int
    end_line: int
    level: AnnotationLevel
    message: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class CheckAction:
    """A button of a check run; at most 20, 40 and 20 characters, and three to a run."""

    label: str
    description: str
    identifier: str
    """What the webhook `check_run.requested_action` names."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One path of a commit; `content` None deletes it."""

    path: str
    content: bytes | None
    executable: bool = False


@dataclass(frozen=True, slots=True)
class AddReaction:
    """A reaction on the comment that gave the command, or on the issue when there is none."""

    content: str
    """`eyes`, `rocket` or `confused`."""
    number: int
    comment_id: int | None = None

    @property
    def key(self) -> str:
        """Return what this effect is known by within its workflow."""
        return f"reaction:{self.content}"


@dataclass(frozen=True, slots=True)
class PutComment:
    """Our one comment with this marker on an issue or pull request: written once, then edited."""

    number: int
    marker: str
    body: str
    is_shared: bool = False
    """It belongs to the pull request and not to one workflow: an earlier one's is taken over."""

    @property
    def key(self) -> str:
        """Return what this effect is known by within its workflow."""
        return f"comment:{self.number}:shared" if self.is_shared else f"comment:{self.number}"


@dataclass(frozen=True, slots=True)
class PublishBranch:
    """A new branch with one commit on top of `base_sha`, by the Git Data API."""

    branch: str
    base_sha: str
    message: str
    changes: tuple[FileChange, ...]

    @property
    def key(self) -> str:
        """Return what this effect is known by within its workflow."""
        return f"branch:{self.branch}"


@dataclass(frozen=True, slots=True)
class AddCommit:
    """One more commit on a branch of the repository, only while it stands at `parent_sha`."""

    branch: str
    parent_sha: str
    message: str
    changes: tuple[FileChange, ...]

    @property
    def key(self) -> str:
        """Return what this effect is known by within its workflow."""
        return f"commit:{self.branch}:{self.parent_sha}"


@dataclass(frozen=True, slots=True)
class OpenPull:
    """A draft pull request from our branch."""

    branch: str
    base_ref: str
    title: str
    body: str

    @property
    def key(self) -> str:
        """Return what this effect is known by within its workflow."""
        return f"pull:{self.branch}"


@dataclass(frozen=True, slots=True)
class PutCheck:
    """Our check run on a commit: made once, then updated; `conclusion` None means not ended."""

    head_sha: str
    external_id: str
    name: str
    title: str
    summary: str
    text: str = ""
    conclusion: Conclusion | None = None
    annotations: tuple[Annotation, ...] = ()
    annotations_left_out: int = 0
    """How many more there are that nobody kept; the check's text says so."""
    actions: tuple[CheckAction, ...] = ()
    details_url: str | None = None
    is_queued: bool = False
    """Without a conclusion: whether it waits, instead of being in progress."""

    @property
    def key(self) -> str:
        """Return what this effect is known by within its workflow."""
        return f"check:{self.head_sha}:{self.name}"


@dataclass(frozen=True, slots=True)
class PutStatus:
    """A commit status, for where no check run can be written; the newest of a context counts."""

    sha: str
    context: str
    state: StatusState
    description: str
    target_url: str | None = None

    @property
    def key(self) -> str:
        """Return what this effect is known by within its workflow."""
        return f"status:{self.sha}:{self.context}"


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A comment on lines of the new side of a pull request's diff; lines count from 1."""

    path: str
    first_line: int
    last_line: int
    body: str


@dataclass(frozen=True, slots=True)
class PutReview:
    """One review of a pull request, which comments and never approves or requests changes."""

    number: int
    marker: str
    commit_id: str
    body: str
    comments: tuple[ReviewComment, ...] = ()
    body_alone: str = ""
    """The whole of it in one text, for where GitHub does not take the comments' lines."""

    @property
    def key(self) -> str:
        """Return what this effect is known by within its workflow."""
        return f"review:{self.number}"


Effect = (
    AddReaction
    | PutComment
    | PublishBranch
    | AddCommit
    | OpenPull
    | PutCheck
    | PutStatus
    | PutReview
)


@dataclass(frozen=True, slots=True)
class Performed:
    """What an effect left on GitHub: its id there (a number or a SHA) and its page."""

    external_id: str
    url: str = ""
    adopted: bool = False
    """True when it stood there already, made by an earlier try of the same workflow."""
