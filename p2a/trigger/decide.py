"""What a delivery means: a workflow to start, or nothing and why; no I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from p2a.domain import (
    BRANCH_PREFIX,
    MEND,
    PLAN,
    PULL_EVENT,
    RERUN,
    RESUME,
    NewWorkflow,
    Origin,
    Repository,
    WorkflowKind,
)
from p2a.effects import FIX_ACTION, RERUN_ACTION
from p2a.trigger.comment import Command, read_command
from p2a.trigger.delivery import Delivery

LABEL = "p2a"
"""The label that starts `fix` on an issue."""

CHECKED_ACTIONS = frozenset({"opened", "synchronize", "reopened", "ready_for_review"})

MEND_TITLE = "Fix what the check found"
MEND_PROMPT = "Fix the findings of the check on this pull request, and change nothing else."

NO_COMMAND = "the comment holds no command"

_WORKFLOW = re.compile(r"[0-9a-f]{16}\Z")


@dataclass(frozen=True, slots=True)
class Start:
    """Store this workflow and wake a worker."""

    workflow: NewWorkflow


@dataclass(frozen=True, slots=True)
class Ignore:
    """Do nothing; the reason goes to the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Locate:
    """Start this once it is known to which pull request the check of its commit belonged.

    GitHub names no pull request in the events of a fork's check runs.
    """

    workflow: NewWorkflow


@dataclass(frozen=True, slots=True)
class Reply:
    """Start this if a workflow waits there for an answer: a comment that holds no command."""

    workflow: NewWorkflow


Decision = Start | Ignore | Locate | Reply


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


class _CheckSuite(BaseModel):
    id: _Id
    head_sha: StrictStr
    pull_requests: list[_CheckedPull] = []


class _CheckRun(_CheckSuite):
    external_id: StrictStr | None = None


class _Button(BaseModel):
    identifier: StrictStr


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
        ("check_run", "requested_action"),
        ("check_suite", "rerequested"),
    } or (event == "pull_request" and action in CHECKED_ACTIONS)


def decide(
    delivery: Delivery, *, repositories: Sequence[str], installation_id: int | None = None
) -> Decision:
    """Decide what a delivery starts.

    Args:
        delivery: an authentic one.
        repositories: globs over `owner/name`; others are ignored.
        installation_id: counts where the event names none, as in a job of GitHub Actions.

    Raises:
        ValueError: a wanted event does not have the form that GitHub documents.
    """
    if not is_wanted(delivery.event, delivery.action):
        return Ignore(f"{delivery.event}.{delivery.action or '-'} starts nothing")
    scene = _scene(delivery, repositories, installation_id)
    if isinstance(scene, Ignore):
        return scene
    match delivery.event:
        case "issue_comment":
            return _comment(delivery, scene)
        case "issues":
            return _label(delivery, scene)
        case "pull_request":
            return _pull(delivery, scene)
        case "check_suite":
            return _suite(delivery, scene)
        case _:
            return _button(delivery, scene)


def _scene(
    delivery: Delivery, repositories: Sequence[str], installation_id: int | None
) -> _Scene | Ignore:
    envelope = _Envelope.model_validate(delivery.payload)
    installation = envelope.installation.id if envelope.installation else installation_id
    if installation is None or envelope.repository is None:
        return Ignore("not sent for an installation of the App")
    if envelope.sender is None:
        return Ignore("nobody sent it")
    found = envelope.repository
    repository = Repository(id=found.id, owner=found.owner.login, name=found.name)
    name = repository.full_name.lower()
    if not any(fnmatchcase(name, glob.lower()) for glob in repositories):
        return Ignore("the repository is not one of P2A_REPOSITORIES")
    return _Scene(repository, installation, envelope.sender)


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
    body = comment.body or ""
    command = read_command(body, on_pull_request=is_pull_request)
    if command is None and not body.strip():
        return Ignore(NO_COMMAND)
    origin = scene.origin(
        f"{_key_of(command)}:{comment.id}",
        number=issue.number,
        is_pull_request=is_pull_request,
        comment_id=comment.id,
    )
    if command is None:
        answer = Command(WorkflowKind.REPLY, body)
        return Reply(_workflow(answer, origin, issue.title, issue.body))
    return Start(_workflow(command, origin, issue.title, issue.body))


