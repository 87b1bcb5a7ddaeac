"""What analysers found in a file, kept on disk under the hash of the file's content.

An entry depends on nothing but the bytes that it was made from and on the analyser that made it,
so it is never out of date: a changed file has another hash, a changed analyser another name.
The store is a help and never a duty: whatever is wrong with it, the caller works without it.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b, sha1
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

FILE_NAME = "facts.sqlite3"
"""The store's name in the cache folder."""
MAX_BYTES = 512 * 1024 * 1024
"""Of all entries together; the least recently used go first."""
MAX_ENTRY_BYTES = 64 * 1024 * 1024
"""A longer entry is not kept."""
KEPT_SHARE = 0.8
"""After a pruning, so that not every `put_many` of a full store has to prune."""
WAIT_SECONDS = 5.0
"""For another process that is writing; afterwards we do without."""

_FORMAT = 1
_APPLICATION = 0x70326163  # "p2ac", at a fixed place in the file, says whose it is
_BATCH = 500
_CHECK_BYTES = 16
# Whatever else sqlite reports (busy, full, read-only) says nothing against the content.
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}

_TABLE = """
CREATE TABLE entries (
    key BLOB PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, digest BLOB NOT NULL,
    value BLOB NOT NULL
);
CREATE INDEX entries_by_use ON entries (used, size);
"""

Key = TypeVar("Key", bytes, str)


