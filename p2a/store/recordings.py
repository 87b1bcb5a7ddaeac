"""The records of workflows, in parts as they were written."""

from datetime import datetime

from sqlalchemy import Connection, select

from p2a.domain import Lease
from p2a.store.database import Database, insert
from p2a.store.records import RecordPart
from p2a.store.schema import record_part


class Recordings(Database):
    """Parts of records; they are appended and never changed."""

    def put_record_part(self, lease: Lease, *, name: str, content: bytes) -> None:
        """Append a part to the workflow's record.

        Raises:
            LeaseLost: the lease is not the newest any more.
        """
        with self._write_with(lease) as connection:
            insert_part(
                connection, lease.workflow_id, name=name, content=content, now=self._clock()
            )

    def record_parts(self, workflow_id: str) -> list[RecordPart]:
        """Return the parts of a workflow's record in their order; none where none was made."""
        query = select(record_part).where(record_part.c.workflow_id == workflow_id)
        with self._read() as connection:
            found = connection.execute(query.order_by(record_part.c.id))
            return [RecordPart(name=row.name, content=bytes(row.content)) for row in found]


def insert_part(
    connection: Connection, workflow_id: str, *, name: str, content: bytes, now: datetime
) -> None:
    """Append a part within a transaction."""
    connection.execute(
        insert(connection, record_part).values(
            workflow_id=workflow_id, name=name, content=content, created_at=now
        )
    )
