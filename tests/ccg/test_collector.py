import gc

import pytest

from ccg.collector import spared


def test_spared__until_the_block_ends() -> None:
    with spared(lambda: ["made"]) as made:
        assert gc.get_freeze_count() > 0
        assert gc.isenabled()
    assert made == ["made"]
    assert gc.get_freeze_count() == 0


def test_spared__nothing_where_it_was_not_made() -> None:
    before = gc.get_freeze_count()  # other tests may leave some
    with pytest.raises(ZeroDivisionError), spared(lambda: 1 // 0):
        pass
    assert gc.isenabled()
    assert gc.get_freeze_count() == before
