"""A record as a file for people: a zip, or a folder, of its lines and packs; and from the store's parts."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from p2a import __version__
from p2a.record.form import (
    EVENTS,
    MAX_BYTES,
    OBJECTS,
    Event,
    Record,
    canonical,
    header,
    lines,
    parse_lines,
    read_lines,
    unpacked,
    unreadable,
)

LINES = "record.jsonl"
PACK = "objects-{number}.pack"
MAX_MEMBERS = 100
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time of every member, so that the same record is the same file."""


class Part(Protocol):
    """A part as the store gives it."""

    @property
    def name(self) -> str:
        """Return what it holds."""
        ...

    @property
    def content(self) -> bytes:
        """Return it."""
        ...


def record_of(workflow_id: str, parts: Iterable[Part]) -> Record:
    """Return the record of a workflow from its parts in their order.

    Raises:
        RecordUnreadable: a part is damaged.
    """
    events: list[Event] = []
    packs: list[bytes] = []
    for part in parts:
        if part.name == EVENTS:
            events += parse_lines(unpacked(part.content))
        elif part.name == OBJECTS:
            packs.append(part.content)
    return Record(workflow_id, numbered(events), tuple(packs))


def numbered(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events with their places in the whole record as numbers."""
    return tuple(
        Event(number, one.at, one.lane, one.kind, one.request, one.answer, one.error)
        for number, one in enumerate(events, start=1)
    )


def members_of(record: Record) -> dict[str, bytes]:
    """Return a record's files by name."""
    first = f"{canonical(header(record.workflow_id, p2a=__version__))}\n".encode("ascii")
    packs = {PACK.format(number=n): pack for n, pack in enumerate(record.packs, start=1)}
    return {LINES: first + lines(record.events), **packs}


def to_zip(record: Record) -> bytes:
    """Return a record as one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members_of(record).items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def write_folder(record: Record, folder: Path) -> None:
    """Write a record's files into a folder, made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in members_of(record).items():
        (folder / name).write_bytes(content)


def read_record(path: Path) -> Record:
    """Read a record: a zip, a folder with its files, or its lines alone.

    Raises:
        RecordUnreadable: it is not there, is none, is damaged, or of a newer form.
    """
    try:
        members = _members(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise unreadable(f"{path} cannot be opened", why=str(error)) from error
    if LINES not in members:
        raise unreadable(f"{path} is no record", why=f"it holds no {LINES}")
    record = read_lines(members.pop(LINES))
    packs = tuple(members[name] for name in sorted(members) if name.endswith(".pack"))
    return Record(record.workflow_id, record.events, packs)


def _members(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        found = [one for one in sorted(path.iterdir()) if one.name.endswith((".jsonl", ".pack"))]
        return {one.name: one.read_bytes() for one in found if one.is_file()}
    if not zipfile.is_zipfile(path):
        return {LINES: path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_BYTES:
            raise unreadable(f"{path} is too large", why=f"more than {MAX_BYTES} bytes unpacked")
        return {info.filename: archive.read(info) for info in infos}
