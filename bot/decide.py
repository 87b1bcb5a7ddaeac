"""What a delivery means: a workflow to start, or nothing and why; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr, ValidationError

from bot.comment import Command, read_command
from bot.webhook import Delivery, Rejected
from p2a.domain import BRANCH_PREFIX, NewWorkflow, Origin, Repository, WorkflowKind

LABEL = "p2a"
"""The label that starts `fix` on an issue."""

CHECKED_ACTIONS = frozenset({"opened", "synchronize", "reopened", "ready_for_review"})


@dataclass(frozen=True, slots=True)
class Start:
    """Store this workflow and wake a worker."""

    workflow: NewWorkflow


@dataclass(frozen=True, slots=True)
class Ignore:
    """Do nothing; the reason goes to the log."""

    reason: str


Decision = Start | Ignore


_Id = Annotated[StrictInt, Field(ge=0, lt=2**63)]
"""A number of GitHub's, as wide as a database keeps it."""


class _Account(BaseModel):
    id: _Id
    login: StrictStr
    type: StrictStr = "User"

    @property
    def is_bot(self) -> bool:
        return self.type != "User" or self.login.endswith("[bot]")


class _Repository(BaseModel):
    id: _Id
    name: StrictStr
    owner: _Account


class _Installation(BaseModel):
    id: _Id


class _Envelope(BaseModel):
    repository: _Repository | None = None
    installation: _Installation | None = None
    sender: _Account | None = None


class _Issue(BaseModel):
    number: _Id
    title: StrictStr
    body: StrictStr | None = None
    pull_request: dict[str, Any] | None = None


class _Comment(BaseModel):
    id: _Id
    body: StrictStr | None = None
    user: _Account | None = None
    performed_via_github_app: dict[str, Any] | None = None


class _Label(BaseModel):
    name: StrictStr


class _Named(BaseModel):
    id: _Id


class _Ref(BaseModel):
    sha: StrictStr
    ref: StrictStr
    repo: _Named | None = None


class _Pull(BaseModel):
    number: _Id
    title: StrictStr
    body: StrictStr | None = None
    head: _Ref
    base: _Ref
    draft: StrictBool | None = None


class _CheckedPull(BaseModel):
    number: _Id
    head: _Ref
    base: _Ref


class _CheckRun(BaseModel):
    id: _Id
    head_sha: StrictStr
    pull_requests: list[_CheckedPull] = []


@dataclass(frozen=True, slots=True)
class _Scene:
    """What every wanted event has: who did it, where, through which installation."""

    repository: Repository
    installation_id: int
    sender: _Account

    def origin(self, key: str, *, number: int, is_pull_request: bool, **more: Any) -> Origin:
        return Origin(
            key=f"{key.partition(':')[0]}:{self.repository.id}:{key.partition(':')[2]}",
            repository=self.repository,
            installation_id=self.installation_id,
            number=number,
            is_pull_request=is_pull_request,
            user=self.sender.login,
            user_id=self.sender.id,
            **more,
        )


def is_wanted(event: str, action: str) -> bool:
    """Tell whether this kind of delivery can start anything."""
    return (event, action) in {
        ("issue_comment", "created"),
        ("issues", "labeled"),
        ("check_run", "rerequested"),
    } or (event == "pull_request" and action in CHECKED_ACTIONS)


def decide(delivery: Delivery, *, repositories: Sequence[str]) -> Decision:
    """Decide what a delivery starts.

    Args:
        delivery: an authentic one.
        repositories: globs over `owner/name`; others are ignored.

    Raises:
        Rejected: 400, when a wanted event does not have the form that GitHub documents.
    """
    if not is_wanted(delivery.event, delivery.action):
        return Ignore(f"{delivery.event}.{delivery.action or '-'} starts nothing")
    try:
        scene = _scene(delivery, repositories)
        if isinstance(scene, Ignore):
            return scene
        match delivery.event:
            case "issue_comment":
                return _comment(delivery, scene)
            case "issues":
                return _label(delivery, scene)
            case "pull_request":
                return _pull(delivery, scene)
            case _:
                return _rerun(delivery, scene)
    except (ValidationError, ValueError) as error:
        raise Rejected(400, f"The payload is not of the form of {delivery.event}.") from error


