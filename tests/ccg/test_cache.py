"""The store of facts: what was put comes back, whatever happened to the disk in between."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ccg.cache import FactCache, blob_hash, cache_folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "facts.sqlite3"


def put(file: Path, entries: dict[str, bytes]) -> None:
    with FactCache(file, analyser="test-1") as cache:
        cache.put_many(entries)


def get(file: Path, *keys: str) -> dict[str, bytes]:
    with FactCache(file, analyser="test-1") as cache:
        return cache.get_many(keys)


def run_python(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
        (b"test content\n", "d670460b4b4aece5915caf5c68d12f560a9fe3e4"),
    ],
)
def test_blob_hash__is_that_of_git(content: bytes, expected: str) -> None:
    assert blob_hash(content) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"P2A_CACHE_DIR": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, Path("/a")),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, Path("/b/p2a")),
        ({"XDG_CACHE_HOME": "b", "HOME": "/c"}, Path("/c/.cache/p2a")),
        ({"P2A_CACHE_DIR": "", "HOME": "/c"}, None),
        ({}, None),
    ],
)
def test_cache_folder__takes_the_nearest_setting(
    environ: dict[str, str], expected: Path | None
) -> None:
    assert cache_folder(environ) == expected


def test_cache__returns_what_was_put_in_another_opening(file: Path) -> None:
    values = {f"{number:040x}": os.urandom(number) for number in range(1200)}
    put(file, values)
    assert get(file, *values, "absent") == values


def test_cache__keys_of_either_type_and_a_second_value_replaces_the_first(file: Path) -> None:
    with FactCache(file) as cache:
        cache.put_many({b"\xff\0": b"one", b"k": b"two"})
        cache.put_many({b"k": b"three"})
        assert cache.get_many([b"\xff\0", b"k"]) == {b"\xff\0": b"one", b"k": b"three"}
        assert cache.get_many(["k"]) == {"k": b"three"}


def test_cache__another_analyser_sees_nothing(file: Path) -> None:
    put(file, {"a": b"1"})
    with FactCache(file, analyser="test-2") as other:
        assert other.get_many(["a"]) == {}


def test_cache__is_private_to_the_user(file: Path) -> None:
    put(file, {"a": b"1"})
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("damage", ["empty", "text", "half", "pages", "foreign"])
def test_cache__a_broken_file_is_begun_anew(file: Path, damage: str) -> None:
    put(file, {f"k{number}": b"x" * 3000 for number in range(50)})
    content = file.read_bytes()
    if damage == "foreign":
        file.unlink()
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE other (a)")
        connection.close()
    else:
        damaged = {
            "empty": b"",
            "text": b"this is no database\n" * 100,
            "half": content[: len(content) // 2],
            "pages": content[:4096] + b"\xaa" * (len(content) - 4096),
        }
        file.write_bytes(damaged[damage])
    found = get(file, *(f"k{number}" for number in range(50)))
    assert all(value == b"x" * 3000 for value in found.values())
    put(file, {"new": b"2"})  # may be the one that finds the damage
    put(file, {"new": b"2"})
    assert get(file, "new") == {"new": b"2"}


@pytest.mark.parametrize(
    "change", ["value = x'00'", "digest = x'00'", "value = 'text'", "value = substr(value, 1, 5)"]
)
def test_cache__an_entry_that_was_changed_is_absent(file: Path, change: str) -> None:
    put(file, {"a": b"true value", "b": b"true value"})
    connection = sqlite3.connect(file)
    connection.execute(f"UPDATE entries SET {change} WHERE key = ?", (b"test-1\0a",))
    connection.commit()
    connection.close()
    assert get(file, "a", "b") == {"b": b"true value"}


def test_cache__an_entry_under_another_key_is_absent(file: Path) -> None:
    put(file, {"a": b"1"})
    connection = sqlite3.connect(file)
    connection.execute("UPDATE entries SET key = ?", (b"test-1\0b",))
    connection.commit()
    connection.close()
    assert get(file, "a", "b") == {}


def test_cache__no_path_keeps_nothing() -> None:
    with FactCache(None) as cache:
        cache.put_many({"a": b"1"})
        assert cache.get_many(["a"]) == {}


def test_cache__a_place_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"not a folder")
    for path in (blocked / "facts.sqlite3", tmp_path):
        put(path, {"a": b"1"})
        assert get(path, "a") == {}
    assert blocked.read_bytes() == b"not a folder"


def test_cache__a_closed_one_keeps_nothing(file: Path) -> None:
    cache = FactCache(file)
    cache.close()
    cache.put_many({"a": b"1"})
    assert cache.get_many(["a"]) == {}


def test_cache__the_least_recently_used_go_first(file: Path) -> None:
    with FactCache(file, max_bytes=10_000) as cache:
        for number in range(9):
            cache.put_many({f"k{number}": bytes(1000)})
        assert cache.get_many(["k0"]) == {"k0": bytes(1000)}
        cache.put_many({"k9": bytes(1000)})
        left = cache.get_many([f"k{number}" for number in range(10)])
    assert {"k0", "k9", "k8"} <= set(left)
    assert sum(map(len, left.values())) <= 8_000
    assert "k1" not in left


def test_cache__pruning_gives_the_disk_back(file: Path) -> None:
    with FactCache(file, max_bytes=200_000) as cache:
        for number in range(60):
            cache.put_many({f"k{number}": os.urandom(50_000)})
    assert file.stat().st_size < 400_000


def test_cache__what_is_too_long_is_not_kept(file: Path) -> None:
    with FactCache(file, max_bytes=1000) as cache:
        cache.put_many({"long": bytes(2000), "short": b"1"})
        assert cache.get_many(["long", "short"]) == {"short": b"1"}


WRITER = """
import sys
from pathlib import Path
from ccg.cache import FactCache
file, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(rounds):
    with FactCache(file, analyser="test-1") as cache:
        cache.put_many({f"{name}{number}": name.encode() * 2000, "shared": name.encode()})
        cache.get_many([f"{name}{number}" for number in range(number)])
    print(number, flush=True)
"""


def test_cache__processes_write_at_once(file: Path) -> None:
    writers = [run_python(WRITER, str(file), name, "40") for name in "abc"]
    assert [writer.communicate(timeout=120) and writer.returncode for writer in writers] == [0] * 3
    for name in "abc":
        keys = [f"{name}{number}" for number in range(40)]
        # Who waits too long for another writer does without: on a busy machine some are not there.
        found = get(file, *keys)
        assert found
        assert found == dict.fromkeys(found, name.encode() * 2000)


def test_cache__survives_being_killed_while_it_writes(file: Path) -> None:
    for _ in range(3):
        writer = run_python(WRITER, str(file), "k", "100000")
        assert writer.stdout is not None
        for _ in range(20):
            assert writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        writer.wait(60)
        writer.stdout.close()
        keys = [f"k{number}" for number in range(20)]
        assert get(file, *keys) == dict.fromkeys(keys, b"k" * 2000)
