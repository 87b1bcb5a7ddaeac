"""An effect's intent stands before it, its result after it, on both databases."""

import pytest

from p2a.effects import Performed
from p2a.store.errors import ValueRefused
from p2a.store.records import EffectState
from p2a.store.store import Store
from tests.fakes.workflows import Clock, claimed


def test_begin_effect__first_time(store: Store) -> None:
    lease = claimed(store)
    assert store.begin_effect(lease, "comment:3") == EffectState(is_retry=False, done=None)
    assert store.effects(lease.workflow_id) == {}


def test_begin_effect__after_a_crash_in_the_middle(store: Store, clock: Clock) -> None:
    first = claimed(store, seconds=1)
    store.begin_effect(first, "comment:3")
    clock.forward(2)
    second = store.claim(first.workflow_id, owner="second", seconds=60)
    assert second is not None
    assert store.begin_effect(second, "comment:3") == EffectState(is_retry=True, done=None)


def test_begin_effect__done_already(store: Store) -> None:
    lease = claimed(store)
    store.begin_effect(lease, "comment:3")
    performed = Performed("99", url="https://example.test/99", adopted=True)
    store.finish_effect(lease, "comment:3", performed)
    assert store.begin_effect(lease, "comment:3") == EffectState(is_retry=False, done=performed)


def test_finish_effect__newer_result_replaces(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    store.begin_effect(lease, "check:1")
    store.finish_effect(lease, "check:1", Performed("1"))
    clock.forward(1)
    store.begin_effect(lease, "comment:3")
    store.finish_effect(lease, "comment:3", Performed("2"))
    store.finish_effect(lease, "check:1", Performed("3"))
    assert list(store.effects(lease.workflow_id).items()) == [
        ("check:1", Performed("3")),
        ("comment:3", Performed("2")),
    ]


def test_finish_effect__without_an_intent(store: Store) -> None:
    with pytest.raises(ValueRefused, match="not begun"):
        store.finish_effect(claimed(store), "comment:3", Performed("1"))
