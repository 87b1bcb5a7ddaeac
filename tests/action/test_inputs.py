import pytest

from action.errors import InputInvalid
from action.inputs import JOB_APP, Inputs, Mode


def test_inputs__defaults() -> None:
    assert Inputs.from_environ({}) == Inputs(
        mode=Mode.CHECK,
        path=".",
        base=None,
        minimum=None,
        tests=True,
        timing=False,
        graph=True,
        check_run=False,
        token=None,
        app=JOB_APP,
        model=None,
        model_key=None,
    )


def test_inputs__given() -> None:
    environ = {
        "P2A_INPUT_MODE": "Agent",
        "P2A_INPUT_PATH": "sub",
        "P2A_INPUT_BASE": "main",
        "P2A_INPUT_MINIMUM": "70.5",
        "P2A_INPUT_TESTS": "False",
        "P2A_INPUT_TIMING": "true",
        "P2A_INPUT_GRAPH": "false",
        "P2A_INPUT_CHECK_RUN": "true",
        "P2A_INPUT_TOKEN": "t",
        "P2A_INPUT_APP": "ours",
        "P2A_INPUT_MODEL": "gemini/x",
        "P2A_INPUT_MODEL_KEY": "k",
    }
    given = Inputs.from_environ(environ)
    assert given == Inputs(
        mode=Mode.AGENT,
        path="sub",
        base="main",
        minimum=70.5,
        tests=False,
        timing=True,
        graph=False,
        check_run=True,
        token="t",
        app="ours",
        model="gemini/x",
        model_key="k",
    )
    assert "'t'" not in repr(given)
    assert "'k'" not in repr(given)


@pytest.mark.parametrize(
    "environ",
    [{f"P2A_INPUT_{name}": "maybe"} for name in ("TESTS", "TIMING", "GRAPH", "CHECK_RUN", "MODE")]
    + [{"P2A_INPUT_MINIMUM": text} for text in ("x", "101", "-1", "nan", "inf")],
)
def test_inputs__invalid(environ: dict[str, str]) -> None:
    with pytest.raises(InputInvalid):
        Inputs.from_environ(environ)
