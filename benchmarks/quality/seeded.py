"""Shows which score each known-bad change lowers, and that refactorings lower none.

    python -m benchmarks.quality.seeded [--output docs/seeded-changes.md]

Each change is made to the project in `corpus.py`, committed on a branch, and judged as `p2a check
--base main` judges it, the tests included. Exits with 1 when a change is judged otherwise than it
says.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality.corpus import FILES
from p2a.domain import Dimension
from p2a.settings import Settings
from quality.check import CheckRequest, check
from quality.report import Report

MONEY, STOCK, ORDER = "src/shop/money.py", "src/shop/stock.py", "src/shop/order.py"
TEST_MONEY, TEST_ORDER = "tests/test_money.py", "tests/test_order.py"
SHORT = {
    Dimension.CODE_QUALITY: "code",
    Dimension.TEST_COVERAGE: "tests",
    Dimension.DOCUMENTATION: "docs",
    Dimension.PERFORMANCE: "performance",
    Dimension.SECURITY: "security",
}


@dataclass(frozen=True)
class Seed:
    """A change of the corpus: texts appended to or exchanged in files, and which score it lowers."""

    name: str
    dimension: Dimension | None
    """None for a refactoring, which lowers none."""
    appended: Mapping[str, str] | None = None
    exchanged: Mapping[str, tuple[tuple[str, str], ...]] | None = None
    removed: tuple[str, ...] = ()

    def files(self) -> dict[str, str]:
        """Return the project's files with the change in them."""
        files = dict(FILES)
        for path, pairs in (self.exchanged or {}).items():
            for old, new in pairs:
                assert old in files[path], (self.name, path, old)
                files[path] = files[path].replace(old, new)
        for path, text in (self.appended or {}).items():
            files[path] = files.get(path, "") + text
        for path in self.removed:
            del files[path]
        return files


def added(name: str, dimension: Dimension, path: str, text: str) -> Seed:
    """Return a change that appends a text to one file."""
    return Seed(name, dimension, appended={path: text})


def exchanged(name: str, dimension: Dimension | None, path: str, *pairs: tuple[str, str]) -> Seed:
    """Return a change that exchanges texts in one file."""
    return Seed(name, dimension, exchanged={path: pairs})


CODE, TESTS, DOCS = Dimension.CODE_QUALITY, Dimension.TEST_COVERAGE, Dimension.DOCUMENTATION
PERFORMANCE, SECURITY = Dimension.PERFORMANCE, Dimension.SECURITY
BRANCHES = "".join(f"    if code == {n}:\n        return {n * 7 % 61}\n" for n in range(60))
INVOICE_START = FILES[ORDER].index("def invoice")
INVOICE = FILES[ORDER][INVOICE_START:]
LONGER = """\
    heads = [name.title() for name in sorted(order.wanted)]
    widest = max((len(head) for head in heads), default=0)
    rule = "-" * (widest + 20)
    body = []
    for head, name in zip(heads, sorted(order.wanted), strict=True):
        number = order.wanted[name]
        single = order.prices[name]
        every = single.times(number)
        body.append(f"{head:<{widest}} {number:>4} {single.cents:>6} {every.cents:>8}")
    body.insert(0, rule)
    body.append(rule)
    body.append(f"{'total':<{widest}} {order.total().cents:>20}")
    return "\\n".join(line.rstrip() for line in body)
"""

