"""What the playground stores, as frozen values; no I/O.

Every `id` is unique over all kinds. Records name each other by id; to change one, put
`dataclasses.replace(record, ...)` back into its table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """A user, an organization or an App's bot user."""

    id: int
    login: str
    kind: str
    """`User`, `Organization` or `Bot`."""
    created_at: datetime
    updated_at: datetime
    name: str | None = None
    email: str | None = None
    app_id: int | None = None
    """The App that a Bot belongs to."""
    site_admin: bool = False


@dataclass(frozen=True, slots=True)
class UserToken:
    """A personal access token."""

    id: int
    token: str
    account_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository; its objects lie in `world.git_dir(id)`."""

    id: int
    owner_id: int
    name: str
    created_at: datetime
    updated_at: datetime
    pushed_at: datetime | None = None
    default_branch: str = "main"
    private: bool = False
    description: str | None = None
    parent_id: int | None = None
    """The repository that this one is a fork of."""
    archived: bool = False
    has_issues: bool = True


@dataclass(frozen=True, slots=True)
class Collaborator:
    """A user's permission level on a repository."""

    id: int
    repository_id: int
    account_id: int
    permission: str
    """`read`, `triage`, `write`, `maintain` or `admin`."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a repository."""

    id: int
    repository_id: int
    name: str
    color: str = "ededed"
    description: str | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue, or the issue side of a pull request: then a `Pull` has its `id` as `issue_id`."""

    id: int
    repository_id: int
    number: int
    title: str
    body: str | None
    author_id: int
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    label_ids: tuple[int, ...] = ()
    assignee_ids: tuple[int, ...] = ()
    closed_at: datetime | None = None
    closed_by_id: int | None = None
    locked: bool = False
    pull_id: int | None = None
    """The `Pull` of the same number, None for a plain issue."""
    app_id: int | None = None
    """The App through which it was made (`performed_via_github_app`)."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an issue or on a pull request's conversation."""

    id: int
    repository_id: int
    issue_id: int
    author_id: int
    body: str
    created_at: datetime
    updated_at: datetime
    app_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction to an issue, a comment or a review comment."""

    id: int
    repository_id: int
    subject: str
    """`issue`, `comment` or `review_comment`."""
    subject_id: int
    account_id: int
    content: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Pull:
    """What a pull request has beyond its `Issue` (title, body, state and labels stand there)."""

    id: int
    repository_id: int
    issue_id: int
    number: int
    head_repository_id: int | None
    """None once the fork is gone."""
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by_id: int | None = None
    merge_commit_sha: str | None = None
    maintainer_can_modify: bool = False
    requested_reviewer_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A review of a pull request."""

    id: int
    repository_id: int
    pull_id: int
    author_id: int
    body: str
    state: str
    """`PENDING`, `COMMENTED`, `APPROVED`, `CHANGES_REQUESTED` or `DISMISSED`."""
    commit_id: str
    submitted_at: datetime | None = None
    app_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A comment on a line of a pull request's diff."""

    id: int
    repository_id: int
    pull_id: int
    author_id: int
    body: str
    path: str
    commit_id: str
    original_commit_id: str
    diff_hunk: str
    created_at: datetime
    updated_at: datetime
    review_id: int | None = None
    line: int | None = None
    original_line: int | None = None
    start_line: int | None = None
    original_start_line: int | None = None
    side: str = "RIGHT"
    start_side: str | None = None
    position: int | None = None
    original_position: int | None = None
    in_reply_to_id: int | None = None
    subject_type: str = "line"
    app_id: int | None = None


@dataclass(frozen=True, slots=True)
class CheckSuite:
    """An App's checks of one commit."""

    id: int
    repository_id: int
    app_id: int
    head_sha: str
    head_branch: str | None
    created_at: datetime
    updated_at: datetime
    before: str | None = None
    after: str | None = None
    status: str = "queued"
    conclusion: str | None = None
    rerequestable: bool = True


@dataclass(frozen=True, slots=True)
class CheckAction:
    """A button of a check run."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark of a check run on lines of a file."""

    path: str
    start_line: int
    end_line: int
    annotation_level: str
    message: str
    start_column: int | None = None
    end_column: int | None = None
    title: str | None = None
    raw_details: str | None = None


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check of a suite."""

    id: int
    repository_id: int
    suite_id: int
    app_id: int
    name: str
    head_sha: str
    status: str
    started_at: datetime | None = None
    completed_at: datetime | None = None
    conclusion: str | None = None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    actions: tuple[CheckAction, ...] = ()
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """A status of a commit; the newest of a context counts."""

    id: int
    repository_id: int
    sha: str
    state: str
    context: str
    creator_id: int
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    target_url: str | None = None


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App with its hook and its key pair."""

    id: int
    slug: str
    name: str
    owner_id: int
    bot_id: int
    """The account `slug[bot]`."""
    hook_id: int
    client_id: str
    created_at: datetime
    updated_at: datetime
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    public_key_pem: str
    private_key_pem: str = field(repr=False)
    webhook_url: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)
    webhook_content_type: str = "json"
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """An App on an account's repositories."""

    id: int
    app_id: int
    account_id: int
    repository_ids: tuple[int, ...]
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    repository_selection: str = "selected"


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """An access token of an installation, perhaps narrowed."""

    id: int
    token: str = field(repr=False)
    installation_id: int
    permissions: Mapping[str, str]
    repository_ids: tuple[int, ...] | None
    """The repositories it was narrowed to; None for all of the installation."""
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """One sending of a webhook; a redelivery is a new record with the same GUID."""

    id: int
    app_id: int
    guid: str
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    delivered_at: datetime
    redelivery: bool
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    """The raw JSON text, signed as its UTF-8 bytes."""
    duration: float = 0.0
    status: str = "pending"
    """`OK`, or in words what went wrong, as GitHub shows it."""
    status_code: int = 0
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened and that hooks may be told; `parts` are the records as they were."""

    name: str
    """The value of X-GitHub-Event, for example `issue_comment`."""
    action: str | None
    repository_id: int | None
    sender_id: int
    parts: Mapping[str, Any]
    """By payload key: `issue`, `comment`, `label`, `changes`, `pull_request`, `check_run`, ..."""
    only_app_id: int | None = None
    """Set where only one App is told (`rerequested`, `requested_action`, `installation`)."""
    installation_id: int | None = None
    """Set where the event is about an installation rather than a repository."""
