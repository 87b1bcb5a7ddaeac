"""A typed collection of records by id, written through to a SQLite file where there is one."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter


class Record(Protocol):
    """Whatever has an id."""

    @property
    def id(self) -> int:
        """Return the number that no other record of any kind has."""
        ...


T = TypeVar("T", bound=Record)


class Archive:
    """The SQLite file behind the tables; may be used from any thread."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS record (kind TEXT, id INTEGER, body TEXT, PRIMARY KEY (kind, id))"
        )

    def load(self, kind: str) -> list[str]:
        """Return the stored JSON texts of one kind by id."""
        query = "SELECT body FROM record WHERE kind = ? ORDER BY id"
        return [row[0] for row in self._connection.execute(query, (kind,))]

    def save(self, kind: str, id: int, body: str) -> None:
        """Store a record in the place of its former version."""
        self._connection.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (kind, id, body))

    def remove(self, kind: str, id: int) -> None:
        """Forget a record."""
        self._connection.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, id))

    @property
    def last_id(self) -> int:
        """The largest id ever given, also to records that are gone; 0 for none."""
        query = "SELECT CAST(body AS INTEGER) FROM record WHERE kind = 'last_id'"
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    @last_id.setter
    def last_id(self, id: int) -> None:
        self.save("last_id", 0, str(id))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class Table(Generic[T]):
    """Records of one kind, in the order of their ids."""

    def __init__(self, kind: type[T], archive: Archive | None = None) -> None:
        self._name = kind.__name__
        self._archive = archive
        self._form: TypeAdapter[T] = TypeAdapter(kind)
        texts = archive.load(self._name) if archive else []
        self._records: dict[int, T] = {}
        for text in texts:
            record = self._form.validate_json(text)
            self._records[record.id] = record

    def get(self, id: int | None) -> T | None:
        """Return the record with that id."""
        return None if id is None else self._records.get(id)

    def need(self, id: int | None) -> T:
        """Return the record with that id.

        Raises:
            LookupError: there is none.
        """
        record = self.get(id)
        if record is None:
            raise LookupError(f"no {self._name} {id}")
        return record

    def put(self, record: T) -> T:
        """Store a new record or the new version of one, and return it."""
        self._records[record.id] = record
        if self._archive:
            self._archive.save(self._name, record.id, self._form.dump_json(record).decode())
        return record

    def remove(self, id: int) -> None:
        """Forget a record; nothing happens where there is none."""
        self._records.pop(id, None)
        if self._archive:
            self._archive.remove(self._name, id)

    def all(self) -> list[T]:
        """Return every record, oldest first."""
        return list(self._records.values())

    def where(self, condition: Callable[[T], bool] | None = None, **fields: Any) -> list[T]:
        """Return the records with these field values that meet the condition, oldest first."""
        return [
            record
            for record in self.all()
            if all(getattr(record, name) == value for name, value in fields.items())
            and (condition is None or condition(record))
        ]

    def first(self, condition: Callable[[T], bool] | None = None, **fields: Any) -> T | None:
        """Return the oldest of `where`."""
        found = self.where(condition, **fields)
        return found[0] if found else None
