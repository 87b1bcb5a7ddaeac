"""The cache, the checkouts, and repositories that try to run something through git."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from p2a.checkout import Cache, Checkout, TreeLimits
from p2a.errors import GitFailed
from p2a.git import Git, Identity, find_git
from p2a.remote import Remote
from p2a.tree import EXECUTABLE, SPECIAL, SYMLINK
from p2a.worktree import read_file, remove_tree, scan
from tests.fakes.upstream import Upstream

ID = 7
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "upstream")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "data" / "cache", program=find_git(), timeout=60)


def check_out(cache: Cache, upstream: Upstream, commit: str, **options: TreeLimits) -> Checkout:
    cache.fetch(ID, Remote.on_disk(upstream.git_dir), [commit])
    folder = upstream.folder.parent / "data" / "runs" / "one"
    return Checkout.create(folder, source=cache.repository(ID), commit=commit, **options)


# Cache ------------------------------------------------------------------------------------------


def test_cache__fetches_only_what_is_wanted(cache: Cache, upstream: Upstream) -> None:
    first = upstream.commit({"a": "1"})
    upstream.git("branch", "side")
    second = upstream.commit({"a": "2"})
    upstream.git("tag", "v1")
    remote = Remote.on_disk(upstream.git_dir)
    assert cache.fetch(ID, remote, ["refs/heads/side"]) == {"refs/heads/side": first}
    git = cache.repository(ID)
    assert git.resolve(second) is None
    wanted = ["refs/heads/main", second]
    assert cache.fetch(ID, remote, wanted) == {"refs/heads/main": second, second: second}
    assert git.run("tag", "--list") == b""


def test_cache__a_commit_that_is_there_needs_no_remote(cache: Cache, upstream: Upstream) -> None:
    sha = upstream.commit({"a": "1"})
    cache.fetch(ID, Remote.on_disk(upstream.git_dir), [sha])
    gone = Remote.on_disk(upstream.folder / "gone")
    assert cache.fetch(ID, gone, [sha]) == {sha: sha}
    with pytest.raises(GitFailed):
        cache.fetch(ID, gone, ["refs/heads/main"])


def test_cache__a_branch_follows_a_forced_push(cache: Cache, upstream: Upstream) -> None:
    remote = Remote.on_disk(upstream.git_dir)
    upstream.commit({"a": "1"})
    upstream.git("branch", "x")
    cache.fetch(ID, remote, ["refs/heads/main", "refs/heads/x"])
    upstream.git("branch", "-D", "x")
    upstream.git("branch", "x/y")
    upstream.git("commit", "--quiet", "--amend", "--message", "other")
    new = upstream.git("rev-parse", "HEAD").strip()
    found = cache.fetch(ID, remote, ["refs/heads/main", "refs/heads/x/y"])
    assert found["refs/heads/main"] == new


@pytest.mark.parametrize("wanted", ["refs/heads/none", "0" * 40])
def test_cache__what_does_not_exist_is_named(cache: Cache, upstream: Upstream, wanted: str) -> None:
    upstream.commit({"a": "1"})
    with pytest.raises(GitFailed, match="git fetch failed"):
        cache.fetch(ID, Remote.on_disk(upstream.git_dir), [wanted])


def test_cache__a_blob_is_no_commit(cache: Cache, upstream: Upstream) -> None:
    upstream.commit({"a": "1"})
    blob = upstream.git("rev-parse", "HEAD:a").strip()
    with pytest.raises(GitFailed, match="does not name a commit"):
        cache.fetch(ID, Remote.on_disk(upstream.git_dir), [blob])


def test_q32__locks_of_a_killed_fetch_are_removed(cache: Cache, upstream: Upstream) -> None:
    remote = Remote.on_disk(upstream.git_dir)
    first = upstream.commit({"a": "1"})
    cache.fetch(ID, remote, ["refs/heads/main"])
    folder = cache.repository(ID).git_dir
    for name in ("config.lock", "packed-refs.lock", "shallow.lock"):
        (folder / name).touch()
    for path in [path for path in folder.glob("refs/**/*") if path.is_file()]:
        path.with_name(path.name + ".lock").touch()
    second = upstream.commit({"a": "2"})
    assert first != second
    assert cache.fetch(ID, remote, ["refs/heads/main"]) == {"refs/heads/main": second}


def test_q33__two_runs_share_a_cache(cache: Cache, upstream: Upstream, tmp_path: Path) -> None:
    commits = [upstream.commit({"a": str(number)}) for number in range(6)]
    remote = Remote.on_disk(upstream.git_dir)
    contents: dict[int, bytes] = {}

    def one(number: int) -> None:
        sha = commits[number]
        cache.fetch(ID, remote, [sha, "refs/heads/main"])
        folder = tmp_path / "runs" / str(number)
        checkout = Checkout.create(folder, source=cache.repository(ID), commit=sha)
        contents[number] = (checkout.tree / "a").read_bytes()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents == {number: str(number).encode() for number in range(6)}


def test_q33__a_lock_that_stays_taken_is_named(upstream: Upstream, tmp_path: Path) -> None:
    clock = iter(range(0, 1000, 10))
    cache = Cache(tmp_path, program=find_git(), timeout=15, monotonic=lambda: float(next(clock)))
    with (tmp_path / f"{ID}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(GitFailed, match="is busy"):
            cache.fetch(ID, Remote.on_disk(upstream.git_dir), [])


def test_q33__git_keeps_the_lock_when_its_starter_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    program = tmp_path / "git"
    program.write_text(
        f"#!/bin/bash\necho $$ > {mark}.new && mv {mark}.new {mark}\nexec sleep 600\n"
    )
    program.chmod(0o755)
    code = (
        "import sys; from pathlib import Path; from p2a.checkout import Cache;"
        "from p2a.remote import Remote;"
        "cache = Cache(Path(sys.argv[1]), program=Path(sys.argv[2]));"
        "cache.fetch(7, Remote.on_disk(Path('/none')), ['refs/heads/main'])"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(program)], cwd=Path(__file__).parents[2]
    )
    deadline = time.monotonic() + 60
    while not mark.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    starter.kill()
    starter.wait()
    with (tmp_path / f"{ID}.lock").open("w") as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(int(mark.read_text(encoding="ascii")), signal.SIGKILL)
        fcntl.flock(lock, fcntl.LOCK_EX)


# Checkout ---------------------------------------------------------------------------------------


def test_checkout__bytes_are_the_commits_own(cache: Cache, upstream: Upstream) -> None:
    mark = upstream.folder.parent / "PWN"
    files: dict[str, str | bytes] = {
        ".gitattributes": "*.txt text eol=crlf\n*.utf16 working-tree-encoding=UTF-16\n"
        "*.x filter=evil\n*.id ident\n",
        "a.txt": b"one\ntwo\r\n",
        "b.utf16": "ä\n".encode(),
        "c.x": b"raw\n",
        "d.id": b"$Id$\n",
    }
    upstream.git("config", "filter.evil.smudge", f"touch {mark}")
    upstream.git("config", "filter.evil.clean", "cat")
    upstream.folder.joinpath(".gitattributes").write_text("* -text\n")
    for name, content in files.items():
        if name != ".gitattributes":
            data = content if isinstance(content, bytes) else content.encode()
            upstream.folder.joinpath(name).write_bytes(data)
    upstream.git("add", "--all")
    upstream.folder.joinpath(".gitattributes").write_text(str(files[".gitattributes"]))
    upstream.git("update-index", "--add", "--cacheinfo", f"100644,{_blob(upstream)},.gitattributes")
    upstream.git("commit", "--quiet", "--message", "attributes")
    sha = upstream.git("rev-parse", "HEAD").strip()
    checkout = check_out(cache, upstream, sha)
    found = {path.name: path.read_bytes() for path in checkout.tree.iterdir()}
    assert found == {n: c if isinstance(c, bytes) else c.encode() for n, c in files.items()}
    assert checkout.changes() == ()
    assert not mark.exists()


def _blob(upstream: Upstream) -> str:
    return upstream.git("hash-object", "-w", "--no-filters", ".gitattributes").strip()


def test_checkout__git_stands_outside_of_the_tree(cache: Cache, upstream: Upstream) -> None:
    checkout = check_out(cache, upstream, upstream.commit({"a": "1"}))
    assert [path.name for path in checkout.tree.iterdir()] == ["a"]
    assert not checkout.git.git_dir.is_relative_to(checkout.tree)
    # The objects are the cache's; nothing was copied.
    assert list(checkout.git.git_dir.glob("objects/??/*")) == []


def test_checkout__again_starts_anew(cache: Cache, upstream: Upstream) -> None:
    sha = upstream.commit({"a": "1", "d/b": "1"})
    checkout = check_out(cache, upstream, sha)
    (checkout.tree / "left.py").touch()
    (checkout.tree / "d" / "b").unlink()
    (checkout.tree / "d").chmod(0o000)
    (checkout.git.git_dir / "index.lock").touch()
    again = check_out(cache, upstream, sha)
    assert again.changes() == ()
    again.remove()
    assert not again.folder.exists()


def test_g03__links_become_plain_files(cache: Cache, upstream: Upstream) -> None:
    for name, target in (("a", "/etc/passwd"), ("b", "../../.env"), ("c", "c"), ("d", "/")):
        (upstream.folder / name).symlink_to(target)
    checkout = check_out(cache, upstream, upstream.commit({}))
    assert (checkout.tree / "a").read_text() == "/etc/passwd"
    assert not any(path.is_symlink() for path in checkout.tree.iterdir())
    assert checkout.changes() == ()
    (checkout.tree / "a").write_text("/etc/shadow")
    (change,) = checkout.changes()
    assert change.old
    assert change.old.mode == SYMLINK
    with pytest.raises(GitFailed, match="only plain files"):
        checkout.file_changes()


def test_changes__are_what_differs_without_the_ignored(cache: Cache, upstream: Upstream) -> None:
    files = {
        ".gitignore": "build/\n*.log\n",
        "kept.log": "tracked",
        "sub/.gitignore": "!keep.log\n",
        "a.py": "1",
        "b.py": "1",
        "c.sh": "1",
    }
    checkout = check_out(cache, upstream, upstream.commit(dict(files)))
    tree = checkout.tree
    (tree / "a.py").write_text("2")
    (tree / "b.py").unlink()
    (tree / "c.sh").chmod(0o755)
    (tree / "kept.log").write_text("changed")
    for name in ("new\n.py", "build/x", "x.log", "sub/keep.log", "__pycache__/a.pyc", ".coverage"):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text("new")
    # What the tree itself says now does not count.
    (tree / ".gitignore").write_text("*\n")
    assert {change.path: change.status for change in checkout.changes()} == {
        ".gitignore": "M",
        "a.py": "M",
        "b.py": "D",
        "c.sh": "T",
        "kept.log": "M",
        "new\n.py": "A",
        "sub/keep.log": "A",
    }
    published = {change.path: change for change in checkout.file_changes()}
    assert published["a.py"].content == b"2"
    assert published["b.py"].content is None
    assert published["c.sh"].executable
    patch = checkout.patch().decode()
    assert "+2\n" in patch
    assert "old mode 100644" in patch


def test_m05__a_link_or_a_pipe_is_not_published(cache: Cache, upstream: Upstream) -> None:
    checkout = check_out(cache, upstream, upstream.commit({"a": "1"}))
    (checkout.tree / "link").symlink_to("/etc/passwd")
    os.mkfifo(checkout.tree / "pipe")
    modes = {change.path: change.new and change.new.mode for change in checkout.changes()}
    assert modes == {"link": SYMLINK, "pipe": SPECIAL}
    with pytest.raises(GitFailed, match="only plain files"):
        checkout.file_changes()


def test_g05__submodules_are_left_alone(cache: Cache, upstream: Upstream) -> None:
    mark = upstream.folder.parent / "PWN"
    first = upstream.commit({"a": "1"})
    text = f'[submodule "s"]\n\tpath = s\n\turl = ext::touch {mark}\n'
    (upstream.folder / ".gitmodules").write_text(text)
    upstream.git("add", ".gitmodules")
    upstream.git("update-index", "--add", "--cacheinfo", f"160000,{first},s")
    upstream.git("commit", "--quiet", "--message", "submodule")
    checkout = check_out(cache, upstream, upstream.git("rev-parse", "HEAD").strip())
    assert checkout.changes() == ()
    assert not mark.exists()


@pytest.mark.parametrize(
    "limits", [TreeLimits(files=1), TreeLimits(total_bytes=3), TreeLimits(listing_bytes=20)]
)
def test_g11__a_tree_beyond_the_limits_is_refused(
    cache: Cache, upstream: Upstream, limits: TreeLimits
) -> None:
    sha = upstream.commit({"a": "12", "b": "12"})
    with pytest.raises(GitFailed, match=r"too large|too much"):
        check_out(cache, upstream, sha, limits=limits)
    assert not (upstream.folder.parent / "data" / "runs" / "one").exists()


def test_g12__a_bomb_of_trees_is_refused(cache: Cache, upstream: Upstream) -> None:
    upstream.commit({"f": "x"})
    tree = upstream.git("rev-parse", "HEAD^{tree}").strip()
    for _ in range(10):
        listing = "".join(f"040000 tree {tree}\t{number}\0" for number in range(10))
        tree = upstream.git("mktree", "-z", stdin=listing.encode()).strip()
    sha = upstream.git("commit-tree", tree, "-m", "bomb").strip()
    upstream.git("update-ref", "refs/heads/main", sha)
    with pytest.raises(GitFailed, match="answered too much"):
        check_out(cache, upstream, sha, limits=TreeLimits(listing_bytes=1 << 20))


# Repositories that try to run something -------------------------------------------------------------


def test_g02__an_embedded_bare_repository_runs_nothing(cache: Cache, upstream: Upstream) -> None:
    mark = upstream.folder.parent / "PWN"
    embedded = upstream.folder / "sub" / "bare"
    subprocess.run(["git", "init", "--quiet", "--bare", str(embedded)], check=True)
    config = embedded / "config"
    config.write_text(
        f"[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n"
        f"\tfsmonitor = touch {mark}; false\n"
    )
    (embedded / "objects" / "keep").touch()
    (embedded / "refs" / "keep").touch()
    checkout = check_out(cache, upstream, upstream.commit({"a.py": "1"}))
    (checkout.tree / "a.py").write_text("2")
    inside = checkout.tree / "sub" / "bare"
    assert (inside / "config").exists()
    assert [change.path for change in checkout.changes()] == ["a.py"]
    assert checkout.patch()
    with pytest.raises(GitFailed, match=r"not a git repository|safe.bareRepository"):
        Git.of_user(find_git(), inside)
    assert not mark.exists()
    # The trap is a live one: plain git, from inside of it, runs the command.
    subprocess.run(["git", "status"], cwd=inside, capture_output=True, check=False)
    assert mark.exists()


def test_g02__a_git_file_that_leads_to_another_folder_runs_nothing(
    cache: Cache, upstream: Upstream
) -> None:
    checkout = check_out(cache, upstream, upstream.commit({"a.py": "1"}))
    mark = upstream.folder.parent / "PWN"
    evil = checkout.tree / ".evil"
    subprocess.run(["git", "init", "--quiet", "--bare", str(evil)], check=True)
    subprocess.run(
        ["git", "-C", str(evil), "config", "core.fsmonitor", f"touch {mark}; false"], check=True
    )
    subprocess.run(["git", "-C", str(evil), "config", "core.bare", "false"], check=True)
    (checkout.tree / ".git").write_text("gitdir: .evil\n")
    (checkout.tree / "a.py").write_text("2")
    names = [change.path for change in checkout.changes()]
    assert "a.py" in names
    assert ".git" not in names
    assert checkout.patch()
    # Also git itself, where it must look at the tree.
    git = Git(find_git(), checkout.git.git_dir, work_tree=checkout.tree)
    git.run("-c", "core.bare=false", "status", "--porcelain")
    git.run("-c", "core.bare=false", "add", "a.py")
    assert not mark.exists()
    # The trap is a live one: plain git in that tree runs the command.
    subprocess.run(["git", "status"], cwd=checkout.tree, capture_output=True, check=False)
    assert mark.exists()


def test_g07__no_hook_runs(cache: Cache, upstream: Upstream) -> None:
    mark = upstream.folder.parent / "PWN"
    hook = f"#!/bin/sh\ntouch {mark}\n"
    names = ("pre-commit", "post-commit", "post-checkout", "reference-transaction", "update")
    upstream.git("config", "core.hooksPath", ".githooks")
    files: dict[str, str | bytes] = {f".githooks/{name}": hook for name in names}
    for name in names:
        (upstream.git_dir / "hooks").mkdir(exist_ok=True)
        (upstream.git_dir / "hooks" / name).write_text(hook)
        (upstream.git_dir / "hooks" / name).chmod(0o755)
        (upstream.folder / ".githooks").mkdir(exist_ok=True)
        (upstream.folder / ".githooks" / name).write_text(hook)
        (upstream.folder / ".githooks" / name).chmod(0o755)
    upstream.commit(files)
    sha = upstream.git("rev-parse", "HEAD").strip()
    # The trap is a live one: the user's own commit ran them.
    assert mark.exists()
    mark.unlink()
    checkout = check_out(cache, upstream, sha)
    (checkout.tree / "a.py").write_text("1")
    user = Git.of_user(find_git(), upstream.folder)
    tree = user.write_tree(sha, checkout.file_changes())
    made = user.commit(tree, parent=sha, message="x", identity=Identity("p2a", "x@y"), when=NOON)
    user.create_branch("p2a/x", made)
    assert checkout.patch()
    assert not mark.exists()


# Reading a tree without git -----------------------------------------------------------------------


def test_scan__gives_the_ids_that_git_gives(upstream: Upstream) -> None:
    (upstream.folder / "link").symlink_to("a")
    (upstream.folder / "x").write_text("#!/bin/sh\n")
    (upstream.folder / "x").chmod(0o755)
    sha = upstream.commit({"a": "1", "d/\u00e4\n": b"\0\xff" * 1000, "empty": ""})
    entries = Git(find_git(), upstream.git_dir).list_files(sha)
    assert scan(upstream.folder) == entries
    assert entries["x"].mode == EXECUTABLE


def test_scan__follows_no_link_and_hangs_on_no_pipe(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("x")
    (tree / "out").symlink_to("../outside")
    (tree / "loop").symlink_to("loop")
    os.mkfifo(tree / "pipe")
    (tree / ".GIT").mkdir()
    (tree / ".GIT" / "x").touch()
    entries = scan(tree)
    assert {path: entry.mode for path, entry in entries.items()} == {
        "out": SYMLINK,
        "loop": SYMLINK,
        "pipe": SPECIAL,
    }
    with pytest.raises(OSError, match="out"):
        read_file(tree, "out/secret")
    with pytest.raises(OSError, match="loop"):
        read_file(tree, "loop")


def test_remove_tree__goes_down_deeper_than_a_path_is_long(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    here = os.open(tree, os.O_RDONLY)
    for _ in range(1200):  # more levels than Python calls, and a path of 60,000 bytes
        os.mkdir("d" * 50, dir_fd=here)
        inner = os.open("d" * 50, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.chmod(here, 0o000)  # noqa: PTH101
    os.close(here)
    remove_tree(tree)
    assert not tree.exists()


def test_remove_tree__takes_links_for_links(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").touch()
    (tmp_path / "tree" / "closed").mkdir(parents=True)
    (tmp_path / "tree" / "closed" / "x").touch()
    (tmp_path / "tree" / "closed" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "tree" / "closed").chmod(0o000)
    remove_tree(tmp_path / "tree")
    remove_tree(tmp_path / "tree")
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (tmp_path / "outside" / "kept").exists()
