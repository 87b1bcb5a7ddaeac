"""Where the files of a workflow come from: GitHub by way of the cache, or a local repository."""

from dataclasses import dataclass
from pathlib import Path

from p2a.checkout import Cache, Checkout
from p2a.domain import Workflow, WorkflowKind
from p2a.errors import GitFailed
from p2a.git import Git
from p2a.remote import Remote
from p2a.worktree import remove_tree
from worker.github_site import Questions
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

    def resolve(self) -> BaseRecord:
        """Return the commit to start from, as the event named it or as GitHub tells it now.

        Raises:
            GitHubError: GitHub did not tell.
            GitFailed: a change was asked for on somebody else's repository.
        """
        origin = self.workflow.origin
        facts = self.questions.repository_facts()
        if origin.is_pull_request:
            return self._of_pull()
        ref = origin.base_ref or facts.default_branch
        return BaseRecord(ref=ref, sha=origin.base_sha or self.questions.branch_sha(ref))

    def open(self, base: BaseRecord, story: Story) -> WorkTree:
        """Fetch the commit and check it out."""
        origin = self.workflow.origin
        remote = Remote.on_github(
            self.github_url, origin.repository, token=self.questions.git_credentials()
        )
        wanted = [sha for sha in (base.sha, base.against) if sha]
        self.cache.fetch(origin.repository.id, remote, wanted)
        source = self.cache.repository(origin.repository.id)
        return WorkTree(
            Checkout.create(self.folder, source=source, commit=base.sha), changes=story.changes
        )

    def _of_pull(self) -> BaseRecord:
        """Return a pull request's head: the recorded commit when the event named one."""
        origin = self.workflow.origin
        pull = self.questions.pull(origin.number)
        is_fork = pull.head_repository_id != origin.repository.id or origin.is_fork
        if self.workflow.kind is WorkflowKind.FIX and is_fork:
            raise GitFailed(
                "a pull request from a fork cannot be built upon",
                why="its branch is in somebody else's repository",
                next_step="give the command on an issue, or ask for `/p2a check` here",
            )
        sha = origin.head_sha or pull.head_sha
        against = origin.base_sha or pull.base_sha
        if self.workflow.kind is WorkflowKind.FIX:
            against = ""
        return BaseRecord(ref=pull.head_ref, sha=sha, against=against, is_fork=is_fork)


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