def _scene(delivery: Delivery, repositories: Sequence[str]) -> _Scene | Ignore:
    envelope = _Envelope.model_validate(delivery.payload)
    if envelope.installation is None or envelope.repository is None:
        return Ignore("not sent for an installation of the App")
    if envelope.sender is None:
        return Ignore("nobody sent it")
    found = envelope.repository
    repository = Repository(id=found.id, owner=found.owner.login, name=found.name)
    name = repository.full_name.lower()
    if not any(fnmatchcase(name, glob.lower()) for glob in repositories):
        return Ignore("the repository is not one of P2A_REPOSITORIES")
    return _Scene(repository, envelope.installation.id, envelope.sender)


def _comment(delivery: Delivery, scene: _Scene) -> Decision:
    issue = _Issue.model_validate(delivery.payload.get("issue"))
    comment = _Comment.model_validate(delivery.payload.get("comment"))
    if comment.user is None:
        return Ignore("the comment has no author")
    if scene.sender.is_bot or comment.user.is_bot or comment.performed_via_github_app is not None:
        return Ignore("bots give no commands")
    if comment.user.id != scene.sender.id:
        return Ignore("the sender is not the comment's author")
    is_pull_request = issue.pull_request is not None
    command = read_command(comment.body or "", on_pull_request=is_pull_request)
    if command is None:
        return Ignore("the comment holds no command")
    origin = scene.origin(
        f"comment:{comment.id}",
        number=issue.number,
        is_pull_request=is_pull_request,
        comment_id=comment.id,
    )
    return Start(_workflow(command, origin, issue.title, issue.body))


def _label(delivery: Delivery, scene: _Scene) -> Decision:
    issue = _Issue.model_validate(delivery.payload.get("issue"))
    label = _Label.model_validate(delivery.payload.get("label"))
    if label.name.lower() != LABEL:
        return Ignore("another label")
    if scene.sender.is_bot:
        return Ignore("bots give no commands")
    if issue.pull_request is not None:
        return Ignore("the label starts work on issues only")
    origin = scene.origin(
        f"label:{issue.number}:{delivery.digest[:16]}", number=issue.number, is_pull_request=False
    )
    return Start(_workflow(Command(WorkflowKind.FIX), origin, issue.title, issue.body))


def _pull(delivery: Delivery, scene: _Scene) -> Decision:
    pull = _Pull.model_validate(delivery.payload.get("pull_request"))
    if scene.sender.is_bot and pull.head.ref.startswith(BRANCH_PREFIX):
        return Ignore("our own pull request carries its check already")
    origin = scene.origin(
        f"pull:{pull.number}:{pull.head.sha}",
        number=pull.number,
        is_pull_request=True,
        **_refs(pull.head, pull.base),
    )
    return Start(_workflow(Command(WorkflowKind.CHECK), origin, pull.title, pull.body))


def _rerun(delivery: Delivery, scene: _Scene) -> Decision:
    run = _CheckRun.model_validate(delivery.payload.get("check_run"))
    if not run.pull_requests:
        return Ignore("the check run belongs to no pull request")
    pull = run.pull_requests[0]
    origin = scene.origin(
        f"rerun:{run.id}:{delivery.digest[:16]}",
        number=pull.number,
        is_pull_request=True,
        **_refs(pull.head, pull.base),
    )
    return Start(_workflow(Command(WorkflowKind.CHECK), origin, "", None))


def _refs(head: _Ref, base: _Ref) -> dict[str, Any]:
    return {
        "head_sha": head.sha,
        "base_sha": base.sha,
        "base_ref": base.ref,
        "is_fork": head.repo is None or base.repo is None or head.repo.id != base.repo.id,
    }


def _workflow(command: Command, origin: Origin, title: str, body: str | None) -> NewWorkflow:
    return NewWorkflow(
        kind=command.kind, origin=origin, title=title, body=body or "", prompt=command.text
    )
