"""Where the files of a workflow come from: GitHub by way of the cache, or a local repository."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from p2a.checkout import Cache, Checkout
from p2a.domain import CHANGING, Workflow, WorkflowKind
from p2a.effects import FileChange
from p2a.errors import GitFailed
from p2a.git import Git
from p2a.objects import objects_of
from p2a.remote import Remote
from p2a.tape import Tape, Untaped
from p2a.worktree import remove_tree
from worker.errors import NotOnForks
from worker.github_site import Questions
from worker.merging import Moved, move_changes
from worker.reach import check_reach
from worker.records import BaseRecord
from worker.story import Story
from worker.work_tree import WorkTree


@dataclass(frozen=True, slots=True)
class GitHubTrees:
    """The tree of a workflow's repository on GitHub."""

    workflow: Workflow
    questions: Questions
    cache: Cache
    folder: Path
    """Of this run; it is made and removed by us."""
    github_url: str
    tape: Tape = field(default_factory=Untaped)

    def resolve(self) -> BaseRecord:
        """Return the commit to start from, as the event named it or as GitHub tells it now.

        Raises:
            GitHubError: GitHub did not tell.
            GitFailed: a change was asked for on somebody else's repository, or would reach nobody.
        """
        origin = self.workflow.origin
        facts = self.questions.repository_facts()
        if origin.is_pull_request:
            return self._of_pull()
        ref = origin.base_ref or facts.default_branch
        return BaseRecord(ref=ref, sha=origin.base_sha or self.questions.branch_sha(ref))

    def open(self, base: BaseRecord, story: Story) -> WorkTree:
        """Fetch the commit and check it out."""
        self._fetch([sha for sha in (base.sha, base.against, base.pull_base) if sha])
        checkout = Checkout.create(self.folder, source=self._repository, commit=base.sha)
        # Who adds to a pull request what it lacks is shown the whole of it as the change.
        shows_pull = self.workflow.kind in {WorkflowKind.TEST, WorkflowKind.DOCS}
        return WorkTree(
            checkout, changes=story.changes, pull_base=base.pull_base, shows_pull=shows_pull
        )

    @property
    def _repository(self) -> Git:
        return self.cache.repository(self.workflow.origin.repository.id)

    def _fetch(self, wanted: Sequence[str]) -> None:
        repository = self.workflow.origin.repository
        token = self.questions.git_credentials()
        remote = Remote.on_github(self.github_url, repository, token=token)
        self.tape.exchange(
            "fetch",
            {"commits": list(wanted)},
            lambda: self.cache.fetch(repository.id, remote, wanted),
        )
        self.tape.keep(lambda: objects_of(self._repository, wanted))

    def newest(self, base: BaseRecord) -> str:
        """Return where the branch stands now, as GitHub tells it."""
        origin = self.workflow.origin
        if origin.is_pull_request:
            return self.questions.pull(origin.number).head_sha
        return self.questions.branch_sha(base.ref)

    def move(self, base: BaseRecord, changes: Sequence[FileChange], onto: str) -> Moved:
        """Put changes of one commit on another one, which is fetched."""
        self._fetch([base.sha, onto])
        return move_changes(self._repository, base.sha, changes, onto)

    def _of_pull(self) -> BaseRecord:
        """Return a pull request's head: the recorded commit when the event named one."""
        origin = self.workflow.origin
        pull = self.questions.pull(origin.number)
        is_fork = pull.head_repository_id != origin.repository.id or origin.is_fork
        head, base = origin.head_sha or pull.head_sha, origin.base_sha or pull.base_sha
        record = BaseRecord(ref=pull.head_ref, sha=head, is_fork=is_fork)
        if self.workflow.kind not in CHANGING:
            return record.model_copy(update={"against": base})
        if is_fork and self.workflow.kind is not WorkflowKind.FIX:
            raise NotOnForks(
                f"`/p2a {self.workflow.kind}` does nothing on a pull request from a fork",
                why="its branch is in somebody else's repository, where p2a may neither write nor run tests",
                next_step="ask for `/p2a review`, or for `/p2a fix TEXT`, which offers suggestions",
            )
        check_reach(self.questions, pull, is_fork=is_fork)
        return record.model_copy(update={"pull_base": base})


@dataclass(frozen=True, slots=True)
class LocalTrees:
    """The tree of a repository on this machine; its own work tree is never touched."""

    git: Git
    base_ref: str
    folder: Path

    def resolve(self) -> BaseRecord:
        """Return the commit that the base names.

        Raises:
            GitFailed: there is no such commit.
        """
        sha = self.git.resolve(self.base_ref)
        if sha is None:
            raise GitFailed(
                f"{self.base_ref!r} names no commit",
                why=f"git folder {self.git.git_dir}",
                next_step="give an existing branch, tag or commit with --base",
            )
        return BaseRecord(ref=self.base_ref, sha=sha)

    def newest(self, base: BaseRecord) -> str:
        """Return where the base's branch stands now; HEAD may lead to another branch meanwhile."""
        if self.base_ref == "HEAD":
            return base.sha
        return self.git.resolve(self.base_ref) or base.sha

    def move(self, base: BaseRecord, changes: Sequence[FileChange], onto: str) -> Moved:
        """Put changes of one commit on another one."""
        return move_changes(self.git, base.sha, changes, onto)

    def open(self, base: BaseRecord, story: Story) -> WorkTree:
        """Check the commit out in a folder of its own."""
        return WorkTree(
            Checkout.create(self.folder, source=self.git, commit=base.sha), changes=story.changes
        )


def run_folder(data_dir: Path, workflow_id: str, *, token: int) -> Path:
    """Return the folder of one claim and remove what earlier claims left.

    Whoever made those lost the lease, so nothing of theirs counts any more.
    """
    folder = data_dir / "work"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob(f"{workflow_id}-*"):
        remove_tree(old)
    return folder / f"{workflow_id}-{token}"
