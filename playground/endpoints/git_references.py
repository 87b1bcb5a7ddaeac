"""The Git Data API's references: reading, making, moving and deleting them."""

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.revision import object_id
from playground.failure import Failure
from playground.git_commit import NO_OBJECT
from playground.git_facts import store_of
from playground.git_store import Reference, ReferenceMoved
from playground.records import Repository
from playground.ref_move import BRANCHES, RefMove, follow
from playground.shapes import reference as references

HIDDEN = "refs/pull/"


def create(call: Call) -> Answer:
    """Make a reference."""
    repository = call.need("contents", "write")
    name, sha = call.require("ref", str), object_id(call.require("sha", str))
    store = store_of(call.world, repository.id)
    if not name.startswith("refs/") or name.count("/") < 2 or not store.is_ref_name(name):
        raise Failure(422, f"{name} is not a valid ref name.")
    _check_target(call, repository, name=name, sha=sha)
    if store.ref(name) is not None:
        raise Failure(422, "Reference already exists")
    return Answer(201, _move(call, repository, name=name, before=NO_OBJECT, after=sha))


def update(call: Call) -> Answer:
    """Move a reference; backwards or sideways only with `force`."""
    repository = call.need("contents", "write")
    name, sha = f"refs/{call.params['ref']}", object_id(call.require("sha", str))
    store = store_of(call.world, repository.id)
    found = store.ref(name)
    if found is None:
        raise Failure(422, "Reference does not exist")
    _check_target(call, repository, name=name, sha=sha)
    forced = call.take("force", bool, False)
    if not forced and not store.is_ancestor(found.sha, sha):
        raise Failure(422, "Update is not a fast forward")
    return Answer(200, _move(call, repository, name=name, before=found.sha, after=sha))


def delete(call: Call) -> Answer:
    """Delete a reference, but not the default branch."""
    repository = call.need("contents", "write")
    name = f"refs/{call.params['ref']}"
    found = store_of(call.world, repository.id).ref(name)
    if found is None or name.startswith(HIDDEN):
        raise Failure(422, "Reference does not exist")
    if name == f"{BRANCHES}{repository.default_branch}":
        raise Failure(422, "Cannot delete the default branch")
    _move(call, repository, name=name, before=found.sha, after=NO_OBJECT)
    return Answer(204)


def get(call: Call) -> Answer:
    """Return the reference of exactly that name."""
    repository = call.need("contents")
    found = store_of(call.world, repository.id).ref(f"refs/{call.params['ref']}")
    if found is None:
        raise failure.not_found()
    return Answer(200, references.reference(found, repository, call.view))


def matching(call: Call) -> Answer:
    """Return the references whose names start so."""
    repository = call.need("contents")
    found = store_of(call.world, repository.id).refs(f"refs/{call.params.get('ref', '')}")
    return call.page(found, lambda one, view: references.reference(one, repository, view))


def _check_target(call: Call, repository: Repository, *, name: str, sha: str) -> None:
    [kind] = store_of(call.world, repository.id).object_types([sha])
    if kind is None:
        raise Failure(422, "Object does not exist")
    if name.startswith(BRANCHES) and kind != "commit":
        raise Failure(422, "Reference cannot be updated: the object is not a commit")
    if name.startswith(HIDDEN):
        raise Failure(422, "Reference update failed")


def _move(
    call: Call, repository: Repository, *, name: str, before: str, after: str
) -> dict[str, object]:
    move_ref(call, repository, name=name, before=before, after=after)
    reference = store_of(call.world, repository.id).ref(name)
    shown = reference or Reference(name=name, sha=before, type="commit")
    return references.reference(shown, repository, call.view)


def move_ref(call: Call, repository: Repository, *, name: str, before: str, after: str) -> None:
    """Move a reference from one object to another and let everything follow.

    Raises:
        Failure: 409 where it was moved meanwhile, 422 where git cannot have that name here.
    """
    store = store_of(call.world, repository.id)
    try:
        store.move_ref(name, new=after, old=before)
    except ReferenceMoved as moved:
        status = 422 if before == NO_OBJECT else 409
        raise Failure(status, "Reference update failed") from moved
    follow(
        call.world,
        RefMove(
            repository_id=repository.id,
            ref=name,
            before=before,
            after=after,
            sender_id=call.account().id,
        ),
    )


GIT = "/repos/{owner}/{repo}/git"
ROUTES = (
    Route("POST", f"{GIT}/refs", create),
    Route("GET", f"{GIT}/refs", matching),
    Route("GET", f"{GIT}/refs/{{ref:path}}", get),
    Route("PATCH", f"{GIT}/refs/{{ref:path}}", update),
    Route("DELETE", f"{GIT}/refs/{{ref:path}}", delete),
    Route("GET", f"{GIT}/ref/{{ref:path}}", get),
    Route("GET", f"{GIT}/matching-refs/{{ref:path}}", matching),
)
