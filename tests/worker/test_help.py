"""What `/p2a help` answers: one table that a maintainer reads at a glance."""

import re

from p2a.trigger.comment import COMMANDS
from playground.page.markdown import to_html
from worker.pages import Pages

TEMPLATE = "help.md.j2"
ALIASES = {"quality"}
LONGEST_MEANING = 70


def shown() -> str:
    return Pages().render(TEMPLATE, {})


def test_help__names_every_command_once_in_the_first_column() -> None:
    named = re.findall(r"^\| `/p2a ([a-z]+)", shown(), re.MULTILINE)
    # Without a word the text is a change to make, which the last line calls `fix`.
    assert sorted([*named, "fix"]) == sorted(set(COMMANDS) - ALIASES)
    assert "| `/p2a TEXT` |" in shown()
    assert "`/p2a fix --budget 2.50 TEXT`" in shown()


def test_help__is_one_table_with_a_short_line_for_each_command() -> None:
    html = to_html(shown())
    rows = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>\s*<t[dh][^>]*>(.*?)</t[dh]>", html, re.DOTALL)
    assert html.count("<table>") == 1
    assert len(rows) == len(set(COMMANDS) - ALIASES) + 3
    assert [meaning for _, meaning in rows if len(meaning) > LONGEST_MEANING] == []
