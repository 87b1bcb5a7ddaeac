"""Where dependencies come from and what they are called, over every file that names them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from p2a.domain import Dimension
from quality.analysers.dependencies import DependencyAnalyser, imitated
from quality.analysers.known_packages import LIKE_BUT_KNOWN, WELL_KNOWN
from quality.analysers.requirements import Requirement, normalise, read_requirements
from quality.finding import Confidence, Finding, Severity
from quality.tree import read_tree
from tests.quality.subjects import subject_of

WriteTree = Callable[[Mapping[str, str | bytes]], Path]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def analyse(root: Path) -> tuple[Finding, ...]:
    return DependencyAnalyser().analyse(subject_of(root)).findings


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("reqeusts", "requests"),
        ("request", "requests"),
        ("requestss", "requests"),
        ("reqests", "requests"),
        ("djang0", "django"),
        ("python-dateutill", "python-dateutil"),
        ("requests", ""),
        ("ujson", ""),
        ("pymssql", ""),
        ("sax", ""),
        ("somethingelse", ""),
        ("", ""),
    ],
)
def test_imitated__m12_one_edit_from_a_well_known_name(name: str, known: str) -> None:
    assert imitated(name) == known


def test_known_packages__are_normalised_and_told_apart() -> None:
    assert len(WELL_KNOWN) >= 500
    assert WELL_KNOWN.isdisjoint(LIKE_BUT_KNOWN)
    assert all(normalise(name) == name for name in WELL_KNOWN | LIKE_BUT_KNOWN)
    assert not any(imitated(name) for name in WELL_KNOWN | LIKE_BUT_KNOWN)


DECLARED = {
    "requirements.txt": "requests==2.0  # the client\n-r more/extra.list\nFlask[async]>=2 ; python_version > '3'\n",
    "more/extra.list": "click\n-r ../requirements.txt\n-r ../../outside.txt\n",
    "requirements/dev.txt": "pytest \\\n    --hash=sha256:aa\n",
    "pyproject.toml": """\
