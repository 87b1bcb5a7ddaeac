"""Files are read alone or by helpers; whatever happens to these, the facts are the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ccg.cache import FILE_NAME, FactCache, blob_hash
from ccg.helpers import TOO_LONG, read_in_helpers
from ccg.lowering import Found, Unread, analyser, from_record, read_each
from ccg.reading import LONG_FILE, WORTH_HELPERS, facts_of, usual_jobs
from tests.ccg.processes import children, is_running

PADDING = "# nothing but bytes\n" * 2000
MANY = {
    blob_hash(content): content
    for content in (f"def f{n}(x):\n    return x.a{n}\n{PADDING}".encode() for n in range(40))
}
BUSY = ("x = f'" + "{a}" * 600_000 + "'\n").encode()
"""Minutes for the parser, which nothing within its process can interrupt."""


def read(
    contents: dict[str, bytes],
    *,
    jobs: int = 1,
    cache: Path | None = None,
    tell: Callable[[int], None] = lambda done: None,
) -> dict[str, Found]:
    return facts_of(contents, jobs=jobs, cache=cache, tell=tell)


def wait_for(condition: Callable[[], object], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def expected() -> dict[str, Found]:
    return read(MANY)


def test_facts_of__the_same_from_helpers(expected: dict[str, Found]) -> None:
    assert sum(map(len, MANY.values())) > WORTH_HELPERS
    before = children(os.getpid())
    assert read(MANY, jobs=3) == expected
    assert children(os.getpid()) <= before


def test_facts_of__leaves_time_for_other_work_where_helpers_read() -> None:
    told: list[int] = []
    before = children(os.getpid())

    def work() -> None:
        assert children(os.getpid()) - before
        told.append(len(told))

    facts_of(MANY, jobs=2, cache=None, tell=lambda _: None, meanwhile=work)
    assert told == [0]
    facts_of(MANY, jobs=1, cache=None, tell=lambda _: None, meanwhile=work)
    assert told == [0]


def test_facts_of__tells_how_far_it_is() -> None:
    told: list[int] = []
    read(MANY, jobs=2, tell=told.append)
    assert told == list(range(len(MANY) + 1))


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM])
def test_facts_of__killed_helpers_cost_nothing(
    expected: dict[str, Found], kill: signal.Signals
) -> None:
    killed: set[int] = set()
    others = children(os.getpid())

    def end_helpers(done: int) -> None:
        if done == 1:
            killed.update(children(os.getpid()) - others)
            for process in killed:
                os.kill(process, kill)

    assert read(MANY, jobs=2, tell=end_helpers) == expected
    assert killed


def test_facts_of__a_helper_is_started_for_a_long_file() -> None:
    content = b"x = 1\n" + b"#\n" * (LONG_FILE // 2)
    seen: set[int] = set()
    before = children(os.getpid())
    found = read({"a": content}, tell=lambda done: seen.update(children(os.getpid()) - before))
    assert found == {"a": next(read_each([content]))}
    assert seen


def test_read_in_helpers__ends_one_that_takes_too_long() -> None:
    contents = [BUSY, b"x = 1\n"]
    found = {n: from_record(r) for n, r in read_in_helpers(contents, count=2, seconds=2)}
    assert found[0] == Unread(TOO_LONG, is_lasting=False)
    assert found[1] == next(read_each([b"x = 1\n"]))


def test_read_in_helpers__one_that_is_stopped_does_not_hang_us() -> None:
    reading = read_in_helpers([*MANY.values()], count=1, seconds=2)
    before = children(os.getpid())
    found = [next(reading)]
    for process in children(os.getpid()) - before:
        os.kill(process, signal.SIGSTOP)
    found += reading
    assert len(found) <= len(MANY)


def test_read_in_helpers__many_files_and_none() -> None:
    contents = [f"x = {number}\n".encode() for number in range(2500)]
    found = {n: from_record(record) for n, record in read_in_helpers(contents, count=2)}
    assert found == dict(enumerate(read_each(contents)))
    assert list(read_in_helpers([], count=1)) == []


def test_read_in_helpers__ends_with_its_parent() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from ccg.helpers import read_in_helpers;"
        "next(read_in_helpers([sys.stdin.buffer.read()], count=2))"
    )
    folder = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", script, folder], stdin=subprocess.PIPE, cwd="/"
    ) as parent:
        assert parent.stdin is not None
        parent.stdin.write(BUSY)
        parent.stdin.close()
        wait_for(lambda: children(parent.pid))
        time.sleep(0.5)  # until one of them is in the parser
        helpers = children(parent.pid)
        parent.kill()
    wait_for(lambda: not any(map(is_running, helpers)), seconds=4)


def test_read_in_helpers__runs_and_imports_nothing_of_what_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"
    hostile = f"open({str(mark)!r}, 'w')\n".encode()
    for name in ("ast.py", "ctypes.py", "sitecustomize.py", "usercustomize.py"):
        (tmp_path / name).write_bytes(hostile)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "ast.py"))
    assert len(list(read_in_helpers([hostile], count=1))) == 1
    assert not mark.exists()


def deep(levels: int) -> Found:
    """Read from far down."""
    return next(read_each([b"x = " + b"-" * 300 + b"1\n"])) if levels == 0 else deep(levels - 1)


def test_read_each__does_not_depend_on_the_depth_of_the_caller() -> None:
    assert deep(0) == deep(700)
    assert not isinstance(deep(0), Unread)


def test_read_each__errors_of_the_source_of_contents_come_through() -> None:
    def contents() -> Iterator[bytes]:
        yield b""
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        list(read_each(contents()))


def test_facts_of__takes_from_the_store_and_puts_there(tmp_path: Path) -> None:
    contents = {"a": b"x = 1\n", "b": b"x =\n", "c": b"(" * 5000}
    first = read(contents, cache=tmp_path)
    with FactCache(tmp_path / FILE_NAME, analyser=analyser()) as store:
        kept = store.get_many(contents)
        assert {key: from_record(record) for key, record in kept.items()} == {
            key: found
            for key, found in first.items()
            if not isinstance(found, Unread) or found.is_lasting
        }
        store.put_many({"a": kept["b"]})
    assert read(contents, cache=tmp_path)["a"] == first["b"]


def test_facts_of__a_broken_record_is_absent(tmp_path: Path) -> None:
    with FactCache(tmp_path / FILE_NAME, analyser=analyser()) as store:
        store.put_many({"a": b"p2f\x01 and no more"})
    assert read({"a": b"x = 1\n"}, cache=tmp_path) == read({"a": b"x = 1\n"})
    with FactCache(tmp_path / FILE_NAME, analyser=analyser()) as store:
        assert not isinstance(from_record(store.get_many(["a"])["a"]), Unread)


def test_usual_jobs__are_few() -> None:
    assert 1 <= usual_jobs() <= 8
