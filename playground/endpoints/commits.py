"""Commits of a repository's history: listing them and one by one."""

from datetime import datetime

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.authorship import address
from playground.endpoints.revision import DIFF_MEDIA, commit_named, wants
from playground.failure import Failure
from playground.git_diff import EMPTY_TREE, diff_text, files_between
from playground.git_facts import store_of
from playground.git_store import LogQuery
from playground.shapes import commit as commits
from playground.shapes import pull as pulls

MOST_FILES = 300


def listing(call: Call) -> Answer:
    """Return a history, newest first."""
    repository = call.need("contents")
    store = store_of(call.world, repository.id)
    if not store.refs("refs/heads/"):
        raise Failure(409, "Git Repository is empty.")
    start = store.resolve(call.query.get("sha") or repository.default_branch)
    if start is None:
        raise failure.not_found()
    found = store.log(
        LogQuery(
            start=start,
            path=call.query.get("path", "").strip("/") or None,
            author=_author(call),
            since=_moment(call, "since"),
            until=_moment(call, "until"),
        )
    )
    # Only those that are shown need be read.
    return call.page(
        found,
        lambda sha, view: commits.commit(store.commits([sha])[0], repository, view),
    )


def _author(call: Call) -> str | None:
    author = call.query.get("author")
    if author is None or "@" in author:
        return author
    account = call.world.account_named(author)
    return author if account is None else f"<{address(account)}>"


def _moment(call: Call, name: str) -> datetime | None:
    text = call.query.get(name)
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise failure.wrong_request(f"For '{name}', {text!r} is not a date.") from error


def get(call: Call) -> Answer:
    """Return a commit with what it changed, or its diff where that is asked for."""
    repository = call.need("contents")
    store = store_of(call.world, repository.id)
    sha = commit_named(call, repository, call.params["ref"])
    commit = store.commits([sha])[0]
    before = commit.parents[0] if commit.parents else EMPTY_TREE
    if wants(call, "diff"):
        return Answer(raw=diff_text(store, before, sha), media_type=DIFF_MEDIA)
    files = files_between(store, before, sha)[:MOST_FILES]
    return Answer(200, commits.commit(commit, repository, call.view, files=files))


def pulls_of(call: Call) -> Answer:
    """Return the pull requests whose head is the commit or that brought it in."""
    repository = call.need("pull_requests")
    sha = commit_named(call, repository, call.params["ref"])
    found = call.world.pulls.where(
        lambda pull: sha in (pull.head_sha, pull.merge_commit_sha), repository_id=repository.id
    )
    return call.page(found, pulls.simple)


COMMITS = "/repos/{owner}/{repo}/commits"
ROUTES = (
    Route("GET", COMMITS, listing),
    Route("GET", f"{COMMITS}/{{ref:path}}/pulls", pulls_of),
    Route("GET", f"{COMMITS}/{{ref:path}}", get),
)
