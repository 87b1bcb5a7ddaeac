"""What is begun early is made once, keeps what it raises until it is wanted, and is given back."""

import threading
from collections.abc import Callable

import pytest

from worker.foresight import Foresight


class Thing:
    def __init__(self) -> None:
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_begin__makes_a_result_once_and_apart_from_the_caller() -> None:
    made: list[int] = []
    go_on = threading.Event()

    def prepare() -> Callable[[], Thing]:
        made.append(threading.get_ident())

        def make() -> Thing:
            assert go_on.wait(60)
            made.append(threading.get_ident())
            return Thing()

        return make

    foresight = Foresight[Thing]()
    first = foresight.begin("a", prepare)
    assert foresight.begin("a", prepare) is first
    assert not first.done()
    go_on.set()
    thing = first.result()
    here, there = made
    assert here == threading.get_ident() != there
    assert not thing.is_closed
    foresight.close()
    assert thing.is_closed


def test_begin__what_is_raised_is_heard_when_the_result_is_wanted() -> None:
    def fail() -> Thing:
        raise LookupError("no base")

    foresight = Foresight[Thing]()
    promise = foresight.begin("a", lambda: fail)
    other = foresight.begin("b", lambda: Thing)
    foresight.close()
    with pytest.raises(LookupError, match="no base"):
        promise.result()
    assert other.result().is_closed


def test_close__with_nothing_begun_leaves_it_fit_for_use() -> None:
    foresight = Foresight[Thing]()
    foresight.close()
    promise = foresight.begin("a", lambda: Thing)
    foresight.close()
    assert promise.result().is_closed
