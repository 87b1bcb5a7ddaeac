"""A work tree's id: git's own, of the files as they are now."""

import shutil
import subprocess
from contextlib import closing
from pathlib import Path

from p2a.checkout import Checkout
from p2a.git import Git, find_git
from p2a.worktree import remove_tree
from playground.sample import make_sample
from tests.fakes.upstream import Upstream
from worker.examined import examined
from worker.records import BaseRecord
from worker.suite import with_links
from worker.work_tree import WorkTree


def test_copy__outlives_the_tree_that_it_was_made_of(tmp_path: Path) -> None:
    make_sample(tmp_path / "repo")
    source = Git.of_user(find_git(), tmp_path / "repo")
    commit = source.resolve("main")
    assert commit is not None
    first = WorkTree(Checkout.create(tmp_path / "first", source=source, commit=commit))
    first.workspace.write("new.txt", b"new\n")
    second = first.copy("second")
    first.remove()
    assert second.workspace.read("new.txt") == b"new\n"
    assert second.change_since(commit, tmp_path / "base").base_sha == commit
    assert "+new" in second.diff()
    second.remove()


def test_digest__follows_the_files_and_asks_git_once_for_each_state(tmp_path: Path) -> None:
    make_sample(tmp_path / "repo")
    source = Git.of_user(find_git(), tmp_path / "repo")
    commit = source.resolve("main")
    assert commit is not None
    checkout = Checkout.create(tmp_path / "checkout", source=source, commit=commit)
    tree = WorkTree(checkout)
    unchanged = source.run("rev-parse", f"{commit}^{{tree}}").decode().strip()
    assert tree.digest() == unchanged
    tree.workspace.write("new.txt", b"new\n")
    changed = tree.digest()
    assert changed != unchanged
    tree.workspace.delete("new.txt")
    assert tree.digest() == unchanged
    tree.workspace.write("new.txt", b"new\n")
    assert tree.digest() == changed
    shutil.rmtree(checkout.folder / "git")
    assert tree.digest() == changed
    remove_tree(checkout.folder)


def test_policy__of_a_pull_requests_own_branch_is_its_bases(tmp_path: Path) -> None:
    upstream = Upstream(tmp_path / "upstream")
    git = Git(find_git(), upstream.git_dir)
    base = upstream.commit({".p2a.yml": "quality:\n  minimum:\n    overall: 90\n"})
    head = upstream.commit({".p2a.yml": "quality:\n  minimum:\n    overall: 1\n"})
    checkout = Checkout.create(tmp_path / "work", source=git, commit=head)
    trees = WorkTree(checkout), WorkTree(checkout, pull_base=base)
    gates = [tree.policy_since(head).gate for tree in trees]
    assert [dict(gate.minimum) for gate in gates] == [{"overall": 1.0}, {"overall": 90.0}]


def test_change__a_link_of_the_base_is_no_change_until_it_leads_elsewhere(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    make_sample(repo)
    commits = []
    for target in ("uploader/client.py", "uploader/client.py", "uploader/other.py"):
        (repo / "src/alias.py").unlink(missing_ok=True)
        (repo / "src/alias.py").symlink_to(target)
        git = ["git", "-C", str(repo), "-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run([*git, "add", "src/alias.py"], check=True)
        subprocess.run([*git, "commit", "-qm", "link", "--allow-empty"], check=True)
        commits.append(Git.of_user(find_git(), repo).resolve("HEAD") or "")
    first, same, other = commits
    found = {}
    for head in (same, other):
        source = Git.of_user(find_git(), repo)
        tree = WorkTree(Checkout.create(tmp_path / head, source=source, commit=head))
        base = BaseRecord(sha=first, ref="main")
        with closing(examined(tree, base, cache=tmp_path / "cache")) as done:
            report = done.examination.report(None)
            assert report.comparison is not None
            assert [item.rule for item in report.findings] == []
            found[head] = (done.change.paths, report.comparison.unread_before)
    assert found == {same: ((), ("src/alias.py",)), other: (("src/alias.py",), ())}


def test_links__are_files_in_the_tree_and_links_where_it_is_run(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    make_sample(repo)
    (repo / "src" / "here").symlink_to("uploader")
    git = ["git", "-C", str(repo), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "add", "src/here"], check=True)
    subprocess.run([*git, "commit", "-qm", "link"], check=True)
    source = Git.of_user(find_git(), repo)
    commit = source.resolve("HEAD")
    assert commit is not None
    tree = WorkTree(Checkout.create(tmp_path / "tree", source=source, commit=commit))
    assert list(tree.links) == ["src/here"]
    assert tree.workspace.read("src/here") == b"uploader"
    copy = with_links(tree, tmp_path / "copy")
    assert (copy / "src" / "here").readlink() == Path("uploader")
    assert sorted((copy / "src" / "here").iterdir())