[build-system]
requires = ["hatchling>=1"]
[project]
name = "app"
dependencies = ["httpx"]
[project.optional-dependencies]
fast = ["uvloop"]
[dependency-groups]
dev = [{ include-group = "x" }, "ruff"]
[tool.poetry.dependencies]
python = "^3.11"
pendulum = "^3"
[tool.poetry.group.docs.dependencies]
sphinx = { version = "*" }
""",
    "setup.cfg": "[options]\ninstall_requires =\n    attrs>=1\n[options.extras_require]\ntest =\n    tox\n",
    "setup.py": "setup(install_requires=['numpy'], extras_require={'x': ['scipy']}, name='app')\n",
    "Pipfile": '[packages]\nrich = "*"\n',
}


def test_read_requirements__every_way_of_declaring_one(write_tree: WriteTree) -> None:
    found = {
        (item.path, item.line, item.name)
        for item in read_requirements(read_tree(write_tree(DECLARED)))
        if isinstance(item, Requirement)
    }
    assert found == {
        ("requirements.txt", 1, "requests"),
        ("requirements.txt", 3, "flask"),
        ("more/extra.list", 1, "click"),
        ("requirements/dev.txt", 1, "pytest"),
        ("pyproject.toml", 2, "hatchling"),
        ("pyproject.toml", 5, "httpx"),
        ("pyproject.toml", 7, "uvloop"),
        ("pyproject.toml", 9, "ruff"),
        ("pyproject.toml", 12, "pendulum"),
        ("pyproject.toml", 14, "sphinx"),
        ("setup.cfg", 3, "attrs"),
        ("setup.cfg", 6, "tox"),
        ("setup.py", 1, "numpy"),
        ("setup.py", 1, "scipy"),
        ("Pipfile", 2, "rich"),
    }
    assert analyse(write_tree(DECLARED)) == ()


def test_dependencies__m12_a_look_alike_is_found_wherever_it_is_declared(
    write_tree: WriteTree,
) -> None:
    renamed = {path: text.replace("httpx", "htpx") for path, text in DECLARED.items()}
    [finding] = analyse(write_tree({**renamed, "requirements/dev.txt": ""}))
    assert (finding.path, finding.start_line, finding.rule) == (
        "pyproject.toml",
        5,
        "dependency-look-alike",
    )
    assert finding.message == "htpx is one letter away from the well-known httpx"
    assert (finding.severity, finding.confidence) == (Severity.HIGH, Confidence.MEDIUM)
    assert finding.dimension is Dimension.SECURITY


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("app @ git+https://host/app.git", Severity.MEDIUM),
        ("git+https://host/app.git@main#egg=app", Severity.MEDIUM),
        ("-e git+ssh://git@host/app.git#egg=app", Severity.MEDIUM),
        ("https://host/app-1.0.tar.gz", Severity.MEDIUM),
        ("git+git://host/app.git", Severity.HIGH),
        ("http://host/app-1.0.tar.gz", Severity.HIGH),
        (f"app @ git+https://host/app.git@{COMMIT}", Severity.LOW),
        (f"https://host/app.tar.gz#sha256={COMMIT}{COMMIT[:24]}", Severity.LOW),
    ],
)
def test_dependencies__m12_an_address_weighs_by_what_it_may_change_to(
    write_tree: WriteTree, line: str, severity: Severity
) -> None:
    [finding] = analyse(write_tree({"requirements.txt": f"click\n{line}\n"}))
    assert (finding.rule, finding.start_line, finding.severity) == (
        "dependency-by-url",
        2,
        severity,
    )


@pytest.mark.parametrize(
    ("path", "text", "severity"),
    [
        ("requirements.txt", "--extra-index-url https://host/simple\n", Severity.MEDIUM),
        ("requirements.txt", "-i http://host/simple\n", Severity.HIGH),
        ("requirements.txt", "click --find-links=https://host/files\n", Severity.MEDIUM),
        ("requirements.txt", "--trusted-host host\n", Severity.HIGH),
        ("Dockerfile", "RUN pip install --index-url https://host/simple app\n", Severity.MEDIUM),
        (".github/workflows/ci.yml", "run: pip install --trusted-host=host x\n", Severity.HIGH),
        ("pip.conf", "[global]\nindex-url = https://host/simple\n", Severity.MEDIUM),
        ("pyproject.toml", '[[tool.uv.index]]\nurl = "https://host/simple"\n', Severity.MEDIUM),
        ("Pipfile", '[[source]]\nurl = "https://host/simple"\n', Severity.MEDIUM),
        ("tests/requirements.txt", "--extra-index-url https://host/simple\n", Severity.LOW),
        ("ci.yml", "# pip install --index-url https://[your-host]/simple x\n", Severity.MEDIUM),
    ],
)
def test_dependencies__m12_another_index_is_found(
    write_tree: WriteTree, path: str, text: str, severity: Severity
) -> None:
    [finding] = analyse(write_tree({path: text}))
    assert (finding.rule, finding.severity) == ("dependency-index", severity)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "--index-url https://pypi.org/simple\nclick\n"),
        ("requirements.txt", "# --extra-index-url https://host/simple\n"),
        ("requirements.txt", "-e .\n./local\nfile:///x.whl\n--find-links ./wheels\n"),
        ("requirements.txt", "app @ file:///app\n"),
        ("docs/use.md", "Use --extra-index-url https://host/simple\n"),
        ("notes.txt", "git+https://host/app.git\n"),
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", "number = " + "9" * 5000),
        ("setup.cfg", "no section\n"),
    ],
)
def test_dependencies__what_comes_from_here_or_pypi_is_none(
    write_tree: WriteTree, path: str, text: str
) -> None:
    assert analyse(write_tree({path: text})) == ()


def test_dependencies__m12_a_password_in_an_address_is_not_repeated(write_tree: WriteTree) -> None:
    text = "--extra-index-url https://me:geheim@host/simple\n"
    [finding] = analyse(write_tree({"requirements.txt": text}))
    assert "geheim" not in finding.message + finding.anchor
    assert finding.message.endswith("https://host/simple")


def test_dependencies__blanks_and_comments_make_no_other_finding(write_tree: WriteTree) -> None:
    texts = ("requestz>=2,<3\n", "requestz >= 2, <3  # why\n", "requestz>=2,<4\n")
    plain, spaced, other = (analyse(write_tree({"requirements.txt": text})) for text in texts)
    assert plain[0].fingerprint == spaced[0].fingerprint != other[0].fingerprint
