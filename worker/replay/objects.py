"""The git objects of a record: as they were kept, or from the cache of the machine that worked on it."""

from dataclasses import replace

from p2a.checkout import Cache
from p2a.errors import GitFailed
from p2a.objects import objects_of
from p2a.record.form import MAX_BYTES, Record


def with_objects(record: Record, cache: Cache) -> Record:
    """Return a record with the objects that were too large to be kept, where this machine has them."""
    lacking = [
        event.answer
        for event in record.events
        if event.kind == "objects" and event.answer["missing"]
    ]
    begin = next((event for event in record.events if event.kind == "begin"), None)
    if not lacking or record.packs or begin is None:
        return record
    repository_id = int(begin.request["workflow"]["origin"]["repository"]["id"])
    commits = list(dict.fromkeys(sha for facts in lacking for sha in facts["commits"]))
    try:
        found = objects_of(cache.repository(repository_id), commits, most=MAX_BYTES)
    except GitFailed:
        return record
    return replace(record, packs=(found.pack,)) if found.pack else record