BAD: tuple[Seed, ...] = (
    added(
        "eval of a text",
        SECURITY,
        MONEY,
        '\n\ndef compute(text: str) -> int:\n    """Return what a formula gives."""\n    return int(eval(text))\n',
    ),
    added(
        "SQL put together from strings",
        SECURITY,
        STOCK,
        '\n\ndef find(cursor, name: str):\n    """Return the row of a thing."""\n'
        '    return cursor.execute("SELECT * FROM things WHERE name = \'" + name + "\'")\n',
    ),
    added(
        "a shell command with a name in it",
        SECURITY,
        STOCK,
        '\n\ndef label(name: str) -> None:\n    """Print a label."""\n    import subprocess\n\n'
        '    subprocess.run("lp -t " + name, shell=True, check=True)\n',
    ),
    added(
        "a weak hash",
        SECURITY,
        MONEY,
        '\n\ndef token(text: str) -> str:\n    """Return a token of a text."""\n    import hashlib\n\n'
        "    return hashlib.md5(text.encode()).hexdigest()\n",
    ),
    added(
        "a key in the code",
        SECURITY,
        MONEY,
        '\nACCESS_KEY = "AKIA' + "QZ7XW4NVLT2MRB5K" + '"\n',
    ),
    exchanged(
        "a look-alike dependency",
        SECURITY,
        "pyproject.toml",
        ('"requests>=2.31"', '"requests>=2.31", "reqeusts>=1"'),
    ),
    exchanged(
        "invisible characters that reorder the code",
        SECURITY,
        STOCK,
        ("        if left < 0:\n", "        if left < 0:  # \u202e\u2066 allowed\u2069\n"),
    ),
    added(
        "a path that escapes its folder",
        SECURITY,
        STOCK,
        '\n\ndef unpack(archive, folder) -> None:\n    """Write what is in an archive."""\n'
        "    for name in archive.namelist():\n"
        '        with open(folder / name, "wb") as file:\n            file.write(archive.read(name))\n',
    ),
    added(
        "a function of 60 branches",
        CODE,
        MONEY,
        f'\n\ndef rate(code: int) -> int:\n    """Return a rate."""\n{BRANCHES}    return 0\n',
    ),
    exchanged(
        "a bare except that hides errors",
        CODE,
        ORDER,
        (
            "        stock.take(name, count)\n",
            "        try:\n            stock.take(name, count)\n        except:\n            pass\n",
        ),
    ),
    exchanged(
        "a name that does not exist",
        CODE,
        ORDER,
        ("    return order.total()\n", "    return order.totals() or total_of(order)\n"),
    ),
    added(
        "a duplicated block",
        CODE,
        ORDER,
        "\n\n"
        + INVOICE.replace("def invoice", "def receipt").replace(
            INVOICE[INVOICE.index("    lines = []") :], LONGER
        )
        + "\n\n"
        + INVOICE.replace("def invoice", "def offer").replace(
            INVOICE[INVOICE.index("    lines = []") :], LONGER
        ),
    ),
    added("an import cycle", CODE, MONEY, "\n\nimport shop.order\n\nORDERS = shop.order.Order\n"),
    exchanged(
        "dropped docstrings",
        DOCS,
        ORDER,
        ('        """Add things to the order."""\n', ""),
        ('    """Take what is wanted out of the stock and return what it costs."""\n', ""),
    ),
    exchanged(
        "a docstring of a parameter that is gone",
        DOCS,
        STOCK,
        (
            "    def take(self, name: str, count: int) -> None:",
            "    def take(self, name: str, number: int) -> None:",
        ),
        (
            "        left = self._counts.get(name, 0) - count\n",
            "        left = self._counts.get(name, 0) - number\n",
        ),
    ),
    exchanged(
        "a slower algorithm",
        PERFORMANCE,
        STOCK,
        (
            "    names = set(offered)\n    return [name for name in wanted if name in names]\n",
            "    found: list[str] = []\n    for name in wanted:\n        for other in offered:\n            if name == other and name not in found:\n                found.append(name)\n    return found\n",
        ),
    ),
    Seed("removed tests", TESTS, removed=(TEST_MONEY,)),
    exchanged(
        "a test that checks nothing",
        TESTS,
        TEST_ORDER,
        ("    assert order().total() == Money(240)\n", "    order().total()\n"),
    ),
    exchanged(
        "a skipped test",
        TESTS,
        TEST_ORDER,
        (
            "def test_invoice__total_last",
            '@pytest.mark.skip(reason="later")\ndef test_invoice__total_last',
        ),
    ),
    exchanged(
        "coverage that leaves a module out",
        TESTS,
        "pyproject.toml",
        (
            "[tool.coverage.report]\n",
            '[tool.coverage.run]\nomit = ["src/shop/money.py"]\n\n[tool.coverage.report]\n',
        ),
    ),
    added(
        "new code without a test",
        TESTS,
        STOCK,
        '\n\ndef missing(stock: Stock, names: list[str]) -> list[str]:\n    """Return the names of which there is nothing."""\n'
        "    found = []\n    for name in names:\n        if not stock.count(name):\n            found.append(name)\n    return found\n",
    ),
)

