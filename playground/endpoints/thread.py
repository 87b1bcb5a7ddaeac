"""The issue or pull request that a path names, and the bounds of what is written there."""

from datetime import UTC, datetime

from playground import failure
from playground.call import Call
from playground.records import Issue, Repository

MOST_BODY = 65_536
"""Characters in the body of an issue, a pull request or a comment."""
TOO_LONG = f"is too long (maximum is {MOST_BODY} characters)"


def issue_of_path(
    call: Call, level: str = "read", *, role: str | None = None
) -> tuple[Repository, Issue]:
    """Return the repository and the `{issue_number}` of the path, with the right checked.

    A pull request is reached with the permission on issues or on pull requests.

    Raises:
        Failure: 404 not there, 403 without the right.
    """
    repository = call.repository()
    issue = call.world.issue_numbered(repository.id, call.number("issue_number"))
    if issue is None:
        # The right comes first: without it, whether the number exists is nobody's business.
        call.need("issues", level, role=role)
        raise failure.not_found()
    need_for(call, issue, level, role=role)
    return repository, issue


def need_for(call: Call, issue: Issue, level: str = "read", *, role: str | None = None) -> None:
    """Check the actor's right on an issue or pull request.

    Raises:
        Failure: 403 without the right, 401 for an anonymous write.
    """
    otherwise = None if issue.pull_id is None else "pull_requests"
    call.need("issues", level, role=role, otherwise=otherwise)


def since(call: Call) -> datetime | None:
    """Return the query's `since`.

    Raises:
        Failure: 422 where it is no time.
    """
    text = call.query.get("since")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise failure.invalid("Issue", "invalid", field="since") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
