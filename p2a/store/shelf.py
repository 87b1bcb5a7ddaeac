"""What workflows leave for people: files, quality assessments, graphs; and the signing key."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from p2a.domain import Lease
from p2a.store import rows
from p2a.store.database import Database, insert, set_workflow
from p2a.store.errors import ValueRefused
from p2a.store.records import Artifact, Assessment, StoredGraph
from p2a.store.rows import SCORES
from p2a.store.schema import artifact, code_context_graph, quality_assessment, secret

SIGNING_KEY = "artifact-links"
KEY_BYTES = 32


class Shelf(Database):
    """Artifacts, assessments and graphs; putting one again replaces it."""

    def put_artifact(self, lease: Lease, *, name: str, media_type: str, content: bytes) -> None:
        """Keep a file of the workflow.

        Raises:
            LeaseLost: the lease is not the newest any more.
        """
        values = {"media_type": media_type, "content": content, "created_at": self._clock()}
        with self._write_with(lease) as connection:
            connection.execute(
                insert(connection, artifact)
                .values(workflow_id=lease.workflow_id, name=name, **values)
                .on_conflict_do_update(
                    index_elements=[artifact.c.workflow_id, artifact.c.name], set_=values
                )
            )

    def artifact(self, workflow_id: str, name: str) -> Artifact | None:
        """Return a file of a workflow, None where it has none of this name."""
        query = select(artifact).where(
            artifact.c.workflow_id == workflow_id, artifact.c.name == name
        )
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else rows.artifact(row)

    def signing_key(self) -> bytes:
        """Return the key for links, made by whoever asks first and the same ever after."""
        query = select(secret.c.value).where(secret.c.name == SIGNING_KEY)
        with self._read() as connection:
            value = connection.scalar(query)
        if value is None:
            with self._write() as connection:
                connection.execute(
                    insert(connection, secret)
                    .values(
                        name=SIGNING_KEY,
                        value=secrets.token_bytes(KEY_BYTES),
                        created_at=self._clock(),
                    )
                    .on_conflict_do_nothing()
                )
                value = connection.execute(query).scalar_one()
        return bytes(value)

    def save_assessment(
        self,
        lease: Lease,
        *,
        task_id: int,
        scores: Mapping[str, float | None],
        reasons: Mapping[str, str],
        feedback: str,
        recommendations: list[str],
        assessed_by: str,
    ) -> None:
        """Keep the scores of a task; a score that is None or left out was not measured.

        Raises:
            LeaseLost: the lease is not the newest any more.
            ValueRefused: a score has a name that is not one of `rows.SCORES`.
        """
        if strange := set(scores) - set(SCORES):
            raise ValueRefused(
                f"there are no scores named {', '.join(sorted(strange))}",
                next_step=f"use the names {', '.join(SCORES)}",
            )
        values: dict[str, Any] = {f"{name}_score": scores.get(name) for name in SCORES}
        values |= {
            "reasons": dict(reasons),
            "feedback": feedback,
            "recommendations": recommendations,
            "assessed_at": self._clock(),
            "assessed_by": assessed_by,
        }
        table = quality_assessment
        with self._write_with(lease) as connection:
            connection.execute(
                insert(connection, table)
                .values(workflow_id=lease.workflow_id, task_id=task_id, **values)
                .on_conflict_do_update(
                    index_elements=[table.c.workflow_id, table.c.task_id], set_=values
                )
            )

    def assessments(self, workflow_id: str) -> list[Assessment]:
        """Return the quality assessments of a workflow, oldest first."""
        table = quality_assessment
        query = select(table).where(table.c.workflow_id == workflow_id).order_by(table.c.id)
        with self._read() as connection:
            return [rows.assessment(row) for row in connection.execute(query)]

    def save_graph(
        self,
        lease: Lease,
        *,
        nodes: list[Any],
        edges: list[Any],
        metadata: dict[str, Any],
        complexity_metrics: dict[str, Any],
        dependencies: dict[str, Any],
    ) -> None:
        """Keep the code context graph of the workflow, and its size in the workflow's row.

        Raises:
            LeaseLost: the lease is not the newest any more.
        """
        now = self._clock()
        values = {
            "nodes": nodes,
            "edges": edges,
            "metadata": metadata,
            "complexity_metrics": complexity_metrics,
            "dependencies": dependencies,
            "updated_at": now,
        }
        table = code_context_graph
        with self._write_with(lease) as connection:
            connection.execute(
                insert(connection, table)
                .values(workflow_id=lease.workflow_id, created_at=now, **values)
                .on_conflict_do_update(index_elements=[table.c.workflow_id], set_=values)
            )
            size = {"nodes": len(nodes), "edges": len(edges)}
            set_workflow(connection, lease.workflow_id, code_context=size)

    def graph(self, workflow_id: str) -> StoredGraph | None:
        """Return the code context graph of a workflow, None where it has none."""
        table = code_context_graph
        query = select(table).where(table.c.workflow_id == workflow_id)
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else rows.graph(row)
