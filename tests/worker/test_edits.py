"""Which paths are refused, and the exact edit."""

import pytest

from p2a.errors import EditRefused
from worker.edits import checked_path, is_protected, readable_path, replace_once

OUTSIDE = [
    "../x",
    "/etc/passwd",
    "a/../../x",
    "..\\x",
    "C:\\x",
    "c:x",
    "../repo-evil/x",
    "",
    " ",
    ".",
    "a//b",
    "a/",
    "./a",
    "x" * 5000,
    "a/" + "x" * 256,
    "a\0b",
    "a\nb",
    "\uff0e\uff0e/x",
    "a/.\u200d./x",
    "a\uff0fb/../x",
    "\ud800",
]
GIT = [
    ".git/hooks/pre-commit",
    ".git/config",
    ".GIT/config",
    ".git\u200c/config",
    "\u2024git/config",
    ".\u00adgit/config",
    "sub/.git",
    "sub/.git/config",
    "git~1/config",
    ".git /config",
    ".git./config",
    ".git::$INDEX_ALLOCATION/config",
    ".gi\ufe0ft/config",
]
PROTECTED = [
    ".github/workflows/ci.yml",
    ".GitHub/Workflows/ci.yml",
    ".github/actions/x/run.sh",
    "action.yml",
    "sub/action.yaml",
    "CODEOWNERS",
    "docs/codeowners",
    ".gitmodules",
    ".gitattributes",
    "sub/.gitattributes",
    ".p2a.yml",
    ".github/dependabot.yml",
    ".github/work\u200bflows/ci.yml",
]
GOOD = ["a.py", "src/a b.py", "a/.gitignore", ".github/FUNDING.yml", "päth/ü.py", "a/..b"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_m01__a_path_out_of_the_tree_is_refused(path: str) -> None:
    for check in (checked_path, readable_path):
        with pytest.raises(EditRefused):
            check(path)


@pytest.mark.parametrize("path", GIT)
def test_m02__gits_own_files_are_refused(path: str) -> None:
    for check in (checked_path, readable_path):
        with pytest.raises(EditRefused, match="git's own files"):
            check(path)


@pytest.mark.parametrize("path", PROTECTED)
def test_m04__a_protected_path_is_refused_for_changes_only(path: str) -> None:
    assert is_protected(path)
    assert readable_path(path) == path
    with pytest.raises(EditRefused, match="protected"):
        checked_path(path)


@pytest.mark.parametrize("path", GOOD)
def test_checked_path__takes_plain_paths(path: str) -> None:
    assert checked_path(path) == path


def test_replace_once__replaces_the_only_one() -> None:
    assert replace_once("a b c", old="b", new="x") == "a x c"


@pytest.mark.parametrize(
    ("text", "old", "new", "said"),
    [
        ("a\nb\na\n", "a", "x", "2 times, at lines 1, 3"),
        ("a", "z", "x", "does not stand in the file"),
        ("a\r\nb\r\n", "a\nb", "x", "\\r\\n"),
        ("a", "", "x", "`old` is empty"),
        ("a", "a", "a", "are the same"),
    ],
)
def test_replace_once__says_what_is_wrong(text: str, old: str, new: str, said: str) -> None:
    with pytest.raises(EditRefused) as caught:
        replace_once(text, old=old, new=new)
    assert said in str(caught.value)
