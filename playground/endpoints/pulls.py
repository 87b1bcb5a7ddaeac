"""Pull requests: listing, opening, reading and changing them."""

from dataclasses import replace
from typing import Any

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.pull_ends import check_ends, find_ends
from playground.endpoints.revision import DIFF_MEDIA, wants
from playground.failure import Failure
from playground.git_diff import compare, diff_text, files_between
from playground.git_facts import pull_base, store_of
from playground.git_store import GitStore
from playground.records import Issue, Pull
from playground.ref_move import close, pull_ref
from playground.shapes import commit as commits
from playground.shapes import pull as shapes
from playground.shapes import pull_file

MOST_FILES = 3000
MOST_COMMITS = 250
MOST_TITLE = 256
MOST_BODY = 65_536


def listing(call: Call) -> Answer:
    """Return the pull requests, newest first, by state, head and base."""
    repository = call.need("pull_requests")
    state = call.query.get("state", "open")
    found = [
        pull
        for pull in call.world.pulls.where(repository_id=repository.id)
        if state in ("all", _issue(call, pull).state)
        and pull.base_ref == call.query.get("base", pull.base_ref)
        and _has_head(call, pull)
    ]
    is_new_first = call.query.get("direction") != "asc"
    if "sort" in call.query and "direction" not in call.query:
        is_new_first = call.query["sort"] == "created"
    if call.query.get("sort") == "updated":
        found.sort(key=lambda pull: _issue(call, pull).updated_at)
    return call.page(reversed(found) if is_new_first else found, shapes.simple)


def _has_head(call: Call, pull: Pull) -> bool:
    owner, colon, branch = call.query.get("head", "").partition(":")
    # GitHub does not filter by a head without its owner.
    if not colon:
        return True
    repository = call.world.repositories.get(pull.head_repository_id)
    if repository is None or pull.head_ref != branch:
        return False
    return call.world.accounts.need(repository.owner_id).login.lower() == owner.lower()


def create(call: Call) -> Answer:
    """Open a pull request, also from a fork."""
    repository = call.need("pull_requests", "write", role="read")
    ends = find_ends(call, repository)
    issue_number = call.take("issue", int)
    title = None if issue_number is not None else call.require("title", str)
    check_texts(title, call.take("body", str))
    check_ends(call, repository, ends)
    issue = _issue_for(call, title=title, number=issue_number)
    pull = Pull(
        id=call.world.next_id(),
        repository_id=repository.id,
        issue_id=issue.id,
        number=issue.number,
        head_repository_id=ends.head_repository.id,
        head_ref=ends.head_ref,
        head_sha=ends.head_sha,
        base_ref=ends.base_ref,
        base_sha=ends.base_sha,
        draft=call.take("draft", bool, False) or False,
        maintainer_can_modify=call.take("maintainer_can_modify", bool, False) or False,
    )
    store_of(call.world, repository.id).mirror_ref(pull_ref(pull.number), pull.head_sha)
    call.world.pulls.put(pull)
    call.world.issues.put(replace(issue, pull_id=pull.id))
    _tell(call, pull, "opened")
    return Answer(201, shapes.full(pull, call.view))


def _issue_for(call: Call, *, title: str | None, number: int | None) -> Issue:
    repository = call.repository()
    if number is not None:
        known = call.world.issue_numbered(repository.id, number)
        if known is None or known.pull_id is not None:
            raise failure.invalid("PullRequest", "invalid", field="issue")
        return known
    now = call.world.now()
    return Issue(
        id=call.world.next_id(),
        repository_id=repository.id,
        number=call.world.next_number(repository.id),
        title=title or "",
        body=call.take("body", str),
        author_id=call.account().id,
        created_at=now,
        updated_at=now,
        app_id=call.actor.app_id,
    )


def check_texts(title: str | None, body: str | None) -> None:
    """Check a title's and a body's lengths.

    Raises:
        Failure: 422 where one is too long, or the title blank.
    """
    if title is not None and not title.strip():
        raise failure.invalid("PullRequest", "missing_field", field="title")
    if title is not None and len(title) > MOST_TITLE:
        text = f"title is too long (maximum is {MOST_TITLE} characters)"
        raise failure.invalid("Issue", "custom", field="title", message=text)
    if body is not None and len(body) > MOST_BODY:
        text = f"Body is too long (maximum is {MOST_BODY} characters)"
        raise failure.invalid("Issue", "unprocessable", field="data", message=text)


def get(call: Call) -> Answer:
    """Return a pull request, or its diff where that is asked for."""
    call.need("pull_requests")
    pull = pull_of(call)
    if wants(call, "diff"):
        store, base = _compared(call, pull)
        return Answer(raw=diff_text(store, base, pull.head_sha), media_type=DIFF_MEDIA)
    return Answer(200, shapes.full(pull, call.view))


