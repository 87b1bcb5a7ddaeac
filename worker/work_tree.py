"""The files of a workflow: a checkout of its base and the workspace in which they are changed."""

from collections.abc import Sequence
from pathlib import Path

from p2a.checkout import Checkout
from p2a.effects import FileChange
from p2a.errors import GitFailed
from p2a.line_count import LineCount
from p2a.tree import SUBMODULE, SYMLINK
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

    def __init__(self, checkout: Checkout, *, changes: Sequence[FileChange] = ()) -> None:
        self._checkout = checkout
        fixed = [
            path for path, entry in checkout.files.items() if entry.mode in {SYMLINK, SUBMODULE}
        ]
        self.workspace = Workspace(checkout.tree, fixed=fixed)
        self.workspace.apply(changes)

    @property
    def root(self) -> Path:
        """Return the folder with the files."""
        return self._checkout.tree

    def digest(self) -> str:
        """Return git's id of the present tree: equal trees, equal digests."""
        return self._checkout.git.write_tree(self._checkout.commit, self.workspace.changes())

    def diff(self) -> str:
        """Return the unified diff from the base, cut when it is very long."""
        patch = self._checkout.git.patch(self._checkout.commit, self.digest())
        text = patch.decode("utf-8", errors="replace")
        return text if len(text) <= MAX_DIFF else f"{text[:MAX_DIFF]}\n[the rest is cut]\n"

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
        paths = self.workspace.paths()
        return find_change(self._checkout.git, self.root, revision=revision, paths=paths, work=work)

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

        Raises:
            GitFailed: there is no such commit here.
        """
        return policy_for_change(self._checkout.git, self.root, base=base)

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
        return WorkTree(beside, changes=self.workspace.changes())

    def base_tree(self, folder: Path) -> "WorkTree":
        """Check the commit that the changes are made on out beside this tree."""
        return self.other_tree(self._checkout.commit, folder)

    def remove(self) -> None:
        """Remove everything."""
        self._checkout.remove()
