import pytest

from worker.shown_command import essentials


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (
            "python -P -m coverage run --rcfile=/r/c.ini -m pytest -o addopts= -W ignore::X"
            " -p no:cacheprovider --rootdir=/project --junitxml=/o/j.xml --color=no --tb=short -q",
            "python -m coverage run -m pytest",
        ),
        ("pytest tests/unit -k 'a b'", "pytest tests/unit -k 'a b'"),
        ("make test", "make test"),
        ("it's not closed", "it's not closed"),
        ("pytest -o", "pytest"),
    ],
)
def test_essentials(command: str, shown: str) -> None:
    assert essentials(command) == shown
