import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ccg.build import build_graph
from ccg.errors import RevisionNotRead, RevisionUnknown
from ccg.graph import Graph
from ccg.revision import write_revision
from ccg.source import list_files
from ccg.tree_change import compare_revisions

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def git(root: Path, *arguments: str) -> str:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        env=environ,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def commit(root: Path) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def repository(write_tree: WriteTree) -> Path:
    root = write_tree({"a.py": "def f():\n    pass\n", "sub/b.py": "import a\n\na.f()\n"})
    git(root, "init", "-q")
    commit(root)
    return root


def written(root: Path, revision: str, into: Path) -> dict[str, str]:
    into.mkdir()
    write_revision(root, revision, into)
    files = (path for path in into.rglob("*") if not path.is_dir())
    return {str(path.relative_to(into)): path.read_text("utf-8") for path in files}


def test_write_revision__the_files_of_the_commit(repository: Path, tmp_path: Path) -> None:
    (repository / "a.py").write_text("changed = 1\n", encoding="utf-8")
    expected = {"a.py": "def f():\n    pass\n", "sub/b.py": "import a\n\na.f()\n"}
    assert written(repository, "HEAD", tmp_path / "whole") == expected
    assert written(repository / "sub", "HEAD", tmp_path / "sub") == {"b.py": expected["sub/b.py"]}


@pytest.mark.parametrize(
    "revision",
    ["", "nowhere", "--output=pwned", "-h", "HEAD:a.py", "HEAD^{tree}", "a\nb", "HEAD\0"],
)
def test_write_revision__no_commit(repository: Path, tmp_path: Path, revision: str) -> None:
    with pytest.raises(RevisionUnknown, match="there is no commit"):
        write_revision(repository, revision, tmp_path)
    assert not (repository / "pwned").exists()


def test_write_revision__no_commit_of_a_shallow_clone(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    (repository / "a.py").write_text("changed = 1\n", encoding="utf-8")
    commit(repository)
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", repository.as_uri(), str(clone)], check=True
    )
    with pytest.raises(RevisionUnknown) as error:
        write_revision(clone, "HEAD~5", tmp_path)
    assert error.value.why == "this clone is a shallow one"


def test_write_revision__no_repository(write_tree: WriteTree, tmp_path: Path) -> None:
    with pytest.raises(RevisionUnknown, match="no git repository"):
        write_revision(write_tree({"a.py": ""}), "HEAD", tmp_path)


def test_g03__links_submodules_hidden_files_and_copies_are_not_written(
    repository: Path, tmp_path: Path
) -> None:
    (repository / "link.py").symlink_to("/etc/passwd")
    (repository / "folder").symlink_to("/etc")
    for path in (".hidden.py", ".secret/c.py", "node_modules/d.py", "text.txt", "big.py"):
        file = repository / path
        file.parent.mkdir(exist_ok=True)
        size = 2 * 1024 * 1024 + 1 if path == "big.py" else 1
        file.write_text("#" * size, encoding="utf-8")
    git(repository, "add", "-Af")
    sha = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{sha},module.py")
    git(repository, "commit", "-qm", "links")
    into = tmp_path / "into"
    assert set(written(repository, "HEAD", into)) == {"a.py", "sub/b.py"}
    assert list_files(into) == ["a.py", "sub/b.py"]


def test_g03__a_tree_that_leads_out_of_its_folder(repository: Path, tmp_path: Path) -> None:
    blob = git(repository, "hash-object", "-w", "a.py")
    entry = f"100644 blob {blob}\tx.py\n"
    inner = make_tree(repository, entry)
    for name in ("..", ".git", "."):
        outer = make_tree(repository, f"040000 tree {inner}\t{name}\n{entry}")
        sha = git(repository, "commit-tree", outer, "-m", "out")
        assert set(written(repository, sha, tmp_path / f"into{len(name)}")) == {"x.py"}


