from collections.abc import Callable, Mapping
from pathlib import Path

from quality.needs.detect import Needs
from quality.needs.source import UNUSABLE, needs_of_folder, read_needs
from quality.setup import Setup

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def test_read_needs__with_what_the_files_include(write_tree: WriteTree) -> None:
    root = write_tree(
        {
            "requirements-dev.txt": "-r requirements/all.txt\n",
            "requirements/all.txt": "-r one.txt\n-r ../two.txt\n-r all.txt\n",
            "requirements/one.txt": "x1\n",
            "two.txt": "x2\n-c bounds.txt\n",
            "bounds.txt": "x3==1\n",
            "ci.txt": "x4\n",
        }
    )
    assert read_needs(root, None) == Needs(("x1", "x2"), ("x3==1",))
    assert read_needs(root, Setup(files=("ci.txt",))) == Needs(("x4",))


def test_read_needs__tox_and_dynamic_files(write_tree: WriteTree) -> None:
    dynamic = "[project]\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\n"
    root = write_tree(
        {
            "pyproject.toml": f"{dynamic}dependencies = {{file = 'in.txt'}}\n",
            "in.txt": "-r more.txt\n",
            "more.txt": "x1\n",
            "tox.ini": "[testenv]\ndeps = -r t/t.txt\n",
            "t/t.txt": "x2\n",
        }
    )
    assert read_needs(root, None) == Needs(("x1", "x2"))


def test_g23__nothing_outside_and_no_link_is_read(write_tree: WriteTree) -> None:
    root = write_tree({"requirements-dev.txt": "-r link.txt\n"})
    outside = root.parent / "outside.txt"
    outside.write_text("secret-name\n", encoding="ascii")
    (root / "link.txt").symlink_to(outside)
    for files in ((), ("../outside.txt",), (str(outside),), ("\0",), ("link.txt/x",)):
        found = read_needs(root, Setup(files=files) if files else None)
        assert found.requirements == ()
        assert len(found.refused) == 1


def test_needs_of_folder__by_its_own_settings(write_tree: WriteTree) -> None:
    root = write_tree({".p2a.yml": "setup: {requirements: [x1]}\n", "requirements.txt": "x2\n"})
    assert needs_of_folder(root, git=None).requirements == ("x1", "x2")
    (root / ".p2a.yml").write_text("setup: false\n", encoding="ascii")
    assert needs_of_folder(root, git=None) == Needs()
    (root / ".p2a.yml").write_text("setup: true\n", encoding="ascii")
    assert needs_of_folder(root, git=None) == Needs(refused=(UNUSABLE,))
