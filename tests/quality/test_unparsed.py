"""Code as text, where Python's own writer gives up as well."""

import ast

import pytest

from quality.unparsed import unparsed


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def test_unparsed__is_what_python_writes() -> None:
    assert unparsed(expression("f( a,b )")) == "f(a, b)"


@pytest.mark.parametrize("form", ["a" + ".b" * 1500 + ".{}", "({}, 0x" + "f" * 5000 + ")"])
def test_unparsed__of_what_cannot_be_written_is_the_same_for_the_same_code(form: str) -> None:
    one, same, other = (unparsed(expression(form.format(name))) for name in ("x", " x", "y"))
    assert one == same != other
    assert len(one) == 16
