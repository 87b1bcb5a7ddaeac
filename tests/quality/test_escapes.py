"""Paths that come from outside and are opened unchecked, and those that are checked."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from quality.analysers.escapes import EscapeAnalyser
from quality.finding import Confidence, Severity
from tests.quality.subjects import subject_of

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def lines(root: Path) -> list[int]:
    findings = EscapeAnalyser().analyse(subject_of(root)).findings
    assert {(item.severity, item.confidence) for item in findings} <= {
        (Severity.HIGH, Confidence.MEDIUM)
    }
    return [item.start_line for item in findings]


def function(*body: str) -> str:
    return "\n".join(
        ["import os", "def show(request, root, archive):", *(f"    {x}" for x in body)]
    )


@pytest.mark.parametrize(
    "body",
    [
        ("name = request.args['name']", "return open(os.path.join(root, name))"),
        ("path = root / request.GET.get('name')", "return path.read_text()"),
        ("file = request.files['x']", "file.save(os.path.join(root, file.filename))"),
        ("name = request.form['name']", "return open(f'{root}/{name}')"),
        ("for member in archive.namelist():", "    (root / member).write_bytes(b'')"),
        ("for member in archive.getmembers():", "    os.makedirs(root.joinpath(member.name))"),
    ],
)
def test_escapes__a_joined_path_from_outside_is_found(
    write_tree: WriteTree, body: tuple[str, ...]
) -> None:
    assert lines(write_tree({"app.py": function(*body)})) == [4]


@pytest.mark.parametrize(
    "body",
    [
        ("name = secure_filename(request.args['name'])", "open(os.path.join(root, name))"),
        ("path = (root / request.args['name']).resolve()", "path.read_text()"),
        ("name = request.args['name']", "if '..' in name: raise ValueError", "open(os.path.join(root, name))"),
        ("name = 'fixed'", "open(os.path.join(root, name))"),
        ("name = request.args['name']", "return os.path.join(root, name)"),
        ("folder = request.args['name']", "open(os.path.join(folder_of(1), 'x'))"),
        ("for member in archive.namelist():", "    archive.open(member)"),
        ("name = request.args['name']", "return f'/users/{name}'"),
        ("archive.extractall(root)",),
    ],
)  # fmt: skip
def test_escapes__what_is_checked_or_not_opened_is_none(
    write_tree: WriteTree, body: tuple[str, ...]
) -> None:
    assert lines(write_tree({"app.py": function(*body)})) == []


def test_escapes__tests_are_not_judged(write_tree: WriteTree) -> None:
    text = function("open(os.path.join(root, request.args['name']))")
    assert lines(write_tree({"tests/test_app.py": text})) == []
    assert lines(write_tree({"app.py": text})) == [3]


def test_escapes__a_path_of_a_thousand_parts_is_followed(write_tree: WriteTree) -> None:
    parts = " / ".join(["root"] * 900)
    body = ("name = request.args['name']", f"open({parts} / name)", f"open({parts})")
    assert lines(write_tree({"app.py": function(*body)})) == [4]