def _key_of(command: Command | None) -> str:
    """Return what the origin's key of a comment begins with."""
    if command is not None and command.plan_first:
        return PLAN
    return RESUME if command is not None and command.paused_first else "comment"


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
    is_ours = scene.sender.is_bot and pull.head.ref.startswith(BRANCH_PREFIX)
    # A commit that was added later is checked like a person's: its workflow wrote no check.
    if is_ours and delivery.action != "synchronize":
        return Ignore("our own pull request carries its check already")
    origin = scene.origin(
        f"{PULL_EVENT}:{pull.number}:{pull.head.sha}",
        number=pull.number,
        is_pull_request=True,
        **_refs(pull.head, pull.base),
    )
    return Start(_workflow(Command(WorkflowKind.CHECK), origin, pull.title, pull.body))


def _suite(delivery: Delivery, scene: _Scene) -> Decision:
    suite = _CheckSuite.model_validate(delivery.payload.get("check_suite"))
    key = f"{RERUN}:suite-{suite.id}:{delivery.digest[:16]}"
    return _on_check(suite, scene, key=key, command=Command(WorkflowKind.CHECK))


def _button(delivery: Delivery, scene: _Scene) -> Decision:
    """A re-run is another one by its delivery; who has findings mended twice does so once."""
    run = _CheckRun.model_validate(delivery.payload.get("check_run"))
    action = RERUN_ACTION
    if delivery.action == "requested_action":
        action = _Button.model_validate(delivery.payload.get("requested_action")).identifier
    if action == RERUN_ACTION:
        key = f"{RERUN}:{run.id}:{delivery.digest[:16]}"
        return _on_check(run, scene, key=key, command=Command(WorkflowKind.CHECK))
    if action != FIX_ACTION:
        return Ignore("another button")
    if not _WORKFLOW.match(run.external_id or ""):
        return Ignore("the check run is of no workflow of ours")
    command = Command(WorkflowKind.FIX, MEND_PROMPT)
    # With the presser in it: whoever may not do this must not use up the key of those who may.
    key = f"{MEND}:{scene.sender.id}:{run.external_id}"
    return _on_check(run, scene, key=key, command=command)


def _on_check(check: _CheckSuite, scene: _Scene, *, key: str, command: Command) -> Decision:
    if scene.sender.is_bot:
        return Ignore("bots give no commands")
    title = MEND_TITLE if command.kind is WorkflowKind.FIX else ""
    here = scene.repository.id
    # A commit may be the head of pull requests in other repositories, too.
    pulls = [one for one in check.pull_requests if one.base.repo and one.base.repo.id == here]
    if not pulls:
        origin = scene.origin(key, number=0, is_pull_request=True, head_sha=check.head_sha)
        return Locate(_workflow(command, origin, title, None))
    refs = _refs(pulls[0].head, pulls[0].base)
    origin = scene.origin(key, number=pulls[0].number, is_pull_request=True, **refs)
    return Start(_workflow(command, origin, title, None))


def located(found: Locate, earlier: Origin | None) -> Start | Ignore:
    """Return what to do once the origin of an earlier check of the same commit is known."""
    origin = found.workflow.origin
    if earlier is None or earlier.repository.id != origin.repository.id:
        return Ignore("the check run belongs to no pull request that was checked here")
    placed = replace(
        origin,
        number=earlier.number,
        head_sha=earlier.head_sha,
        base_sha=earlier.base_sha,
        base_ref=earlier.base_ref,
        is_fork=earlier.is_fork,
    )
    return Start(replace(found.workflow, origin=placed))


def answering(found: Reply, *, is_awaited: bool) -> Start | Ignore:
    """Return what to do once it is known whether a workflow waits there for an answer."""
    return Start(found.workflow) if is_awaited else Ignore(NO_COMMAND)


def _refs(head: _Ref, base: _Ref) -> dict[str, Any]:
    return {
        "head_sha": head.sha,
        "base_sha": base.sha,
        "base_ref": base.ref,
        "is_fork": head.repo is None or base.repo is None or head.repo.id != base.repo.id,
    }


def _workflow(command: Command, origin: Origin, title: str, body: str | None) -> NewWorkflow:
    return NewWorkflow(
        kind=command.kind,
        origin=origin,
        title=title,
        body=body or "",
        prompt=command.text,
        budget_usd=command.budget_usd,
    )
