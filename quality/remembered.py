"""Answers to questions about things that do not change, kept as long as the things live; no I/O."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

About = TypeVar("About")
Answer = TypeVar("Answer")


def remembered(ask: Callable[[About], Answer]) -> Callable[[About], Answer]:
    """Ask about each thing once: head and base share the files that did not change, and their trees.

    The answer must not hold the thing itself, which it would keep alive.
    """
    answers: WeakKeyDictionary[About, Answer] = WeakKeyDictionary()

    @wraps(ask)
    def answer(about: About) -> Answer:
        try:
            return answers[about]
        except KeyError:
            answers[about] = found = ask(about)
            return found

    return answer
