"""Which of a project's pytest options are kept: those that choose tests, no others."""

import pytest

from quality.suite_selection import selection

TOML = '[tool.pytest.ini_options]\naddopts = "{options}"\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ()),
        ({"pyproject.toml": TOML.format(options="-m 'not slow'")}, ("-mnot slow",)),
        ({"pyproject.toml": TOML.format(options="-ra --cov=x -n auto -k 'a or b'")}, ("-ka or b",)),
        ({"pyproject.toml": '[tool.pytest]\naddopts = ["-m", "not net"]\n'}, ("-mnot net",)),
        ({"pytest.ini": "[pytest]\naddopts = --ignore=docs -mfast\n"}, ("--ignore=docs", "-mfast")),
        ({"setup.cfg": "[tool:pytest]\naddopts = --deselect t::x\n"}, ("--deselect=t::x",)),
        ({"tox.ini": "[pytest]\naddopts = -p evil --basetemp=/srv --junitxml=/x\n"}, ()),
        (
            {"pytest.ini": "[pytest]\n", "pyproject.toml": TOML.format(options="-m slow")},
            (),
        ),
        ({"tox.ini": "[tox]\n", "setup.cfg": "[tool:pytest]\naddopts = -m a\n"}, ("-ma",)),
        ({"pyproject.toml": "not toml ["}, ()),
        ({"pyproject.toml": "tool = 3"}, ()),
        ({"pyproject.toml": "tool.pytest = []"}, ()),
        ({"pyproject.toml": "a = " + "[" * 100_000}, ()),
        ({"pytest.ini": "no section"}, ()),
        ({"pyproject.toml": TOML.format(options="-m 'unclosed")}, ()),
        ({"pyproject.toml": TOML.format(options="-m")}, ()),
    ],
)
def test_selection__keeps_what_chooses_tests(
    files: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert selection(files) == expected
