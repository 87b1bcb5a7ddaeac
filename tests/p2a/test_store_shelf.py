"""Files, scores and graphs come back as they were put, on both databases."""

from datetime import timedelta
from pathlib import Path

import pytest

from p2a.domain import AgentType, Lease
from p2a.store.errors import ValueRefused
from p2a.store.records import Artifact, Assessment, StoredGraph
from p2a.store.store import Store
from tests.fakes.two_processes import together
from tests.fakes.workflows import Clock, claimed


def test_artifact__bytes_come_back(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    content = bytes(range(256)) * 1000
    store.put_artifact(lease, name="graph.json", media_type="application/json", content=content)
    assert store.artifact(lease.workflow_id, "graph.json") == Artifact(
        lease.workflow_id, "graph.json", "application/json", content, clock.now
    )


def test_artifact__replaced(store: Store) -> None:
    lease = claimed(store)
    for content in (b"old", b"new"):
        store.put_artifact(lease, name="a", media_type="text/plain", content=content)
    found = store.artifact(lease.workflow_id, "a")
    assert found is not None
    assert found.content == b"new"


@pytest.mark.parametrize("name", ["missing", "nul\0", "\ud800", "../a"])
def test_artifact__not_there(store: Store, name: str) -> None:
    assert store.artifact(claimed(store).workflow_id, name) is None


def test_signing_key__stays_the_same(store: Store) -> None:
    key = store.signing_key()
    assert len(key) == 32
    assert store.signing_key() == key


def test_signing_key__same_for_two_processes_at_once(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    said = together("key", database_url, folder=tmp_path)
    assert said == [store.signing_key().hex()] * 2


def task_of(store: Store, lease: Lease) -> int:
    return store.start_task(
        lease, name="quality", agent=AgentType.QUALITY, description="", order=1
    ).id


def test_assessment__not_measured_is_not_zero(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    task_id = task_of(store, lease)
    for feedback in ("first", "second"):
        store.save_assessment(
            lease,
            task_id=task_id,
            scores={"code_quality": 91.5, "test_coverage": None, "overall": 0.0},
            reasons={"test_coverage": "no tests were found"},
            feedback=feedback,
            recommendations=["write tests"],
            assessed_by="p2a 0.1.0",
        )
    assert store.assessments(lease.workflow_id) == [
        Assessment(
            workflow_id=lease.workflow_id,
            task_id=task_id,
            scores={
                "code_quality": 91.5,
                "test_coverage": None,
                "documentation": None,
                "performance": None,
                "security": None,
                "overall": 0.0,
            },
            reasons={"test_coverage": "no tests were found"},
            feedback="second",
            recommendations=("write tests",),
            assessed_at=clock.now,
            assessed_by="p2a 0.1.0",
        )
    ]


def test_assessment__strange_score(store: Store) -> None:
    lease = claimed(store)
    with pytest.raises(ValueRefused, match="beauty"):
        store.save_assessment(
            lease,
            task_id=task_of(store, lease),
            scores={"beauty": 1.0},
            reasons={},
            feedback="",
            recommendations=[],
            assessed_by="",
        )


def test_graph__one_per_workflow(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    assert store.graph(lease.workflow_id) is None
    for count in (1, 2):
        clock.now += timedelta(seconds=1)
        store.save_graph(
            lease,
            nodes=[{"id": number, "name": "f\0"} for number in range(count)],
            edges=[{"source": 0, "target": 0}],
            metadata={"files": count},
            complexity_metrics={"f": 2},
            dependencies={"a": ["b"]},
        )
    assert store.graph(lease.workflow_id) == StoredGraph(
        workflow_id=lease.workflow_id,
        nodes=[{"id": 0, "name": "f\u2400"}, {"id": 1, "name": "f\u2400"}],
        edges=[{"source": 0, "target": 0}],
        metadata={"files": 2},
        complexity_metrics={"f": 2},
        dependencies={"a": ["b"]},
        updated_at=clock.now,
    )