def test_g12__a_tree_of_ten_billion_files_ends(repository: Path, tmp_path: Path) -> None:
    tree = make_tree(
        repository, f"100644 blob {git(repository, 'hash-object', '-w', 'a.py')}\tx.py"
    )
    for _ in range(10):
        entries = "\n".join(f"040000 tree {tree}\t{name}" for name in "abcdefghij")
        tree = make_tree(repository, entries)
    sha = git(repository, "commit-tree", tree, "-m", "bomb")
    with pytest.raises(RevisionNotRead, match="too long"):
        write_revision(repository, sha, tmp_path)
    assert not list(tmp_path.glob("**/x.py"))


def make_tree(repository: Path, entries: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), "hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        input=b"".join(map(raw_entry, entries.splitlines())),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def raw_entry(line: str) -> bytes:
    about, _, name = line.partition("\t")
    mode, _, sha = about.split()
    return f"{mode.lstrip('0')} {name}".encode() + b"\0" + bytes.fromhex(sha)


@pytest.mark.parametrize(
    "config",
    [
        ("core.fsmonitor", "touch {mark}"),
        ("core.hooksPath", "{hooks}"),
        ("core.sshCommand", "touch {mark}"),
        ("core.pager", "touch {mark}"),
        ("core.alternateRefsCommand", "touch {mark}"),
        ("alias.ls-tree", "!touch {mark}"),
        ("filter.x.smudge", "touch {mark}"),
        ("diff.external", "touch {mark}"),
        ("extensions.partialClone", "origin"),
    ],
    ids=lambda config: config[0],
)
def test_g02__nothing_that_a_repository_configures_is_run(
    repository: Path, tmp_path: Path, config: tuple[str, str]
) -> None:
    mark, hooks = tmp_path / "mark", tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "pre-auto-gc", "post-index-change", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    (repository / ".gitattributes").write_text("*.py filter=x diff=x\n", encoding="utf-8")
    commit(repository)
    git(repository, "config", "remote.origin.url", f"ext::touch {mark}")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "protocol.ext.allow", "always")
    git(repository, "config", config[0], config[1].format(mark=mark, hooks=hooks))
    assert set(written(repository, "HEAD", tmp_path / "into")) == {"a.py", "sub/b.py"}
    assert not mark.exists()


def test_write_revision__a_missing_object_is_an_error(repository: Path, tmp_path: Path) -> None:
    blob = git(repository, "rev-parse", "HEAD:a.py")
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    git(repository, "config", "remote.origin.url", f"ext::touch {tmp_path / 'mark'}")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "extensions.partialClone", "origin")
    with pytest.raises(RevisionNotRead):
        write_revision(repository, "HEAD", tmp_path)
    assert not (tmp_path / "mark").exists()


def test_g08__odd_names(repository: Path, tmp_path: Path) -> None:
    names = ["new\nline.py", "tab\t.py", '"q".py', " space .py", "-rf.py", "$(id).py", ":(top)x.py"]
    for name in names:
        (repository / name).write_text("x = 1\n", encoding="utf-8")
    (repository / os.fsdecode(b"\xff.py")).write_text("x = 1\n", encoding="utf-8")
    commit(repository)
    into = tmp_path / "into"
    into.mkdir()
    write_revision(repository, "HEAD", into)
    assert list_files(into) == list_files(repository)


def test_compare_revisions__two_commits_and_the_files_as_they_are(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    (repository / "a.py").write_text("def f():\n    return 1\n", encoding="utf-8")
    second = commit(repository)
    (repository / "a.py").write_text("def g():\n    pass\n", encoding="utf-8")

    def build(root: Path, inside: str) -> Graph:
        return build_graph(root, inside=inside)

    between = compare_revisions(repository, base=first, head=second, build=build)
    assert (between.base, between.head) == (first[:12], second[:12])
    assert between.changed == ("a.f",)
    assert [one.node.id for one in between.impact.affected] == ["sub.b"]
    now = compare_revisions(repository, base=second, head=None, build=build)
    assert [node.id for node in now.diff.nodes_removed] == ["a.f"]
    assert now.head == "the files as they are"
