"""A workshop for each test: playground, scripted model, store and engine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.workshop import Workshop, start_workshop

OpenWorkshop = Callable[..., Workshop]


@pytest.fixture
def open_workshop(tmp_path: Path, sample: Path) -> Iterator[OpenWorkshop]:
    """Return a function that opens a workshop with a script; all is closed after the test."""
    with ExitStack() as closing:

        def opened(script: dict[str, Any] | None = None, **settings: Any) -> Workshop:
            return start_workshop(closing, tmp_path, sample, script, **settings)

        yield opened


@pytest.fixture
def workshop(open_workshop: OpenWorkshop) -> Workshop:
    """Return a workshop with the small script and without a sandbox."""
    return open_workshop()
