"""Finding the commit that a request names."""

import re

from playground.call import Call
from playground.failure import Failure
from playground.git_facts import store_of
from playground.records import Repository

SHA = re.compile(r"[0-9a-f]{40}")
DIFF_MEDIA = "application/vnd.github.diff; charset=utf-8"
MALFORMED = "The sha parameter must be exactly 40 characters and contain only [0-9a-f]."


def commit_named(call: Call, repository: Repository, name: str) -> str:
    """Return the id of the commit that a branch, a tag or an id names.

    Raises:
        Failure: 422 where there is none.
    """
    found = store_of(call.world, repository.id).resolve(name)
    if found is None:
        raise Failure(422, f"No commit found for SHA: {name}")
    return found


def object_id(text: str) -> str:
    """Return the text if it is a full object id.

    Raises:
        Failure: 422 where it is not.
    """
    if SHA.fullmatch(text) is None:
        raise Failure(422, MALFORMED)
    return text


def wants(call: Call, form: str) -> bool:
    """Tell whether the Accept header asks for one of GitHub's own forms, such as `diff`."""
    accepted = call.headers.get("accept", "")
    return re.search(rf"application/vnd\.github(\.v3)?\.{form}\b", accepted) is not None
