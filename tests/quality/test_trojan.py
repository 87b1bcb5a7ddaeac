"""Code that is not what it looks like; every character in question is written as an escape here."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from p2a.domain import Dimension
from quality.analysers.lookalikes import escaped, hidden_characters, mixed_scripts, skeleton
from quality.analysers.trojan import TrojanAnalyser
from quality.finding import Confidence, Finding, Severity
from tests.quality.subjects import subject_of

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def analyse(root: Path) -> tuple[Finding, ...]:
    return TrojanAnalyser().analyse(subject_of(root)).findings


@pytest.mark.parametrize(
    ("text", "rule", "line", "shown"),
    [
        ("x = 1\nif x != 'user\u202e \u2066# admin\u2069 \u2066':\n    pass\n", "text-turned-around", 2, "\\u{202e}"),
        ("x = 1  # \u2067 end\n", "text-turned-around", 1, "\\u{2067}"),
        ("x = 'ad\u200bmin'\n", "invisible-character", 1, "\\u{200b}"),
        ("# \U000e0041\U000e0042\n", "invisible-character", 1, "\\u{e0041}"),
        ("x = 'a\u200db'\n", "invisible-character", 1, "\\u{200d}"),
        ("\u3164 = 1\n", "invisible-character", 1, "\\u{3164}"),
        ("x = 'd\u200f/m'\n", "direction-mark", 1, "\\u{200f}"),
        ("\u0435val = print\neval\n", "name-looks-like-another", 1, "\\u{435}val"),
        ("is_\u0430dmin = 1\nis_admin = 2\n", "name-looks-like-another", 1, "is_\\u{430}dmin"),
        ("\U0001d4ee\U0001d4ff\U0001d4ea\U0001d4f5('1')\n", "name-looks-like-another", 1, "eval by Python"),
        ("us\u0435r = 1\n", "name-mixes-scripts", 1, "us\\u{435}r"),
        ("us\u03bfr = 1\n", "name-mixes-scripts", 1, "us\\u{3bf}r"),
    ],
)  # fmt: skip
def test_trojan__m19_what_is_hidden_is_found_and_shown_escaped(
    write_tree: WriteTree, text: str, rule: str, line: int, shown: str
) -> None:
    [finding] = analyse(write_tree({"app.py": text}))
    assert (finding.rule, finding.start_line, finding.dimension) == (rule, line, Dimension.SECURITY)
    assert shown in finding.message
    assert (finding.message + finding.anchor).isascii()


def test_trojan__m19_a_comment_beside_it_makes_it_no_other(write_tree: WriteTree) -> None:
    line = "x = 'a\u200db#'"
    plain, commented, hidden, other = (
        analyse(write_tree({"app.py": f"y = 'ä'\n{text}\n"}))[-1].anchor
        for text in (line, f"{line}  # why", f"{line}  # w\u200dhy", line.replace("b", "c"))
    )
    assert plain == commented
    assert len({plain, hidden, other}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "x = 'plain'\n",
        "gr\u00f6\u00dfe = 'Gr\u00fc\u00dfe'\n",
        "\u0438\u043c\u044f = '\u043f\u0440\u0438\u0432\u0435\u0442'\n",
        "\u0394x = \u03c3_max = \u03bb1 = 1\n",
        "x = 'us\u0435r'  # a string is no name\n",
        "x = '\U0001f469\u200d\U0001f52c'\n",
        "x = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'\n",
        "x = '\U0001f3f4\U000e0067\U000e0062\U000e007f'\n",
        "\ufeffx = 1\n",
        "x = '\\u202e'\n",
    ],
)
def test_trojan__other_languages_and_emoji_are_none(write_tree: WriteTree, text: str) -> None:
    assert analyse(write_tree({"app.py": text})) == ()


def test_trojan__m19_other_files_that_run_are_read_too(write_tree: WriteTree) -> None:
    turned = "run: echo \u202e\n"
    files = {
        ".github/workflows/ci.yml": turned,
        "Dockerfile": turned,
        "docs/text.md": turned,
        "data.json": turned,
        "small.js": "x" * 3000 + turned,
    }
    assert {item.path for item in analyse(write_tree(files))} == {
        ".github/workflows/ci.yml",
        "Dockerfile",
    }


def test_trojan__is_less_sure_in_tests(write_tree: WriteTree) -> None:
    text = "x = '\u202e'\n"
    found = analyse(write_tree({"app.py": text, "tests/test_app.py": text}))
    assert {(item.path, item.severity, item.confidence) for item in found} == {
        ("app.py", Severity.HIGH, Confidence.HIGH),
        ("tests/test_app.py", Severity.HIGH, Confidence.LOW),
    }


def test_lookalikes__by_character() -> None:
    assert escaped("a\u202eb") == "a\\u{202e}b"
    assert [hidden.offset for hidden in hidden_characters("\ufeffa\ufeffb")] == [2]
    assert mixed_scripts("a_\u0430") == ()
    assert mixed_scripts("a\u0430") == ("Cyrillic", "Latin")
    assert skeleton("\u0440\u0430\u0443") == "pay"
