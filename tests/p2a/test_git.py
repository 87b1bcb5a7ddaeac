"""The wrapper over git: what it reads and writes, and what no repository can make it do."""

import os
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from p2a.domain import Repository
from p2a.effects import FileChange
from p2a.errors import ConfigurationInvalid, EnvironmentMissing, GitFailed
from p2a.git import Git, Identity, find_git, is_sha
from p2a.line_count import LineCount
from p2a.remote import Remote
from p2a.tree import EXECUTABLE, REGULAR, SYMLINK
from tests.fakes.git_server import GitServer
from tests.fakes.upstream import Upstream

TOKEN = "ghs_a-token-for-tests"
BOT = Identity("prompt2action", "bot@example.org")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "upstream")


@pytest.fixture
def git(upstream: Upstream) -> Git:
    return Git(find_git(), upstream.git_dir)


def bare(tmp_path: Path) -> Git:
    git = Git(find_git(), tmp_path / "bare.git")
    git.init()
    return git


# Reading ----------------------------------------------------------------------------------------


def test_list_files__has_every_name_and_mode(upstream: Upstream, git: Git) -> None:
    odd = ["new\nline", 'quo"te', "tab\t", " space ", "-rf", "ä", ":(top)x", "$(id)", "[a]"]
    (upstream.folder / "run.sh").write_text("true\n")
    (upstream.folder / "run.sh").chmod(0o755)
    (upstream.folder / "link").symlink_to("run.sh")
    (upstream.folder / os.fsdecode(b"\xff.py")).write_text("x")
    sha = upstream.commit({"src/a.py": "x = 1\n", **dict.fromkeys(odd, "x")})
    files = git.list_files(sha)
    assert files.keys() == {*odd, "run.sh", "link", "src/a.py", "\udcff.py"}
    assert [files[name].mode for name in ("src/a.py", "run.sh", "link")] == [
        REGULAR,
        EXECUTABLE,
        SYMLINK,
    ]
    assert files["src/a.py"].size == 6
    assert [git.read_file(sha, name) for name in odd] == [b"x"] * len(odd)


@pytest.mark.parametrize("path", ["", "none", "src", "src/", "../a", "/etc/passwd", ":/a", "."])
def test_read_file__that_is_none_is_none(upstream: Upstream, git: Git, path: str) -> None:
    sha = upstream.commit({"src/a.py": "x"})
    assert git.read_file(sha, path) is None


def test_resolve__names_commits_only(upstream: Upstream, git: Git) -> None:
    sha = upstream.commit({"a": "1"})
    blob = upstream.git("rev-parse", "HEAD:a").strip()
    assert git.resolve("main") == sha
    assert git.resolve("refs/heads/main") == sha
    assert [git.resolve(name) for name in ("none", blob, "--help", "-h", "")] == [None] * 5
    assert git.head_branch() == "main"
    upstream.git("checkout", "--quiet", "--detach")
    assert git.head_branch() is None


def test_merge_base__is_where_two_branches_part(upstream: Upstream, git: Git) -> None:
    base = upstream.commit({"a": "1"})
    main = upstream.commit({"a": "2"})
    upstream.git("checkout", "--quiet", "-b", "side", base)
    side = upstream.commit({"b": "1"})
    upstream.git("checkout", "--quiet", "--orphan", "other")
    other = upstream.commit({"c": "1"})
    assert git.merge_base(main, side) == base
    assert git.merge_base(main, other) is None
    with pytest.raises(GitFailed, match="merge-base"):
        git.merge_base(main, "0" * 40)


def test_changes__have_status_and_modes(upstream: Upstream, git: Git) -> None:
    old = upstream.commit({"a": "1", "b": "1", "c\n": "1"})
    (upstream.folder / "b").unlink()
    (upstream.folder / "c\n").chmod(0o755)
    new = upstream.commit({"a": "2", "d": "1"})
    changes = {change.path: change for change in git.changes(old, new)}
    assert {path: change.status for path, change in changes.items()} == {
        "a": "M",
        "b": "D",
        "c\n": "T",
        "d": "A",
    }
    changed = changes["c\n"].new
    assert changed
    assert changed.mode == EXECUTABLE
    assert b"-1\n" in git.patch(old, new)


