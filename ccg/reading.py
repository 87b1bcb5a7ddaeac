"""The facts of files: from the store, else read here, or in several processes where that pays."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ccg.cache import FILE_NAME, FactCache
from ccg.lowering import Found, Unread, analyser, from_record, read_each, to_record
from ccg.syntax.codec import NotFacts

WORTH_HELPERS = 1024 * 1024
"""Bytes of new files from which several processes read; with fewer bytes this one does it alone.

Measured on two processors that others used a little, with files of Django and an earlier, slower lowering: what took
0.3 s alone took as long with two helpers, 1.1 s became 0.9 s and 2.7 s became 2.2 s. A single helper never pays,
and where others keep the processors busy two take half as long again as this process.
"""
WORTH_ONE = 256 * 1024
"""Bytes for each of them."""
LONG_FILE = 256 * 1024
"""A longer file is always read in another process, which can be ended when it takes too long.

The parser cannot be interrupted, and the time it needs for the parts of one f-string grows with the
square of their number: a file of this length takes 5 seconds at most, one of 2 MiB minutes.
"""
MOST_JOBS = 8
"""Processes that read where nobody says how many: with more the disk and the memory are shared."""


def usual_jobs() -> int:
    """Return one for each processor that this process may use, up to `MOST_JOBS`."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(MOST_JOBS, usable or 1)


def facts_of(
    contents: Mapping[str, bytes],
    *,
    jobs: int,
    cache: Path | None,
    tell: Callable[[int], None],
    meanwhile: Callable[[], None] = lambda: None,
) -> dict[str, Found]:
    """Return what the contents say, or why they say nothing, by their hashes.

    Args:
        contents: by `blob_hash`.
        jobs: the number of processes that may read at once.
        cache: the folder of the store, None for no store.
        tell: called with the number of contents whose facts are known, as it grows.
        meanwhile: called where other processes read, when they have begun.
    """
    with FactCache(cache and cache / FILE_NAME, analyser=analyser()) as store:
        found = dict(decoded(store.get_many(contents)))
        tell(len(found))
        missing = sorted(contents.keys() - found.keys(), key=lambda each: -len(contents[each]))
        new: dict[str, bytes] = {}
        for number, result, record in _read([contents[each] for each in missing], jobs, meanwhile):
            found[missing[number]] = result
            if record and (not isinstance(result, Unread) or result.is_lasting):
                new[missing[number]] = record
            tell(len(found))
        store.put_many(new)
    return found


def decoded(records: Mapping[str, bytes]) -> Iterator[tuple[str, Found]]:
    """Yield what records say by their keys; one that cannot be read is not there."""
    for key, record in records.items():
        try:
            yield key, from_record(record)
        except NotFacts:
            continue


def _read(
    contents: Sequence[bytes], jobs: int, meanwhile: Callable[[], None]
) -> Iterator[tuple[int, Found, bytes]]:
    """Yield the number of each content, what it says, and its record, empty where it has none."""
    left = dict(enumerate(contents))
    helped, count = _shared(contents, jobs)
    while shared := [number for number in range(helped) if number in left]:
        # It takes time to import, and mostly it is not needed.
        from ccg.helpers import read_in_helpers

        before = len(left)
        wanted = [contents[n] for n in shared]
        for place, record in read_in_helpers(wanted, count=count, meanwhile=meanwhile):
            for _, found in decoded({"": record}):
                del left[shared[place]]
                yield shared[place], found, record
        if len(left) == before:
            break  # helpers are of no help here
    numbers = list(left)
    for number, found in zip(numbers, read_each(left[n] for n in numbers), strict=True):
        yield number, found, _record(found)


def _shared(contents: Sequence[bytes], jobs: int) -> tuple[int, int]:
    """Return how many contents, the longest of which come first, go to how many processes."""
    size = sum(map(len, contents))
    if jobs > 1 and size >= WORTH_HELPERS:
        return len(contents), min(jobs, size // WORTH_ONE)
    return sum(len(content) > LONG_FILE for content in contents), 1


def _record(found: Found) -> bytes:
    try:
        return to_record(found)
    except NotFacts:
        return b""
