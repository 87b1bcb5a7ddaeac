"""The contents API: reading files and directories, and committing a single file."""

from dataclasses import replace

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.authorship import authorship
from playground.endpoints.git_objects import clean_message, decoded
from playground.endpoints.git_references import move_ref
from playground.endpoints.revision import wants
from playground.failure import Failure
from playground.git_commit import NO_OBJECT, NewCommit, TreeChange, TreeEntry
from playground.git_facts import store_of
from playground.git_store import GitStore
from playground.git_tree import TreeInvalid, write_tree
from playground.records import Repository
from playground.ref_move import BRANCHES
from playground.shapes import contents

MOST_INLINE_BYTES = 1024 * 1024
"""A larger file is answered without its content."""
MOST_BYTES = 100 * 1024 * 1024
TOO_LARGE = (
    "This API returns blobs up to 100 MB in size. The requested blob is too large to fetch via the "
    "API, but you can always clone the repository via Git in order to obtain it."
)
FILE_MODE = "100644"
LINK_MODE = "120000"


def get(call: Call) -> Answer:
    """Return a file with its content, or the entries of a directory."""
    repository = call.need("contents")
    store = store_of(call.world, repository.id)
    ref = call.query.get("ref") or repository.default_branch
    commit = store.resolve(ref)
    if commit is None:
        if not store.refs(BRANCHES):
            raise Failure(404, "This repository is empty.")
        raise Failure(404, f"No commit found for the ref {ref}")
    path = call.params.get("path", "").strip("/")
    if not path:
        return _directory(call, repository, commit=commit, ref=ref, path="")
    found = store.entry(commit, path)
    if found is None:
        raise failure.not_found()
    if found.type == "tree":
        return _directory(call, repository, commit=commit, ref=ref, path=path)
    if found.type == "commit":
        # Without an entry in .gitmodules there is no address; GitHub's form wants one.
        address = store.submodule_address(commit, path) or call.view.links.html()
        return Answer(200, contents.submodule(found, address, repository, call.view, ref=ref))
    return _file(call, repository, found=found, ref=ref)


def _directory(call: Call, repository: Repository, *, commit: str, ref: str, path: str) -> Answer:
    store = store_of(call.world, repository.id)
    prefix = f"{path}/" if path else ""
    entries = store.tree(f"{commit}:{path}") or []
    whole = [replace(entry, path=f"{prefix}{entry.path}") for entry in entries]
    return Answer(200, contents.directory(whole, repository, call.view, ref=ref))


def _file(call: Call, repository: Repository, *, found: TreeEntry, ref: str) -> Answer:
    if (found.size or 0) > MOST_BYTES:
        error = {"resource": "Blob", "code": "too_large", "field": "data"}
        raise Failure(403, TOO_LARGE, errors=[error])
    data = store_of(call.world, repository.id).blob(found.sha) or b""
    if wants(call, "raw"):
        return Answer(raw=data, media_type="application/vnd.github.raw; charset=utf-8")
    if found.mode == LINK_MODE:
        target = data.decode("utf-8", "replace")
        return Answer(200, contents.symlink(found, target, repository, call.view, ref=ref))
    document = contents.file(found, data, repository, call.view, ref=ref)
    if len(data) > MOST_INLINE_BYTES:
        document |= {"content": "", "encoding": "none"}
    return Answer(200, document)


def put(call: Call) -> Answer:
    """Make or change a file by one commit on a branch."""
    repository = call.need("contents", "write")
    message = call.require("message", str)
    data = decoded(call.require("content", str))
    branch, head = _branch(call, repository)
    path = call.params["path"].strip("/")
    store = store_of(call.world, repository.id)
    old = None if head is None else store.entry(head, path)
    _check_old(old, path=path, given=call.take("sha", str))
    change = TreeChange(path=path, mode=old.mode if old is not None else FILE_MODE, content=data)
    commit = _commit(call, repository, change=change, branch=branch, head=head, message=message)
    written = store.entry(commit, path)
    document = contents.written(
        written, store.commits([commit])[0], repository, call.view, ref=branch
    )
    return Answer(201 if old is None else 200, document)


def delete(call: Call) -> Answer:
    """Delete a file by one commit on a branch."""
    repository = call.need("contents", "write")
    message, sha = call.require("message", str), call.require("sha", str)
    branch, head = _branch(call, repository)
    path = call.params["path"].strip("/")
    store = store_of(call.world, repository.id)
    old = None if head is None else store.entry(head, path)
    if old is None:
        raise failure.not_found()
    _check_old(old, path=path, given=sha)
    change = TreeChange(path=path, mode=old.mode)
    commit = _commit(call, repository, change=change, branch=branch, head=head, message=message)
    document = contents.written(None, store.commits([commit])[0], repository, call.view, ref=branch)
    return Answer(200, document)


def _branch(call: Call, repository: Repository) -> tuple[str, str | None]:
    branch = call.take("branch", str) or repository.default_branch
    store = store_of(call.world, repository.id)
    head = store.branch(branch)
    # The first commit of an empty repository makes its default branch.
    if head is None and (branch != repository.default_branch or store.refs(BRANCHES)):
        raise Failure(404, f"Branch {branch} not found")
    return branch, head


def _check_old(old: TreeEntry | None, *, path: str, given: str | None) -> None:
    if old is None:
        if given is not None:
            raise Failure(409, f"{path} does not match {given}")
        return
    if old.type == "tree":
        raise Failure(422, "path contains a directory")
    if given is None:
        raise failure.wrong_request('"sha" wasn\'t supplied.')
    if given != old.sha:
        raise Failure(409, f"{path} does not match {given}")


def _commit(
    call: Call,
    repository: Repository,
    *,
    change: TreeChange,
    branch: str,
    head: str | None,
    message: str,
) -> str:
    store = store_of(call.world, repository.id)
    sha = _write(call, store, change=change, head=head, message=message)
    name = f"{BRANCHES}{branch}"
    move_ref(call, repository, name=name, before=head or NO_OBJECT, after=sha)
    return sha


def _write(
    call: Call, store: GitStore, *, change: TreeChange, head: str | None, message: str
) -> str:
    by = authorship(call, by_web=True)
    try:
        tree = write_tree(store, [change], base=head)
    except TreeInvalid as invalid:
        raise Failure(422, "path contains a malformed path component") from invalid
    new = NewCommit(
        tree=tree,
        parents=() if head is None else (head,),
        author=by.author,
        committer=by.committer,
        message=clean_message(message),
        signed=by.signed,
    )
    return store.put_commit(new)


CONTENTS = "/repos/{owner}/{repo}/contents"
ROUTES = (
    Route("GET", CONTENTS, get),
    Route("GET", f"{CONTENTS}/", get),
    Route("GET", f"{CONTENTS}/{{path:path}}", get),
    Route("PUT", f"{CONTENTS}/{{path:path}}", put),
    Route("DELETE", f"{CONTENTS}/{{path:path}}", delete),
)
