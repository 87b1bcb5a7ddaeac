import pytest

from quality.analysers.lint import LintAnalyser
from quality.analysers.security import SecurityAnalyser
from quality.check import Checked
from quality.conclusion import conclude
from quality.render.documentation import documentation_link
from quality.render.markdown import render_markdown
from quality.render.sarif import render_sarif
from tests.fakes.markdown_powers import powers
from tests.fakes.reports import finding, report

BANDIT = "https://bandit.readthedocs.io/en/1.9.4/blacklists/blacklist_calls.html#b307-eval"
RUFF = "https://docs.astral.sh/ruff/rules/undefined-name"


def test_documentation_link__of_the_tools_own_addresses() -> None:
    assert (
        documentation_link(f"See {BANDIT}", analyser=SecurityAnalyser.name)
        == f"See [bandit's documentation]({BANDIT})."
    )
    assert (
        documentation_link(f"See {RUFF}.", analyser=LintAnalyser.name)
        == f"See [ruff's documentation]({RUFF})."
    )


@pytest.mark.parametrize(
    "hint",
    [
        "See https://evil.example/en/",
        "See https://bandit.readthedocs.io.evil.example/en/",
        "See https://bandit.readthedocs.io@evil.example/",
        "See http://bandit.readthedocs.io/en/",
        "See https://bandit.readthedocs.io/en/) [x](https://evil.example/",
        "See https://bandit.readthedocs.io/en/../../x",
        "See https://bandit.readthedocs.io/?next=https://evil.example/",
        f"See {BANDIT} and more",
        f"See {BANDIT}\n# more",
        f"See {RUFF}.",
        "",
    ],
)
def test_documentation_link__p14_of_nothing_else(hint: str) -> None:
    assert documentation_link(hint, analyser="security") == ""


def test_documentation_link__not_in_a_hint_of_another_analyser() -> None:
    assert documentation_link(f"See {BANDIT}", analyser="dependencies") == ""


def test_render__in_markdown_only_the_tools_addresses_can_be_followed() -> None:
    found = [
        finding(hint=f"See {BANDIT}"),
        finding("F821", hint=f"See {RUFF}.", analyser="lint"),
        finding("x", hint="See https://evil.example/", analyser="lint"),
    ]
    given = report(*found)
    checked = Checked(given, conclude(given))
    links = [("link", BANDIT), ("link", RUFF)]
    shown = powers(render_markdown(checked))
    assert sorted(item for item in shown if item[0] == "link") == links
    sarif = render_sarif(checked, version="1")
    assert f"See [bandit's documentation]({BANDIT})." in sarif
    assert f"See {BANDIT}" in sarif
    assert "](https://evil.example" not in sarif
