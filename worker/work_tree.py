"""The files of a workflow: a checkout of its base and the workspace in which they are changed."""

from collections.abc import Sequence
from pathlib import Path

from p2a.checkout import Checkout
from p2a.effects import FileChange
from p2a.errors import GitFailed
from p2a.line_count import LineCount
from p2a.tree import SUBMODULE, SYMLINK, Entry
from quality.change import Change, find_change
from quality.gate import Policy
from quality.gate_source import policy_for_change, team_of_commit
from quality.needs.detect import Needs
from quality.needs.source import needs_of_change
from quality.team import Team
from worker.workspace import Workspace

MAX_DIFF = 120_000


class WorkTree:
    """A checkout with the changes made so far."""

    def __init__(
        self,
        checkout: Checkout,
        *,
        changes: Sequence[FileChange] = (),
        pull_base: str = "",
        shows_pull: bool = False,
    ) -> None:
        self._checkout = checkout
        self._pull_base = pull_base
        self._shows_pull = shows_pull
        """Whether the diff begins where the pull request does."""
        fixed = [
            path for path, entry in checkout.files.items() if entry.mode in {SYMLINK, SUBMODULE}
        ]
        start = self._pull_start() if shows_pull else None
        concerned = checkout.git.changes(start, checkout.commit) if start else ()
        self.workspace = Workspace(
            checkout.tree, fixed=fixed, concerned=[change.path for change in concerned]
        )
        self.workspace.apply(changes)
        self._known: tuple[tuple[FileChange, ...], str] | None = None
        """Changes with the id of the tree that they make."""

    @property
    def root(self) -> Path:
        """Return the folder with the files."""
        return self._checkout.tree

    def digest(self) -> str:
        """Return git's id of the present tree: equal trees, equal digests."""
        changes = self.workspace.changes()
        # It takes git five programs, and it is asked for some twenty times.
        if self._known is None or self._known[0] != changes:
            digest = self._checkout.git.write_tree(self._checkout.commit, changes)
            self._known = (changes, digest)
        return self._known[1]

    def diff(self) -> str:
        """Return the unified diff of the change that agents look at, cut when it is very long."""
        start = self._pull_start() if self._shows_pull else None
        patch = self._checkout.git.patch(start or self._checkout.commit, self.digest())
        text = patch.decode("utf-8", errors="replace")
        return text if len(text) <= MAX_DIFF else f"{text[:MAX_DIFF]}\n[the rest is cut]\n"

    @property
    def links(self) -> dict[str, Entry]:
        """Return the files that are links in the commit; in the tree they are files with their target."""
        files = self._checkout.files.items()
        return {path: entry for path, entry in files if entry.mode == SYMLINK}

    def patch_since(self, revision: str) -> str:
        """Return the unified diff from where the tree left a commit's history to the present tree.

        Raises:
            GitFailed: the commit is not here or shares no history.
        """
        git = self._checkout.git
        base = git.merge_base(self._checkout.commit, revision)
        if base is None:
            raise GitFailed(
                f"the commits {revision[:12]} and {self._checkout.commit[:12]} share no history",
                why="one of the branches was made anew",
                next_step="rebase the pull request on its base",
            )
        return git.patch(base, self.digest()).decode("utf-8", errors="replace")

    def pull_diff(self) -> str:
        """Return the unified diff of the pull request that is changed, without the changes made here.

        Empty for other work, and for a pull request that shares no history with its base any more.
        """
        start = self._pull_start()
        if start is None:
            return ""
        patch = self._checkout.git.patch(start, self._checkout.commit)
        return patch.decode("utf-8", errors="replace")

    def _pull_start(self) -> str | None:
        """Return the commit at which the pull request left its base, None where there is none."""
        if not self._pull_base:
            return None
        return self._checkout.git.merge_base(self._checkout.commit, self._pull_base)

    def grew_from(self, sha: str) -> bool:
        """Tell whether the base commit has another one in its history."""
        git = self._checkout.git
        return git.resolve(sha) == sha and git.merge_base(sha, self._checkout.commit) == sha

    def line_counts(self) -> dict[str, LineCount]:
        """Return by path how many lines the changes added and removed, counted by git."""
        return self._checkout.git.line_counts(self._checkout.commit, self.digest())

    def change_since(self, revision: str, work: Path) -> Change:
        """Return the Python files that differ from where the tree left the revision's history.

        Raises:
            GitFailed: the revision is not here or shares no history.
        """
        return find_change(
            self._checkout.git,
            self.root,
            revision=revision,
            paths=self.workspace.paths(),
            work=work,
            links=self.links,
        )

    def needs_since(self, revision: str, work: Path) -> Needs:
        """Return what the tests need by the commit where the tree left the revision's history.

        Raises:
            GitFailed: the revision is not here or shares no history.
        """
        return needs_of_change(self._checkout.git, self.change_since(revision, work))

    def team(self, base: str) -> Team:
        """Return what the base commit's settings say of the agents and their budget.

        Raises:
            ConfigurationInvalid: the file there cannot be used.
            GitFailed: there is no such commit here.
        """
        return team_of_commit(self._checkout.git, base)

    def policy_since(self, base: str) -> Policy:
        """Return the gate that the base commit sets; what lies in the tree only reads as data.

        For a change of a pull request's own branch that is where the pull request left its base.

        Raises:
            GitFailed: there is no such commit here.
        """
        start = self._pull_start() or base
        return policy_for_change(self._checkout.git, self.root, base=start)

    def other_tree(self, commit: str, folder: Path) -> "WorkTree":
        """Check another commit out beside this one.

        Raises:
            GitFailed: there is no such commit here.
        """
        return WorkTree(Checkout.create(folder, source=self._checkout.git, commit=commit))

    def copy(self, name: str) -> "WorkTree":
        """Check the same commit out beside this one and make the same changes there.

        Raises:
            GitFailed: it cannot be checked out.
        """
        mine = self._checkout
        folder = mine.folder.with_name(f"{mine.folder.name}-{name}")
        beside = Checkout.create(folder, source=mine.git, commit=mine.commit)
        return WorkTree(
            beside,
            changes=self.workspace.changes(),
            pull_base=self._pull_base,
            shows_pull=self._shows_pull,
        )

    def base_tree(self, folder: Path) -> "WorkTree":
        """Check the commit out beside this tree on which what agents look at as the change is made."""
        start = self._pull_start() if self._shows_pull else None
        return self.other_tree(start or self._checkout.commit, folder)

    def remove(self) -> None:
        """Remove everything."""
        self._checkout.remove()
