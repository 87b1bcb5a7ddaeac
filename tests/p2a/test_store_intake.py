"""Commands come in once, whole, and readable again, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from p2a.domain import PAYLOAD_VERSION, WorkflowStatus
from p2a.store import schema
from p2a.store.errors import ValueRefused, WorkflowUnknown
from p2a.store.store import Store
from tests.fakes.two_processes import together
from tests.fakes.workflows import Clock, claimed, new_delivery, new_workflow, recorded


def count(engine: Engine, name: str) -> int:
    with engine.connect() as connection:
        return connection.execute(
            select(func.count()).select_from(schema.metadata.tables[name])
        ).scalar_one()


def test_record_delivery__new(store: Store, clock: Clock) -> None:
    new = new_workflow()
    assert store.record_delivery(new_delivery(), new).is_new
    stored = store.workflow(new.id)
    assert (stored.origin, stored.title, stored.body, stored.prompt, stored.kind) == (
        new.origin,
        new.title,
        new.body,
        new.prompt,
        new.kind,
    )
    assert (stored.status, stored.attempt, stored.created_at) == (
        WorkflowStatus.PENDING,
        0,
        clock.now,
    )
    assert store.outbox_due(limit=10) == [new.id]


def test_w06__same_delivery_fifty_times(store: Store, engine: Engine) -> None:
    answers = [store.record_delivery(new_delivery(), new_workflow()) for _ in range(50)]
    assert sum(answer.is_new for answer in answers) == 1
    assert (count(engine, "delivery"), count(engine, "workflow"), count(engine, "outbox")) == (
        1,
        1,
        1,
    )


def test_w06__from_two_processes_at_once(engine: Engine, database_url: str, tmp_path: Path) -> None:
    news = together("record", database_url, "50", folder=tmp_path)
    assert sorted(news) == ["0", "1"]
    assert (count(engine, "delivery"), count(engine, "workflow"), count(engine, "outbox")) == (
        1,
        1,
        1,
    )


def test_record_delivery__same_command_other_guid(store: Store, engine: Engine) -> None:
    store.record_delivery(new_delivery("one"), new_workflow())
    assert not store.record_delivery(new_delivery("two"), new_workflow()).is_new
    assert (count(engine, "delivery"), count(engine, "workflow")) == (2, 1)


def test_record_delivery__other_command_under_a_guid_already_seen(store: Store) -> None:
    store.record_delivery(new_delivery("one"), new_workflow("comment:42:7"))
    assert store.record_delivery(new_delivery("one"), new_workflow("comment:42:8")).is_new


def test_record_delivery__repeat_of_a_finished_one_tells_nobody(store: Store) -> None:
    lease = claimed(store)
    store.outbox_sent(lease.workflow_id)
    store.finish(lease, WorkflowStatus.COMPLETED, result={})
    assert not store.record_delivery(new_delivery("again"), new_workflow()).is_new
    assert store.outbox_due(limit=10) == []


def test_w15__nul_and_lone_surrogate(store: Store) -> None:
    new = new_workflow(title="a\0b", body="c\ud800d", prompt="\udfff", user="ev\0e")
    store.record_delivery(new_delivery("g\0"), new)
    stored = store.workflow(new.id)
    assert (stored.title, stored.body, stored.prompt) == ("a\u2400b", "c\ufffdd", "\ufffd")
    assert stored.origin.user == "ev\u2400e"


@pytest.mark.parametrize("number", [4294967296, 2**53 + 1, 2**63 - 1])
def test_w16__wide_ids_are_exact(store: Store, number: int) -> None:
    new = new_workflow(
        repository_id=number, installation_id=number, comment_id=number, user_id=number
    )
    store.record_delivery(new_delivery(), new)
    assert store.workflow(new.id).origin == new.origin
    assert [found.id for found in store.workflows_of(number, 3)] == [new.id]


def test_record_delivery__id_beyond_64_bits(store: Store, engine: Engine) -> None:
    with pytest.raises(ValueRefused):
        store.record_delivery(new_delivery(), new_workflow(comment_id=2**63))
    assert (count(engine, "delivery"), count(engine, "workflow")) == (0, 0)


def test_workflow__unknown(store: Store) -> None:
    with pytest.raises(WorkflowUnknown, match="0123456789abcdef"):
        store.workflow("0123456789abcdef")


def test_workflows_of__newest_first(store: Store, clock: Clock) -> None:
    ids = []
    for number in range(5):
        ids.append(recorded(store, f"comment:42:{number}"))
        clock.forward(1)
    store.record_delivery(new_delivery("other"), new_workflow("other", number=4))
    found = store.workflows_of(42, 3, limit=3)
    assert [workflow.id for workflow in found] == ids[:1:-1]


def test_outbox__due_until_sent(store: Store, clock: Clock) -> None:
    first = recorded(store, "comment:42:1")
    clock.forward(1)
    second = recorded(store, "comment:42:2")
    assert store.outbox_due(limit=1) == [first]
    store.outbox_sent(first)
    assert store.outbox_due(limit=10) == [second]


def test_stranded__pending_a_while_after_the_telling(store: Store, clock: Clock) -> None:
    workflow_id = recorded(store)
    clock.forward(300)
    assert store.stranded() == []
    store.outbox_sent(workflow_id)
    clock.forward(19)
    assert store.stranded() == []
    clock.forward(1)
    assert store.stranded() == [workflow_id]


def test_stranded__running_under_an_expired_lease(store: Store, clock: Clock) -> None:
    lease = claimed(store, seconds=45)
    store.outbox_sent(lease.workflow_id)
    clock.forward(44)
    assert store.stranded() == []
    clock.forward(1)
    assert store.stranded() == [lease.workflow_id]


def test_stranded__told_since_its_lease_expired_is_given_time(store: Store, clock: Clock) -> None:
    lease = claimed(store, seconds=45)
    clock.forward(46)
    store.outbox_sent(lease.workflow_id)
    assert store.stranded() == []
    clock.forward(20)
    assert store.stranded() == [lease.workflow_id]


def test_q22__newer_payload_is_left_alone(store: Store, engine: Engine, clock: Clock) -> None:
    workflow_id = recorded(store)
    with engine.begin() as connection:
        connection.execute(update(schema.workflow).values(payload_version=PAYLOAD_VERSION + 1))
    assert store.outbox_due(limit=10) == []
    assert store.claim(workflow_id, owner="old", seconds=60) is None
    store.outbox_sent(workflow_id)
    clock.forward(3600)
    assert store.stranded() == []
    assert store.workflow(workflow_id).status is WorkflowStatus.PENDING
