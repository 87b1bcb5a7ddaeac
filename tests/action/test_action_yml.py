import re
from pathlib import Path
from typing import Any

import yaml

ACTION = Path(__file__).parents[2] / "action.yml"


def read() -> Any:
    """Return the parsed action."""
    return yaml.safe_load(ACTION.read_text(encoding="utf-8"))


def test_a04__no_expression_in_a_run_line() -> None:
    for step in read()["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_a14__every_use_is_pinned_by_sha() -> None:
    for step in read()["runs"]["steps"]:
        assert re.search(r"@[0-9a-f]{40}\Z", step.get("uses", "@" + "0" * 40))


def test_action_yml__each_input_reaches_the_step() -> None:
    data = read()
    check = data["runs"]["steps"][-1]
    wanted = {f"P2A_INPUT_{name.upper()}": f"${{{{ inputs.{name} }}}}" for name in data["inputs"]}
    assert {name: check["env"][name] for name in wanted} == wanted
    assert set(data["inputs"]) == {"path", "base", "minimum", "tests"}


def test_action_yml__each_output_comes_from_the_step() -> None:
    data = read()
    for name, output in data["outputs"].items():
        assert output["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
    assert set(data["outputs"]) == {"overall", "conclusion", "report"}
