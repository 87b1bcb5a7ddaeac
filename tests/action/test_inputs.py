import pytest

from action.errors import InputInvalid
from action.inputs import Inputs


def test_inputs__defaults() -> None:
    assert Inputs.from_environ({}) == Inputs(path=".", base=None, minimum=None, tests=True)


def test_inputs__given() -> None:
    environ = {
        "P2A_INPUT_PATH": "sub",
        "P2A_INPUT_BASE": "main",
        "P2A_INPUT_MINIMUM": "70.5",
        "P2A_INPUT_TESTS": "False",
    }
    assert Inputs.from_environ(environ) == Inputs("sub", "main", 70.5, tests=False)


@pytest.mark.parametrize(
    "environ",
    [{"P2A_INPUT_TESTS": "maybe"}]
    + [{"P2A_INPUT_MINIMUM": text} for text in ("x", "101", "-1", "nan", "inf")],
)
def test_inputs__invalid(environ: dict[str, str]) -> None:
    with pytest.raises(InputInvalid):
        Inputs.from_environ(environ)
