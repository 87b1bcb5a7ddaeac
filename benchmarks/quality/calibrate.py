"""Scores of well-known packages, so that a score means something.

    python -m benchmarks.quality.calibrate [--output FILE]

Downloads the wheels named in `PACKAGES` from the package index, reads what is in them, and prints
each package's scores and the weight of its findings per 1,000 lines. Nothing is installed or run;
the tests are not in wheels, so their score is left out.
"""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from p2a.domain import Dimension
from quality.examine import assess
from quality.measure import NotMeasured
from quality.report import Report
from quality.score import POINTS

PACKAGES = (
    "attrs==25.3.0",
    "black==25.1.0",
    "boltons==25.0.0",
    "certifi==2025.8.3",
    "click==8.2.1",
    "django==5.2.5",
    "fastapi==0.116.1",
    "flask==3.1.2",
    "httpx==0.28.1",
    "itsdangerous==2.2.0",
    "jinja2==3.1.6",
    "networkx==3.5",
    "packaging==25.0",
    "pluggy==1.6.0",
    "pydantic==2.11.7",
    "pytest==8.4.1",
    "requests==2.32.5",
    "rich==14.1.0",
    "sqlalchemy==2.0.43",
    "tomlkit==0.13.3",
    "werkzeug==3.1.3",
)
SCORED = (
    Dimension.CODE_QUALITY,
    Dimension.DOCUMENTATION,
    Dimension.PERFORMANCE,
    Dimension.SECURITY,
)
MAX_BYTES = 256 * 1024 * 1024


def unpack(requirement: str, folder: Path) -> Path:
    """Download a wheel and write its Python files into the folder."""
    wheels = folder / "wheels"
    options = ("--no-deps", "--only-binary", ":all:", "--quiet", "--disable-pip-version-check")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, "--dest", wheels, requirement],
        check=True,
    )
    target = folder / "files"
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        names = [name for name in wheel.namelist() if name.endswith((".py", ".typed"))]
        if sum(wheel.getinfo(name).file_size for name in names) > MAX_BYTES:
            raise SystemExit(f"{requirement} is too large")
        wheel.extractall(target, names)
    return target


def row(requirement: str, report: Report, lines: int) -> str:
    """Return a line of the table."""
    cells = []
    for dimension in SCORED:
        value = report.scores.by_dimension[dimension]
        weight = sum(
            item.weight
            for item in report.findings
            if item.dimension is dimension and item.analyser not in POINTS
        )
        text = "-" if isinstance(value, NotMeasured) else f"{value:.1f}"
        cells += [text, f"{1000 * weight / max(lines, 1000):.2f}"]
    overall = report.scores.overall
    cells.append("-" if isinstance(overall, NotMeasured) else f"{overall:.1f}")
    return f"| {requirement.replace('==', ' ')} | {lines} | {' | '.join(cells)} |"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="a part of the packages' names")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    heads = [part for name in SCORED for part in (name.value.replace("_", " "), "density")]
    table = [f"| package | lines | {' | '.join(heads)} | overall |", "|---" * 11 + "|"]
    sys.stdout.write("\n".join(table) + "\n")
    for requirement in PACKAGES:
        if given.only not in requirement:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            root = unpack(requirement, Path(temporary))
            report = assess(root, suite=None)
            lines = sum(
                len(path.read_bytes().split(b"\n")) for path in root.rglob("*.py") if path.is_file()
            )
        table.append(row(requirement, report, lines))
        sys.stdout.write(f"{table[-1]}\n")
        sys.stdout.flush()
    if given.output:
        given.output.write_text("\n".join(table) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
