"""Reads the Python files of a folder into an index: cached by content, in parallel where it pays."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path

from ccg.cache import FactCache, blob_hash
from ccg.context.facts import FileFacts, decode, encode, read_facts
from ccg.context.index import Index, build_index
from ccg.errors import NothingToRead
from ccg.model import NotAnalysed
from ccg.source import MAX_BYTES, MAX_DEPTH, SKIPPED_FOLDERS, list_files, read_regular

MOST_FILES = 30_000
MOST_BYTES = 400 * 1024 * 1024
"""Of all files together; what comes later by path is left out with a note."""
WORTH_A_PROCESS = 1024 * 1024
"""Bytes of new files; below it a second process costs more than it saves."""

_TEST_FOLDERS = frozenset({"test", "tests", "testing"})


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder's index and what is not in it."""

    index: Index
    left_out: list[NotAnalysed]


def is_test(path: str) -> bool:
    """Tell whether a file is there to test others, by its name and its folders' names."""
    *folders, name = path.lower().split("/")
    if name.startswith("test_") or name.endswith("_test.py") or name in ("tests.py", "conftest.py"):
        return True
    return not _TEST_FOLDERS.isdisjoint(folders)


def read_checkout(root: Path, cache: FactCache, *, named: str = "", jobs: int = 1) -> Checkout:
    """Return the index of the Python files below a folder.

    Tests are left out but for those that are named: they resemble an issue more than the code
    that they test does. A folder that holds nothing but tests is read whole.

    Args:
        root: the folder; links in it are not followed, nothing in it is run.
        cache: where facts of earlier readings may be.
        named: a text, usually the issue's; a test file is read when its name stands in it.
        jobs: the number of processes that may work at once.

    Raises:
        NothingToRead: the root is not a folder.
    """
    if not root.is_dir():
        raise NothingToRead(
            f"{root} is not a folder", next_step="give the folder that holds the Python code"
        )
    contents, left_out = _read(root, _code(root, named) or list_files(root))
    facts, broken = _facts(contents, cache, jobs)
    return Checkout(build_index(facts), left_out + broken)


def read_text(root: Path, path: str) -> str | None:
    """Return a file's text as it was indexed, None when it cannot be read any more."""
    try:
        return _decode_source(read_regular(root, path, limit=MAX_BYTES))
    except (OSError, SyntaxError, UnicodeError, LookupError):
        return None


def _decode_source(content: bytes) -> str:
    text = decode_source(content)
    if "\0" in text:
        raise SyntaxError("holds NUL, so it is data: Python reads no such source")
    return text


def _code(root: Path, named: str) -> list[str]:
    """Return the paths of what is no test, or is named; folders of tests are not even listed."""
    with_tests = "test" in named
    found = sorted(_walk(str(root), "", MAX_DEPTH, with_tests=with_tests))
    return [path for path in found if not is_test(path) or _is_named(path, named)]


def _walk(folder: str, prefix: str, depth: int, *, with_tests: bool) -> Iterator[str]:
    # As `list_files`, but for strings in place of paths: on a large tree that is half of the time.
    try:
        with os.scandir(folder) as opened:
            entries = list(opened)
    except OSError:
        return  # a folder that we may not list holds nothing that we could read
    for entry in entries:
        name = entry.name
        if name[0] == "." or name in SKIPPED_FOLDERS:
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth and (with_tests or name.lower() not in _TEST_FOLDERS):
                inner = f"{prefix}{name}/"
                yield from _walk(entry.path, inner, depth - 1, with_tests=with_tests)
        elif name.endswith(".py") and entry.is_file(follow_symlinks=False):
            yield prefix + name


def _is_named(path: str, text: str) -> bool:
    name = path.rpartition("/")[2]
    common = ("__init__.py", "conftest.py", "tests.py")
    return path in text or (name in text and name not in common)


def _read(root: Path, paths: list[str]) -> tuple[dict[str, bytes], list[NotAnalysed]]:
    contents: dict[str, bytes] = {}
    left_out: list[NotAnalysed] = []
    total = 0
    for number, path in enumerate(paths):
        if number >= MOST_FILES or total > MOST_BYTES:
            left_out.append(NotAnalysed(path, "there are more files than are read"))
            continue
        try:
            contents[path] = read_regular(root, path, limit=MAX_BYTES)
        except (OSError, UnicodeEncodeError) as error:
            left_out.append(NotAnalysed(path, f"cannot be read: {error}"))
        else:
            total += len(contents[path])
    return contents, left_out


def _facts(
    contents: dict[str, bytes], cache: FactCache, jobs: int
) -> tuple[dict[str, FileFacts], list[NotAnalysed]]:
    hashes = {path: blob_hash(content) for path, content in contents.items()}
    facts = dict(_decoded(cache.get_many(sorted(set(hashes.values())))))
    new = {each: contents[path] for path, each in hashes.items() if each not in facts}
    encoded = {each: found for each, found in _extract(new, jobs) if found}
    facts |= dict(_decoded(encoded))
    cache.put_many(encoded)
    found = {path: facts[each] for path, each in hashes.items() if each in facts}
    broken = [NotAnalysed(path, "cannot be decoded") for path in hashes if path not in found]
    return found, broken


def _decoded(entries: dict[str, bytes]) -> Iterator[tuple[str, FileFacts]]:
    for key, content in entries.items():
        try:
            yield key, decode(content)
        except ValueError:
            continue


def _extract(contents: dict[str, bytes], jobs: int) -> Iterable[tuple[str, bytes]]:
    if jobs < 2 or sum(map(len, contents.values())) < WORTH_A_PROCESS:
        return map(_extract_one, contents.items())
    # Heavy to import, and a warm query needs neither.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # The longest first and in small chunks, so that no process ends alone with a long one.
    work = sorted(contents.items(), key=lambda each: -len(each[1]))
    with ProcessPoolExecutor(min(jobs, os.cpu_count() or 1), get_context("fork")) as pool:
        return list(pool.map(_extract_one, work, chunksize=16))


def _extract_one(entry: tuple[str, bytes]) -> tuple[str, bytes]:
    key, content = entry
    try:
        return key, encode(read_facts(_decode_source(content)))
    except (SyntaxError, UnicodeError, LookupError):
        return key, b""
