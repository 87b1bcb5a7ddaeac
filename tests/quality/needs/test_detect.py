import pytest

from quality.needs.detect import HIDDEN, Needs, find_needs
from quality.setup import Setup

PROJECT = '[project]\nname = "my.own"\ndependencies = ["six"]\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ()),
        ({"pyproject.toml": PROJECT}, ("six",)),
        (
            {
                "pyproject.toml": PROJECT
                + "[project.optional-dependencies]\ntest = ['pytest', 'my-own[cli]']\n"
                "cli = ['click']\ndev = ['ruff']\n"
            },
            ("click", "pytest", "six"),
        ),
        (
            {"pyproject.toml": PROJECT + "[project.optional-dependencies]\ndev = ['ruff']\n"},
            ("ruff", "six"),
        ),
        (
            {
                "pyproject.toml": PROJECT + "[dependency-groups]\n"
                "base = ['attrs']\nTests = ['pytest', {include-group = 'base'}]\ndev = ['ruff']\n"
            },
            ("attrs", "pytest", "six"),
        ),
        ({"pyproject.toml": PROJECT, "requirements-dev.txt": "-e .\nmock\n"}, ("mock", "six")),
        (
            {
                "pyproject.toml": PROJECT,
                "requirements-dev.txt": "ruff",
                "requirements/test.txt": "mock",
            },
            ("mock", "six"),
        ),
        ({"requirements.txt": "flask\n"}, ("flask",)),
        ({"pyproject.toml": PROJECT, "requirements.txt": "trio\n"}, ("six", "trio")),
        (
            {
                "setup.cfg": "[options]\ninstall_requires =\n  six\n[options.extras_require]\ntest = x1"
            },
            ("six", "x1"),
        ),
        (
            {
                "pyproject.toml": PROJECT,
                "tox.ini": "[testenv]\ndeps =\n  mock\n  py39: old\n  {env:X}\n  -r t.txt\n  .\n",
                "t.txt": "trio",
            },
            ("mock", "six", "trio"),
        ),
        (
            {
                "pyproject.toml": PROJECT + "[project.optional-dependencies]\ndraw = ['pillow']\n",
                "tox.ini": "[testenv]\ndeps = mock\nextras = draw, absent\n",
            },
            ("mock", "pillow", "six"),
        ),
        (
            {
                "pyproject.toml": PROJECT + "[project.optional-dependencies]\ndraw = ['pillow']\n"
                "[tool.tox.env_run_base]\nextras = ['draw']\n",
                "tests/requirements.txt": "mock",
            },
            ("mock", "pillow", "six"),
        ),
        (
            {"pyproject.toml": PROJECT + "[tool.tox.env_run_base]\ndeps = ['mock']\n"},
            ("mock", "six"),
        ),
        (
            {
                "pyproject.toml": "[project]\nname = 'a'\ndynamic = ['dependencies']\n"
                "[tool.setuptools.dynamic]\ndependencies = {file = ['in.txt']}\n",
                "in.txt": "six",
            },
            ("six",),
        ),
        (
            {
                "pyproject.toml": "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\n"
                "python = '^3.9'\nsix = '^1.2'\nnow = {version = '~2.1', extras = ['x']}\n"
                "old = '^0.3.1'\nany = '*'\nexact = '1.0'\nrange = '>=1,<3'\n"
                "gone = {version = '1', optional = true}\n"
                "[tool.poetry.group.dev.dependencies]\nmock = '>=4'\n"
            },
            (
                "any",
                "exact==1.0",
                "mock>=4",
                "now[x]<2.2,>=2.1",
                "old<0.4,>=0.3.1",
                "range<3,>=1",
                "six<2,>=1.2",
            ),
        ),
        ({"pyproject.toml": PROJECT + "[tool.pdm.dev-dependencies]\ntest = ['x1']"}, ("six", "x1")),
        ({"pyproject.toml": "[project"}, ()),
        ({"pyproject.toml": "number = " + "9" * 5000}, ()),
        ({"pyproject.toml": f"[tool.poetry.dependencies]\nsix = '^{'9' * 5000}'"}, ("six",)),
        ({"setup.cfg": "no section"}, ()),
    ],
)
def test_find_needs__guessed(files: dict[str, str], expected: tuple[str, ...]) -> None:
    assert find_needs(files, None) == Needs(expected)


def test_find_needs__what_the_settings_say_takes_the_place_of_the_guess() -> None:
    files = {
        "pyproject.toml": PROJECT + "[project.optional-dependencies]\ntest = ['x1']\ncli = ['x2']\n"
        "[dependency-groups]\nci = ['x3']\n",
        "ci.txt": "x4\n",
    }
    setup = Setup(requirements=("x5",), files=("ci.txt",), extras=("cli",), groups=("ci",))
    assert find_needs(files, setup).requirements == ("six", "x2", "x3", "x4", "x5")
    assert find_needs(files, Setup()) == Needs()
    twice = {"pyproject.toml": PROJECT + "[dependency-groups]\na-b = ['x1']\na_b = ['x2']\n"}
    assert find_needs(twice, Setup(groups=("A.b",))).requirements == ("six", "x1")
    missing = find_needs(files, Setup(files=("no.txt",), extras=("no",), groups=("no",)))
    assert missing.refused == (
        "'no.txt' is not in the repository",
        "there is no extra 'no'",
        "there is no group 'no'",
    )


def test_find_needs__a_lock_bounds_what_is_installed() -> None:
    lock = "".join(
        f"[[package]]\nname = '{name}'\nversion = '{version}'\n"
        for name, version in (("six", "1.16"), ("two", "1"), ("two", "2"), ("my-own", "0"))
    )
    found = find_needs({"pyproject.toml": PROJECT, "uv.lock": lock}, None)
    assert found.constraints == ("six==1.16",)


def test_g23__setup_py_is_not_run_and_the_build_backend_is_not_asked() -> None:
    assert find_needs({"setup.py": "raise SystemExit"}, None).refused == (HIDDEN,)
    backend = "[build-system]\nrequires = ['evil']\nbuild-backend = 'evil'\nbackend-path = ['.']\n"
    assert find_needs({"pyproject.toml": backend + PROJECT}, None) == Needs(("six",))


def test_find_needs__too_many_are_refused() -> None:
    lines = "\n".join(f"x{number}" for number in range(301))
    found = find_needs({"requirements.txt": lines}, None)
    assert found == Needs(refused=("301 requirements are more than 300",))
