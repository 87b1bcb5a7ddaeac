"""One repository's bare object store: objects, references and history by the git program."""

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from p2a.errors import GitFailed
from playground.git_commit import (
    NO_OBJECT,
    GitCommit,
    NewCommit,
    TreeEntry,
    decode_commit,
    encode_commit,
    is_verified,
)
from playground.git_program import GitProgram

SHA = re.compile(r"[0-9a-f]{40}")
ABBREVIATION = re.compile(r"[0-9a-f]{4,40}")
SIGNING_KEY_FILE = "playground-signing-key"
SOURCE_TIMEOUT_SECONDS = 900.0
REPOSITORY_SETTINGS = (
    ("http.receivepack", "true"),
    ("receive.hideRefs", "refs/pull"),
    ("uploadpack.allowAnySHA1InWant", "true"),
    ("uploadpack.allowFilter", "true"),
    ("core.logAllRefUpdates", "false"),
)


class ReferenceMoved(Exception):
    """A reference is not where the caller thought, or its name clashes with another one."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference's full name and the object that it names."""

    name: str
    sha: str
    type: str


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which commits of a history are wanted, newest first."""

    start: str
    exclude: str | None = None
    path: str | None = None
    author: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class GitStore:
    """A bare repository on disk; objects only grow, references move by compare-and-swap."""

    def __init__(self, git_dir: Path) -> None:
        self.git_dir = git_dir
        self.git = GitProgram(git_dir)

    @classmethod
    def create(
        cls, git_dir: Path, *, default_branch: str = "main", source: Path | None = None
    ) -> "GitStore":
        """Make the repository, with the branches and tags of `source` when one is given."""
        git_dir.mkdir(parents=True, exist_ok=True)
        store = cls(git_dir)
        branch = f"--initial-branch={default_branch}"
        store.git.run("init", "--quiet", "--bare", "--template=", branch)
        for name, value in REPOSITORY_SETTINGS:
            store.git.run("config", name, value)
        (git_dir / SIGNING_KEY_FILE).write_bytes(secrets.token_bytes(32))
        if source is not None:
            store._fill(Path(source), default_branch)
        return store

    def _fill(self, source: Path, default_branch: str) -> None:
        # Pushed from the source with its git directory named, so that a repository
        # that belongs to somebody else is read without git's ownership refusal.
        inside = GitProgram(source / ".git" if (source / ".git").is_dir() else source)
        if (source / ".git").is_file():
            inside = GitProgram(_linked_git_dir(source / ".git"))
        origin = GitProgram(inside.git_dir, timeout=SOURCE_TIMEOUT_SECONDS)
        target = f"file://{self.git_dir.resolve()}"
        push = ("push", "--quiet", "--no-verify", target)
        origin.run(*push, "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*")
        if self.ref(f"refs/heads/{default_branch}") is None:
            head = origin.text("rev-parse", "--verify", "HEAD^{commit}")
            origin.run(*push, f"{head}:refs/heads/{default_branch}")

    # ---------------------------------------------------------------- objects

    def put_blob(self, content: bytes) -> str:
        """Write a blob and return its id."""
        return self.git.text("hash-object", "-w", "--stdin", stdin=content)

    def blob(self, sha: str) -> bytes | None:
        """Return a blob's bytes, or None when there is no such blob."""
        found = next(self._read([sha]))
        return found[1] if found is not None and found[0] == "blob" else None

    def object_types(self, names: Sequence[str]) -> list[str | None]:
        """Return the type of each object, None where it is missing."""
        if not names:
            return []
        asked = [name if SHA.fullmatch(name) else NO_OBJECT for name in names]
        question = "".join(f"{name}\n" for name in asked).encode()
        answer = self.git.text("cat-file", "--batch-check=%(objecttype)", stdin=question)
        return [None if " " in line else line for line in answer.split("\n")]

    def _read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes] | None]:
        question = "".join(f"{name}\n" for name in names).encode()
        output = self.git.run("cat-file", "--batch", stdin=question).output
        position = 0
        for _ in names:
            end = output.index(b"\n", position)
            words = output[position:end].decode("utf-8", "replace").split(" ")
            position = end + 1
            if len(words) != 3 or not words[2].isdigit():
                yield None
                continue
            size = int(words[2])
            yield words[1], output[position : position + size]
            position += size + 1

    # ------------------------------------------------------------------ trees

    def tree(self, treeish: str, *, recursive: bool = False) -> list[TreeEntry] | None:
        """Return a tree's entries in git's order (with sub-trees), or None when it is no tree."""
        options = ["-r", "-t"] if recursive else []
        try:
            answer = self.git.run("ls-tree", "-z", "-l", "--full-tree", *options, treeish)
        except GitFailed:
            return None
        return [_tree_entry(line) for line in answer.output.split(b"\0") if line]

    def entry(self, treeish: str, path: str) -> TreeEntry | None:
        """Return what stands at `path`, or None."""
        if "\0" in path:
            return None
        listing = ("ls-tree", "-z", "-l", "--full-tree", treeish, "--", path)
        output = self.git.run("--literal-pathspecs", *listing).output
        found = [_tree_entry(line) for line in output.split(b"\0") if line]
        return next((entry for entry in found if entry.path == path), None)

    def submodule_address(self, commit: str, path: str) -> str | None:
        """Return where `.gitmodules` says that the submodule at `path` comes from."""
        listing = ("config", "-z", f"--blob={commit}:.gitmodules", "--list")
        output = self.git.run(*listing, accept=(0, 1, 128)).output.decode("utf-8", "replace")
        pairs = [item.partition("\n") for item in output.split("\0")]
        known = {name: value for name, _, value in pairs}
        for name, value in known.items():
            if name.startswith("submodule.") and name.endswith(".path") and value == path:
                return known.get(f"{name.removesuffix('.path')}.url")
        return None

    def tree_id(self, treeish: str) -> str | None:
        """Return the id of the tree that a tree, a commit or a reference comes to."""
        return self._parse(f"{treeish}^{{tree}}")

    # ---------------------------------------------------------------- commits

    @property
    def signing_key(self) -> bytes:
        """Return the key of the playground's own commit signatures."""
        return (self.git_dir / SIGNING_KEY_FILE).read_bytes()

    def put_commit(self, new: NewCommit) -> str:
        """Write a commit and return its id."""
        raw = encode_commit(new, signing_key=self.signing_key)
        return self.git.text("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw)

    def commit(self, sha: str) -> GitCommit | None:
        """Return a commit by its full id, or None when there is no such commit."""
        return self.commits([sha])[0] if self.object_types([sha]) == ["commit"] else None

    def commits(self, shas: Sequence[str]) -> list[GitCommit]:
        """Return the commits of these ids, which must be commits, in their order."""
        found = self._read(shas) if shas else iter(())
        return [
            decode_commit(sha, item[1])
            for sha, item in zip(shas, found, strict=True)
            if item is not None
        ]

    def is_verified(self, commit: GitCommit) -> bool:
        """Tell whether the commit's signature is one that this store made."""
        return is_verified(commit, key=self.signing_key)

    def resolve(self, name: str) -> str | None:
        """Return the commit that a branch, a tag, `heads/x`, a full reference or an id names."""
        if self.object_types([name]) == ["commit"]:
            return name
        names = [f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}"]
        if name.startswith("refs/"):
            names.insert(0, name)
        if name == "HEAD":
            names.insert(0, name)
        if ABBREVIATION.fullmatch(name):
            names.append(name)
        for candidate in names:
            found = self._parse(f"{candidate}^{{commit}}")
            if found is not None:
                return found
        return None

    def log(self, query: LogQuery) -> list[str]:
        """Return the ids of the history that a query asks for."""
        options = ["--topo-order"] if query.exclude is not None else []
        if query.author is not None:
            options += ["--fixed-strings", f"--author={query.author}"]
        if query.since is not None:
            options.append(f"--since={query.since.isoformat()}")
        if query.until is not None:
            options.append(f"--until={query.until.isoformat()}")
        options.append(query.start)
        if query.exclude is not None:
            options.append(f"^{query.exclude}")
        if query.path is not None:
            options += ["--", query.path]
        output = self.git.text("--literal-pathspecs", "rev-list", *options)
        return output.split("\n") if output else []

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor, or None for unrelated histories."""
        answer = self.git.run("merge-base", one, other, accept=(0, 1))
        return answer.output.decode().strip() or None

    def merge(self, base: str, head: str) -> str | None:
        """Return the id of the tree that merging `head` into `base` gives, or None on conflict."""
        answer = self.git.run("merge-tree", "--write-tree", base, head, accept=(0, 1))
        return answer.output.decode().split("\n")[0] if answer.code == 0 else None

    def _parse(self, expression: str) -> str | None:
        if "\0" in expression:
            return None
        parse = ("rev-parse", "--verify", "--quiet", "--end-of-options", expression)
        answer = self.git.run(*parse, accept=(0, 1, 128))
        return answer.output.decode().strip() if answer.code == 0 else None

    # ------------------------------------------------------------- references

    def refs(self, prefix: str = "refs/") -> list[Reference]:
        """Return the references whose full name starts with `prefix`, by name."""
        form = "--format=%(refname)%00%(objectname)%00%(objecttype)"
        output = self.git.text("for-each-ref", form, prefix[: prefix.rfind("/") + 1])
        rows = [line.split("\0") for line in output.split("\n") if line]
        return [Reference(*row) for row in rows if row[0].startswith(prefix)]

    def ref(self, name: str) -> Reference | None:
        """Return the reference of that full name."""
        return next((found for found in self.refs(name) if found.name == name), None)

    def branch(self, name: str) -> str | None:
        """Return the id of a branch's newest commit."""
        found = self.ref(f"refs/heads/{name}")
        return found.sha if found is not None else None

    def move_ref(self, name: str, *, new: str, old: str) -> None:
        """Let a reference name `new` where it names `old` now (`NO_OBJECT` for none).

        Raises:
            ReferenceMoved: it names something else, or git cannot have such a name here.
        """
        try:
            if new == NO_OBJECT:
                self.git.run("update-ref", "--no-deref", "-d", name, old)
            else:
                self.git.run("update-ref", "--no-deref", name, new, old)
        except GitFailed as failed:
            raise ReferenceMoved(f"{name}: {failed.why}") from failed

    def mirror_ref(self, name: str, sha: str) -> None:
        """Let one of the playground's own references name `sha`, wherever it was before."""
        self.git.run("update-ref", "--no-deref", name, sha)

    def borrow(self, other: "GitStore", sha: str) -> None:
        """Copy a commit and what it needs from another store, as for a fork's pull request."""
        if self.object_types([sha]) == ["commit"]:
            return
        wish = f"{sha}\n--not\n".encode()
        pack = other.git.run("pack-objects", "--revs", "--stdout", "--quiet", stdin=wish).output
        self.git.run("unpack-objects", "-q", stdin=pack)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Tell whether a move from `older` to `newer` is a fast-forward."""
        answer = self.git.run("merge-base", "--is-ancestor", older, newer, accept=(0, 1, 128))
        return answer.code == 0

    def is_ref_name(self, name: str) -> bool:
        """Tell whether git takes this as a full reference name."""
        return self.git.run("check-ref-format", name, accept=(0, 1)).code == 0


def _tree_entry(line: bytes) -> TreeEntry:
    head, _, path = line.decode("utf-8", "surrogateescape").partition("\t")
    mode, kind, sha, size = head.split()
    return TreeEntry(
        mode=mode, type=kind, sha=sha, size=None if size == "-" else int(size), path=path
    )


def _linked_git_dir(pointer: Path) -> Path:
    named = pointer.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
    return (pointer.parent / named).resolve()
