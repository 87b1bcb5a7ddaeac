"""The two ends of a pull request that is to be opened, and what GitHub asks of them."""

from dataclasses import dataclass

from playground import failure
from playground.call import Call
from playground.endpoints.comparisons import fork_of
from playground.failure import Failure
from playground.git_diff import compare
from playground.git_facts import store_of
from playground.records import Repository


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the changes are and where they should go."""

    head_repository: Repository
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str


def find_ends(call: Call, repository: Repository) -> Ends:
    """Read `head` (a branch or `owner:branch`) and `base`.

    Raises:
        Failure: 422 where one of them is not there.
    """
    base_ref, head = call.require("base", str), call.require("head", str)
    owner, colon, head_ref = head.rpartition(":")
    source = fork_of(call, repository, owner) if colon else repository
    base_sha = store_of(call.world, repository.id).branch(base_ref)
    head_sha = None if source is None else store_of(call.world, source.id).branch(head_ref)
    if base_sha is None:
        raise failure.invalid("PullRequest", "invalid", field="base")
    if source is None or head_sha is None:
        raise failure.invalid("PullRequest", "invalid", field="head")
    if source.id != repository.id:
        store_of(call.world, repository.id).borrow(store_of(call.world, source.id), head_sha)
    return Ends(
        head_repository=source,
        head_ref=head_ref,
        head_sha=head_sha,
        base_ref=base_ref,
        base_sha=base_sha,
    )


def check_ends(call: Call, repository: Repository, ends: Ends) -> None:
    """Check that there is something to merge and no open pull request for it yet.

    Raises:
        Failure: 422, or 403 where the user may not write to the head.
    """
    known = call.world.pulls.where(
        lambda pull: call.world.issues.need(pull.issue_id).state == "open",
        repository_id=repository.id,
        head_repository_id=ends.head_repository.id,
        head_ref=ends.head_ref,
        base_ref=ends.base_ref,
    )
    if known:
        owner = call.world.accounts.need(ends.head_repository.owner_id).login
        raise _refused(f"A pull request already exists for {owner}:{ends.head_ref}.")
    found = compare(store_of(call.world, repository.id), ends.base_sha, ends.head_sha)
    if found is None:
        raise _refused(f"The {ends.head_ref} branch has no history in common with {ends.base_ref}")
    if not found.ahead:
        raise _refused(f"No commits between {ends.base_ref} and {ends.head_ref}")
    may_write = call.actor.is_installation or call.has_role(ends.head_repository, "write")
    if not may_write:
        raise Failure(403, "must be a collaborator")


def _refused(message: str) -> Failure:
    error = {"resource": "PullRequest", "code": "custom", "message": message}
    return Failure(422, "Validation Failed", errors=[error])
