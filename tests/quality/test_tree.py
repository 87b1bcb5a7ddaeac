"""What of a tree is found and copied."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from quality.tree import all_files, copy_files

NOBODY = 65534


@pytest.fixture
def place() -> Iterator[Path]:
    """Give a folder, to somebody whom permissions bind: root they do not."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        if is_root:
            os.chown(name, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            if is_root:
                os.seteuid(0)


def test_copy_files__what_may_not_be_read_is_left_out(place: Path) -> None:
    root, target = place / "root", place / "target"
    (root / "open").mkdir(parents=True)
    (root / "shut").mkdir()
    target.mkdir()
    for path in ("a", "secret", "open/b", "shut/c"):
        (root / path).write_text(path, encoding="ascii")
    (root / "link").symlink_to("secret")
    (root / "secret").chmod(0)
    (root / "shut").chmod(0)
    try:
        found = all_files(root)
        assert found == ("a", "link", "open/b", "secret")
        copy_files(root, [*found, "shut/c", "gone"], target=target)
        assert all_files(target) == ("a", "link", "open/b")
        assert (target / "link").readlink() == Path("secret")
    finally:
        (root / "shut").chmod(0o700)
