"""A gateway whose GitHub is a handful of dictionaries, with faults on order."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from p2a.effects import ReviewComment
from p2a.errors import GitHubInvalid, GitHubUnavailable
from p2a.github.check import CheckContent, CheckRun
from p2a.github.comment import Comment
from p2a.github.commit import BranchFacts, Commit, TreeEntry
from p2a.github.pull import Pull
from p2a.github.review import Review
from p2a.github.status import Status

T = TypeVar("T")
BASE = "b" * 40


class Died(RuntimeError):
    """The process is gone; nobody catches this."""


@dataclass
class FakeGateway:
    """`faults` maps a verb to what happens to its next calls: lose, fail, die or nothing."""

    comments: dict[int, Comment] = field(default_factory=dict)
    reactions: set[tuple[str, int, int | None]] = field(default_factory=set)
    refs: dict[str, str] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    pushes: dict[str, str] = field(default_factory=dict)
    """What somebody pushes right before a branch is moved."""
    commits: dict[str, Commit] = field(default_factory=dict)
    trees: dict[str, tuple[TreeEntry, ...]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    pulls: list[Pull] = field(default_factory=list)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    review_comments: list[ReviewComment] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)
    """Paths that are not in the diff."""
    annotations: list[str] = field(default_factory=list)
    completions: int = 0
    calls: list[str] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    has_drafts: bool = True

    def __post_init__(self) -> None:
        self.commits[BASE] = Commit(BASE, "t" * 40, (), "start")

    def repository_facts(self) -> object:
        return self._do("repository_facts", lambda: None)

    def add_reaction(self, content: str, *, number: int, comment_id: int | None) -> int | None:
        def work() -> int | None:
            if comment_id == 404:
                return None
            self.reactions.add((content, number, comment_id))
            return 1

        return self._do("add_reaction", work)

    def find_comment(self, number: int, marker: str) -> Comment | None:
        def work() -> Comment | None:
            found = [one for one in self.comments.values() if one.body.startswith(marker)]
            return found[0] if found else None

        return self._do("find_comment", work)

    def create_comment(self, number: int, body: str) -> Comment:
        def work() -> Comment:
            comment = Comment(100 + len(self.calls), body, f"http://hub/{number}")
            self.comments[comment.id] = comment
            return comment

        return self._do("create_comment", work)

    def edit_comment(self, comment_id: int, body: str) -> Comment | None:
        def work() -> Comment | None:
            if comment_id not in self.comments:
                return None
            self.comments[comment_id] = replace(self.comments[comment_id], body=body)
            return self.comments[comment_id]

        return self._do("edit_comment", work)

    def find_ref(self, branch: str) -> str | None:
        return self._do("find_ref", lambda: self.refs.get(branch))

    def commit(self, sha: str) -> Commit:
        return self._do("commit", lambda: self.commits[sha])

    def create_blob(self, content: bytes) -> str:
        def work() -> str:
            sha = hashlib.sha256(content).hexdigest()[:40]
            self.blobs[sha] = content
            return sha

        return self._do("create_blob", work)

    def create_tree(self, *, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        def work() -> str:
            sha = hashlib.sha256(repr(entries).encode()).hexdigest()[:40]
            self.trees[sha] = tuple(entries)
            return sha

        return self._do("create_tree", work)

    def create_commit(self, *, message: str, tree: str, parent: str) -> str:
        def work() -> str:
            # The time goes into a commit, so the same again is another one.
            sha = f"{len(self.calls):040d}"
            self.commits[sha] = Commit(sha, tree, (parent,), message)
            return sha

        return self._do("create_commit", work)

    def create_ref(self, branch: str, sha: str) -> None:
        def work() -> None:
            if branch in self.refs:
                raise GitHubInvalid("no", why="Reference already exists")
            self.refs[branch] = sha

        self._do("create_ref", work)

    def default_branch(self) -> str:
        return self._do("default_branch", lambda: "main")

    def branch_facts(self, branch: str) -> BranchFacts | None:
        sha = self.refs.get(branch)
        found = BranchFacts(sha, branch in self.protected) if sha else None
        return self._do("branch_facts", lambda: found)

    def forward_ref(self, branch: str, sha: str) -> None:
        def work() -> None:
            self.refs.update(self.pushes)
            if self.refs[branch] not in {sha, *self.commits[sha].parents}:
                raise GitHubInvalid("no", why="Update is not a fast forward")
            self.refs[branch] = sha

        self._do("forward_ref", work)

    def commit_url(self, sha: str) -> str:
        return f"http://hub/commit/{sha}"

    def branch_url(self, branch: str) -> str:
        return f"http://hub/tree/{branch}"

    def find_pull(self, branch: str) -> Pull | None:
        def work() -> Pull | None:
            found = [pull for pull in self.pulls if pull.head_ref == branch]
            return found[0] if found else None

        return self._do("find_pull", work)

    def create_pull(
        self, *, branch: str, base_ref: str, title: str, body: str, draft: bool = True
    ) -> Pull:
        def work() -> Pull:
            if draft and not self.has_drafts:
                raise GitHubInvalid("no", why="Draft pull requests are not supported in this")
            if any(pull.head_ref == branch for pull in self.pulls):
                raise GitHubInvalid("no", why=f"A pull request already exists for o:{branch}")
            pull = a_pull(branch, number=len(self.pulls) + 1, is_draft=draft)
            self.pulls.append(pull)
            return pull

        return self._do("create_pull", work)

    def check(self, check_id: int) -> CheckRun | None:
        return self._do("check", lambda: self.checks.get(check_id))

    def find_check(self, head_sha: str, *, name: str, external_id: str) -> CheckRun | None:
        return self._do("find_check", lambda: next(iter(self.checks.values()), None))

    def create_check(self, content: CheckContent) -> CheckRun:
        def work() -> CheckRun:
            run = CheckRun(1 + len(self.checks), "http://hub/c", "queued", None, 0, "", "", "")
            return self._store(run, content)

        return self._do("create_check", work)

    def update_check(self, check_id: int, content: CheckContent) -> CheckRun:
        return self._do("update_check", lambda: self._store(self.checks[check_id], content))

    def newest_status(self, sha: str, context: str) -> Status | None:
        def work() -> Status | None:
            found = [one for one in self.statuses if one.context == context]
            return found[-1] if found else None

        return self._do("newest_status", work)

    def create_status(
        self, sha: str, *, state: str, context: str, description: str, target_url: str | None
    ) -> Status:
        def work() -> Status:
            number = len(self.statuses) + 1
            status = Status(number, "http://hub/s", state, context, description, target_url)
            self.statuses.append(status)
            return status

        return self._do("create_status", work)

    def own_reviews(self, number: int) -> list[Review]:
        return self._do("own_reviews", lambda: list(self.reviews))

    def create_review(
        self, number: int, *, commit_id: str, body: str, comments: tuple[ReviewComment, ...]
    ) -> Review:
        def work() -> Review:
            if any(comment.path in self.outside for comment in comments):
                raise GitHubInvalid("no", why="Line could not be resolved")
            review = Review(len(self.reviews) + 1, body, "http://hub/r")
            self.reviews.append(review)
            self.review_comments += comments
            return review

        return self._do("create_review", work)

    def _store(self, run: CheckRun, content: CheckContent) -> CheckRun:
        assert len(content.annotations) <= 50
        self.annotations += [annotation.message for annotation in content.annotations]
        self.completions += content.conclusion is not None
        self.checks[run.id] = replace(
            run,
            status=content.status,
            conclusion=content.conclusion.value if content.conclusion else None,
            annotations_count=run.annotations_count + len(content.annotations),
            title=content.title,
            summary=content.summary,
            text=content.text,
        )
        return self.checks[run.id]

    def _do(self, verb: str, work: Callable[[], T]) -> T:
        self.calls.append(verb)
        planned = self.faults.get(verb, [])
        fault = planned.pop(0) if planned else ""
        if fault == "fail":
            raise GitHubUnavailable(f"{verb} failed")
        result = work()
        if fault == "lose":
            raise GitHubUnavailable(f"the answer of {verb} was lost")
        if fault == "die":
            raise Died(verb)
        return result


def a_pull(branch: str, *, number: int = 1, is_ours: bool = True, is_draft: bool = True) -> Pull:
    """Return a pull request from a branch."""
    return Pull(
        number=number,
        url=f"http://hub/pull/{number}",
        state="open",
        is_draft=is_draft,
        is_merged=False,
        head_sha="h" * 40,
        head_ref=branch,
        head_repository_id=99,
        base_sha=BASE,
        base_ref="main",
        is_ours=is_ours,
    )