REFACTORINGS: tuple[Seed, ...] = (
    exchanged(
        "a comment and a blank line",
        None,
        MONEY,
        ("def parse_money", "# Amounts come from forms.\n\ndef parse_money"),
    ),
    Seed(
        "a renamed module",
        None,
        appended={"src/shop/cash.py": FILES[MONEY]},
        exchanged=dict.fromkeys((ORDER, TEST_MONEY, TEST_ORDER), (("shop.money", "shop.cash"),)),
        removed=(MONEY,),
    ),
    Seed(
        "a function moved to another module",
        None,
        exchanged={
            STOCK: ((FILES[STOCK][FILES[STOCK].index("\n\ndef known_names") :], ""),),
            TEST_ORDER: (
                (
                    "from shop.stock import Stock, known_names",
                    "from shop.names import known_names\nfrom shop.stock import Stock",
                ),
            ),
        },
        appended={
            "src/shop/names.py": '"""Names of things."""\n'
            + FILES[STOCK][FILES[STOCK].index("\n\ndef known_names") :]
        },
    ),
    exchanged(
        "an extracted function",
        None,
        ORDER,
        (
            '        price = order.prices[name].times(count)\n        lines.append(f"{name} {count} {price.cents}")\n',
            "        lines.append(_line(order, name, count))\n",
        ),
        (
            "def invoice(",
            "def _line(order: Order, name: str, count: int) -> str:\n    price = order.prices[name].times(count)\n"
            '    return f"{name} {count} {price.cents}"\n\n\ndef invoice(',
        ),
    ),
    exchanged(
        "renamed local variables",
        None,
        MONEY,
        ("    whole, point, rest = text", "    units, dot, cents = text"),
        ("if not point or len(rest)", "if not dot or len(cents)"),
        ("int(whole) * 100 + int(rest)", "int(units) * 100 + int(cents)"),
    ),
    exchanged(
        "functions in another order",
        None,
        ORDER,
        (INVOICE, ""),
        ("def deliver(", INVOICE + "\n\ndef deliver("),
    ),
    exchanged(
        "a loop as a comprehension",
        None,
        ORDER,
        (
            "    lines = []\n    for name, count in sorted(order.wanted.items()):\n        price = order.prices[name].times(count)\n"
            '        lines.append(f"{name} {count} {price.cents}")\n',
            '    lines = [\n        f"{name} {count} {order.prices[name].times(count).cents}"\n'
            "        for name, count in sorted(order.wanted.items())\n    ]\n",
        ),
    ),
)


def judge(seed: Seed, folder: Path) -> Report:
    """Make a repository of the project and the change in the folder, and return its report."""
    _commit(folder, FILES, message="The shop")
    _git(folder, "checkout", "-q", "-b", "topic")
    _commit(folder, seed.files(), message=seed.name)
    request = CheckRequest(folder, base="main")
    settings = Settings.from_environ({"P2A_DATA_DIR": str(folder.parent / "data"), **_home()})
    return check(request, settings=settings, tell=lambda _: None).report


def drops(report: Report) -> dict[Dimension, float]:
    """Return by how much each score fell, those that fell."""
    deltas = {dimension: report.delta(dimension) for dimension in Dimension}
    return {
        dimension: -delta for dimension, delta in deltas.items() if delta is not None and delta < 0
    }


def _home() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def _commit(folder: Path, files: Mapping[str, str], *, message: str) -> None:
    if not (folder / ".git").exists():
        folder.mkdir(parents=True)
        _git(folder, "init", "-q", "-b", "main")
    for path in FILES:
        (folder / path).unlink(missing_ok=True)
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    _git(folder, "add", "-A")
    who = ("-c", "user.name=Seed", "-c", "user.email=seed@example.invalid")
    _git(folder, *who, "commit", "-q", "-m", message)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def row(seed: Seed, report: Report) -> str:
    """Return a line of the table."""
    fell = drops(report)
    cells = [f"-{fell[name]:.1f}" if name in fell else "" for name in SHORT]
    new = sorted({item.rule for item in report.findings if report.is_new(item)})
    return f"| {seed.name} | {' | '.join(cells)} | {', '.join(new)} |"


def is_right(seed: Seed, report: Report) -> bool:
    """Tell whether the change lowers the score that it should, or none if it should not."""
    fell = drops(report)
    return not fell if seed.dimension is None else seed.dimension in fell


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="a part of the names of changes")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    lines = [
        f"| change | {' | '.join(SHORT.values())} | new findings |",
        "|---" * (len(SHORT) + 2) + "|",
    ]
    wrong = []
    for seed in (*BAD, *REFACTORINGS):
        if given.only not in seed.name:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            report = judge(seed, Path(temporary) / "shop")
        lines.append(row(seed, report))
        sys.stdout.write(f"{lines[-1]}\n")
        sys.stdout.flush()
        if not is_right(seed, report):
            wrong.append(seed.name)
    if given.output:
        given.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in wrong:
        sys.stderr.write(f"judged otherwise than it should be: {name}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
