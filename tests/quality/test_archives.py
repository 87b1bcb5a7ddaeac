"""Archives in a tree are bytes: a check neither opens nor unpacks them."""

import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from quality.examine import assess

WriteTree = Callable[[Mapping[str, str | bytes]], Path]
ZEROS = bytes(8 * 1024 * 1024)


def zipped() -> bytes:
    """Return a thousandth of its contents, in two layers as 42.zip has them."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", ZEROS)
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(16):
            archive.writestr(f"{number}.zip", inner.getvalue())
    return outer.getvalue()


def tarred() -> bytes:
    """Return an archive whose member leads out of the folder."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:xz") as archive:
        member = tarfile.TarInfo("../../escaped.py")
        member.size = len(ZEROS)
        archive.addfile(member, io.BytesIO(ZEROS))
    return made.getvalue()


def test_assess__g13_bombs_are_never_unpacked(
    write_tree: WriteTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, str | bytes] = {
        "a.py": '"""A."""\n',
        "42.zip": zipped(),
        "bomb.tar.xz": tarred(),
        "data.xz": lzma.compress(ZEROS),
        "hidden.py": zipped(),
        "requirements.txt": lzma.compress(ZEROS),
    }
    root = write_tree(files)

    def opened(*_: object, **__: object) -> None:
        raise AssertionError("an archive was opened")

    monkeypatch.setattr(zipfile, "ZipFile", opened)
    monkeypatch.setattr(tarfile, "open", opened)
    monkeypatch.setattr(lzma, "open", opened)
    monkeypatch.setattr(lzma, "decompress", opened)
    report = assess(root, suite=None)
    assert [item.path for item in report.not_analysed] == ["hidden.py"]
    assert report.findings == ()
    assert report.trouble == ("coverage: the tests were not run",)
    assert sorted(path.name for path in root.iterdir()) == sorted(files)
    assert not list(tmp_path.rglob("escaped.py"))
