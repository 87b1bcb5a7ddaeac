"""Shapes are noted by a process beside the solving; whatever happens to it, the store is the same."""

import os
import signal
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from ccg.build import VERSION, build_json
from ccg.cache import FILE_NAME
from ccg.inputs import Inputs, read_inputs
from ccg.kept import Kept
from ccg.reading import WORTH_HELPERS, facts_of
from ccg.shapes import shape_store
from ccg.shaping import shaped_beside
from tests.ccg.processes import children

PADDING = "# nothing but bytes\n" * 2000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tree that is worth several processes."""
    folder = tmp_path_factory.mktemp("tree")
    for number in range(WORTH_HELPERS // len(PADDING) + 1):
        text = f"def f{number}(x):\n    return x.a{number}('to be said')\n{PADDING}"
        (folder / f"m{number}.py").write_text(text, encoding="utf-8")
    return folder


def inputs_of(root: Path) -> Inputs:
    return read_inputs(root, package=None, files=None, inside="")


def kept(root: Path, cache: Path, *, jobs: int) -> Kept:
    return Kept(cache, inputs_of(root), version=VERSION, jobs=jobs)


def rows(cache: Path) -> set[tuple[bytes, bytes]]:
    with sqlite3.connect(cache / FILE_NAME) as connection:
        return set(connection.execute("SELECT key, value FROM entries"))


def with_shapes(cache: Path, keys: Iterable[str]) -> set[str]:
    with shape_store(cache) as store:
        return set(store.get_many(keys))


def test_build_json__keeps_the_same_with_one_process_and_with_two(
    root: Path, tmp_path: Path
) -> None:
    texts = {build_json(root, cache=tmp_path / f"{jobs}", jobs=jobs) for jobs in (1, 2)}
    assert len(texts) == 1
    assert rows(tmp_path / "1") == rows(tmp_path / "2") != set()


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGSTOP, None])
def test_learning__a_process_that_fails_costs_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kill: signal.Signals | None
) -> None:
    monkeypatch.setattr("ccg.shaping.SECONDS", 0.5 if kill else 30)
    contents = inputs_of(root).contents
    found = facts_of(contents, jobs=1, cache=tmp_path, tell=lambda _: None)
    others = children(os.getpid())
    with kept(root, tmp_path, jobs=2).learning(found):
        [process] = children(os.getpid()) - others
        if kill:
            os.kill(process, kill)
    assert with_shapes(tmp_path, contents) == contents.keys()
    assert children(os.getpid()) <= others


def test_learning__starts_no_process_where_it_does_not_pay(root: Path, tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small/m.py").write_text("x = 1\n", encoding="utf-8")
    others = children(os.getpid())
    for tree, jobs in ((root, 1), (tmp_path / "small", 8)):
        contents = inputs_of(tree).contents
        found = facts_of(contents, jobs=1, cache=None, tell=lambda _: None)
        with kept(tree, tmp_path, jobs=jobs).learning(found):
            assert children(os.getpid()) <= others
            assert with_shapes(tmp_path, contents) == contents.keys()


def test_shaped_beside__ends_with_what_it_runs_beside(root: Path, tmp_path: Path) -> None:
    others = children(os.getpid())

    def interrupted() -> None:
        with shaped_beside(inputs_of(root).contents, tmp_path):
            assert children(os.getpid()) - others
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert children(os.getpid()) <= others


def test_shaped_beside__needs_no_store(root: Path, tmp_path: Path) -> None:
    keys = inputs_of(root).contents.keys()
    with shaped_beside(keys, tmp_path / "none"):
        pass
    assert with_shapes(tmp_path / "none", keys) == set()
