"""Whether a change of a pull request would still reach somebody."""

from p2a.errors import GitFailed
from p2a.github.pull import Pull
from worker.github_site import Questions

NOBODY = "a change of it would reach nobody"


def check_reach(questions: Questions, pull: Pull, *, is_fork: bool) -> None:
    """Return when the pull request is open and its branch, if it is one of ours, is there.

    Raises:
        GitFailed: it is closed, or its branch was deleted.
        GitHubError: GitHub did not tell.
    """
    if pull.state != "open":
        raise GitFailed(
            f"the pull request #{pull.number} is {'merged' if pull.is_merged else 'closed'}",
            why=NOBODY,
            next_step="reopen it, or give the command on an issue",
        )
    if not is_fork and questions.branch_facts(pull.head_ref) is None:
        raise GitFailed(
            f"the branch {pull.head_ref!r} of the pull request #{pull.number} was deleted",
            why=NOBODY,
            next_step="restore it, or give the command on an issue",
        )
