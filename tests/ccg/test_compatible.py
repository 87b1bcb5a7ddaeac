import pytest

from ccg.compatible import takes_former_calls


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(x)", "(x, y=1)"),
        ("(x)", "(x, *, y=None)"),
        ("(x)", "(x=1)"),
        ("(x)", "(x, *more, **named)"),
        ("(x, /)", "(y, /)"),
        ("(x, /)", "(y)"),
        ("(*, x)", "(x)"),
        ("(self, x: int) -> str", "(self, x: int | None, *, y: bool = False) -> str"),
        ("(x: int)", "(x)"),
    ],
)
def test_takes_former_calls__where_no_caller_has_to_change(before: str, after: str) -> None:
    assert takes_former_calls(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(x)", "(x, y)"),
        ("(x)", "()"),
        ("(x)", "(y)"),
        ("(x)", "(x, *, y)"),
        ("(x)", "(*, x)"),
        ("(x)", "(x, /)"),
        ("(x, y=1)", "(x, z=1, y=1)"),
        ("(x=1)", "(x=2)"),
        ("(x=1)", "(x)"),
        ("(*, x=1)", "(*, x)"),
        ("(*, x)", "(*, y=1)"),
        ("(*more)", "(x=1, *more)"),
        ("(*more)", "()"),
        ("(**named)", "()"),
        ("(x: int | None)", "(x: int)"),
        ("(x)", "(x: int)"),
        ("(x) -> int", "(x) -> str"),
        ("(x)", "(x) is no signature"),
    ],
)
def test_takes_former_calls__where_a_caller_is_to_be_looked_at(before: str, after: str) -> None:
    assert not takes_former_calls(before, after)
