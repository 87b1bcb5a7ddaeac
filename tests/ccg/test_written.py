import os
import stat
from pathlib import Path

import pytest

from ccg.written import write_whole


def test_write_whole__a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "new", "é\r\n")
    (tmp_path / "other").touch()
    assert (tmp_path / "new").read_bytes() == b"\xc3\xa9\r\n"
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "other"]


def test_write_whole__a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "old"
    file.write_text("before", encoding="utf-8")
    file.chmod(0o640)
    write_whole(file, "after")
    assert (file.read_text(encoding="utf-8"), stat.S_IMODE(file.stat().st_mode)) == ("after", 0o640)


def test_write_whole__a_name_as_long_as_names_can_be(tmp_path: Path) -> None:
    file = tmp_path / ("語" * 85)
    write_whole(file, "text")
    assert file.read_text(encoding="utf-8") == "text"


def test_write_whole__a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_whole(tmp_path / "link", "text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text(encoding="utf-8") == "text"


def test_write_whole__a_device_is_written_to(tmp_path: Path) -> None:
    write_whole(Path(os.devnull), "text")
    assert not Path(os.devnull).is_file()


def test_write_whole__a_pipe_is_written_to() -> None:
    reading, writing = os.pipe()
    try:
        write_whole(Path(f"/dev/fd/{writing}"), "text")
        assert os.read(reading, 10) == b"text"
    finally:
        os.close(reading)
        os.close(writing)


def test_write_whole__what_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("before", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "kept", "\ud800")
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "no" / "file", "text")
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
