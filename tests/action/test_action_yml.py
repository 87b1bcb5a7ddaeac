"""`action.yml` against the step's own code and against the documents."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from action.inputs import PREFIX
from action.outcome import OUTPUTS

ROOT = Path(__file__).parents[2]
OF_THE_WORKFLOW = {"cache", "upload", "artifact"}
"""Inputs that steps of other actions take; ours never sees them."""
OF_THE_UPLOAD = {"artifact", "artifact-url"}


@pytest.fixture(scope="module")
def action() -> Any:
    """Return the parsed action."""
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def step(action: Any, name: str) -> Any:
    """Return the step of an id."""
    [found] = [one for one in action["runs"]["steps"] if one.get("id") == name]
    return found


def test_a04__no_expression_in_a_run_line(action: Any) -> None:
    lines = [one["run"] for one in action["runs"]["steps"] if "run" in one]
    assert len(lines) == 3
    assert [line for line in lines if "${{" in line] == []


def test_a14__every_use_is_pinned_by_sha(action: Any) -> None:
    uses = [one["uses"] for one in action["runs"]["steps"] if "uses" in one]
    assert len(uses) == 2
    assert [use for use in uses if not re.search(r"@[0-9a-f]{40}\Z", use)] == []


def test_a07__python_and_pip_are_isolated_and_hash_locked(action: Any) -> None:
    script = "\n".join(one.get("run", "") for one in action["runs"]["steps"])
    # Isolated mode ends at the process; pip's own ones, that build our wheel, read these again.
    assert "unset PIP_CONFIG_FILE PYTHONPATH" in step(action, "install")["run"]
    calls = re.findall(r"python3 .*|bin/python\" .*", script)
    assert len(calls) == 5
    assert [call for call in calls if not re.match(r"\S+ -I ", call)] == []
    installs = re.findall(r"(?<=\[@\]}\" )--(?:.*\\\n)*.*", script)
    assert len(installs) == 2
    assert "--require-hashes --only-binary :all:" in installs[0]
    assert "--no-deps --no-build-isolation --no-index" in installs[1]
    assert "pip --isolated" in script


def test_a10__nothing_of_an_earlier_job_is_taken_up(action: Any) -> None:
    script = step(action, "install")["run"]
    assert 'venv="$(mktemp -d "$RUNNER_TEMP/p2a-venv.XXXXXXXXXX")"' in script
    # What a cache brings back is held against the hashes again.
    assert action["runs"]["steps"][1]["with"]["path"].endswith("/p2a-pip-cache")


def test_action_yml__each_input_reaches_the_step(action: Any) -> None:
    env = step(action, "run")["env"]
    given = {name: value for name, value in env.items() if name.startswith(PREFIX)}
    assert given == {
        PREFIX + name.upper().replace("-", "_"): f"${{{{ inputs.{name} }}}}"
        for name in action["inputs"]
        if name not in OF_THE_WORKFLOW
    }


def test_action_yml__each_output_comes_from_a_step(action: Any) -> None:
    outputs = {name: output["value"] for name, output in action["outputs"].items()}
    assert set(outputs) == {*OUTPUTS, *OF_THE_UPLOAD}
    for name in OUTPUTS:
        assert outputs[name] == f"${{{{ steps.run.outputs.{name} }}}}"


def test_action_yml__the_key_goes_to_no_step_but_ours(action: Any) -> None:
    for one in action["runs"]["steps"]:
        if one.get("id") != "run":
            assert not re.search(r"model-key|inputs\.token|github\.token", str(one))


@pytest.mark.parametrize("part", ["inputs", "outputs"])
def test_action_yml__the_table_in_the_documents_says_the_same(action: Any, part: str) -> None:
    text = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
    table = text.partition(f"## {part.capitalize()}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \|(?: (.*?) \|)? (.*?) \|$", table, re.MULTILINE)
    assert [name for name, *_ in rows] == list(action[part])
    for name, default, meaning in rows:
        wanted = action[part][name]
        assert meaning.strip("|").strip().replace("`", "") == wanted["description"], name
        if part == "inputs":
            value = str(wanted["default"]).replace("${{ ", "").replace(" }}", "")
            assert default.strip("`") == (value or "none"), name
