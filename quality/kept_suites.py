"""What came of a base's tests, kept for the next check against the same base.

A change is pushed ten times and checked ten times, each time against a base whose tests came out long
ago. They are run again when anything differs that they can depend on, and after some days in any case.
The tree that is judged is never answered from here.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ccg.cache import FactCache
from p2a.sandbox.interface import Limits
from p2a.sandbox.toolbox import PythonEnvironment
from quality.suite_result import FailedTest, FileCoverage, SuiteResult, TestCounts

FILE_NAME = "suites.sqlite3"
VERSION = "suite-7"
"""Another one whenever the same run would be read otherwise."""
MAX_BYTES = 64 * 1024 * 1024
MAX_AGE = 7 * 24 * 3600.0
"""Seconds: what tests do may depend on the day, and on a file that was changed in an installed package."""
MAX_FAILED = 20
"""Tests that are run again alone; of more, the whole is run."""
_PASSED, _FAILED = 0, 1
"""pytest's exit codes for tests that all passed, and of which some failed (pytest.ExitCode)."""
_SITES = "lib*/python*/site-packages"


@dataclass(frozen=True, slots=True)
class Setting:
    """With what tests are run."""

    sandbox: str
    """The backend's name."""
    environment: PythonEnvironment
    command: str | None
    limits: Limits


class KeptSuites:
    """The store: one file in the user's cache folder, None for none. Belongs to one thread.

    Args:
        folder: where the file lies or is made.
        clock: tells the seconds since 1970.
    """

    def __init__(self, folder: Path | None, *, clock: Callable[[], float] = time.time) -> None:
        path = folder / FILE_NAME if folder else None
        self._cache = FactCache(path, analyser=VERSION, max_bytes=MAX_BYTES)
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cache.close()

    def find(self, key: str) -> SuiteResult | None:
        """Return the result of the run with this key, None where it is not known or too old.

        Tests that failed in it are to be asked again, see `keep`.
        """
        value = self._cache.get_many([key]).get(key)
        if value is None:
            return None
        try:
            kept = json.loads(value)
            age = self._clock() - kept["at"]
            found = _result(kept["result"]) if 0 <= age < MAX_AGE else None
            return found and replace(found, kept_since=kept["at"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def keep(self, key: str, result: SuiteResult) -> None:
        """Keep a run that recorded coverage and in which at most a few tests failed.

        A test that failed once, by chance or because the machine was busy, must not stay an excuse:
        whoever finds a result with failures runs those tests again before it is believed.
        """
        if result.is_measured and result.coverage is not None and _is_worth_it(result):
            kept = {"at": self._clock(), "result": asdict(result)}
            self._cache.put_many({key: json.dumps(kept).encode()})


def key_of(tree: Path, paths: Iterable[str], setting: Setting) -> str:
    """Return a name for all that the run of a tree's tests depends on.

    Args:
        tree: the files.
        paths: those that count.
        setting: with what they are run.

    Raises:
        OSError: a file cannot be read.
    """
    digest = sha256()
    environment = setting.environment
    for part in (
        sys.version,
        setting.sandbox,
        repr(setting.limits),
        repr(setting.command),
        environment.python,
        environment.absences,
        *(f"{name}={value}" for name, value in sorted(environment.env.items())),
    ):
        _add(digest.update, part.encode())
    for mount in environment.mounts:
        _add(digest.update, f"{mount.source} {mount.target}".encode())
        for line in _installed(mount.source):
            _add(digest.update, line.encode())
    for path in sorted(paths):
        _add(digest.update, path.encode("utf-8", "surrogateescape"))
        _add(digest.update, _content(tree / path))
    return digest.hexdigest()


def _is_worth_it(result: SuiteResult) -> bool:
    if not result.has_failed:
        return result.exit_code == _PASSED
    count = result.counts.failed + result.counts.errors if result.counts else 0
    are_named = len(result.failed_tests) == count
    return result.exit_code == _FAILED and are_named and count <= MAX_FAILED


def _add(update: Callable[[bytes], object], part: bytes) -> None:
    update(b"%d:" % len(part) + part)


def _content(place: Path) -> bytes:
    if place.is_symlink():
        return b"link " + str(place.readlink()).encode("utf-8", "surrogateescape")
    if not place.is_file():
        return b"none"
    is_executable = place.stat().st_mode & 0o111 != 0
    with place.open("rb") as file:
        content = file_digest(file, "sha256").digest()
    return (b"program " if is_executable else b"file ") + content


def _installed(folder: Path) -> Iterable[str]:
    """Say what is installed in an environment: whoever installs or removes something changes it."""
    for site in sorted(folder.glob(_SITES)):
        for entry in sorted(site.iterdir()):
            status = entry.lstat()
            yield f"{site} {entry.name} {status.st_size} {status.st_mtime_ns}"


def _result(kept: dict[str, Any]) -> SuiteResult:
    counts, coverage = kept.pop("counts"), kept.pop("coverage")
    files = {
        path: FileCoverage(tuple(file.pop("executed")), tuple(file.pop("missing")), **file)
        for path, file in (coverage or {}).items()
    }
    return SuiteResult(
        counts=TestCounts(**counts) if counts else None,
        coverage=None if coverage is None else files,
        failed_tests=tuple(kept.pop("failed_tests")),
        failures=tuple(FailedTest(**item) for item in kept.pop("failures")),
        passed_tests=tuple(kept.pop("passed_tests")),
        lacking_tests=tuple(kept.pop("lacking_tests", ())),
        **kept,
    )
