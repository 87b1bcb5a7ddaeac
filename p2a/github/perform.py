"""Performs effects: each once per workflow, written down before and after it happens."""

from collections.abc import Callable
from typing import Protocol, assert_never

from p2a.domain import Lease
from p2a.effects import (
    AddCommit,
    AddReaction,
    Effect,
    OpenPull,
    Performed,
    PublishBranch,
    PutCheck,
    PutComment,
    PutReview,
    PutStatus,
)
from p2a.github.add_commit import AddCommitGateway, add_commit
from p2a.github.open_pull import PullGateway, open_pull
from p2a.github.publish_branch import publish_branch
from p2a.github.put_check import CheckGateway, put_check
from p2a.github.put_comment import CommentGateway, edit_comment, put_comment
from p2a.github.put_review import ReviewGateway, put_review
from p2a.github.put_status import StatusGateway, put_status
from p2a.github.settle import Settler, unhindered


class EffectState(Protocol):
    """What the ledger knows of an effect."""

    @property
    def is_retry(self) -> bool:
        """Whether an earlier try may have done it without writing that down."""

    @property
    def done(self) -> Performed | None:
        """What it left on GitHub, None when that is not known."""


class Ledger(Protocol):
    """What is needed of the store; both raise `LeaseLost` when the lease is another worker's."""

    def begin_effect(self, lease: Lease, key: str) -> EffectState:
        """Write down that an effect is about to happen."""

    def finish_effect(self, lease: Lease, key: str, performed: Performed) -> None:
        """Write down what the effect left."""


class EffectGateway(
    CommentGateway,
    AddCommitGateway,
    PullGateway,
    CheckGateway,
    StatusGateway,
    ReviewGateway,
    Protocol,
):
    """What is needed of the gateway."""

    def repository_facts(self) -> object:
        """Raise when the repository is not the one that the workflow was started for."""

    def add_reaction(self, content: str, *, number: int, comment_id: int | None) -> int | None:
        """React; None when there is nothing left to react to."""


class Performer:
    """Performs effects of one workflow, on one repository, under one lease.

    `check` is called before each write and raises to stop: a cancelled workflow, a lost lease, a
    deadline. `sleep` waits after a lost answer and may raise as well.
    """

    def __init__(
        self,
        gateway: EffectGateway,
        ledger: Ledger,
        lease: Lease,
        *,
        sleep: Callable[[float], None],
        check: Callable[[], None] = unhindered,
    ) -> None:
        self._gateway = gateway
        self._ledger = ledger
        self._lease = lease
        self._settler = Settler(sleep=sleep, before_write=check)
        self._recreated: set[str] = set()

    def perform(self, effect: Effect) -> Performed:
        """Bring GitHub to what the effect says and return what stands there.

        After a crash or a lost answer at any point, the same effect leaves the same one thing.

        Raises:
            GitHubError: GitHub refused it or could not be reached; it may be performed again.
            EditRefused: it would touch a branch or path that is not this workflow's.
            LeaseLost: another worker owns the workflow; nothing was written.
        """
        state = self._ledger.begin_effect(self._lease, effect.key)
        if state.done is None:
            self._gateway.repository_facts()
        performed = self._perform(effect, known=state.done, is_retry=state.is_retry)
        if performed != state.done:
            self._ledger.finish_effect(self._lease, effect.key, performed)
        return performed

    def _perform(self, effect: Effect, *, known: Performed | None, is_retry: bool) -> Performed:
        match effect:
            case PutComment():
                return self._put_comment(effect, known=known, is_retry=is_retry)
            case PutCheck():
                return put_check(
                    self._gateway, effect, known=known, settler=self._settler, is_retry=is_retry
                )
            case PutStatus():
                return put_status(
                    self._gateway, effect, known=known, settler=self._settler, is_retry=is_retry
                )
            case AddReaction():
                return known or self._react(effect)
            case PublishBranch():
                return known or publish_branch(
                    self._gateway,
                    effect,
                    workflow_id=self._lease.workflow_id,
                    settler=self._settler,
                    is_retry=is_retry,
                )
            case AddCommit():
                return known or add_commit(
                    self._gateway,
                    effect,
                    workflow_id=self._lease.workflow_id,
                    settler=self._settler,
                    is_retry=is_retry,
                )
            case OpenPull():
                return known or open_pull(
                    self._gateway, effect, settler=self._settler, is_retry=is_retry
                )
            case PutReview():
                return known or put_review(
                    self._gateway, effect, settler=self._settler, is_retry=is_retry
                )
            case _:
                assert_never(effect)

    def _react(self, effect: AddReaction) -> Performed:
        self._settler.before_write()
        reaction = self._gateway.add_reaction(
            effect.content, number=effect.number, comment_id=effect.comment_id
        )
        # A deleted comment needs no reaction, and the work goes on without one.
        return Performed("" if reaction is None else str(reaction))

    def _put_comment(
        self, effect: PutComment, *, known: Performed | None, is_retry: bool
    ) -> Performed:
        if known is not None:
            edited = edit_comment(self._gateway, effect, known, settler=self._settler)
            # A person deleted it: once it comes back, then their wish stands.
            if edited is not None or effect.key in self._recreated:
                return edited or known
            self._recreated.add(effect.key)
            is_retry = True
        return put_comment(self._gateway, effect, settler=self._settler, is_retry=is_retry)
