"""Performs `PutStatus`: sets a commit status unless the one that counts says the same already."""

from typing import Protocol

from p2a import inert
from p2a.effects import MAX_STATUS_DESCRIPTION, Performed, PutStatus
from p2a.github.settle import Settler
from p2a.github.status import Status


class StatusGateway(Protocol):
    """What is needed of the gateway."""

    def newest_status(self, sha: str, context: str) -> Status | None:
        """Return the status of a context that counts."""

    def create_status(
        self, sha: str, *, state: str, context: str, description: str, target_url: str | None
    ) -> Status:
        """Set a status."""


def put_status(
    gateway: StatusGateway,
    effect: PutStatus,
    *,
    known: Performed | None,
    settler: Settler,
    is_retry: bool,
) -> Performed:
    """Bring the commit's status to what the effect says."""
    description = inert.line(effect.description, limit=MAX_STATUS_DESCRIPTION)
    wanted = (effect.state.value, description, effect.target_url)

    def find() -> Status | None:
        there = gateway.newest_status(effect.sha, effect.context)
        if there is None or (there.state, there.description, there.target_url) != wanted:
            return None
        return there

    status, adopted = settler.settle(
        find=find,
        make=lambda: gateway.create_status(
            effect.sha,
            state=effect.state.value,
            context=effect.context,
            description=description,
            target_url=effect.target_url,
        ),
        look_first=is_retry or known is not None,
    )
    return Performed(str(status.id), status.url, adopted=adopted)