def blob_hash(content: bytes) -> str:
    """Return the name that git gives to this content: 40 hexadecimal digits.

    Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects (Object Storage).
    """
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the user's cache folder for p2a: P2A_CACHE_DIR, else XDG's, else below the home.

    None when the environment names none of them; an empty P2A_CACHE_DIR says: no cache.
    """
    if "P2A_CACHE_DIR" in environ:
        chosen = environ["P2A_CACHE_DIR"]
        return Path(chosen) if chosen else None
    # XDG wants relative paths ignored: https://specifications.freedesktop.org/basedir-spec/
    if environ.get("XDG_CACHE_HOME", "").startswith("/"):
        return Path(environ["XDG_CACHE_HOME"]) / "p2a"
    return Path(environ["HOME"]) / ".cache" / "p2a" if environ.get("HOME") else None


class FactCache:
    """A store of small byte strings in one SQLite file, shared by all processes of a user.

    A key is any string or bytes (a string stands for its UTF-8 bytes); callers use `blob_hash`.
    Values are bytes that are returned as they were put, or not at all: an entry whose checksum
    does not fit is absent. Nothing of a value is ever interpreted here.

    Neither the constructor nor a method raises for the state of the disk: a broken file is
    deleted and begun anew; in a place that cannot be written everything is absent. An object
    belongs to one thread of one process; give each process its own.
    """

    def __init__(
        self, path: Path | None, *, analyser: str = "", max_bytes: int = MAX_BYTES
    ) -> None:
        """Open the store.

        Args:
            path: the SQLite file; its folder is made (mode 0700) when it is not there.
                None is a store that keeps nothing.
            analyser: whose facts these are, with its version, for example `context-3`; entries
                of another analyser are not seen.
            max_bytes: of all keys and values of all analysers together.
        """
        self._path = path
        self._prefix = analyser.encode() + b"\0"
        self._max_bytes = max_bytes
        self._connection: sqlite3.Connection | None = None
        with self._forgiving():
            self._open()
        if self._connection is None and self._path is not None:
            with self._forgiving():  # a broken file is gone now
                self._open()

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """Return the values of those keys that are in the store."""
        wanted = {self._key(key): key for key in keys}
        found: dict[Key, bytes] = {}
        with self._forgiving():
            if self._connection is not None:
                for raw, value in self._read(self._connection, wanted):
                    found[wanted[raw]] = value
        return found

    def put_many(self, entries: Mapping[Key, bytes]) -> None:
        """Keep these values; a key that is there already gets the new one."""
        rows = [
            (self._key(key), len(key) + len(value), _digest(self._key(key), value), value)
            for key, value in entries.items()
            if len(value) <= min(MAX_ENTRY_BYTES, self._max_bytes)
        ]
        with self._forgiving():
            if rows and self._connection is not None:
                self._write(self._connection, rows)

    def close(self) -> None:
        """Close the file; afterwards nothing is found and nothing kept."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _key(self, key: bytes | str) -> bytes:
        return self._prefix + (key.encode() if isinstance(key, str) else key)

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            self.close()
        except sqlite3.Error as error:
            self.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN:
                self._discard()

    def _open(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # sqlite would make the file readable for all.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._connection = sqlite3.connect(
            self._path, timeout=WAIT_SECONDS, isolation_level=None, cached_statements=16
        )
        version = self._pragma("user_version")
        if (self._pragma("application_id"), version) != (_APPLICATION, _FORMAT):
            self._begin_anew(self._connection)
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def _begin_anew(self, connection: sqlite3.Connection) -> None:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise _NotOurs  # of an older format, or somebody else's
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if self._pragma("user_version") != _FORMAT:  # else another process was first
            for statement in _TABLE.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("COMMIT")

    def _pragma(self, name: str) -> int:
        if self._connection is None:
            return 0
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    def _read(
        self, connection: sqlite3.Connection, keys: Iterable[bytes]
    ) -> Iterator[tuple[bytes, bytes]]:
        now = _latest_use(connection)
        remaining = iter(keys)
        while batch := list(islice(remaining, _BATCH)):
            marks = ",".join("?" * len(batch))
            rows = connection.execute(
                f"SELECT key, used, digest, value FROM entries WHERE key IN ({marks})",  # noqa: S608 (question marks)
                batch,
            ).fetchall()
            for key, _, digest, value in rows:
                if isinstance(value, bytes) and digest == _digest(key, value):
                    yield key, value
            _touch(connection, [key for key, used, _, _ in rows if used < now], now)

    def _write(
        self, connection: sqlite3.Connection, rows: list[tuple[bytes, int, bytes, bytes]]
    ) -> None:
        connection.execute("BEGIN IMMEDIATE")
        now = _latest_use(connection) + 1
        connection.executemany(
            "INSERT OR REPLACE INTO entries (key, used, size, digest, value) VALUES (?,?,?,?,?)",
            ((key, now, size, digest, value) for key, size, digest, value in rows),
        )
        pruned = self._prune(connection)
        connection.execute("COMMIT")
        if pruned:
            connection.execute("PRAGMA incremental_vacuum").fetchall()

    def _prune(self, connection: sqlite3.Connection) -> bool:
        size = connection.execute("SELECT total(size) FROM entries").fetchone()[0]
        if size <= self._max_bytes:
            return False
        doomed = []
        for row, each in connection.execute("SELECT rowid, size FROM entries ORDER BY used, rowid"):
            doomed.append((row,))
            size -= each
            if size <= self._max_bytes * KEPT_SHARE:
                break
        connection.executemany("DELETE FROM entries WHERE rowid = ?", doomed)
        return True

    def _discard(self) -> None:
        if self._path is None:
            return
        for ending in ("-wal", "-shm", ""):
            try:
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
            except OSError:
                return  # we may not delete it, so we do without


class _NotOurs(sqlite3.DatabaseError):
    sqlite_errorcode = sqlite3.SQLITE_NOTADB


def _digest(key: bytes, value: bytes) -> bytes:
    return blake2b(
        value, digest_size=_CHECK_BYTES, key=blake2b(key, digest_size=32).digest()
    ).digest()


def _latest_use(connection: sqlite3.Connection) -> int:
    """Return the store's own clock: it goes on with each `put_many`, so that reading alone is free."""
    return int(connection.execute("SELECT coalesce(max(used), 0) FROM entries").fetchone()[0])


def _touch(connection: sqlite3.Connection, keys: list[bytes], now: int) -> None:
    if not keys:
        return
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "UPDATE entries SET used = ? WHERE key = ?", ((now, key) for key in keys)
        )
        connection.execute("COMMIT")
    except sqlite3.OperationalError:
        # Somebody writes, or the place is read-only: the order of use is worth no failure.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
