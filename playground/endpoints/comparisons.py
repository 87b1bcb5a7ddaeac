"""Comparing two commits, also across forks."""

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.revision import DIFF_MEDIA, wants
from playground.failure import Failure
from playground.git_diff import compare, diff_text, files_between
from playground.git_facts import store_of
from playground.page_links import PageOf, link_header
from playground.records import Repository
from playground.shapes import compare as comparisons

MOST_FILES = 300
MOST_COMMITS = 250
"""On the one page that is shown when no page is asked for."""


def get(call: Call) -> Answer:
    """Compare `BASE...HEAD`; each end may be `owner:branch`."""
    repository = call.need("contents")
    base_name, dots, head_name = call.params["basehead"].partition("...")
    if not dots:
        raise failure.not_found()
    base, head = (_end(call, repository, name) for name in (base_name, head_name))
    store = store_of(call.world, repository.id)
    found = compare(store, base, head)
    if found is None:
        raise Failure(404, f"No common ancestor between {base_name} and {head_name}.")
    if wants(call, "diff"):
        text = diff_text(store, found.merge_base, head)
        return Answer(raw=text, media_type=DIFF_MEDIA)
    asked = dict(call.query)
    if "page" not in asked and "per_page" not in asked:
        page = PageOf(number=1, size=MOST_COMMITS, total=len(found.ahead))
    else:
        page = PageOf.asked(asked, total=len(found.ahead))
    # The files are those of the whole comparison, and stand on the first page only.
    files = files_between(store, found.merge_base, head) if page.number == 1 else []
    document = comparisons.comparison(
        found,
        repository,
        call.view,
        base=store.commits([base])[0],
        merge_base=store.commits([found.merge_base])[0],
        commits=store.commits(found.ahead[page.start : page.stop]),
        files=files[:MOST_FILES],
    )
    link = link_header(call.view.links.api() + call.path, query=call.query, page=page)
    return Answer(200, document, {"Link": link} if link else {})


def _end(call: Call, repository: Repository, name: str) -> str:
    owner, colon, branch = name.rpartition(":")
    found = None
    if not colon:
        found = store_of(call.world, repository.id).resolve(name)
    else:
        other = fork_of(call, repository, owner)
        if other is not None:
            found = store_of(call.world, other.id).resolve(branch)
        if other is not None and found is not None and other.id != repository.id:
            source = store_of(call.world, other.id)
            store_of(call.world, repository.id).borrow(source, found)
    if found is None:
        raise failure.not_found()
    return found


def fork_of(call: Call, repository: Repository, owner: str) -> Repository | None:
    """Return the repository of the same network that `owner` has and the caller may see."""
    account = call.world.account_named(owner)
    if account is None:
        return None
    network = {repository.id, repository.parent_id} - {None}
    return call.world.repositories.first(
        lambda one: (one.id in network or one.parent_id in network) and call.may_see(one),
        owner_id=account.id,
    )


ROUTES = (Route("GET", "/repos/{owner}/{repo}/compare/{basehead:path}", get),)