def test_line_counts__are_gits_whatever_the_tree_wishes(upstream: Upstream, git: Git) -> None:
    upstream.commit({".gitattributes": "*.py diff=evil\n", "a.py": "1\n2\n", "gone.txt": "1\n"})
    old = upstream.commit({"tab\there": "x\n"})
    (upstream.folder / "gone.txt").unlink()
    (upstream.folder / "logo.png").write_bytes(b"\x89PNG\0\0")
    new = upstream.commit({"a.py": "1\n3\n4\n", "tab\there": "x\ny\n"})
    assert git.line_counts(old, new) == {
        "a.py": LineCount(2, 1),
        "gone.txt": LineCount(0, 1),
        "logo.png": LineCount(0, 0, is_text=False),
        "tab\there": LineCount(1, 0),
    }


def test_arguments__only_full_ids_get_to_git(upstream: Upstream, git: Git) -> None:
    upstream.commit({"a": "1"})
    for text in ("main", "--output=/tmp/x", "HEAD", "", "A" * 40, "a" * 39, f"{'a' * 40}\n"):
        assert not is_sha(text)
        with pytest.raises(GitFailed, match="not an object id"):
            git.list_files(text)


def test_list_files__beyond_the_limit_is_refused(upstream: Upstream, git: Git) -> None:
    sha = upstream.commit({f"file-{number}": "x" for number in range(100)})
    with pytest.raises(GitFailed, match="answered too much"):
        git.list_files(sha, max_output=1000)


# Writing ----------------------------------------------------------------------------------------


def test_commit__touches_neither_index_nor_files(upstream: Upstream, git: Git) -> None:
    base = upstream.commit({"a.py": "x = 1\n", "old.py": "", "dir/b": "1"})
    (upstream.folder / "a.py").write_text("the user's own edit\n")
    upstream.git("add", "a.py")
    before = upstream.git("status", "--porcelain=v2", "--branch")
    changes = (
        FileChange("a.py", b"x = 2\r\n"),
        FileChange("old.py", None),
        FileChange("dir", b"a file now"),
        FileChange("new/\u00e4\n.sh", b"true\n", executable=True),
    )
    tree = git.write_tree(base, changes)
    sha = git.commit(tree, parent=base, message="Set x\n\nWhy.\n", identity=BOT, when=NOON)
    git.create_branch("p2a/0123456789abcdef", sha)
    assert upstream.git("status", "--porcelain=v2", "--branch") == before
    assert {path: entry.mode for path, entry in git.list_files(sha).items()} == {
        "a.py": REGULAR,
        "dir": REGULAR,
        "new/\u00e4\n.sh": EXECUTABLE,
    }
    assert git.read_file(sha, "a.py") == b"x = 2\r\n"
    shown = upstream.git("log", "-1", "--format=%P|%an|%ce|%aI|%B", "p2a/0123456789abcdef")
    expected = f"{base}|prompt2action|bot@example.org|2026-01-02T12:00:00+00:00|Set x\n\nWhy."
    assert shown.strip() == expected
    again = git.commit(tree, parent=base, message="Set x\n\nWhy.\n", identity=BOT, when=NOON)
    assert again == sha


def test_create_branch__twice_is_fine_but_never_moves_one(upstream: Upstream, git: Git) -> None:
    first = upstream.commit({"a": "1"})
    second = upstream.commit({"a": "2"})
    git.create_branch("p2a/x", first)
    git.create_branch("p2a/x", first)
    with pytest.raises(GitFailed, match="already exists"):
        git.create_branch("p2a/x", second)
    assert git.resolve("p2a/x") == first


