"""Temporary folders of owners that live, end well and are killed."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from p2a.scratch import MARK, remove_leftovers, scratch

OWNER = """\
import sys, time
from p2a.scratch import scratch
with scratch("check") as folder:
    (folder / "inner").mkdir()
    (folder / "inner" / "file").write_text("x")
    (folder / "inner").chmod(0o000)
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let this process and its children have a temporary folder of their own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_scratch__is_private_and_gone_afterwards(temporary: Path) -> None:
    with scratch("check") as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "shut").mkdir(mode=0o000)
    assert not folder.exists()


def test_remove_leftovers__of_a_killed_owner_alone() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    with owner, scratch("suite") as mine:
        assert owner.stdout is not None
        theirs = Path(owner.stdout.readline().strip())
        assert remove_leftovers() == 0
        assert theirs.is_dir()
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        assert remove_leftovers() == 1
        assert not theirs.exists()
        assert mine.is_dir()


def test_remove_leftovers__leaves_alone_what_is_not_surely_ours(temporary: Path) -> None:
    without_mark, open_to_all = temporary / "p2a-check-a", temporary / "p2a-check-b"
    for folder in (without_mark, open_to_all):
        folder.mkdir(mode=0o700)
    (open_to_all / MARK).touch()
    open_to_all.chmod(0o755)
    behind = temporary / "behind"
    behind.mkdir(mode=0o700)
    (behind / MARK).touch()
    (temporary / "p2a-check-c").symlink_to(behind)
    pipe = temporary / "p2a-check-d"
    pipe.mkdir(mode=0o700)
    (pipe / MARK).symlink_to(behind / MARK)
    (temporary / "p2a-check-e").touch()
    before = sorted(temporary.iterdir())
    assert remove_leftovers() == 0
    assert sorted(temporary.iterdir()) == before
    assert (behind / MARK).exists()