def update(call: Call) -> Answer:
    """Change title, body, state or base of a pull request."""
    call.need("pull_requests", "write", role="read")
    pull = pull_of(call)
    issue = _issue(call, pull)
    role_needed = call.actor.account_id != issue.author_id and not call.actor.is_installation
    if role_needed and not call.has_role(call.repository(), "triage"):
        raise Failure(403, failure.NOT_ADMIN)
    title, body = call.take("title", str), call.take("body", str)
    check_texts(title, body)
    pull = _retargeted(call, pull)
    changed = replace(issue, updated_at=call.world.now(), title=title or issue.title)
    if "body" in call.document:
        changed = replace(changed, body=body)
    call.world.issues.put(changed)
    changes = {
        name: {"from": getattr(issue, name) or ""}
        for name in ("title", "body")
        if getattr(issue, name) != getattr(changed, name)
    }
    if changes:
        _tell(call, pull, "edited", changes=changes)
    _set_state(call, pull)
    return Answer(200, shapes.full(call.world.pulls.need(pull.id), call.view))


def _retargeted(call: Call, pull: Pull) -> Pull:
    base = call.take("base", str)
    if base is None or base == pull.base_ref:
        return pull
    sha = store_of(call.world, pull.repository_id).branch(base)
    if sha is None:
        raise failure.invalid("PullRequest", "invalid", field="base")
    moved = call.world.pulls.put(replace(pull, base_ref=base, base_sha=sha))
    changes = {"base": {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}}
    _tell(call, moved, "edited", changes=changes)
    return moved


def _set_state(call: Call, pull: Pull) -> None:
    state = call.take("state", str)
    issue = _issue(call, pull)
    if state is None or state == issue.state:
        return
    if state == "closed":
        close(call.world, pull, sender_id=call.account().id)
    elif state == "open":
        _reopen(call, pull)
    else:
        raise failure.invalid("PullRequest", "invalid", field="state")


def _reopen(call: Call, pull: Pull) -> None:
    head = call.world.repositories.get(pull.head_repository_id)
    sha = None if head is None else store_of(call.world, head.id).branch(pull.head_ref)
    if sha is None or pull.merged_at is not None:
        text = f"The {pull.head_ref} branch has been deleted or merged."
        raise failure.invalid("PullRequest", "custom", field="state", message=text)
    issue = replace(
        _issue(call, pull), state="open", closed_at=None, closed_by_id=None, state_reason=None
    )
    call.world.issues.put(issue)
    store_of(call.world, pull.repository_id).mirror_ref(pull_ref(pull.number), sha)
    _tell(call, call.world.pulls.put(replace(pull, head_sha=sha)), "reopened")


def files(call: Call) -> Answer:
    """Return what a pull request changes, file by file with patches."""
    repository = call.need("pull_requests")
    pull = pull_of(call)
    store, base = _compared(call, pull)
    found = files_between(store, base, pull.head_sha)[:MOST_FILES]
    return call.page(
        found, lambda one, view: pull_file.file(one, repository, view, ref=pull.head_sha)
    )


def commits_of(call: Call) -> Answer:
    """Return the commits of a pull request, oldest first."""
    repository = call.need("pull_requests")
    pull = pull_of(call)
    store = store_of(call.world, repository.id)
    comparison = compare(store, pull_base(call.world, pull), pull.head_sha)
    ahead = comparison.ahead[:MOST_COMMITS] if comparison is not None else ()
    return call.page(
        ahead, lambda sha, view: commits.commit(store.commits([sha])[0], repository, view)
    )


def pull_of(call: Call) -> Pull:
    """Return the pull request of the path.

    Raises:
        Failure: 404 where there is none.
    """
    found = call.world.pull_numbered(call.repository().id, call.number("pull_number"))
    if found is None:
        raise failure.not_found()
    return found


def _compared(call: Call, pull: Pull) -> tuple[GitStore, str]:
    store = store_of(call.world, pull.repository_id)
    base = pull_base(call.world, pull)
    return store, store.merge_base(base, pull.head_sha) or base


def _issue(call: Call, pull: Pull) -> Issue:
    return call.world.issues.need(pull.issue_id)


def _tell(call: Call, pull: Pull, action: str, *, changes: dict[str, Any] | None = None) -> None:
    call.world.emit(
        "pull_request",
        action,
        pull.repository_id,
        sender_id=call.account().id,
        pull_request=pull,
        changes=changes,
    )


PULLS = "/repos/{owner}/{repo}/pulls"
ROUTES = (
    Route("GET", PULLS, listing),
    Route("POST", PULLS, create, creates_content=True),
    Route("GET", f"{PULLS}/{{pull_number}}", get),
    Route("PATCH", f"{PULLS}/{{pull_number}}", update),
    Route("GET", f"{PULLS}/{{pull_number}}/files", files),
    Route("GET", f"{PULLS}/{{pull_number}}/commits", commits_of),
)
