"""The form of a record: what is taken out, what is refused, and the order in which it is played."""

import base64
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from p2a.effects import FileChange
from p2a.errors import GitHubRateLimited, P2AError, WorkflowCancelled
from p2a.git import Git, Identity, find_git
from p2a.objects import lay_out, objects_of
from p2a.record.clean import Cleaner
from p2a.record.difference import Differs
from p2a.record.failure import dump_failure, load_failure
from p2a.record.form import Event, Record, RecordUnreadable, packed, read_lines, unpacked
from p2a.record.player import Abandoned, Player

TOKEN = "ghp_" + "Aq7Zr2Lm9Xc4Vb8Nk3Jd6Hf1Gs5Tw0Ye7Ui2"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def event(kind: str, lane: str = "main", **request: Any) -> Event:
    return Event(0, AT.isoformat(), lane, kind, request)


def player(*events: Event) -> Player:
    found = Player(Record("w", (event("begin"), *events)))
    assert found.begin() is not None
    return found


def test_cleaner__takes_out_secrets_and_keeps_every_length() -> None:
    cleaner = Cleaner(["my webhook secret", "short"])
    text = f"{TOKEN} my webhook secret short\n/artifacts/x?signature={'a1' * 32}"
    cleaned = cleaner.text(text)
    assert len(cleaned) == len(text)
    assert cleaned == (f"{'*' * len(TOKEN)} {'*' * 17} short\n/artifacts/x?signature={'*' * 64}")


def test_cleaner__looks_into_what_github_sends_as_base64() -> None:
    file = {"encoding": "base64", "content": base64.b64encode(TOKEN.encode()).decode()}
    (cleaned,) = Cleaner().value([file])
    assert base64.b64decode(cleaned["content"]) == b"*" * len(TOKEN)


def test_failure__comes_back_with_all_that_it_carries() -> None:
    error = GitHubRateLimited("limited", retry_after=7.5, why="w", next_step="n")
    loaded = load_failure(dump_failure(error))
    assert isinstance(loaded, GitHubRateLimited)
    assert loaded.__dict__ == error.__dict__
    with pytest.raises(RecordUnreadable):
        load_failure({"kind": "SystemExit", "state": {"what": "x"}})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "no record"),
        (b"[]\n", "no record"),
        (b"{not JSON", "no JSON"),
        (b'{"format":"p2a-record","version":2}', "form 2"),
        (b'{"format":"p2a-record","version":1}\n{"n":1}', "not of its form"),
    ],
)
def test_read_lines__says_what_it_cannot_read(text: bytes, told: str) -> None:
    with pytest.raises(RecordUnreadable, match=told) as caught:
        read_lines(text)
    assert caught.value.exit_code == 2


def test_unpacked__refuses_a_damaged_part() -> None:
    part = packed([event("end")])
    assert unpacked(part).endswith(b'"kind":"end","lane":"main","n":0,"request":{}}\n')
    with pytest.raises(RecordUnreadable):
        unpacked(part[:-9])


def test_player__another_question_is_a_difference_and_nothing_goes_on() -> None:
    tape = player(event("github", path="/a"), event("github", path="/b"))
    with pytest.raises(Differs, match=r"(?s)recorded: github /a.*replayed: github /x"):
        tape.exchange("github", {"path": "/x"}, lambda: None)
    with pytest.raises(Differs):
        tape.exchange("github", {"path": "/a"}, lambda: None)


def test_player__a_try_that_broke_off_is_abandoned() -> None:
    tape = player(event("value", name="a"), event("begin"))
    tape.exchange("value", {"name": "a"}, lambda: None)
    with pytest.raises(Abandoned):
        tape.exchange("value", {"name": "b"}, lambda: None)


def test_player__somebody_ends_the_work_while_an_answer_is_waited_for() -> None:
    stop = WorkflowCancelled("the workflow was cancelled")
    failure = dump_failure(stop)
    tape = player(
        Event(0, AT.isoformat(), "main", "stop", {}, None, failure),
        Event(0, AT.isoformat(), "main", "model", {"model": "m"}, None, failure),
    )

    def check() -> None:
        tape.check(lambda: None)

    with pytest.raises(WorkflowCancelled):
        tape.exchange("model", {"model": "m"}, lambda: None, meanwhile=check)
    assert tape.left is None


def test_player__steps_side_by_side_take_their_turns_as_then() -> None:
    order = ["tester", "reviewer", "tester", "tester", "reviewer"]
    tape = player(*(event("value", lane, name=str(n)) for n, lane in enumerate(order)))
    seen: list[str] = []

    def step(lane: str) -> None:
        with tape.lane(lane):
            for number in (n for n, one in enumerate(order) if one == lane):
                with tape.moment("value", name=str(number)):
                    seen.append(lane)

    threads = [threading.Thread(target=step, args=(lane,)) for lane in ("reviewer", "tester")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == order


def commit(git: Git, name: str, parent: str | None) -> str:
    who = Identity("a", "a@b")
    if parent is None:
        tree = git.run("mktree").decode().strip()
        env = {
            f"GIT_{role}_{key}": "a"
            for role in ("AUTHOR", "COMMITTER")
            for key in ("NAME", "EMAIL")
        }
        parent = git.run("commit-tree", tree, stdin=b"first", env=env).decode().strip()
    tree = git.write_tree(parent, [FileChange(name, name.encode())])
    return git.commit(tree, parent=parent, message=name, identity=who, when=AT)


def test_objects__a_pack_holds_both_trees_and_where_they_meet(tmp_path: Path) -> None:
    git = Git(find_git(), tmp_path / "all.git")
    git.init()
    old = commit(git, "old", None)
    fork = commit(git, "fork", old)
    head = commit(git, "head", commit(git, "way", fork))
    base = commit(git, "base", fork)
    kept = objects_of(git, [head, base])
    assert kept.shallow == (fork,)
    part = Git(find_git(), tmp_path / "part.git")
    lay_out(part, kept.pack, shallow=kept.shallow)
    assert part.merge_base(head, base) == fork
    assert sorted(part.list_files(head)) == ["fork", "head", "old", "way"]
    assert part.resolve(old) is None
    assert objects_of(git, [head], most=10).missing
    with pytest.raises(P2AError):
        lay_out(Git(find_git(), tmp_path / "bad.git"), b"PACK no", shallow=())
