"""REST: labels of a repository and of its issues and pull requests."""

import re
from dataclasses import replace
from typing import Any

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.issue_changes import tell
from playground.endpoints.thread import issue_of_path
from playground.failure import Failure
from playground.records import Issue, Label, Repository
from playground.shapes import label as shape

COLOR = re.compile(r"[0-9a-fA-F]{6}\Z")
DEFAULT_COLOR = "ededed"
MOST_NAME = 50


def _list(call: Call) -> Answer:
    repository = call.need("issues", otherwise="pull_requests")
    return call.page(call.world.labels.where(repository_id=repository.id), shape.label)


def _one(call: Call) -> Answer:
    repository = call.need("issues", otherwise="pull_requests")
    found = label_named(call, repository, call.params["name"])
    if found is None:
        raise failure.not_found()
    return Answer(200, shape.label(found, call.view))


def _create(call: Call) -> Answer:
    repository = call.need("issues", "write", otherwise="pull_requests")
    name = call.require("name", str)
    color = call.take("color", str) or DEFAULT_COLOR
    if label_named(call, repository, name) is not None:
        raise failure.invalid("Label", "already_exists", field="name")
    if not COLOR.match(color):
        raise failure.invalid("Label", "invalid", field="color")
    label = new_label(
        call, repository, name, color=color.lower(), description=call.take("description", str)
    )
    return Answer(201, shape.label(label, call.view))


def label_named(call: Call, repository: Repository, name: str) -> Label | None:
    """Return the repository's label of that name, whatever its letters' case."""
    return call.world.labels.first(
        lambda label: label.name.lower() == name.lower(), repository_id=repository.id
    )


def new_label(
    call: Call,
    repository: Repository,
    name: str,
    *,
    color: str = DEFAULT_COLOR,
    description: str | None = None,
) -> Label:
    """Store a new label.

    Raises:
        Failure: 422 for a name that is empty or too long.
    """
    if not name.strip():
        raise failure.invalid("Label", "missing_field", field="name")
    if len(name) > MOST_NAME:
        message = f"name is too long (maximum is {MOST_NAME} characters)"
        raise failure.invalid("Label", "custom", field="name", message=message)
    label = Label(call.world.next_id(), repository.id, name, color, description)
    return call.world.labels.put(label)


def label_ids(call: Call, repository: Repository, names: list[str]) -> tuple[int, ...]:
    """Return the ids of labels by name, each once; a label that is not there yet is made."""
    labels = [
        label_named(call, repository, name) or new_label(call, repository, name) for name in names
    ]
    return tuple(dict.fromkeys(label.id for label in labels))


def put_labels(call: Call, issue: Issue, ids: tuple[int, ...]) -> Issue:
    """Give an issue or pull request exactly these labels and tell of each change."""
    if set(ids) == set(issue.label_ids):
        return issue
    changed = call.world.issues.put(replace(issue, label_ids=ids, updated_at=call.world.now()))
    for id in issue.label_ids:
        if id not in ids:
            tell(call, "unlabeled", changed, label=call.world.labels.need(id))
    for id in ids:
        if id not in issue.label_ids:
            tell(call, "labeled", changed, label=call.world.labels.need(id))
    return changed


def _of_issue(call: Call) -> Answer:
    _, issue = issue_of_path(call)
    return call.page([call.world.labels.need(id) for id in issue.label_ids], shape.label)


def _add(call: Call) -> Answer:
    repository, issue = _writable(call)
    new = label_ids(call, repository, _names(call.body))
    return _shown(call, put_labels(call, issue, tuple(dict.fromkeys((*issue.label_ids, *new)))))


def _set(call: Call) -> Answer:
    repository, issue = _writable(call)
    return _shown(call, put_labels(call, issue, label_ids(call, repository, _names(call.body))))


def _clear(call: Call) -> Answer:
    _, issue = _writable(call)
    put_labels(call, issue, ())
    return Answer(204)


def _remove(call: Call) -> Answer:
    repository, issue = _writable(call)
    label = label_named(call, repository, call.params["name"])
    if label is None or label.id not in issue.label_ids:
        raise Failure(404, "Label does not exist")
    left = tuple(id for id in issue.label_ids if id != label.id)
    return _shown(call, put_labels(call, issue, left))


def _writable(call: Call) -> tuple[Repository, Issue]:
    return issue_of_path(call, "write", role="triage")


def _shown(call: Call, issue: Issue) -> Answer:
    return Answer(
        200, [shape.label(call.world.labels.need(id), call.view) for id in issue.label_ids]
    )


def _names(body: Any) -> list[str]:
    # Both forms are in use: {"labels": [...]} and the bare list.
    values = body.get("labels", []) if isinstance(body, dict) else body
    if not isinstance(values, list):
        raise failure.wrong_request('No subschema in "oneOf" matched.')
    return [name_of(value, index) for index, value in enumerate(values)]


def name_of(value: Any, index: int) -> str:
    """Return a label's name from a string or a `{"name": ...}` object.

    Raises:
        Failure: 422 where it is neither.
    """
    name = value.get("name") if isinstance(value, dict) else value
    if not isinstance(name, str):
        raise failure.wrong_request(f"For 'items/{index}', it is not a string.")
    return name


_REPO = "/repos/{owner}/{repo}/labels"
_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}/labels"

ROUTES = (
    Route("GET", _REPO, _list),
    Route("POST", _REPO, _create, creates_content=True),
    Route("GET", f"{_REPO}/{{name}}", _one),
    Route("GET", _ISSUE, _of_issue),
    Route("POST", _ISSUE, _add),
    Route("PUT", _ISSUE, _set),
    Route("DELETE", _ISSUE, _clear),
    Route("DELETE", f"{_ISSUE}/{{name}}", _remove),
)
