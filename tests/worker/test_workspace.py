"""The work tree: links are never followed, changes are known, caps hold."""

import os
import re
from pathlib import Path

import pytest

from p2a.effects import FileChange
from p2a.errors import EditRefused
from worker.edits import Caps
from worker.errors import ChangeTooBig
from worker.workspace import Workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "src").mkdir(parents=True)
    (root / "src/a.py").write_text("x = 1\n", encoding="utf-8")
    (root / "run.sh").write_text("true\n", encoding="utf-8")
    (root / "run.sh").chmod(0o755)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret", encoding="utf-8")
    (root / "up").symlink_to("..")
    (root / "link").symlink_to("../outside/secret")
    (root / "x").symlink_to(".git")
    return root


@pytest.mark.parametrize("path", ["up/new", "up/outside/secret", "link", "x/hooks/post-commit"])
def test_m01_m02__a_link_on_the_way_is_refused(root: Path, path: str) -> None:
    workspace = Workspace(root)
    for attempt in (
        lambda: workspace.write(path, b"evil"),
        lambda: workspace.read(path),
        lambda: workspace.delete(path),
        lambda: workspace.edit(path, old="secret", new="evil"),
    ):
        with pytest.raises(EditRefused):
            attempt()
    assert (root.parent / "outside/secret").read_text(encoding="utf-8") == "secret"
    assert sorted(one.name for one in root.parent.iterdir()) == ["outside", "tree"]
    assert workspace.changes() == ()


def test_m05__what_is_a_link_or_submodule_in_the_commit_is_refused(root: Path) -> None:
    (root / "plain").write_text("src/a.py", encoding="utf-8")
    workspace = Workspace(root, fixed=["plain", "module"])
    for path in ("plain", "plain/x", "module/x"):
        with pytest.raises(EditRefused, match="link or a submodule"):
            workspace.write(path, b"x")


def test_m05__only_what_was_executable_stays_so(root: Path) -> None:
    workspace = Workspace(root)
    workspace.write("run.sh", b"false\n")
    workspace.write("new.sh", b"#!/bin/sh\n")
    assert workspace.changes() == (
        FileChange("new.sh", b"#!/bin/sh\n"),
        FileChange("run.sh", b"false\n", executable=True),
    )
    assert os.access(root / "run.sh", os.X_OK)


def test_move__keeps_bytes_and_mode_also_after_a_restart(root: Path) -> None:
    (root / "src/picture").write_bytes(b"\0\xff")
    workspace = Workspace(root)
    workspace.move("run.sh", "tools/run")
    workspace.move("src/picture", "picture")
    made = (
        FileChange("picture", b"\0\xff"),
        FileChange("run.sh", None),
        FileChange("src/picture", None),
        FileChange("tools/run", b"true\n", executable=True),
    )
    assert workspace.changes() == made
    workspace.move("tools/run", "run.sh")
    workspace.move("picture", "src/picture")
    assert workspace.changes() == ()
    workspace.apply(made)
    assert workspace.changes() == made
    assert os.access(root / "tools/run", os.X_OK)


@pytest.mark.parametrize(
    ("path", "to", "fault"),
    [
        ("absent", "b", "there is no file 'absent'"),
        ("run.sh", "src/a.py", "there is a file 'src/a.py' already"),
        ("run.sh", "../b", "the path '../b' is refused"),
        ("../b", "b", "the path '../b' is refused"),
        ("run.sh", "link", "'link' is refused"),
        ("run.sh", ".github/workflows/a.yml", "protected"),
    ],
)
def test_move__is_refused_where_writing_or_deleting_is(
    root: Path, path: str, to: str, fault: str
) -> None:
    workspace = Workspace(root, fixed=["link"])
    with pytest.raises(EditRefused, match=re.escape(fault)):
        workspace.move(path, to)
    assert workspace.changes() == ()


def test_m05__a_file_deleted_and_written_again_keeps_its_mode(root: Path) -> None:
    workspace = Workspace(root)
    workspace.delete("run.sh")
    workspace.write("run.sh", b"false\n")
    assert workspace.changes() == (FileChange("run.sh", b"false\n", executable=True),)


def test_changes__leave_out_what_is_as_before(root: Path) -> None:
    workspace = Workspace(root)
    workspace.write("src/a.py", b"x = 2\n")
    workspace.write("src/a.py", b"x = 1\n")
    workspace.write("new/b.py", b"")
    workspace.delete("new/b.py")
    assert workspace.changes() == ()


