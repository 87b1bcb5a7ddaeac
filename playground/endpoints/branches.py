"""Branches as the REST API lists them."""

from playground.call import Answer, Call, Route
from playground.failure import Failure
from playground.git_facts import store_of
from playground.ref_move import BRANCHES
from playground.shapes import branch as branches


def listing(call: Call) -> Answer:
    """Return the branches by name; none of them is protected."""
    repository = call.need("contents")
    found = store_of(call.world, repository.id).refs(BRANCHES)
    if call.query.get("protected") == "true":
        found = []
    return call.page(
        found,
        lambda one, view: branches.short(
            one.name.removeprefix(BRANCHES), one.sha, repository, view
        ),
    )


def get(call: Call) -> Answer:
    """Return a branch with its newest commit."""
    repository = call.need("contents")
    name = call.params["branch"]
    store = store_of(call.world, repository.id)
    sha = store.branch(name)
    if sha is None:
        raise Failure(404, "Branch not found")
    return Answer(200, branches.branch(name, store.commits([sha])[0], repository, call.view))


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/branches", listing),
    Route("GET", "/repos/{owner}/{repo}/branches/{branch:path}", get),
)
