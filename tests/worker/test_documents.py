"""What the documenter may write: documents, and docstrings of Python files."""

import pytest

from worker.documents import differ_in_docstrings_alone, is_document, is_record_of_changes

CODE = '''\
"""A module."""

import os  # noqa: F401


def send(name):
    """Send it."""
    return name
'''


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("README", True),
        ("README.md", True),
        ("docs/usage.rst", True),
        ("docs/notes.txt", True),
        ("CHANGES.txt", True),
        ("docs/requirements.txt", False),
        ("requirements.txt", False),
        ("docs/conf.py", False),
        ("docs/build.sh", False),
        ("setup.cfg", False),
        ("src/a.py", False),
    ],
)
def test_is_document__by_suffix_name_and_folder(path: str, *, document: bool) -> None:
    assert is_document(path) is document


def test_is_record_of_changes__is_no_readme() -> None:
    assert is_record_of_changes("CHANGELOG.md")
    assert not is_record_of_changes("README.md")


@pytest.mark.parametrize(
    ("old", "new", "alone"),
    [
        ('"""Send it."""', '"""Send it again."""', True),
        ('    """Send it."""\n', "", True),
        ("def send(name):\n", 'def send(name):\n    # why\n', False),
        ("  # noqa: F401", "", False),
        ("return name", "return name + name", False),
        ("return name", 'return "name"', False),
        ("def send(name):", "def send(name", False),
    ],
)  # fmt: skip
def test_differ_in_docstrings_alone(old: str, new: str, *, alone: bool) -> None:
    assert old in CODE
    assert differ_in_docstrings_alone(CODE, CODE.replace(old, new)) is alone