def test_changes__can_be_made_again_on_a_fresh_tree(root: Path, tmp_path: Path) -> None:
    workspace = Workspace(root)
    workspace.copy_to(tmp_path / "fresh")
    workspace.edit("src/a.py", old="1", new="2")
    workspace.write("new/b.bin", b"\0\xff")
    workspace.delete("run.sh")
    again = Workspace(tmp_path / "fresh")
    again.apply(workspace.changes())
    assert again.changes() == workspace.changes()
    assert again.original("src/a.py") == b"x = 1\n"


def test_copy_to__gives_the_tree_before_the_change(root: Path, tmp_path: Path) -> None:
    workspace = Workspace(root)
    workspace.edit("src/a.py", old="1", new="2")
    workspace.write("new.py", b"")
    workspace.copy_to(tmp_path / "before", original=True)
    assert (tmp_path / "before/src/a.py").read_text(encoding="utf-8") == "x = 1\n"
    assert not (tmp_path / "before/new.py").exists()


@pytest.mark.parametrize(
    ("caps", "said"),
    [
        (Caps(files=1), "too many files"),
        (Caps(file_bytes=3), "4 bytes"),
        (Caps(total_bytes=7), "too big"),
    ],
)
def test_m10__caps_hold(root: Path, caps: Caps, said: str) -> None:
    workspace = Workspace(root, caps=caps)

    def write_two() -> None:
        for number in range(2):
            workspace.write(f"{number}.py", b"four")

    with pytest.raises(EditRefused, match=said):
        write_two()


def test_m10__deleting_everything_stops_at_half(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.py").write_text("x\n", encoding="utf-8")
    workspace = Workspace(tmp_path)
    workspace.write("new.py", b"y\n")
    refused = []
    for path in workspace.paths():
        try:
            workspace.delete(path)
        except EditRefused as error:
            refused.append(error.why)
    assert refused == ["a change may delete half of the repository's files"] * 3
    assert workspace.paths() == ["4.py", "5.py", "new.py"]
    # A restart makes the same changes in another order.
    again = tmp_path / "again"
    again.mkdir()
    for number in range(6):
        (again / f"{number}.py").write_text("x\n", encoding="utf-8")
    fresh = Workspace(again)
    fresh.apply(workspace.changes())
    assert fresh.changes() == workspace.changes()


def test_delete__a_moved_tree_is_not_a_deleted_one(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.py").write_text("x\n", encoding="utf-8")
    workspace = Workspace(tmp_path)
    for number in range(4):
        workspace.move(f"{number}.py", f"src/{number}.py")
    assert workspace.paths() == [f"src/{number}.py" for number in range(4)]


def test_m10__five_thousand_files_stop_at_the_cap(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    refused = 0
    for number in range(5_000):
        try:
            workspace.write(f"{number}.py", b"")
        except ChangeTooBig:
            refused += 1
    assert refused == 5_000 - Caps().files
    assert len(workspace.changes()) == Caps().files


def test_m10__the_same_content_is_no_change(root: Path) -> None:
    workspace = Workspace(root)
    workspace.write("src/a.py", b"x = 1\n")
    workspace.write("src/new.py", b"")
    workspace.delete("src/new.py")
    assert workspace.changes() == ()


def test_p04__a_rewritten_file_keeps_the_signs_that_were_shown_as_escapes(root: Path) -> None:
    (root / "README.md").write_text("a\u200bb \u202ec\n", encoding="utf-8")
    workspace = Workspace(root)
    workspace.write_text("README.md", "a\\u{200b}b \\u{202e}d \\u{ad}\n")
    assert workspace.read_text("README.md") == "a\u200bb \u202ed \\u{ad}\n"


def test_paths__are_regular_files_only(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / ".git").mkdir()
    (root / ".git/config").write_text("", encoding="utf-8")
    assert Workspace(root).paths() == ["run.sh", "src/a.py"]
    with pytest.raises(EditRefused):
        Workspace(root).read("pipe")


def test_read_text__is_for_text_only(root: Path) -> None:
    (root / "a.bin").write_bytes(b"\xff\xfe")
    (root / "b.bin").write_bytes(b"a\0b")
    for path in ("a.bin", "b.bin", "src", "absent"):
        with pytest.raises(EditRefused):
            Workspace(root).read_text(path)
