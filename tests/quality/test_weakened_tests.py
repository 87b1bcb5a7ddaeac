"""What a change does to the tests: removed, moved, renamed, with fewer checks."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from quality.analysers.weakened_tests import WeakenedTestComparer
from quality.finding import Confidence, Finding
from tests.quality.subjects import subject_of

ADD = (
    "def test_add():\n    total = app.add(1, 2)\n    assert total == 3\n    assert app.count == 1\n"
)
SUB = "def test_sub():\n    assert app.sub(2, 1) == 1\n"
BASE = {
    "app.py": "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n",
    "tests/test_app.py": f"{ADD}\n\n{SUB}",
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def compare(folder: Path, head: Mapping[str, str | None]) -> tuple[Finding, ...]:
    """Compare BASE with it as changed; None is for a file that is gone."""
    merged = {path: text for path, text in {**BASE, **head}.items() if text is not None}
    now, before = write(folder / "head", merged), write(folder / "base", BASE)
    return WeakenedTestComparer().compare(subject_of(now), subject_of(before))


def test_weakened_tests__m13_a_removed_test_is_found(tmp_path: Path) -> None:
    [finding] = compare(tmp_path, {"tests/test_app.py": ADD})
    assert (finding.rule, finding.path, finding.anchor) == (
        "test-removed",
        "tests/test_app.py",
        "test_sub",
    )
    assert finding.message == "the test test_sub was removed"


def test_weakened_tests__m13_a_removed_file_is_one_finding(tmp_path: Path) -> None:
    [finding] = compare(tmp_path, {"tests/test_app.py": None})
    assert "with 2 tests" in finding.message


def test_weakened_tests__m13_many_removed_tests_of_a_file_are_one_finding(tmp_path: Path) -> None:
    names = [f"test_{number}" for number in range(6)]
    text = "\n\n".join(f"def {name}():\n    assert app.add(1, {name!r})\n" for name in names)
    before = write(tmp_path / "base", {**BASE, "tests/test_app.py": text})
    now = write(tmp_path / "head", {**BASE, "tests/test_app.py": "import app\n"})
    [finding] = WeakenedTestComparer().compare(subject_of(now), subject_of(before))
    assert finding.message == "6 tests were removed, test_0 among them"


def test_weakened_tests__m13_what_is_nested_deeply_is_followed_by_its_body(tmp_path: Path) -> None:
    deep = f"    assert app{'.add' * 800}\n"
    head = {"tests/test_app.py": f"def test_renamed():\n{deep}", "tests/test_more.py": SUB}
    before = {**BASE, "tests/test_app.py": f"{ADD}\n\n{SUB}\n\ndef test_deep():\n{deep}"}
    found = WeakenedTestComparer().compare(
        subject_of(write(tmp_path / "head", {**BASE, **head})),
        subject_of(write(tmp_path / "base", before)),
    )
    assert [item.anchor for item in found] == ["test_add"]


def test_weakened_tests__m13_where_as_many_are_new_it_is_less_sure(tmp_path: Path) -> None:
    other = f"{ADD}\n\ndef test_other():\n    assert app.name == 'app'\n"
    [finding] = compare(tmp_path, {"tests/test_app.py": other})
    assert (finding.anchor, finding.confidence) == ("test_sub", Confidence.LOW)


def test_weakened_tests__m13_a_test_hidden_by_its_name_is_removed(tmp_path: Path) -> None:
    hidden = BASE["tests/test_app.py"].replace("def test_sub", "def check_sub")
    assert [item.anchor for item in compare(tmp_path, {"tests/test_app.py": hidden})] == [
        "test_sub"
    ]


@pytest.mark.parametrize(
    "head",
    [
        {"tests/test_app.py": f"# more\n\n{SUB}\n\n{ADD}"},
        {"tests/test_app.py": ADD, "tests/test_sub.py": SUB},
        {"tests/test_app.py": None, "tests/unit/test_app.py": BASE["tests/test_app.py"]},
        {"tests/test_app.py": f"{ADD}\n\n{SUB.replace('test_sub', 'test_subtraction')}"},
        {"tests/test_app.py": f"{SUB}\n\n{ADD.replace('test_add(', 'test_sum(').replace('1, 2', '2, 1')}"},
        {"tests/test_app.py": f"class TestApp:\n    {ADD.replace(chr(10), chr(10) + '    ')}\n\n{SUB}"},
        {"tests/test_app.py": ADD, "app.py": "def add(a, b):\n    return a + b\n"},
        {"tests/test_app.py": SUB + "\n\ndef test_a():\n    total = app.add(1, 2)\n    assert total == 3\n\n\ndef test_b():\n    assert app.count == 1\n"},
        {"app.py": BASE["app.py"] + "\n\ndef more():\n    pass\n"},
        {},
    ],
    ids=["order", "file", "folder", "name", "name and body", "class", "with its code", "split", "code", "same"],
)  # fmt: skip
def test_weakened_tests__what_moved_or_lost_its_subject_is_none(
    tmp_path: Path, head: Mapping[str, str | None]
) -> None:
    assert compare(tmp_path, head) == ()


@pytest.mark.parametrize(
    ("gone", "confidence", "said"),
    [
        (("    assert app.count == 1\n",), Confidence.MEDIUM, "1 instead of 2 checks"),
        (("    assert total == 3\n    assert app.count == 1\n",), Confidence.HIGH, "last check"),
    ],
)
def test_weakened_tests__m13_fewer_checks_in_a_test_that_stays(
    tmp_path: Path, gone: tuple[str, ...], confidence: Confidence, said: str
) -> None:
    text = BASE["tests/test_app.py"]
    for part in gone:
        text = text.replace(part, "")
    [finding] = compare(tmp_path, {"tests/test_app.py": text})
    assert (finding.rule, finding.anchor, finding.confidence) == (
        "checks-removed",
        "test_add",
        confidence,
    )
    assert said in finding.message


def test_weakened_tests__m13_an_assertion_that_says_nothing_is_no_check(tmp_path: Path) -> None:
    text = BASE["tests/test_app.py"].replace("assert total == 3", "assert True")
    assert [item.anchor for item in compare(tmp_path, {"tests/test_app.py": text})] == ["test_add"]


@pytest.mark.parametrize(
    "body",
    [
        "    return\n    assert app.sub(2, 1) == 1\n",
        "    if 0:\n        assert app.sub(2, 1) == 1\n",
        "    try:\n        assert app.sub(2, 1) == 1\n    except AssertionError:\n        pass\n",
        "    try:\n        assert app.sub(2, 1) == 1\n    except (OSError, Exception):\n        return\n",
        "    with suppress(AssertionError):\n        assert app.sub(2, 1) == 1\n",
    ],
    ids=["return", "if 0", "try", "tuple", "suppress"],
)
def test_weakened_tests__m13_a_check_that_cannot_fail_any_more_is_gone(
    tmp_path: Path, body: str
) -> None:
    text = f"{ADD}\n\ndef test_sub():\n{body}"
    [finding] = compare(tmp_path, {"tests/test_app.py": text})
    assert finding.message == "test_sub lost its last check"


@pytest.mark.parametrize(
    "body",
    [
        "    try:\n        assert app.sub(2, 1) == 1\n    except AssertionError:\n        print(app)\n        raise\n",
        "    try:\n        assert app.sub(2, 1) == 1\n    except ValueError:\n        pass\n",
        "    with suppress(OSError):\n        assert app.sub(2, 1) == 1\n",
        "    if app:\n        assert app.sub(2, 1) == 1\n        return\n    assert app.sub(2, 1) == 1\n",
    ],
    ids=["raised again", "other error", "other suppressed", "one branch"],
)
def test_weakened_tests__a_check_that_can_fail_is_still_there(tmp_path: Path, body: str) -> None:
    assert compare(tmp_path, {"tests/test_app.py": f"{ADD}\n\ndef test_sub():\n{body}"}) == ()


@pytest.mark.parametrize(
    "body",
    [
        "    for total, right in cases():\n        assert total == right\n",
        "    verify(app.add(1, 2))\n\n\ndef verify(total):\n    assert total == 3\n    assert app.count == 1\n",
    ],
    ids=["a loop", "a helper"],
)
def test_weakened_tests__checks_that_were_gathered_are_not_gone(tmp_path: Path, body: str) -> None:
    text = f"def test_add():\n{body}\n\n{SUB}"
    assert compare(tmp_path, {"tests/test_app.py": text}) == ()
