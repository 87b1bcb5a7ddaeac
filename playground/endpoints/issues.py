"""REST: issues, and pull requests as issues."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.issue_changes import tell
from playground.endpoints.labels import label_ids, name_of, put_labels
from playground.endpoints.thread import MOST_BODY, TOO_LONG, issue_of_path, since
from playground.failure import Failure
from playground.records import Issue, Repository
from playground.shapes import issue as shape

MOST_TITLE = 256
DISABLED = "Issues has been disabled in this repository."
STATES = ("open", "closed")
REASONS = ("completed", "not_planned", "duplicate", "reopened")


def _list(call: Call) -> Answer:
    repository = call.need("issues", otherwise="pull_requests")
    issues = call.world.issues.where(repository_id=repository.id)
    for keep in (_by_state, _by_label, _by_people, _by_time):
        issues = [issue for issue in issues if keep(call)(issue)]
    ascending = call.query.get("direction", "desc") == "asc"
    issues.sort(key=_order(call), reverse=not ascending)
    return call.page(issues, shape.issue)


Keep = Callable[[Issue], bool]


def _by_state(call: Call) -> Keep:
    state = call.query.get("state", "open")
    if state not in (*STATES, "all"):
        raise failure.invalid("Issue", "invalid", field="state")
    return lambda issue: state in ("all", issue.state)


def _by_label(call: Call) -> Keep:
    wanted = {name.lower() for name in call.query.get("labels", "").split(",") if name}

    def keep(issue: Issue) -> bool:
        labels = (call.world.labels.need(id) for id in issue.label_ids)
        return wanted <= {label.name.lower() for label in labels}

    return keep


def _by_people(call: Call) -> Keep:
    creator, assignee = call.query.get("creator"), call.query.get("assignee", "*all*")
    author = call.world.account_named(creator) if creator else None
    wanted = call.world.account_named(assignee)

    def keep(issue: Issue) -> bool:
        if creator and (author is None or issue.author_id != author.id):
            return False
        match assignee:
            case "*all*":
                return True
            case "none":
                return not issue.assignee_ids
            case "*":
                return bool(issue.assignee_ids)
        return wanted is not None and wanted.id in issue.assignee_ids

    return keep


def _by_time(call: Call) -> Keep:
    moment = since(call)
    return lambda issue: moment is None or issue.updated_at >= moment


def _order(call: Call) -> Callable[[Issue], Any]:
    match call.query.get("sort", "created"):
        case "updated":
            return lambda issue: (issue.updated_at, issue.number)
        case "comments":
            comments = call.world.comments
            return lambda issue: (len(comments.where(issue_id=issue.id)), issue.number)
    return lambda issue: issue.number


def _one(call: Call) -> Answer:
    _, issue = issue_of_path(call)
    return Answer(200, shape.issue(issue, call.view))


def _create(call: Call) -> Answer:
    repository = call.need("issues", "write", role="read")
    if not repository.has_issues:
        raise Failure(410, DISABLED)
    title = _title(call)
    body = _body(call)
    author = call.account()
    now = call.world.now()
    trusted = call.actor.is_installation or call.has_role(repository, "triage")
    issue = Issue(
        id=call.world.next_id(),
        repository_id=repository.id,
        number=call.world.next_number(repository.id),
        title=title,
        body=body,
        author_id=author.id,
        created_at=now,
        updated_at=now,
        # Labels and assignees of those who may not set them are dropped without a word.
        assignee_ids=(_assignees(call, repository) or ()) if trusted else (),
        app_id=call.actor.app_id,
    )
    names = _label_names(call)
    call.world.issues.put(issue)
    tell(call, "opened", issue)
    if names and trusted:
        issue = put_labels(call, issue, label_ids(call, repository, names))
    return Answer(201, shape.issue(issue, call.view), {"Location": _url(call, issue)})


def _url(call: Call, issue: Issue) -> str:
    return str(shape.issue(issue, call.view)["url"])


def _update(call: Call) -> Answer:
    repository, issue = issue_of_path(call, "write", role="read")
    _check_author(call, repository, issue=issue)
    change = _asked_change(call, repository, issue=issue)
    issue = _put_text(call, issue, change)
    if change.label_ids is not None:
        issue = put_labels(call, issue, change.label_ids)
    issue = _put_assignees(call, issue, change)
    issue = _put_state(call, issue, change)
    return Answer(200, shape.issue(issue, call.view))


@dataclass(frozen=True, slots=True)
class _Change:
    title: str
    body: str | None
    state: str
    state_reason: str | None
    label_ids: tuple[int, ...] | None
    assignee_ids: tuple[int, ...] | None


def _check_author(call: Call, repository: Repository, *, issue: Issue) -> None:
    if call.actor.is_installation or call.has_role(repository, "triage"):
        return
    mine = issue.author_id == call.actor.account_id
    if not mine or not set(call.document) <= {"title", "body", "state", "state_reason"}:
        raise Failure(403, failure.NOT_ADMIN)


def _asked_change(call: Call, repository: Repository, *, issue: Issue) -> _Change:
    """Read and check the whole request before anything is changed."""
    state = call.take("state", str, issue.state) or issue.state
    reason = call.take("state_reason", str)
    if state not in STATES:
        raise failure.invalid("Issue", "invalid", field="state")
    if reason is not None and reason not in REASONS:
        raise failure.invalid("Issue", "invalid", field="state_reason")
    names = _label_names(call)
    assignee_ids = _assignees(call, repository)
    return _Change(
        title=_title(call) if call.document.get("title") is not None else issue.title,
        body=_body(call) if "body" in call.document else issue.body,
        state=state,
        state_reason=reason,
        # Last, since an unknown label is made here.
        label_ids=None if names is None else label_ids(call, repository, names),
        assignee_ids=assignee_ids,
    )


def _put_text(call: Call, issue: Issue, change: _Change) -> Issue:
    changes = {}
    if change.title != issue.title:
        changes["title"] = {"from": issue.title}
    if change.body != issue.body:
        changes["body"] = {"from": issue.body or ""}
    if not changes:
        return issue
    edited = replace(issue, title=change.title, body=change.body, updated_at=call.world.now())
    tell(call, "edited", call.world.issues.put(edited), changes=changes)
    return edited


def _put_assignees(call: Call, issue: Issue, change: _Change) -> Issue:
    if change.assignee_ids is None or change.assignee_ids == issue.assignee_ids:
        return issue
    return call.world.issues.put(
        replace(issue, assignee_ids=change.assignee_ids, updated_at=call.world.now())
    )


def _put_state(call: Call, issue: Issue, change: _Change) -> Issue:
    if change.state == issue.state:
        return issue
    now = call.world.now()
    if change.state == "closed":
        reason = None if issue.pull_id else change.state_reason or "completed"
        closer = call.account().id
        changed = replace(
            issue, state="closed", state_reason=reason, closed_at=now, closed_by_id=closer
        )
    else:
        changed = replace(
            issue, state="open", state_reason="reopened", closed_at=None, closed_by_id=None
        )
    changed = call.world.issues.put(replace(changed, updated_at=now))
    tell(call, "closed" if change.state == "closed" else "reopened", changed)
    return changed


def _title(call: Call) -> str:
    value = call.document.get("title")
    title = str(value) if isinstance(value, int) else call.require("title", str)
    if not title.strip():
        raise failure.invalid("Issue", "missing_field", field="title")
    if len(title) > MOST_TITLE:
        message = f"title is too long (maximum is {MOST_TITLE} characters)"
        raise failure.invalid("Issue", "custom", field="title", message=message)
    return title


def _body(call: Call) -> str | None:
    body = call.take("body", str)
    if body is not None and len(body) > MOST_BODY:
        raise failure.invalid("Issue", "custom", field="body", message=f"body {TOO_LONG}")
    return body


def _label_names(call: Call) -> list[str] | None:
    values = call.take("labels", list)
    if values is None:
        return None
    return [name_of(value, index) for index, value in enumerate(values)]


def _assignees(call: Call, repository: Repository) -> tuple[int, ...] | None:
    logins = call.strings("assignees")
    if logins is None and isinstance(call.document.get("assignee"), str):
        logins = [call.require("assignee", str)]
    if logins is None:
        return None
    ids = []
    for login in logins:
        account = call.world.account_named(login)
        if account is None:
            raise failure.invalid("Issue", "invalid", field="assignees")
        ids.append(account.id)
    return tuple(dict.fromkeys(ids))


_ALL = "/repos/{owner}/{repo}/issues"

ROUTES = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create, creates_content=True),
    Route("GET", f"{_ALL}/{{issue_number}}", _one),
    Route("PATCH", f"{_ALL}/{{issue_number}}", _update),
)
