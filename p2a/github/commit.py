"""Branches, commits, trees and blobs through the Git Data API, and files at a commit."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from p2a.errors import GitHubInvalid, GitHubNotFound
from p2a.github.endpoint import Endpoint
from p2a.github.request import Request


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its tree, its parents and its message."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """A branch: the commit that it points to, and whether a rule protects it."""

    sha: str
    is_protected: bool


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A path of a new tree: with text, with the SHA of a blob, or with neither: it is removed."""

    path: str
    executable: bool = False
    text: str | None = None
    sha: str | None = None


class CommitVerbs(Endpoint):
    """What we do with branches, commits and files."""

    def find_ref(self, branch: str) -> str | None:
        """Return the commit that a branch points to, None when there is no such branch."""
        request = Request(
            "GET", self._ref_path("git", "ref", branch=branch), f"read the branch {branch}"
        )
        try:
            return self._wire.ask(request, lambda data: str(data["object"]["sha"]))
        except GitHubNotFound:
            return None

    def branch_sha(self, branch: str) -> str:
        """Return the commit that a branch points to.

        Raises:
            GitHubNotFound: there is no such branch.
        """
        sha = self.find_ref(branch)
        if sha is None:
            raise GitHubNotFound(
                f"the branch {branch} does not exist",
                why=f"{self._repository.full_name} has no such branch, or the App may not read it",
                next_step="look whether it was deleted or renamed",
                status=404,
            )
        return sha

    def commit(self, sha: str) -> Commit:
        """Return a commit."""
        request = Request("GET", self._path("git", "commits", sha), f"read the commit {sha[:12]}")
        return self._wire.ask(request, _read_commit)

    def create_blob(self, content: bytes) -> str:
        """Store bytes and return their SHA; the same bytes give the same blob."""
        fields = {"content": base64.b64encode(content).decode("ascii"), "encoding": "base64"}
        return self._make("blobs", "store a file", fields, repeatable=True)

    def create_tree(self, *, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        """Store a tree that differs from a base in these entries and return its SHA."""
        fields = {"base_tree": base_tree, "tree": [_entry(entry) for entry in entries]}
        return self._make("trees", "store the changed files", fields, repeatable=True)

    def create_commit(self, *, message: str, tree: str, parent: str) -> str:
        """Store a commit in the App's name and return its SHA.

        Neither author nor committer is named, so that GitHub fills both in and signs the commit.
        A repeated one is an object that nothing points to.
        """
        fields = {"message": message, "tree": tree, "parents": [parent]}
        return self._make("commits", "store the commit", fields, repeatable=True)

    def create_ref(self, branch: str, sha: str) -> None:
        """Make a new branch; GitHub refuses an existing one. Never repeated by itself."""
        request = Request(
            "POST",
            self._path("git", "refs"),
            f"make the branch {branch}",
            body={"ref": f"refs/heads/{branch}", "sha": sha},
            creates=True,
        )
        self._wire.ask(request, lambda data: str(data["object"]["sha"]))

    def branch_facts(self, branch: str) -> BranchFacts | None:
        """Return a branch, None when there is no such branch."""
        path = f"{self._path('branches')}/{quote(branch, safe='/')}"
        request = Request("GET", path, f"look at the branch {branch}")
        try:
            return self._wire.ask(
                request,
                lambda data: BranchFacts(str(data["commit"]["sha"]), bool(data["protected"])),
            )
        except GitHubNotFound:
            return None

    def forward_ref(self, branch: str, sha: str) -> None:
        """Move a branch to a commit that comes after its present one.

        Sent twice it leaves the same.

        Raises:
            GitHubInvalid: the commit does not come after what stands there, or a rule forbids it.
        """
        request = Request(
            "PATCH",
            self._ref_path("git", "refs", branch=branch),
            f"add the commit to {branch}",
            body={"sha": sha, "force": False},
            repeatable=True,
            creates=True,
        )
        self._wire.ask(request, lambda data: str(data["object"]["sha"]))

    def read_file(self, path: str, ref: str) -> bytes | None:
        """Return a file at a commit or branch; None when there is no file of that path.

        Raises:
            GitHubInvalid: the file is over a megabyte.
        """
        request = Request(
            "GET",
            "/".join([self._path("contents"), *self._quoted(path)]),
            f"read the file {path}",
            parameters={"ref": ref},
        )
        try:
            data = self._wire.ask(request, lambda found: found)
        except GitHubNotFound:
            return None
        if not isinstance(data, dict) or data.get("type") != "file":
            return None
        if data.get("encoding") != "base64":
            raise GitHubInvalid(
                f"could not read the file {path}",
                why="GitHub gives files over a megabyte in another way",
                next_step="make the file smaller",
            )
        return base64.b64decode(data.get("content") or "")

    def _quoted(self, path: str) -> list[str]:
        return [self._path(part).rsplit("/", 1)[-1] for part in path.split("/")]

    def _make(self, kind: str, purpose: str, fields: dict[str, Any], *, repeatable: bool) -> str:
        request = Request(
            "POST",
            self._path("git", kind),
            purpose,
            body=fields,
            repeatable=repeatable,
            creates=True,
        )
        return self._wire.ask(request, lambda data: str(data["sha"]))


def _entry(entry: TreeEntry) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "path": entry.path,
        "mode": "100755" if entry.executable else "100644",
        "type": "blob",
    }
    if entry.text is not None:
        fields["content"] = entry.text
    else:
        fields["sha"] = entry.sha
    return fields


def _read_commit(data: Any) -> Commit:
    return Commit(
        sha=data["sha"],
        tree=data["tree"]["sha"],
        parents=tuple(parent["sha"] for parent in data["parents"]),
        message=data["message"],
    )
