"""What a workflow meets from outside goes by way of a tape, which writes it down or plays it back; no I/O."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How a value becomes JSON and comes back."""

    dump: Callable[[T], Any]
    load: Callable[[Any], T]


def plain(value: Any) -> Any:
    """Return the value: it is JSON already."""
    return value


PLAIN: Codec[Any] = Codec(plain, plain)


@dataclass(frozen=True, slots=True)
class Objects:
    """Git objects that a replay needs, or why they are not kept."""

    commits: tuple[str, ...]
    shallow: tuple[str, ...] = ()
    """Commits whose parents are left out."""
    pack: bytes = b""
    missing: str = ""
    """Empty when they are all in the pack."""


class Tape(Protocol):
    """Where everything passes that is not a function of what passed before."""

    def lane(self, name: str) -> AbstractContextManager[None]:
        """Do what this thread does within under a name: lanes may run side by side."""
        ...

    def moment(self, kind: str, **facts: str) -> AbstractContextManager[datetime]:
        """Give a time that enters texts; the clock stands still within."""
        ...

    def is_due(self, due: Callable[[], bool]) -> bool:
        """Tell whether an edit that depends on the time is made now."""
        ...

    def check(self, check: Callable[[], None]) -> None:
        """Let somebody end the work: what `check` raises is part of the record."""
        ...

    def exchange(
        self,
        kind: str,
        request: Mapping[str, Any],
        do: Callable[[], T],
        codec: Codec[T] = PLAIN,
        *,
        meanwhile: Callable[[], None] | None = None,
    ) -> T:
        """Ask the outside world; a played tape holds the request against the record instead.

        Args:
            kind: what is asked: `github`, `model`, `command` and the like.
            request: the question, as JSON.
            do: asks; every `P2AError` that it raises is an answer, too.
            codec: how the answer is kept.
            meanwhile: what is called again and again while the answer is waited for.
        """
        ...

    def digest(self, value: Callable[[], Any]) -> str:
        """Return the SHA-256 of a JSON value without its secrets; empty where nothing is recorded."""
        ...

    def note(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Tell what the work came to; a played tape holds it against the record."""
        ...

    def keep(self, objects: Callable[[], Objects]) -> None:
        """Keep the git objects that the work starts from."""
        ...

    def flush(self) -> None:
        """Bring what was noted into the store."""
        ...


class Untaped:
    """No tape: everything is asked and done, and nothing is written down."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self._clock = clock or _now

    def lane(self, name: str) -> AbstractContextManager[None]:
        """Do nothing."""
        return nullcontext()

    @contextmanager
    def moment(self, kind: str, **facts: str) -> Iterator[datetime]:
        """Give the time."""
        yield self._clock()

    def is_due(self, due: Callable[[], bool]) -> bool:
        """Ask."""
        return due()

    def check(self, check: Callable[[], None]) -> None:
        """Check."""
        check()

    def exchange(
        self,
        kind: str,
        request: Mapping[str, Any],
        do: Callable[[], T],
        codec: Codec[T] = PLAIN,
        *,
        meanwhile: Callable[[], None] | None = None,
    ) -> T:
        """Ask."""
        return do()

    def digest(self, value: Callable[[], Any]) -> str:
        """Return nothing."""
        return ""

    def note(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Do nothing."""

    def keep(self, objects: Callable[[], Objects]) -> None:
        """Do nothing."""

    def flush(self) -> None:
        """Do nothing."""


def _now() -> datetime:
    return datetime.now(UTC)