@pytest.mark.parametrize("name", ["", "-D", "a..b", "a b", "x/../../y", "a.lock", "@{-1}", "a\n"])
def test_create_branch__a_wrong_name_is_refused(upstream: Upstream, git: Git, name: str) -> None:
    sha = upstream.commit({"a": "1"})
    with pytest.raises(GitFailed):
        git.create_branch(name, sha)
    assert upstream.git("branch", "--format=%(refname)").split() == ["refs/heads/main"]


@pytest.mark.parametrize(
    "path",
    [".git/config", "a/.GIT/hooks/x", "../x", "/x", "a//b", "a/../b", "", ".", ".g\u200cit/config"],
)
def test_m02__write_tree_takes_no_path_into_git(upstream: Upstream, git: Git, path: str) -> None:
    base = upstream.commit({"a": "1"})
    with pytest.raises(GitFailed):
        git.write_tree(base, [FileChange(path, b"x")])


def test_of_user__finds_the_repository_from_inside(upstream: Upstream, tmp_path: Path) -> None:
    sha = upstream.commit({"deep/er/a": "1"})
    assert Git.of_user(find_git(), upstream.folder / "deep/er").git_dir == upstream.git_dir
    upstream.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    linked = Git.of_user(find_git(), tmp_path / "linked")
    linked.create_branch("p2a/y", sha)
    assert upstream.git("rev-parse", "p2a/y").strip() == sha
    with pytest.raises(GitFailed, match="not a git repository") as caught:
        Git.of_user(find_git(), tmp_path)
    assert "give the folder of a git repository" in caught.value.next_step


# Running ----------------------------------------------------------------------------------------


def fake_program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_run__has_an_environment_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/somewhere")
    monkeypatch.setenv("P2A_CANARY", "canary")
    monkeypatch.setenv("LD_PRELOAD", "")
    program = fake_program(tmp_path / "git", "env; pwd")
    output = Git(program, tmp_path / "x").run("version").decode()
    names = {line.partition("=")[0] for line in output.splitlines() if "=" in line}
    assert {name for name in names if not name.startswith("GIT_")} == {
        "PATH",
        "HOME",
        "LC_ALL",
        "TZ",
        *{"PWD", "SHLVL", "_"},  # of the shell
    }
    assert "GIT_TERMINAL_PROMPT=0" in output
    assert "GIT_ALLOW_PROTOCOL=none" in output
    assert "GIT_DIR" not in names
    assert "HOME=/nonexistent" in output
    assert output.endswith("/\n")


def test_run__is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    program = fake_program(tmp_path / "git", f"sleep 600 & echo $! > {mark}; wait")
    with pytest.raises(GitFailed, match="ran out of time") as caught:
        Git(program, tmp_path / "x", timeout=1.0).run("fetch")
    assert caught.value.exit_code == 5
    pid = int(mark.read_text())
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}/stat").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] == "Z":
            break  # ended, not yet collected by its new parent
        time.sleep(0.01)
    assert time.monotonic() < deadline


def test_find_git__that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="git is not installed"):
        find_git(str(tmp_path))
    with pytest.raises(EnvironmentMissing, match="could not be started"):
        Git(tmp_path / "git", tmp_path).run("version")


# Remotes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% PWN",
        "file:///etc",
        "--upload-pack=touch PWN",
        "git://127.0.0.1",
        "ssh://git@127.0.0.1",
        "https://user:word@github.com",
        "https://",
        "",
    ],
)
def test_g01__no_url_but_the_configured_servers(url: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="GitHub server's URL"):
        Remote.on_github(url, Repository(1, "octo", "demo"), token=TOKEN)


@pytest.mark.parametrize(
    ("owner", "name"),
    [("..", "demo"), ("octo", ".."), ("octo", "a b"), ("-x", "demo"), ("a/b", "c")],
)
def test_g01__no_name_that_leads_elsewhere(owner: str, name: str) -> None:
    with pytest.raises(ValueError, match="not a repository name"):
        Repository(1, owner, name)


