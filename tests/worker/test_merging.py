"""The changes of one commit on another one: put there, or the paths on which they do not fit."""

from pathlib import Path

from p2a.effects import FileChange
from p2a.git import Git, find_git
from tests.fakes.upstream import Upstream
from worker.merging import move_changes

TEN = "".join(f"line {n}\n" for n in range(10))


def changed(path: str, text: str) -> FileChange:
    return FileChange(path, text.encode())


def test_move_changes__keeps_both_sides(tmp_path: Path) -> None:
    upstream = Upstream(tmp_path / "upstream")
    git = Git(find_git(), upstream.git_dir)
    base = upstream.commit({"a.txt": TEN, "b.txt": "b\n", "old.txt": "x\n"})
    onto = upstream.commit({"a.txt": TEN.replace("line 9", "line nine"), "c.txt": "c\n"})
    changes = (
        changed("a.txt", TEN.replace("line 0", "line zero")),
        FileChange("old.txt", None),
        FileChange("run.sh", b"true\n", executable=True),
    )
    moved = move_changes(git, base, changes, onto)
    both = TEN.replace("line 0", "line zero").replace("line 9", "line nine")
    assert moved.conflicts == ()
    assert moved.changes == (
        changed("a.txt", both),
        FileChange("old.txt", None),
        FileChange("run.sh", b"true\n", executable=True),
    )


def test_move_changes__names_the_paths_that_do_not_fit(tmp_path: Path) -> None:
    upstream = Upstream(tmp_path / "upstream")
    git = Git(find_git(), upstream.git_dir)
    base = upstream.commit({"a.txt": TEN, "gone.txt": "g\n"})
    (upstream.folder / "gone.txt").unlink()
    onto = upstream.commit({"a.txt": TEN.replace("line 0", "theirs")})
    changes = (
        changed("a.txt", TEN.replace("line 0", "ours")),
        changed("gone.txt", "ours\n"),
        changed("new.txt", "n\n"),
    )
    moved = move_changes(git, base, changes, onto)
    assert (moved.changes, moved.conflicts) == ((), ("a.txt", "gone.txt"))


def test_move_changes__of_what_is_there_already_are_none(tmp_path: Path) -> None:
    upstream = Upstream(tmp_path / "upstream")
    git = Git(find_git(), upstream.git_dir)
    base = upstream.commit({"a.txt": TEN})
    onto = upstream.commit({"a.txt": "new\n"})
    assert move_changes(git, base, (changed("a.txt", "new\n"),), onto).changes == ()
