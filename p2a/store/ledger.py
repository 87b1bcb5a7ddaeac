"""The ledger of effects: an intent before each, its result after, so none is done twice."""

from sqlalchemy import select, update

from p2a.domain import Lease
from p2a.effects import Performed
from p2a.store.database import Database, insert
from p2a.store.errors import ValueRefused
from p2a.store.records import EffectState
from p2a.store.schema import effect


class Ledger(Database):
    """Intents and results of effects on GitHub."""

    def begin_effect(self, lease: Lease, key: str) -> EffectState:
        """Write down that an effect is about to happen, and tell what is known of it.

        Raises:
            LeaseLost: the lease is not the newest any more; the effect must not happen.
        """
        with self._write_with(lease) as connection:
            statement = insert(connection, effect).values(
                workflow_id=lease.workflow_id,
                key=key,
                lease_token=lease.token,
                begun_at=self._clock(),
            )
            first = statement.on_conflict_do_nothing().returning(effect.c.key)
            if connection.scalar(first) is not None:
                return EffectState(is_retry=False, done=None)
            row = connection.execute(
                select(effect).where(effect.c.workflow_id == lease.workflow_id, effect.c.key == key)
            ).one()
        if row.done_at is None:
            return EffectState(is_retry=True, done=None)
        done = Performed(external_id=row.external_id, url=row.url, adopted=row.adopted)
        return EffectState(is_retry=False, done=done)

    def finish_effect(self, lease: Lease, key: str, performed: Performed) -> None:
        """Keep what an effect left on GitHub.

        Raises:
            LeaseLost: the lease is not the newest any more; the newer owner adopts the effect.
            ValueRefused: the effect was not begun.
        """
        statement = (
            update(effect)
            .where(effect.c.workflow_id == lease.workflow_id, effect.c.key == key)
            .values(
                external_id=performed.external_id,
                url=performed.url,
                adopted=performed.adopted,
                lease_token=lease.token,
                done_at=self._clock(),
            )
            .returning(effect.c.key)
        )
        with self._write_with(lease) as connection:
            if connection.scalar(statement) is None:
                raise ValueRefused(
                    f"the effect {key!r} was not begun",
                    why="an effect without an intent could happen twice after a crash",
                    next_step="call `begin_effect` before the effect",
                )

    def effects(self, workflow_id: str) -> dict[str, Performed]:
        """Return the effects of a workflow that are done, by key, in the order of their intents."""
        query = (
            select(effect)
            .where(effect.c.workflow_id == workflow_id, effect.c.done_at.is_not(None))
            .order_by(effect.c.begun_at, effect.c.key)
        )
        with self._read() as connection:
            return {
                row.key: Performed(external_id=row.external_id, url=row.url, adopted=row.adopted)
                for row in connection.execute(query)
            }
