"""Words and their parts: what code and prose have in common."""

import pytest

from ccg.context.words import parts, stem


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("get_queryset", ("get", "queryset")),
        ("QuerySet", ("query", "set")),
        ("XMLResponse22", ("xml", "respons", "22")),
        ("__init__", ("init",)),
        ("MAX_BYTES", ("max", "byt")),
        ("self", ()),
        ("größe", ("größe",)),
        ("x", ()),
    ],
)
def test_parts__take_identifiers_apart(word: str, expected: tuple[str, ...]) -> None:
    assert parts(word) == expected


@pytest.mark.parametrize(
    "forms",
    [
        ("merge", "merges", "merged", "merging"),
        ("query", "queries"),
        ("quote", "quoted", "quoting"),
        ("class", "classes"),
        ("serialize", "serializer", "serializers", "serialized"),
        ("stop", "stopped", "stopping"),
    ],
)
def test_stem__is_the_same_for_forms_of_a_word(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(("one", "other"), [("status", "state"), ("pass", "past"), ("is", "i")])
def test_stem__keeps_words_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)
