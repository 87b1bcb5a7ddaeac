"""Which files that cannot be analysed a change leaves as they were, links above all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ccg.graph import NotAnalysed
from quality.change import Change
from quality.unread import unread_before

LINK = "a symbolic link, which is not followed"
LINKS = {
    "pk/alias.py": "real.py",
    "pk/aside.py": "../tests/seen.py",
    "pk/data.py": "../data/code.txt",
    "pk/deep.py": "../folder/code.txt",
    "pk/empty.py": "nowhere.txt",
    "pk/itself.py": "itself.py",
    "folder": "one",
}
FILES = ("pk/real.py", "tests/seen.py", "data/code.txt", "one/code.txt", "two/code.txt")


def make(root: Path) -> Path:
    """Return a folder with the files, each of its own content, and the links."""
    for path in FILES:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"{path}\n", encoding="ascii")
    for path, target in LINKS.items():
        (root / path).symlink_to(target)
    return root


def found(tmp_path: Path, *, edit: Callable[[Path], object], changed: tuple[str, ...]) -> set[str]:
    """Return what a change of the tree leaves as it was."""
    tree, base = make(tmp_path / "tree"), make(tmp_path / "base")
    edit(tree)
    every = [NotAnalysed(path, LINK) for path in LINKS if path.endswith(".py")]
    change = Change("0" * 40, changed, base, FILES)
    judged = {"pk/real.py"}
    return set(unread_before(every, every, tree=tree, change=change, judged=judged))


ALL = {path for path in LINKS if path.endswith(".py")}


def write(path: str) -> Callable[[Path], object]:
    """Return an edit of one file."""
    return lambda root: (root / path).write_text("exec(input())\n", encoding="ascii")


def lead(path: str, target: str) -> Callable[[Path], object]:
    """Return an edit by which a link, or what stands there, leads to another target."""

    def edit(root: Path) -> None:
        (root / path).unlink()
        (root / path).symlink_to(target)

    return edit


@pytest.mark.parametrize(
    ("edit", "changed", "touched"),
    [
        (write("two/code.txt"), (), set()),
        (write("pk/real.py"), ("pk/real.py",), set()),
        (write("tests/seen.py"), ("tests/seen.py",), {"pk/aside.py"}),
        (write("data/code.txt"), (), {"pk/data.py"}),
        (write("one/code.txt"), (), {"pk/deep.py"}),
        (lead("folder", "two"), (), {"pk/deep.py"}),
        (lead("data/code.txt", "../one/code.txt"), (), {"pk/data.py"}),
        (write("pk/nowhere.txt"), (), {"pk/empty.py"}),
        (lead("pk/alias.py", "../two/code.txt"), ("pk/alias.py",), {"pk/alias.py"}),
        (lead("pk/itself.py", "real.py"), ("pk/itself.py",), {"pk/itself.py"}),
    ],
    ids=[
        "elsewhere",
        "judged target",
        "target without a score",
        "target that is no Python",
        "target in a folder",
        "another folder",
        "target that is a link",
        "target that was not there",
        "another target",
        "a target at all",
    ],
)
def test_unread_before__a_link_is_as_it_was_where_it_leads_to_the_same(
    edit: Callable[[Path], object], changed: tuple[str, ...], touched: set[str], tmp_path: Path
) -> None:
    assert found(tmp_path, edit=edit, changed=changed) == ALL - touched


def test_unread_before__a_link_that_leads_out_decides(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("x\n", encoding="ascii")
    tree, base = make(tmp_path / "tree"), make(tmp_path / "base")
    for root in (tree, base):
        (root / "pk/out.py").symlink_to("../../out.txt")
    every = [NotAnalysed("pk/out.py", LINK)]
    change = Change("0" * 40, (), base, FILES)
    assert unread_before(every, every, tree=tree, change=change, judged=()) == ()


def test_unread_before__a_folder_that_became_a_link_is_another_one(tmp_path: Path) -> None:
    tree, base = make(tmp_path / "tree"), make(tmp_path / "base")
    (tree / "pk").rename(tree / "moved")
    (tree / "pk").symlink_to("moved")
    every = [NotAnalysed("pk/alias.py", LINK), NotAnalysed("pk/data.py", LINK)]
    change = Change("0" * 40, (), base, FILES)
    # What lies at data/code.txt is the same; pk/real.py is moved/real.py now.
    assert unread_before(every, every, tree=tree, change=change, judged=("moved/real.py",)) == (
        "pk/data.py",
    )


@pytest.mark.parametrize(
    ("before", "changed", "expected"),
    [
        ("nested too deeply", (), ("pk/real.py",)),
        ("syntax error", (), ()),
        ("", (), ()),
        ("nested too deeply", ("pk/real.py",), ()),
    ],
    ids=["as before", "another reason", "was analysed", "changed"],
)
def test_unread_before__a_file_of_which_the_base_says_the_same(
    before: str, changed: tuple[str, ...], expected: tuple[str, ...], tmp_path: Path
) -> None:
    tree, base = make(tmp_path / "tree"), make(tmp_path / "base")
    now = [NotAnalysed("pk/real.py", "nested too deeply")]
    known = [NotAnalysed("pk/real.py", before)] if before else []
    change = Change("0" * 40, changed, base, FILES)
    assert unread_before(now, known, tree=tree, change=change, judged=()) == expected
