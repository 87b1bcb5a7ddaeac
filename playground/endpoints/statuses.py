"""Commit statuses: setting one, listing them, and all contexts together."""

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.revision import commit_named
from playground.failure import Failure
from playground.git_facts import store_of
from playground.records import CommitStatus
from playground.shapes import status as statuses

STATES = ("error", "failure", "pending", "success")
MOST_OF_A_CONTEXT = 1000
MOST_DESCRIPTION = 140
TOO_MANY = "This SHA and context has reached the maximum number of statuses."


def create(call: Call) -> Answer:
    """Set a status of a commit."""
    repository = call.need("statuses", "write")
    sha = call.params["sha"]
    state = call.require("state", str)
    if state not in STATES:
        raise failure.invalid("Status", "inclusion", field="state")
    description = call.take("description", str)
    if description is not None and len(description) > MOST_DESCRIPTION:
        text = f"description is too long (maximum is {MOST_DESCRIPTION} characters)"
        raise failure.invalid("Status", "custom", field="description", message=text)
    if store_of(call.world, repository.id).object_types([sha]) != ["commit"]:
        raise Failure(422, f"No commit found for SHA: {sha}")
    context = call.take("context", str) or "default"
    known = call.world.statuses.where(repository_id=repository.id, sha=sha, context=context)
    if len(known) >= MOST_OF_A_CONTEXT:
        raise Failure(422, "Validation Failed", errors=[TOO_MANY])
    now = call.world.now()
    status = call.world.statuses.put(
        CommitStatus(
            id=call.world.next_id(),
            repository_id=repository.id,
            sha=sha,
            state=state,
            context=context,
            creator_id=call.account().id,
            created_at=now,
            updated_at=now,
            description=description,
            target_url=call.take("target_url", str),
        )
    )
    call.world.emit("status", None, repository.id, sender_id=status.creator_id, status=status)
    return Answer(201, statuses.status(status, call.view))


def listing(call: Call) -> Answer:
    """Return every status of a commit, newest first."""
    repository = call.need("statuses")
    sha = commit_named(call, repository, call.params["ref"])
    found = call.world.statuses.where(repository_id=repository.id, sha=sha)
    return call.page(reversed(found), statuses.status)


def combined(call: Call) -> Answer:
    """Return the newest status of each context and what they come to."""
    repository = call.need("statuses")
    sha = commit_named(call, repository, call.params["ref"])
    found = call.world.statuses.where(repository_id=repository.id, sha=sha)
    return Answer(200, statuses.combined(sha, found, repository, call.view))


REPOSITORY = "/repos/{owner}/{repo}"
ROUTES = (
    Route("POST", f"{REPOSITORY}/statuses/{{sha}}", create),
    Route("GET", f"{REPOSITORY}/commits/{{ref:path}}/statuses", listing),
    # Not described any more, but still served, and what PyGithub asks for.
    Route("GET", f"{REPOSITORY}/statuses/{{ref:path}}", listing),
    Route("GET", f"{REPOSITORY}/commits/{{ref:path}}/status", combined),
)
