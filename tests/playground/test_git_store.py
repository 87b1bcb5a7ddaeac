"""Bare stores: where they come from, how references move, and what differs between trees."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from p2a.errors import GitFailed
from playground.git_commit import NO_OBJECT, NewCommit, Person, TreeChange
from playground.git_diff import FileChange, compare, diff_text, files_between
from playground.git_store import GitStore, ReferenceMoved
from playground.git_tree import TREE_MODE, write_tree
from playground.sample import make_sample
from tests.fakes.git_client import git

ADA = Person("Ada", "ada@example.com", datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    """Return a store with the sample in it."""
    make_sample(tmp_path / "source")
    return GitStore.create(tmp_path / "a.git", source=tmp_path / "source")


def commit(store: GitStore, *changes: TreeChange, parent: str | None = "main") -> str:
    """Write a commit on top of another one."""
    parents = () if parent is None else (store.resolve(parent) or "",)
    tree = write_tree(store, changes, base=parent)
    return store.put_commit(NewCommit(tree, parents, ADA, ADA, "M"))


def text(path: str, content: str = "x\n") -> TreeChange:
    return TreeChange(path, "100644", content=content.encode())


def test_create__from_a_checkout_a_linked_one_and_a_bare_one(
    store: GitStore, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"), cwd=source)
    for number, place in enumerate((source, tmp_path / "linked", store.git_dir)):
        made = GitStore.create(tmp_path / f"{number}.git", source=place)
        assert made.branch("main") == store.branch("main")
    linked = GitStore.create(tmp_path / "l.git", default_branch="trunk", source=tmp_path / "linked")
    assert linked.branch("trunk") == store.branch("main")


def test_create__runs_no_hook_of_the_source(tmp_path: Path) -> None:
    source, mark = tmp_path / "source", tmp_path / "mark"
    make_sample(source)
    hook = source / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    hook.chmod(0o755)
    GitStore.create(tmp_path / "a.git", source=source)
    assert not mark.exists()


def test_create__from_what_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(GitFailed):
        GitStore.create(tmp_path / "a.git", source=tmp_path / "empty")


def test_refs__move_only_from_where_they_are(store: GitStore) -> None:
    head = store.branch("main") or ""
    new = commit(store, text("x"))
    store.move_ref("refs/heads/main", new=new, old=head)
    with pytest.raises(ReferenceMoved):
        store.move_ref("refs/heads/main", new=head, old=head)
    with pytest.raises(ReferenceMoved):
        store.move_ref("refs/heads/main", new=NO_OBJECT, old=head)
    with pytest.raises(ReferenceMoved):
        store.move_ref("refs/heads/main", new=new, old=NO_OBJECT)
    assert store.branch("main") == new


def test_resolve__names_and_ids(store: GitStore) -> None:
    head = store.branch("main")
    for name in ("main", "heads/main", "refs/heads/main", "HEAD", (head or "")[:7], head or ""):
        assert store.resolve(name) == head
    for name in ("", "nope", "-x", "--all", "main\0", "a b", "@{u}", ":/x", "12"):
        assert store.resolve(name) is None


def test_objects__missing_and_malformed_names_have_no_type(store: GitStore) -> None:
    head = store.branch("main") or ""
    assert store.object_types([head, "1" * 40, "main", "a\nb"]) == ["commit", None, None, None]
    assert store.blob(head) is None
    assert store.commit("1" * 40) is None
    assert store.tree("nope") is None


def test_diff__every_status(store: GitStore) -> None:
    head = store.branch("main") or ""
    pieces = store.entry(head, "src/uploader/pieces.py")
    assert pieces is not None
    new = commit(
        store,
        text("added\twith\ntricks.txt", "diff --git a/x b/x\n"),
        TreeChange("README.md", "100644"),
        TreeChange("pyproject.toml", "100755", sha=store.put_blob(b"")),
        TreeChange(".gitignore", "120000", content=b"README.md"),
        TreeChange("src/uploader/pieces.py", "100644"),
        TreeChange("src/uploader/cutting.py", "100644", sha=pieces.sha),
        TreeChange("zeros.bin", "100644", content=b"\0\1\2" * 100),
    )
    found = {file.filename: file for file in files_between(store, head, new)}
    shown = {name: (f.status, f.additions, f.deletions) for name, f in found.items()}
    assert shown == {
        ".gitignore": ("changed", 1, 3),
        "README.md": ("removed", 0, 15),
        "added\twith\ntricks.txt": ("added", 1, 0),
        "pyproject.toml": ("modified", 0, 16),
        "src/uploader/cutting.py": ("renamed", 0, 0),
        "zeros.bin": ("added", 0, 0),
    }
    assert found["zeros.bin"].patch is None
    assert found["added\twith\ntricks.txt"].patch == "@@ -0,0 +1 @@\n+diff --git a/x b/x"
    assert found["src/uploader/cutting.py"].previous_filename == "src/uploader/pieces.py"


def test_diff__a_mode_alone_is_a_change(store: GitStore) -> None:
    readme = store.entry("main", "README.md")
    assert readme is not None
    new = commit(store, TreeChange("README.md", "100755", sha=readme.sha))
    assert files_between(store, "main", new) == [FileChange("README.md", "changed", readme.sha)]
    assert b"old mode 100644" in diff_text(store, "main", new)


def test_diff__ignores_what_the_repository_asks_of_git(store: GitStore, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    store.git.run("config", "diff.evil.command", f"touch {mark}")
    store.git.run("config", "diff.evil.textconv", f"touch {mark};")
    attributes = TreeChange(".gitattributes", "100644", content=b"* diff=evil\n")
    new = commit(store, attributes, text("README.md"))
    assert len(files_between(store, "main", new)) == 2
    assert not mark.exists()


def test_compare__counts_both_sides(store: GitStore) -> None:
    one = commit(store, text("one"))
    two = commit(store, text("two"), parent=one)
    other = commit(store, text("other"))
    found = compare(store, other, two)
    assert found is not None
    assert (found.status, found.ahead, found.behind_by) == ("diverged", (one, two), 1)
    assert compare(store, "main", commit(store, text("x"), parent=None)) is None


def test_tree__replaces_a_directory_by_a_file_and_back(store: GitStore) -> None:
    filed = commit(store, text("src", "now a file\n"))
    assert [e.path for e in store.tree(filed, recursive=True) or [] if "src" in e.path] == ["src"]
    back = commit(store, text("src/again.txt"), parent=filed)
    assert store.entry(back, "src/again.txt") is not None
    tests = store.entry("main", "tests")
    assert tests is not None
    grafted = commit(store, TreeChange("src", TREE_MODE, sha=tests.sha), parent=back)
    assert [e.path for e in store.tree(f"{grafted}:src") or []] == [
        "test_client.py",
        "test_pieces.py",
    ]
    gone = commit(store, TreeChange("src", TREE_MODE), parent=grafted)
    assert store.entry(gone, "src") is None


def test_borrow__takes_a_commit_from_another_store(store: GitStore, tmp_path: Path) -> None:
    other = GitStore.create(tmp_path / "b.git", source=store.git_dir)
    sha = commit(other, text("x"))
    store.borrow(other, sha)
    store.borrow(other, sha)
    assert store.commit(sha) is not None
    assert store.entry(sha, "x") is not None


def test_sample__is_the_same_everywhere_and_its_tests_pass(tmp_path: Path) -> None:
    assert make_sample(tmp_path / "one") == make_sample(tmp_path / "two")
    assert git("status", "--porcelain", cwd=tmp_path / "one") == ""
    assert git("rev-list", "--count", "HEAD", cwd=tmp_path / "one").strip() == "3"
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(argv, cwd=tmp_path / "one", capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
