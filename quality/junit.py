"""Reads a JUnit file that foreign code may have written: bounded, and without any entity; no I/O."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from quality.suite_result import TestCounts

MAX_BYTES = 32 * 1024 * 1024
MAX_FAILED = 100
"""Ids of failed tests that are kept; all of them are counted."""
MAX_PASSED = 400_000
"""Ids of passed tests that are kept: as many as a report of `MAX_BYTES` can name."""
MAX_HOMES = 10_000
MAX_TEXT = 300
"""Characters of the name of a test that are kept."""
MAX_MESSAGE = 4000
"""Characters of the message of a failure that are kept; its text is kept up to `_MAX_HEARD`."""
COLLECTION = "collection failure"
"""The message of pytest for what it could not load (_pytest.junitxml)."""
_MAX_HEARD = 20_000
# The second is what a conftest.py gets that extends a fixture of a plugin which is not there.
_FIXTURE = re.compile(
    r"fixture '([^'\n]{1,100})' not found"
    r"|recursive dependency involving fixture '([^'\n]{1,100})' detected"
)
_MODULE = re.compile(r"No module named '[\w.]{1,200}'")
_OUTCOMES = frozenset({"failure", "error", "skipped"})


@dataclass(frozen=True, slots=True)
class Broken:
    """A test case that did not pass, in the words of the runner, each cut to a bound."""

    test: str
    message: str
    text: str
    """The traceback, mostly."""

    @property
    def is_load_error(self) -> bool:
        """Tell whether pytest could not load what holds the tests."""
        return self.message == COLLECTION


@dataclass(frozen=True, slots=True)
class JUnit:
    """What the file says: counts, ids of what did not pass, and what could not start."""

    counts: TestCounts
    broken: tuple[Broken, ...] = ()
    """At most `MAX_FAILED`."""
    passed: tuple[str, ...] = ()
    """At most `MAX_PASSED`."""
    collection_errors: tuple[str, ...] = ()
    """The texts of errors at collection."""
    absent_fixtures: tuple[str, ...] = ()
    """Fixtures that no installed plugin offers; each stands for at least one error."""
    lacking: tuple[str, ...] = ()
    """Those of `failed` whose texts tell of a fixture or module that is not there."""
    homes: frozenset[str] = frozenset()
    """The modules or classes of the test cases, dotted from the root, at most `MAX_HOMES`."""

    @property
    def failed(self) -> tuple[str, ...]:
        """Return the ids of what did not pass."""
        return tuple(item.test for item in self.broken)


class JUnitInvalid(ValueError):
    """The content is no JUnit file that we read."""


def read_junit(content: bytes) -> JUnit:
    """Count the test cases by how they ended.

    Raises:
        JUnitInvalid: too long, not well-formed, or with a document type or entities in it.
    """
    if len(content) > MAX_BYTES:
        raise JUnitInvalid(f"longer than {MAX_BYTES} bytes")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise JUnitInvalid(f"not well-formed: {error}") from error
    return reader.junit()


def _refuse(*_: object) -> None:
    raise JUnitInvalid("it declares a document type")


@dataclass(slots=True)
class _Reader:
    """Keeps the worst outcome of the test case that is being read."""

    tally: dict[str, int] = field(default_factory=lambda: dict.fromkeys(["passed", *_OUTCOMES], 0))
    broken: list[Broken] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    collection_errors: list[str] = field(default_factory=list)
    case: str | None = None
    outcome: str = "passed"
    message: str = ""
    reason: Broken | None = None
    heard: list[str] = field(default_factory=list)
    size: int = 0
    fixtures: set[str] = field(default_factory=set)
    is_lacking: bool = False
    lacking: list[str] = field(default_factory=list)
    homes: set[str] = field(default_factory=set)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "testcase":
            parts = (attributes.get("classname", ""), attributes.get("name", ""))
            self.case = "::".join(part for part in parts if part)[:MAX_TEXT]
            self.outcome, self.reason, self.is_lacking = "passed", None, False
            if len(self.homes) < MAX_HOMES:
                self.homes.add(parts[0][:MAX_TEXT])
        elif name in _OUTCOMES and self.case is not None:
            # an error at teardown follows a failure: the case did not pass either way
            if self.outcome in {"passed", "skipped"}:
                self.outcome = name
            self.message = attributes.get("message", "")
            self.heard, self.size = [], 0

    def text(self, data: str) -> None:
        if self.size < _MAX_HEARD:
            self.heard.append(data[: _MAX_HEARD - self.size])
            self.size += len(data)

    def end(self, name: str) -> None:
        if name in {"error", "failure"} and self.case is not None:
            text = "".join(self.heard)
            if self.reason is None and len(self.broken) < MAX_FAILED:
                self.reason = Broken(self.case, self.message[:MAX_MESSAGE], text)
            self._hear(self.message + text, is_error=name == "error")
        elif name == "testcase" and self.case is not None:
            self.tally[self.outcome] += 1
            if self.reason is not None:
                self.broken.append(self.reason)
                if self.is_lacking:
                    self.lacking.append(self.case)
            elif self.outcome == "passed" and len(self.passed) < MAX_PASSED:
                self.passed.append(self.case)
            self.case = self.reason = None

    def _hear(self, text: str, *, is_error: bool) -> None:
        absent = {one or other for one, other in _FIXTURE.findall(text)}
        self.is_lacking |= bool(absent or _MODULE.search(text))
        if is_error:
            self.fixtures.update(absent)
            if self.message == COLLECTION:
                self.collection_errors.append(text)

    def junit(self) -> JUnit:
        counts = TestCounts(
            passed=self.tally["passed"],
            failed=self.tally["failure"],
            errors=self.tally["error"],
            skipped=self.tally["skipped"],
        )
        return JUnit(
            counts,
            broken=tuple(self.broken),
            passed=tuple(self.passed),
            collection_errors=tuple(self.collection_errors),
            absent_fixtures=tuple(sorted(self.fixtures)),
            lacking=tuple(self.lacking),
            homes=frozenset(self.homes),
        )