@pytest.mark.parametrize(
    "url", ["ext::sh -c touch% {mark}", "--upload-pack=touch {mark}", "git://127.0.0.1/x"]
)
def test_g01__git_itself_refuses_other_protocols(tmp_path: Path, url: str) -> None:
    mark = tmp_path / "PWN"
    remote = Remote(url.format(mark=mark), "https")
    with pytest.raises(GitFailed):
        bare(tmp_path).fetch(remote, ["refs/heads/main:refs/x"])
    assert not mark.exists()


def test_g01__a_file_is_fetched_only_when_asked_for(upstream: Upstream, tmp_path: Path) -> None:
    upstream.commit({"a": "1"})
    git = bare(tmp_path)
    with pytest.raises(GitFailed, match="transport 'file' not allowed"):
        git.fetch(Remote(upstream.git_dir.as_uri(), "https"), ["refs/heads/main:refs/x"])
    git.fetch(Remote.on_disk(upstream.git_dir), ["refs/heads/main:refs/x"])
    assert git.resolve("refs/x")


@pytest.fixture
def served(upstream: Upstream, tmp_path: Path) -> Path:
    upstream.commit({"a": "1"})
    root = tmp_path / "served"
    (root / "octo").mkdir(parents=True)
    upstream.git("clone", "--quiet", "--bare", ".", str(root / "octo" / "demo.git"))
    return root


def test_remote__the_token_is_in_a_header_and_nowhere_else(served: Path, tmp_path: Path) -> None:
    with GitServer(served, token=TOKEN) as server:
        remote = Remote.on_github(server.url, Repository(1, "octo", "demo"), token=TOKEN)
        git = bare(tmp_path)
        git.fetch(remote, ["+refs/heads/main:refs/x"])
        assert git.resolve("refs/x")
        assert {header for _, header in server.seen} == {server.expected}
        assert TOKEN not in "".join(path for path, _ in server.seen)
    assert TOKEN not in remote.url
    assert TOKEN not in repr(remote)
    stored = subprocess.run(["grep", "-r", TOKEN, str(tmp_path)], capture_output=True, check=False)
    assert stored.stdout == b""


def test_remote__a_refused_token_is_not_in_the_message(served: Path, tmp_path: Path) -> None:
    with GitServer(served, token="another") as server:
        remote = Remote.on_github(server.url, Repository(1, "octo", "demo"), token=TOKEN)
        with pytest.raises(GitFailed) as caught:
            bare(tmp_path).fetch(remote, ["+refs/heads/main:refs/x"])
    for secret in remote.secrets:
        assert secret not in str(caught.value)
    assert "App is installed" in caught.value.next_step


def test_remote__secrets_in_a_message_are_replaced(tmp_path: Path) -> None:
    remote = Remote("https://github.com/octo/demo.git", "https", TOKEN)
    text = f"echo {' '.join(remote.secrets)} https://user:word@host/x >&2; exit 1"
    git = Git(fake_program(tmp_path / "git", text), tmp_path / "x")
    with pytest.raises(GitFailed) as caught:
        git.fetch(remote, ["x:y"])
    assert caught.value.why == "*** *** https://***@host/x"


def test_remote__a_redirect_is_not_followed(served: Path, tmp_path: Path) -> None:
    with GitServer(served, token=TOKEN) as other, GitServer(served, token=TOKEN) as server:
        server.redirect_to = other.url
        remote = Remote.on_github(server.url, Repository(1, "octo", "demo"), token=TOKEN)
        with pytest.raises(GitFailed):
            bare(tmp_path).fetch(remote, ["+refs/heads/main:refs/x"])
        assert other.seen == []


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://github.com", True),
        ("http://127.0.0.1:4000", True),
        ("http://[::1]:4000", True),
        ("http://github.example.org", False),
    ],
)
def test_remote__says_whether_others_can_read_along(url: str, private: bool) -> None:  # noqa: FBT001
    remote = Remote.on_github(url, Repository(1, "octo", "demo"), token=TOKEN)
    assert remote.url == f"{url}/octo/demo.git"
    assert remote.is_private_link is private
