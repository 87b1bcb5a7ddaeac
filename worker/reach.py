"""Whether a change of a pull request would still reach somebody."""

from p2a.domain import Origin
from p2a.errors import GitFailed
from p2a.github.pull import Pull
from worker.github_site import Questions

NOBODY = "a change of it would reach nobody"


def check_reach_of(questions: Questions, origin: Origin) -> None:
    """Return when a change of what was commented on would reach somebody: of an issue it always does.

    Raises:
        GitFailed: its pull request is closed, or the branch was deleted.
        GitHubError: GitHub did not tell.
    """
    if origin.is_pull_request:
        pull = questions.pull(origin.number)
        is_fork = pull.head_repository_id != origin.repository.id
        check_reach(questions, pull, is_fork=is_fork)


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
