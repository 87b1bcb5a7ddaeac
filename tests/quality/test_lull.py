"""When the processors have nothing to do, and who is told."""

import pytest

from quality.lull import Lull, Processors


def stat(*, idle: int, waiting: int, busy: int) -> str:
    """Return /proc/stat of a machine of two processors; time of guests is a part of the user's."""
    row = f"{busy} 0 0 {idle} {waiting} 0 0 0 {busy} 0"
    return f"cpu  {row}\ncpu0 {row}\ncpu1 {row}\nintr 7 8 9\n"


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (stat(idle=110, waiting=0, busy=190), 0.2),
        (stat(idle=160, waiting=40, busy=100), 2.0),
        (stat(idle=150, waiting=0, busy=150), 1.0),
        (stat(idle=100, waiting=0, busy=100), 0.0),
        ("", 0.0),
        ("cpu  what\n", 0.0),
    ],
)
def test_processors__idle_counts_the_time_since_it_was_last_asked(
    later: str, expected: float
) -> None:
    texts = iter([stat(idle=100, waiting=0, busy=100), later, later])
    processors = Processors(lambda: next(texts))
    assert processors.idle() == pytest.approx(expected)
    assert processors.idle() == 0.0


def test_processors__where_the_kernel_says_nothing_none_is_idle() -> None:
    def read() -> str:
        raise FileNotFoundError

    assert Processors(read).idle() == 0.0


def test_lull__tells_whoever_waits_once_and_whoever_comes_later_at_once() -> None:
    told: list[str] = []
    lull = Lull()
    lull.then(lambda: told.append("first"))
    assert told == []
    lull.begin()
    lull.begin()
    lull.then(lambda: told.append("second"))
    assert told == ["first", "second"]
