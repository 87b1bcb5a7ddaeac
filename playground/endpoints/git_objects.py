"""The Git Data API's objects: blobs, trees and commits."""

import base64
import binascii
from typing import Any

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.authorship import authorship
from playground.endpoints.revision import object_id, wants
from playground.failure import Failure
from playground.git_commit import NewCommit, TreeChange
from playground.git_facts import store_of
from playground.git_store import GitStore
from playground.git_tree import MODES, TREE_MODE, TreeInvalid, write_tree
from playground.records import Repository
from playground.shapes import blob as blobs
from playground.shapes import commit as commits
from playground.shapes import tree as trees

MOST_ENTRIES = 100_000
TYPES = ("blob", "tree", "commit")


def create_blob(call: Call) -> Answer:
    """Write a blob from text or base64."""
    repository = call.need("contents", "write")
    content = call.require("content", str)
    encoding = call.take("encoding", str, "utf-8")
    if encoding == "base64":
        data = decoded(content)
    elif encoding == "utf-8":
        data = content.encode("utf-8", "replace")
    else:
        raise failure.invalid("Blob", "invalid", field="encoding")
    sha = store_of(call.world, repository.id).put_blob(data)
    return Answer(201, blobs.short(sha, repository, call.view))


def decoded(content: str) -> bytes:
    """Return what base64 text stands for.

    Raises:
        Failure: 422 where it is no base64.
    """
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Failure(422, "content is not valid Base64") from error


def get_blob(call: Call) -> Answer:
    """Return a blob as JSON, or raw where that is asked for."""
    repository = call.need("contents")
    sha = object_id(call.params["file_sha"])
    content = store_of(call.world, repository.id).blob(sha)
    if content is None:
        raise failure.not_found()
    if wants(call, "raw"):
        return Answer(raw=content, media_type="application/vnd.github.raw; charset=utf-8")
    return Answer(200, blobs.blob(sha, content, repository, call.view))


def create_tree(call: Call) -> Answer:
    """Write a tree from entries, over a base tree where one is given."""
    repository = call.need("contents", "write")
    store = store_of(call.world, repository.id)
    entries: list[Any] = call.require("tree", list)
    base = call.take("base_tree", str)
    base_id = None if base is None else store.tree_id(base)
    if base is not None and base_id is None:
        raise Failure(422, "base_tree is not a valid tree oid")
    if not entries:
        raise Failure(422, "Invalid tree info")
    changes = [_change(entry) for entry in entries]
    try:
        sha = write_tree(store, changes, base=base_id)
    except TreeInvalid as invalid:
        raise Failure(422, str(invalid)) from invalid
    return _tree_answer(call, repository, sha=sha, status=201)


def _change(entry: object) -> TreeChange:
    if not isinstance(entry, dict):
        raise Failure(422, "Invalid tree info")
    path, mode, sha, content = (entry.get(name) for name in ("path", "mode", "sha", "content"))
    if not isinstance(path, str) or not path:
        raise Failure(422, "tree.path is missing")
    deletes = "sha" in entry and sha is None and content is None
    if mode not in MODES and not (deletes and mode is None):
        raise Failure(422, "tree.mode must be one of 100644, 100755, 040000, 160000 or 120000")
    if entry.get("type") not in (None, *TYPES):
        raise Failure(422, "tree.type must be one of blob, tree or commit")
    if (sha is None) == (content is None) and not deletes:
        raise Failure(422, "Must supply either tree.sha or tree.content")
    if not isinstance(sha, str | None) or not isinstance(content, str | None):
        raise Failure(422, "Invalid tree info")
    if content is not None and mode == TREE_MODE:
        raise Failure(422, "tree.content is not allowed for a tree")
    data = None if content is None else content.encode("utf-8", "replace")
    named = None if sha is None else object_id(sha)
    return TreeChange(path=path, mode=mode or MODES[0], sha=named, content=data)


def get_tree(call: Call) -> Answer:
    """Return a tree by its id or by a branch's name, `recursive` with all below."""
    repository = call.need("contents")
    name = call.params["tree_sha"]
    store = store_of(call.world, repository.id)
    sha = store.tree_id(name) if len(name) == 40 else None
    if sha is None:
        commit = store.resolve(name)
        sha = None if commit is None else store.tree_id(commit)
    if sha is None:
        raise failure.not_found()
    return _tree_answer(call, repository, sha=sha, recursive="recursive" in call.query)


def _tree_answer(
    call: Call, repository: Repository, *, sha: str, status: int = 200, recursive: bool = False
) -> Answer:
    entries = store_of(call.world, repository.id).tree(sha, recursive=recursive) or []
    shown = trees.tree(
        sha,
        entries[:MOST_ENTRIES],
        repository,
        call.view,
        truncated=len(entries) > MOST_ENTRIES,
    )
    return Answer(status, shown)


def create_commit(call: Call) -> Answer:
    """Write a commit; one by an App that names no author is signed by GitHub."""
    repository = call.need("contents", "write")
    store = store_of(call.world, repository.id)
    message, tree = call.require("message", str), call.require("tree", str)
    parents = call.strings("parents") or []
    _check_objects(store, tree=tree, parents=parents)
    by = authorship(call)
    sha = store.put_commit(
        NewCommit(
            tree=tree,
            parents=tuple(parents),
            author=by.author,
            committer=by.committer,
            message=clean_message(message),
            signed=by.signed,
            signature=call.take("signature", str),
        )
    )
    commit = store.commits([sha])[0]
    return Answer(201, commits.git_commit(commit, repository, call.view))


def _check_objects(store: GitStore, *, tree: str, parents: list[str]) -> None:
    kinds = store.object_types([object_id(sha) for sha in (tree, *parents)])
    if kinds[0] != "tree":
        raise Failure(422, "Tree SHA does not exist")
    if any(kind != "commit" for kind in kinds[1:]):
        raise Failure(422, "Parent SHA does not exist or is not a commit object")


def clean_message(message: str) -> str:
    """Return a commit message that git can hold."""
    return message.replace("\0", "").encode("utf-8", "replace").decode()


def get_commit(call: Call) -> Answer:
    """Return a commit object."""
    repository = call.need("contents")
    commit = store_of(call.world, repository.id).commit(object_id(call.params["commit_sha"]))
    if commit is None:
        raise failure.not_found()
    return Answer(200, commits.git_commit(commit, repository, call.view))


GIT = "/repos/{owner}/{repo}/git"
ROUTES = (
    Route("POST", f"{GIT}/blobs", create_blob),
    Route("GET", f"{GIT}/blobs/{{file_sha}}", get_blob),
    Route("POST", f"{GIT}/trees", create_tree),
    Route("GET", f"{GIT}/trees/{{tree_sha:path}}", get_tree),
    Route("POST", f"{GIT}/commits", create_commit),
    Route("GET", f"{GIT}/commits/{{commit_sha}}", get_commit),
)
