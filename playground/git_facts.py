"""What renderers and endpoints ask of the object stores of the world's repositories."""

from functools import lru_cache

from playground.git_commit import GitCommit
from playground.git_diff import compare, files_between
from playground.git_store import GitStore
from playground.records import Pull
from playground.shapes.view import PullNumbers
from playground.state import State

REMEMBERED = 512


class StoreFacts:
    """Answers from the bare repositories; sizes of pull requests are remembered by their ends."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._counted = lru_cache(maxsize=REMEMBERED)(self._count)

    def store(self, repository_id: int) -> GitStore:
        """Return a repository's object store."""
        return store_of(self._state, repository_id)

    def commit(self, repository_id: int, sha: str) -> GitCommit | None:
        """Return a commit, None when the repository has none of that id."""
        return self.store(repository_id).commit(sha)

    def verified(self, repository_id: int, commit: GitCommit) -> bool:
        """Tell whether the commit carries GitHub's own signature."""
        return self.store(repository_id).is_verified(commit)

    def pull_numbers(self, pull: Pull) -> PullNumbers:
        """Return the size of a pull request and whether it can be merged."""
        base = pull_base(self._state, pull)
        return self._counted(pull.repository_id, base, pull.head_sha)

    def _count(self, repository_id: int, base: str, head: str) -> PullNumbers:
        store = self.store(repository_id)
        comparison = compare(store, base, head)
        if comparison is None:
            return PullNumbers(mergeable=False)
        files = files_between(store, comparison.merge_base, head)
        return PullNumbers(
            commits=len(comparison.ahead),
            additions=sum(file.additions for file in files),
            deletions=sum(file.deletions for file in files),
            changed_files=len(files),
            mergeable=store.merge(base, head) is not None,
        )


def store_of(state: State, repository_id: int) -> GitStore:
    """Return a repository's object store."""
    return GitStore(state.git_dir(repository_id))


def pull_base(state: State, pull: Pull) -> str:
    """Return the commit that a pull request is compared to: the base branch's newest if open."""
    if pull.merged_at is None:
        tip = store_of(state, pull.repository_id).branch(pull.base_ref)
        if tip is not None:
            return tip
    return pull.base_sha
