"""A question about the same thing is asked once, and nothing is kept longer than the thing."""

import ast
import gc
import weakref

import pytest

from ccg.source import Source
from quality.remembered import remembered


def test_remembered__asks_about_each_thing_once() -> None:
    asked: list[int] = []

    @remembered
    def line_of(node: ast.stmt) -> int:
        asked.append(node.lineno)
        return node.lineno

    first, second = ast.parse("a = 1\nb = 2\n").body
    assert [line_of(node) for node in (first, second, first, second)] == [1, 2, 1, 2]
    assert asked == [1, 2]


def test_remembered__equal_texts_with_trees_of_their_own_are_two_things() -> None:
    first, second = (Source("a.py", "a\n", ast.parse("a\n")) for _ in range(2))

    @remembered
    def tree_of(source: Source) -> int:
        return id(source.tree)

    assert tree_of(first) != tree_of(second)


def test_remembered__an_error_is_asked_for_again() -> None:
    answers = iter([ValueError("not yet"), None])

    @remembered
    def fail_once(_node: ast.AST) -> str:
        error = next(answers)
        if error:
            raise error
        return "now"

    node = ast.Pass()
    with pytest.raises(ValueError, match="not yet"):
        fail_once(node)
    assert fail_once(node) == "now"


def test_remembered__keeps_nothing_alive() -> None:
    @remembered
    def name_of(source: Source) -> str:
        return source.path

    source = Source("a.py", "a\n", ast.parse("a\n"))
    name_of(source)
    gone = weakref.ref(source)
    del source
    gc.collect()
    assert gone() is None
