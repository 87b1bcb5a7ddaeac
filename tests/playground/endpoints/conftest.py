"""A fresh town for each test of the endpoints."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.town import Town, open_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Return a running playground with a repository, people and an App."""
    with open_town(tmp_path) as opened:
        yield opened
