"""The documents name every setting and every command, and the README's commands exist."""

import re
from pathlib import Path

import pytest
import yaml

from p2a.command import SUMMARIES
from p2a.domain import AgentType
from p2a.vendors import VENDORS
from quality.finding import Severity
from quality.gate import SCORES, ChangedLines, Gate
from quality.gate_file import KEYS, SECTIONS, read_gate

ROOT = Path(__file__).parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_in_code() -> set[str]:
    text = read("p2a/settings.py") + read("p2a/model_settings.py")
    named = set(re.findall(r'"(P2A_[A-Z_]+)"', text))
    vendors = [
        (vendor.key_variable, vendor.url_variable, vendor.own_url_variable)
        for vendor in VENDORS.values()
    ]
    agents = {f"P2A_MODEL_{agent.value}" for agent in AgentType}
    return named | agents | {name for names in vendors for name in names}


def test_configuration__lists_every_setting_of_the_code_and_no_other() -> None:
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)`", read("docs/configuration.md"), re.M))
    assert documented == settings_in_code()


@pytest.mark.parametrize("command", sorted(SUMMARIES))
def test_commands__each_is_documented(command: str) -> None:
    assert f"| `p2a {command}" in read("docs/commands.md")


def test_readme__names_no_make_target_that_is_not_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    named = set(re.findall(r"make ([a-z]+)\b", read("README.md") + read("CONTRIBUTING.md")))
    assert named <= targets | {"sure"}


@pytest.mark.parametrize(
    "document", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/action.md"]
)
def test_links__lead_to_files(document: str) -> None:
    folder = (ROOT / document).parent
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(document))
    assert [link for link in links if not (folder / link).exists()] == []


def test_configuration__its_gate_is_read_and_uses_every_key() -> None:
    (example,) = re.findall(r"```yaml\n(# \.p2a\.yml\n.*?)```", read("docs/configuration.md"), re.S)
    assert read_gate(example.encode()) == Gate(
        minimum={"overall": 60.0, "security": 80.0},
        max_drop={"overall": 2.0, "documentation": 5.0},
        new_findings={Severity.HIGH: 0},
        changed_lines=ChangedLines(80.0, 5.0),
        informational=frozenset({"documentation"}),
    )
    assert set(yaml.safe_load(example)["quality"]) == set(KEYS)
    assert set(yaml.safe_load(example)) == set(SECTIONS)


def test_configuration__names_every_key_and_score_of_the_gate() -> None:
    text = read("docs/configuration.md")
    assert set(KEYS) == set(re.findall(r"^\| `([a-z_]+)` \|", text, re.M))
    assert [name for name in SCORES if f"`{name}`" not in text] == []
