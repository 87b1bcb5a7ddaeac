"""Check runs: only an App's installation writes them, and only its own."""

from collections.abc import Iterable
from dataclasses import replace

from playground import check_suites, failure
from playground.call import Answer, Call, Route
from playground.check_suites import Wanted
from playground.endpoints import check_form
from playground.endpoints.revision import commit_named
from playground.failure import Failure
from playground.git_facts import store_of
from playground.records import CheckRun, CheckSuite, Repository
from playground.shapes import check_run as check_runs

APPS_ONLY = "You must authenticate via a GitHub App."
BRANCHES = "refs/heads/"


def create(call: Call) -> Answer:
    """Start a check run on a commit."""
    repository = call.need("checks", "write")
    app_id = _app_id(call)
    name, sha = call.require("name", str), call.require("head_sha", str)
    if store_of(call.world, repository.id).object_types([sha]) != ["commit"]:
        raise Failure(422, f"No commit found for SHA: {sha}")
    suite = suite_of(call, repository, sha=sha, app_id=app_id)
    blank = CheckRun(
        id=call.world.next_id(),
        repository_id=repository.id,
        suite_id=suite.id,
        app_id=app_id,
        name=name,
        head_sha=sha,
        status="queued",
        started_at=call.world.now(),
    )
    run = _filled(call, blank)
    return _stored(call, run, before=None, status=201)


def update(call: Call) -> Answer:
    """Change a check run; its annotations are added to those that it has."""
    call.need("checks", "write")
    run = _run(call)
    if run.app_id != _app_id(call):
        text = (
            f"Invalid app_id `{call.actor.app_id}` - check run can only be modified by the GitHub "
            "App that created it."
        )
        raise Failure(403, text)
    changed = replace(run, name=call.take("name", str) or run.name)
    return _stored(call, _filled(call, changed), before=run, status=200)


def _app_id(call: Call) -> int:
    if not call.actor.is_installation or call.actor.app_id is None:
        raise Failure(403, APPS_ONLY)
    return call.actor.app_id


def suite_of(call: Call, repository: Repository, *, sha: str, app_id: int) -> CheckSuite:
    """Return the App's suite of a commit, a new one where it has none."""
    store = store_of(call.world, repository.id)
    on = [ref.name for ref in store.refs(BRANCHES) if ref.sha == sha]
    wanted = Wanted(
        repository_id=repository.id,
        head_sha=sha,
        head_branch=on[0].removeprefix(BRANCHES) if on else None,
        sender_id=call.account().id,
    )
    found = check_suites.find(call.world, wanted, app_id=app_id)
    return found or check_suites.open_suite(call.world, wanted, app_id=app_id)


def _filled(call: Call, run: CheckRun) -> CheckRun:
    output = check_form.read_output(call, title_needed=not run.title)
    actions = check_form.read_actions(call)
    if output is not None:
        run = replace(
            run,
            title=output.title or run.title,
            summary=output.summary,
            text=run.text if output.text is None else output.text,
            annotations=run.annotations + output.annotations,
        )
    return replace(
        _with_progress(call, run),
        actions=run.actions if actions is None else actions,
        details_url=call.take("details_url", str) or run.details_url,
        external_id=call.take("external_id", str, run.external_id) or "",
    )


def _with_progress(call: Call, run: CheckRun) -> CheckRun:
    status = check_form.read_word(call, "status", known=check_form.STATUSES)
    conclusion = check_form.read_word(call, "conclusion", known=check_form.CONCLUSIONS)
    started = check_form.read_moment(call, "started_at") or run.started_at
    completed = check_form.read_moment(call, "completed_at")
    if conclusion is not None or completed is not None:
        status = "completed"
    if status == "completed":
        conclusion = conclusion or run.conclusion
        if conclusion is None:
            raise check_form.completed_needs_conclusion()
        completed = completed or run.completed_at or call.world.now()
    elif status is None:
        status, conclusion, completed = run.status, run.conclusion, run.completed_at
    return replace(
        run, status=status, conclusion=conclusion, started_at=started, completed_at=completed
    )


def _stored(call: Call, run: CheckRun, *, before: CheckRun | None, status: int) -> Answer:
    sender_id = call.account().id
    call.world.check_runs.put(run)
    done = run.status == "completed"
    if before is None:
        _tell(call, run, action="created")
    if done and (before is None or before.status != "completed"):
        _tell(call, run, action="completed")
    check_suites.sum_up(call.world, run.suite_id, sender_id=sender_id)
    return Answer(status, check_runs.run(run, call.view))


def _tell(call: Call, run: CheckRun, *, action: str) -> None:
    sender_id = call.account().id
    call.world.emit("check_run", action, run.repository_id, sender_id=sender_id, check_run=run)


def _run(call: Call) -> CheckRun:
    run = call.world.check_runs.get(call.number("check_run_id"))
    if run is None or run.repository_id != call.repository().id:
        raise failure.not_found()
    return run


def get(call: Call) -> Answer:
    """Return a check run."""
    call.need("checks")
    return Answer(200, check_runs.run(_run(call), call.view))


def annotations(call: Call) -> Answer:
    """Return the annotations of a check run, page by page."""
    call.need("checks")
    run = _run(call)
    return call.page(run.annotations, lambda one, view: check_runs.annotation(one, run, view))


def rerequest(call: Call) -> Answer:
    """Ask the run's App to run it again."""
    call.need("checks", "write")
    run = _run(call)
    check_suites.rerun(call.world, run.id, sender_id=call.account().id)
    return Answer(201, {})


def of_commit(call: Call) -> Answer:
    """Return the runs of a commit."""
    repository = call.need("checks")
    sha = commit_named(call, repository, call.params["ref"])
    return _listing(call, call.world.check_runs.where(repository_id=repository.id, head_sha=sha))


def of_suite(call: Call) -> Answer:
    """Return the runs of a suite."""
    repository = call.need("checks")
    suite_id = call.number("check_suite_id")
    suite = call.world.check_suites.get(suite_id)
    if suite is None or suite.repository_id != repository.id:
        raise failure.not_found()
    return _listing(call, call.world.check_runs.where(suite_id=suite_id))


def _listing(call: Call, runs: Iterable[CheckRun]) -> Answer:
    query = call.query
    found = [run for run in runs if run.name == query.get("check_name", run.name)]
    if query.get("filter", "latest") == "latest":
        found = check_suites.latest(found)
    found = [
        run
        for run in found
        if run.status == query.get("status", run.status)
        and str(run.app_id) == query.get("app_id", str(run.app_id))
    ]
    return call.page(reversed(found), check_runs.run, key="check_runs")


REPOSITORY = "/repos/{owner}/{repo}"
RUNS = f"{REPOSITORY}/check-runs"
ROUTES = (
    Route("POST", RUNS, create),
    Route("GET", f"{RUNS}/{{check_run_id}}", get),
    Route("PATCH", f"{RUNS}/{{check_run_id}}", update),
    Route("GET", f"{RUNS}/{{check_run_id}}/annotations", annotations),
    Route("POST", f"{RUNS}/{{check_run_id}}/rerequest", rerequest),
    Route("GET", f"{REPOSITORY}/commits/{{ref:path}}/check-runs", of_commit),
    Route("GET", f"{REPOSITORY}/check-suites/{{check_suite_id}}/check-runs", of_suite),
)
