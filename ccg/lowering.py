"""From a file's content to its facts, or to the reason why there are none; no I/O."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread

from ccg.model import NotAnalysed
from ccg.source import TOO_DEEP, Source, parse_source
from ccg.syntax import codec, facts
from ccg.syntax.facts import ModuleFacts


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a file has no facts."""

    reason: str
    is_lasting: bool = True
    """The same bytes will always have it: it is neither chance nor a fault of ours."""


Found = ModuleFacts | Unread

_LASTING, _PASSING = b"!", b"?"  # the first byte of a reason; facts begin otherwise


def analyser() -> str:
    """Return whose the records are: under another name they may say something else.

    Python's version decides how a file is parsed, its limit what is nested too deeply.
    """
    python = f"{sys.implementation.name}-{sys.hexversion:x}-{sys.getrecursionlimit()}"
    return f"graph-{facts.VERSION}.{codec.FORMAT}-{python}"


def read_facts(content: bytes) -> Found:
    """Parse and lower a file's content."""
    source = parse_source("", content)
    found = try_lower(source) if isinstance(source, Source) else source
    if not isinstance(found, NotAnalysed):
        return found
    is_chance = found.reason == TOO_DEEP or found.reason.startswith(OUR_FAULT)
    return Unread(found.reason, is_lasting=not is_chance)


OUR_FAULT = "the analysis failed"
"""How the reason begins where an error of ours is to blame."""


def try_lower(source: Source) -> ModuleFacts | NotAnalysed:
    """Lower a file; a fault of ours in it costs this one file and not the whole graph."""
    from ccg.syntax.lower import lower  # with kept facts it is not needed

    try:
        return lower(source.tree, end_line=source.text.count("\n") + 1)
    except RecursionError:
        return NotAnalysed(source.path, "nested too deeply to be walked")
    except Exception as error:  # noqa: BLE001 (one odd file must not take the others along)
        return NotAnalysed(source.path, f"{OUR_FAULT}: {type(error).__name__}: {error}")


def read_each(contents: Iterable[bytes]) -> Iterator[Found]:
    """Yield what `read_facts` says of each content.

    A thread reads them, whose stack is always empty: how deeply code may be nested must not depend
    on how deep the caller is.
    """
    results: SimpleQueue[Found | BaseException | None] = SimpleQueue()
    stopped = Event()

    def work() -> None:
        try:
            for content in contents:
                if stopped.is_set():
                    return
                results.put(read_facts(content))
            results.put(None)
        except BaseException as error:  # noqa: BLE001 (raised where the results are awaited)
            results.put(error)

    Thread(target=work, daemon=True, name="p2a-read").start()
    try:
        while (found := results.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        stopped.set()


def to_record(found: Found) -> bytes:
    """Return facts or a reason as bytes; facts that cannot be encoded are a fault of ours.

    Raises:
        NotFacts: they have something that no file gives.
    """
    if isinstance(found, Unread):
        mark = _LASTING if found.is_lasting else _PASSING
        return mark + found.reason.encode("utf-8", "surrogatepass")
    return codec.encode(found)


def from_record(record: bytes) -> Found:
    """Return what `to_record` was given.

    Raises:
        NotFacts: these are other bytes.
    """
    mark, reason = record[:1], record[1:]
    if mark not in {_LASTING, _PASSING}:
        return codec.decode(record)
    try:
        text = reason.decode("utf-8", "surrogatepass")
    except UnicodeError as error:
        raise codec.NotFacts(str(error)) from error
    return Unread(text, is_lasting=mark == _LASTING)
