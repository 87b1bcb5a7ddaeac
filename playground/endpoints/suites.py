"""Check suites: making, reading and re-requesting them."""

from playground import check_suites, failure
from playground.call import Answer, Call, Route
from playground.endpoints.check_runs import APPS_ONLY, suite_of
from playground.endpoints.revision import commit_named
from playground.failure import Failure
from playground.git_facts import store_of
from playground.records import CheckSuite
from playground.shapes import check_suite as shapes


def create(call: Call) -> Answer:
    """Make the App's suite of a commit, or return the one that it has."""
    repository = call.need("checks", "write")
    app_id = call.actor.app_id
    if not call.actor.is_installation or app_id is None:
        raise Failure(403, APPS_ONLY)
    sha = call.require("head_sha", str)
    if store_of(call.world, repository.id).object_types([sha]) != ["commit"]:
        raise Failure(422, f"No commit found for SHA: {sha}")
    known = call.world.check_suites.first(repository_id=repository.id, head_sha=sha, app_id=app_id)
    suite = known or suite_of(call, repository, sha=sha, app_id=app_id)
    return Answer(200 if known else 201, shapes.suite(suite, call.view))


def get(call: Call) -> Answer:
    """Return a check suite."""
    call.need("checks")
    return Answer(200, shapes.suite(_suite(call), call.view))


def of_commit(call: Call) -> Answer:
    """Return the suites of a commit."""
    repository = call.need("checks")
    sha = commit_named(call, repository, call.params["ref"])
    found = call.world.check_suites.where(repository_id=repository.id, head_sha=sha)
    if "app_id" in call.query:
        found = [suite for suite in found if str(suite.app_id) == call.query["app_id"]]
    if "check_name" in call.query:
        named = call.world.check_runs.where(name=call.query["check_name"])
        suites = {run.suite_id for run in named}
        found = [suite for suite in found if suite.id in suites]
    return call.page(found, shapes.suite, key="check_suites")


def rerequest(call: Call) -> Answer:
    """Ask the suite's App to run all of it again."""
    call.need("checks", "write")
    check_suites.rerun_suite(call.world, _suite(call).id, sender_id=call.account().id)
    return Answer(201, {})


def _suite(call: Call) -> CheckSuite:
    suite = call.world.check_suites.get(call.number("check_suite_id"))
    if suite is None or suite.repository_id != call.repository().id:
        raise failure.not_found()
    return suite


REPOSITORY = "/repos/{owner}/{repo}"
ROUTES = (
    Route("POST", f"{REPOSITORY}/check-suites", create),
    Route("GET", f"{REPOSITORY}/check-suites/{{check_suite_id}}", get),
    Route("POST", f"{REPOSITORY}/check-suites/{{check_suite_id}}/rerequest", rerequest),
    Route("GET", f"{REPOSITORY}/commits/{{ref:path}}/check-suites", of_commit),
)
