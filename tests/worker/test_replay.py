"""A workflow is written down while it works, and replays byte-equal from its record alone."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.record.archive import read_record, to_zip, write_folder
from p2a.record.form import Event, Record
from playground.stage import p2a_command
from tests.fakes.tests_sandbox import laboratory
from tests.fakes.workshop import Workshop, reply, small_script
from tests.worker.conftest import OpenWorkshop
from worker.replay.replayer import replay

CASES = Path(__file__).parent / "cases"
"""Made by `python -m benchmarks.replay --only refused,help --keep tests/worker/cases`."""
TOKEN = "ghp_" + "Aq7Zr2Lm9Xc4Vb8Nk3Jd6Hf1Gs5Tw0Ye7Ui2"
UNUSUAL = 'GREETING = "Grüße ✓ 你好"\r\n'


def unbroken(tree: Path) -> set[str]:
    return set()


@contextmanager
def no_sockets() -> Iterator[None]:
    """Make every use of a network an error, on this machine as well."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a replay reached for a network")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "bind", "sendto"):
            patch.setattr(socket.socket, name, refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield


@pytest.fixture
def fixed(open_workshop: OpenWorkshop) -> Record:
    """Return the record of a fix: a command in the sandbox, non-ASCII text, CRLF, a secret's form."""
    write = {"path": "src/uploader/greeting.py", "content": UNUSUAL}
    developer = [
        reply("DEVELOPER", 0, calls=[("write", write), ("run", {"command": "ls"})]),
        reply("DEVELOPER", 1, calls=[("done", {"summary": "Grüße are there."})]),
    ]
    workshop = open_workshop(small_script(DEVELOPER=developer))
    name = workshop.command(WorkflowKind.FIX, f"greet with {TOKEN}")
    ended = workshop.record(name, laboratory=laboratory(unbroken))
    assert ended is WorkflowStatus.COMPLETED
    return workshop.record_of(name)


def changed(record: Record, number: int, **changes: Any) -> Record:
    events = list(record.events)
    events[number - 1] = replace(events[number - 1], **changes)
    return replace(record, events=tuple(events))


def first(record: Record, kind: str, **facts: Any) -> Event:
    return next(
        event
        for event in record.events
        if event.kind == kind and all(event.request.get(key) == facts[key] for key in facts)
    )


def test_replay__is_equal_and_a_change_is_the_first_difference(
    fixed: Record, tmp_path: Path
) -> None:
    with no_sockets():
        replayed = replay(fixed)
    assert replayed.difference is None
    assert replayed.status == "COMPLETED"
    begun = [event for event in fixed.events if event.kind == "begin"]
    assert sum(replayed.events.values()) == len(fixed.events) - len(begun)
    assert TOKEN.encode() not in to_zip(fixed)
    assert not any(TOKEN in json.dumps(event.to_json()) for event in fixed.events)

    write_folder(fixed, tmp_path / "case")
    assert read_record(tmp_path / "case") == fixed
    (tmp_path / "case.zip").write_bytes(to_zip(fixed))
    assert read_record(tmp_path / "case.zip") == fixed

    tool = first(fixed, "tool", name="write")
    other = {**tool.request, "answer": "wrote something else"}
    found = replay(changed(fixed, tool.number, request=other)).difference
    assert found is not None
    assert found.lines() == [
        f"first difference at event {tool.number}, step developer:",
        "  recorded: tool write",
        "  replayed: tool write",
        "    --- recorded",
        "    +++ replayed",
        "    @@ -1,3 +1,3 @@",
        '    -answer: "wrote something else"',
        '    +answer: "wrote src/uploader/greeting.py"',
        "     arguments.content:",
        '       GREETING = "Grüße ✓ 你好"',
    ]


def test_replay__the_command_ends_as_documented_without_any_network(
    workshop: Workshop, tmp_path: Path
) -> None:
    name = workshop.command(WorkflowKind.STATUS)
    workshop.record(name)
    write_folder(workshop.record_of(name), tmp_path / "case")
    assert _replayed(tmp_path / "case").returncode == 0

    lines = (tmp_path / "case/record.jsonl").read_text(encoding="ascii")
    other = lines.replace("Nothing was done here yet.", "Something was done here.", 1)
    (tmp_path / "case/record.jsonl").write_text(other, encoding="ascii")
    done = _replayed(tmp_path / "case")
    assert done.returncode == 1
    assert "first difference at event" in done.stdout

    newer = lines.replace('"version":1', '"version":2', 1)
    (tmp_path / "case/record.jsonl").write_text(newer, encoding="ascii")
    done = _replayed(tmp_path / "case")
    assert done.returncode == 2
    assert "this version of p2a reads form 1" in done.stderr


def test_replay__goes_on_where_a_dead_worker_left_off(open_workshop: OpenWorkshop) -> None:
    class Killed(BaseException):
        """Stands for the end of the process."""

    def die(*_: Any) -> NoReturn:
        raise Killed

    workshop = open_workshop(lease_seconds=1)
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    with pytest.raises(Killed):
        workshop.record(name, open_model=die)
    while workshop.record(name) is None:
        pass
    replayed = replay(workshop.record_of(name))
    assert replayed.difference is None
    assert (replayed.tries, replayed.status) == (2, "COMPLETED")


def test_replay__ends_where_somebody_ended_it(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")

    def cancel(*arguments: Any) -> Any:
        workshop.store.request_cancel(name, by="ann")
        return workshop.open_model(*arguments)

    assert workshop.record(name, open_model=cancel) is WorkflowStatus.CANCELLED
    replayed = replay(workshop.record_of(name))
    assert replayed.difference is None
    assert replayed.status == "CANCELLED"


def _replayed(case: Path) -> "subprocess.CompletedProcess[str]":
    """Run the command in a network of its own, in which there is not even a loopback."""
    alone = shutil.which("bwrap")
    fence = [alone, "--dev-bind", "/", "/", "--unshare-net"] if alone else []
    return subprocess.run(
        [*fence, *p2a_command(), "replay", str(case)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_replay__a_kept_case_is_still_the_same(case: Path) -> None:
    with no_sockets():
        replayed = replay(read_record(case))
    assert replayed.difference is None, "\n".join(replayed.difference.lines())
