"""Performs `OpenPull`: a draft pull request from our branch, or the one that stands there."""

from typing import Protocol

from p2a import inert
from p2a.effects import MAX_BODY, OpenPull, Performed
from p2a.errors import GitHubInvalid
from p2a.github.pull import Pull
from p2a.github.settle import Settler


class PullGateway(Protocol):
    """What is needed of the gateway."""

    def find_pull(self, branch: str) -> Pull | None:
        """Return the newest pull request from this branch, closed ones too."""

    def create_pull(
        self, *, branch: str, base_ref: str, title: str, body: str, draft: bool = True
    ) -> Pull:
        """Open a pull request."""


def open_pull(
    gateway: PullGateway, effect: OpenPull, *, settler: Settler, is_retry: bool
) -> Performed:
    """Open the pull request, or adopt the one that an earlier try opened.

    Raises:
        GitHubInvalid: GitHub does not accept it, or somebody else opened one from our branch.
    """
    pull, adopted = settler.settle(
        find=lambda: _our_pull(gateway, effect.branch),
        make=lambda: _create(gateway, effect),
        look_first=is_retry,
    )
    return Performed(str(pull.number), pull.url, adopted=adopted)


def _create(gateway: PullGateway, effect: OpenPull) -> Pull:
    title = inert.title(effect.title)
    body = inert.fit(inert.clean(effect.body), MAX_BODY)
    try:
        return gateway.create_pull(
            branch=effect.branch, base_ref=effect.base_ref, title=title, body=body
        )
    except GitHubInvalid as error:
        reason = error.why.lower()
        if "draft pull requests are not supported" in reason:
            # Some plans have no drafts in private repositories; a plain one still merges nothing.
            return gateway.create_pull(
                branch=effect.branch,
                base_ref=effect.base_ref,
                title=title,
                body=body,
                draft=False,
            )
        there = _our_pull(gateway, effect.branch) if "already exists" in reason else None
        if there is None:
            raise
        return there


def _our_pull(gateway: PullGateway, branch: str) -> Pull | None:
    pull = gateway.find_pull(branch)
    if pull is not None and not pull.is_ours:
        raise GitHubInvalid(
            f"somebody else opened a pull request from {branch}",
            why=f"{pull.url} is not our App's, so we leave it alone",
            next_step="close that pull request, then retry",
            status=422,
        )
    return pull
