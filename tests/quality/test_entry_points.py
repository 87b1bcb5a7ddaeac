import ast

from quality import entry_points


def test_project__names_scripts_and_plugins_with_their_lines() -> None:
    text = (
        '[project.scripts]\nshop = "tests.evil:run"\n[project.gui-scripts]\nwin = "shop.win:main"\n'
        '[project.entry-points."shop.plugins"]\none = "shop.one [extra]"\n'
        '[tool.poetry.scripts]\nother = { reference = "a b", type = "file" }\ntwo = "shop.two:f"\n'
    )
    found = {("tests.evil", 2), ("shop.win", 4), ("shop.one", 6), ("file", 8), ("shop.two", 9)}
    assert set(entry_points.of_project(text)) == found


def test_project__that_is_none_names_nothing() -> None:
    assert list(entry_points.of_project("[project")) == []
    assert list(entry_points.of_project("project = 1\ntool = []\n")) == []
    assert list(entry_points.of_project(f"number = {'9' * 5000}")) == []


def test_setup_file__names_them_in_its_section() -> None:
    text = "[options.entry_points]\nconsole_scripts =\n    shop = tests.evil:run\n"
    assert list(entry_points.of_setup_file(text)) == [("tests.evil", 3)]
    assert list(entry_points.of_setup_file("no section")) == []


def test_setup_script__names_them_in_literals() -> None:
    text = (
        "setup(\n  entry_points={'console_scripts': ['shop = tests.evil:run', 1]},\n  name='a')\n"
    )
    found = list(entry_points.of_setup_script(ast.parse(text)))
    assert ("tests.evil", 2) in found
    assert {module for module, _ in found} == {"tests.evil", "console_scripts"}
