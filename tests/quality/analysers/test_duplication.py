"""Copied blocks, and what is alike without being a copy."""

from pathlib import Path

import pytest

from ccg.graph import NotAnalysed
from quality.analysers.duplication import TOO_DEEP, DuplicationAnalyser
from quality.finding import Confidence, Finding, Severity
from tests.quality.analysers.subjects import findings_of, subject_of

STEPS = [
    "total = 0",
    "for item in items:",
    "    price = item.price * item.count",
    "    if price < 0:",
    "        raise ValueError(item.name)",
    "    if item.is_old and price > limit:",
    "        price = discount(price, limit)",
    "    elif item.is_new:",
    "        price = price + fee(item)",
    "    total += price",
    "    log(item.name, price)",
    "rounded = round(total, 2)",
    "if rounded > limit:",
    "    notify(owner, rounded)",
    "return rounded",
]
LONG = [
    *STEPS[:-1],
    *(f"price = {name}(price, limit)" for name in ("cap", "floor", "tax", "net", "gross", "fix")),
    "return price + total",
]


def function(name: str, steps: list[str]) -> str:
    """Return the text of a function with this body."""
    return f"def {name}(items, limit, owner):\n" + "".join(f"    {step}\n" for step in steps)


def found(tmp_path: Path, files: dict[str, str]) -> tuple[Finding, ...]:
    return findings_of(DuplicationAnalyser(), tmp_path, files)


def test_duplication__a_copy_is_told_at_its_later_place(tmp_path: Path) -> None:
    files = {
        "a.py": function("total", STEPS),
        "b.py": "import os\n\n\n" + function("sum_up", STEPS),
    }
    (finding,) = found(tmp_path, files)
    assert finding.message == "repeats 15 lines of total in a.py, line 2"
    assert (finding.path, finding.start_line, finding.end_line) == ("b.py", 5, 19)
    assert (finding.rule, finding.anchor) == ("duplicated-code", "sum_up = total")
    assert (finding.severity, finding.confidence) == (Severity.LOW, Confidence.HIGH)


def test_duplication__layout_and_comments_make_no_difference(tmp_path: Path) -> None:
    other = [
        "# as in a",
        *STEPS[:5],
        "",
        "    if (  # long",
        *STEPS[5:],
    ]
    other[8] = "        item.is_old and price > limit"
    other.insert(9, "    ):")
    copy = function("g", other).replace("total = 0", "total  =  0  # none")
    copy = copy.replace("if (  # long", "if item.is_old and price > limit:")
    copy = copy.replace("        item.is_old and price > limit\n", "").replace("        ):\n", "")
    copy = copy.replace("discount(price, limit)", "discount(\n    price,  # one\n    limit,\n)")
    (finding,) = found(tmp_path, {"a.py": function("f", STEPS), "b.py": copy})
    assert finding.anchor == "f = g"


def test_duplication__a_long_copy_under_other_names(tmp_path: Path) -> None:
    renamed = [step.replace("price", "cost").replace("total", "amount") for step in LONG]
    (finding,) = found(tmp_path, {"a.py": function("f", LONG), "b.py": function("g", renamed)})
    assert finding.message.startswith("repeats ")
    assert finding.message.endswith(", under other names")
    assert finding.confidence is Confidence.MEDIUM


def test_duplication__names_must_be_exchanged_throughout(tmp_path: Path) -> None:
    mixed = [step.replace("price", f"p{number}") for number, step in enumerate(LONG)]
    assert found(tmp_path, {"a.py": function("f", LONG), "b.py": function("g", mixed)}) == ()


def test_duplication__twice_in_one_function(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {"a.py": function("f", [*STEPS[:-1], "wait()", *STEPS[:-1]])})
    assert finding.anchor == "f = f"
    assert finding.start_line > 16


def test_duplication__a_third_copy_is_a_finding_of_its_own(tmp_path: Path) -> None:
    files = {f"{name}.py": function(name, STEPS) for name in "abc"}
    assert [item.anchor for item in found(tmp_path, files)] == ["a = b", "a = c"]


def test_duplication__lines_above_do_not_change_the_fingerprint(tmp_path: Path) -> None:
    files = {"a.py": function("f", STEPS), "b.py": function("g", STEPS)}
    before = found(tmp_path / "1", files)
    after = found(tmp_path / "2", {name: f"import os\n\n{text}" for name, text in files.items()})
    assert [item.fingerprint for item in before] == [item.fingerprint for item in after]


IMPORTS = "".join(
    f"from package{number} import name{number}, other{number}\n" for number in range(30)
)
TABLE = "ROWS = [\n" + "".join(f"    ({n}, 'name {n}', {n} + 1),\n" for n in range(40)) + "]\n"
CONSTANTS = "".join(f"NAME_{number} = make({number}, 'text')\n" for number in range(40))
FIELDS = "class A:\n" + "".join(f"    field_{n}: int = field(default={n})\n" for n in range(40))
DOCSTRING = (
    'def f():\n    """Do.\n\n' + "    A long text with words.\n" * 40 + '    """\n    go()\n'
)


@pytest.mark.parametrize("text", [IMPORTS, TABLE, CONSTANTS, FIELDS, DOCSTRING])
def test_duplication__tables_and_imports_are_none(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, {"a.py": text, "b.py": text}) == ()


def test_duplication__a_few_lines_are_none(tmp_path: Path) -> None:
    files = {"a.py": function("f", STEPS[:8]), "b.py": function("g", STEPS[:8])}
    assert found(tmp_path, files) == ()


def test_duplication__tests_may_repeat_themselves(tmp_path: Path) -> None:
    files = {"tests/test_a.py": function("f", STEPS), "tests/test_b.py": function("g", STEPS)}
    assert found(tmp_path, files) == ()


def test_g28_duplication__fifty_thousand_equal_lines_take_no_square(tmp_path: Path) -> None:
    assert found(tmp_path, {"a.py": "def f(a):\n" + "    a(1)\n" * 50_000}) != ()


def test_duplication__a_file_that_is_nested_too_deeply_keeps_no_other_from_being_compared(
    tmp_path: Path,
) -> None:
    branches = "".join(f"elif x == {number}:\n    y = {number}\n" for number in range(1000))
    files = {
        "a.py": function("one", STEPS),
        "b.py": function("two", STEPS),
        "deep.py": f"if x:\n    y = 1\n{branches}",
    }
    answer = DuplicationAnalyser().analyse(subject_of(tmp_path, files))
    assert [item.path for item in answer.findings] == ["b.py"]
    assert answer.not_analysed == (NotAnalysed("deep.py", TOO_DEEP),)


def test_duplication__statements_that_share_a_line_are_read_once(tmp_path: Path) -> None:
    """Each used to be compared with the text of the whole line: this took hours."""
    line = "; ".join(f"x{number} = f({number})" for number in range(20_000))
    shared = [f"x = {step}; y = {step}" for step in ("f(x)", "g(y)", "h(x, y)")]
    assert found(tmp_path, {"a.py": f"{line}\n", "b.py": function("f", shared * 2)}) == ()
    copied = [f"{step}; log(limit)" if " = " in step else step for step in LONG]
    (finding,) = found(tmp_path, {"a.py": function("f", copied), "b.py": function("g", copied)})
    assert (finding.path, finding.start_line, finding.end_line) == ("b.py", 2, len(copied) + 1)
