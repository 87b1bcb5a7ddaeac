"""pytest and coverage get into the sandbox as plain files, from our environment or another."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from p2a.errors import EnvironmentMissing
from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.host import interpreter_mounts
from p2a.sandbox.interface import Mount, SandboxCommand, SandboxResult
from p2a.sandbox.toolbox import (
    TOOLBOX_TARGET,
    PythonEnvironment,
    build_toolbox,
    closure,
    python_environment,
)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def run(environment: PythonEnvironment, folder: Path, *arguments: str) -> SandboxResult:
    return choose_sandbox("auto").run(
        SandboxCommand(
            argv=(environment.python, *arguments),
            cwd="/workspace",
            mounts=(*environment.mounts, Mount(folder, "/workspace", writable=True)),
            env=environment.env,
        )
    )


def test_toolbox__runs_tests_under_coverage(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text("def add(a, b):\n    return a + b\n")
    (tmp_path / "test_sums.py").write_text(
        "import sums\n\n\ndef test_add():\n    assert sums.add(1, 2) == 3\n"
    )
    environment = python_environment(data_dir=data_dir, test_env=None)
    result = run(environment, tmp_path, "-m", "coverage", "run", "-m", "pytest", "-q")
    assert result.succeeded, result.output
    assert "1 passed" in result.output
    assert run(environment, tmp_path, "-m", "coverage", "json").succeeded
    files = json.loads((tmp_path / "coverage.json").read_text())["files"]
    assert files["sums.py"]["summary"]["percent_covered"] == 100


def test_toolbox__holds_neither_our_code_nor_our_environment(
    data_dir: Path, tmp_path: Path
) -> None:
    environment = python_environment(data_dir=data_dir, test_env=None)
    code = """
import importlib.util, sys
print([name for name in ("p2a", "sqlalchemy", "redis", "github") if importlib.util.find_spec(name)])
print(sys.prefix == sys.base_prefix)
"""
    assert run(environment, tmp_path, "-c", code).output == "[]\nTrue\n"


def test_toolbox__holds_the_closure_and_no_start_up_hook(data_dir: Path) -> None:
    folder = build_toolbox(data_dir / "toolbox", ("pytest", "coverage"))
    names = {path.name for path in folder.iterdir()}
    assert {"pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage"} < names
    assert list(folder.rglob("*.pth")) == []
    assert [item.name for item in closure(["pytest"])] == [
        "iniconfig",
        "packaging",
        "pluggy",
        "Pygments",
        "pytest",
    ]


def test_toolbox__is_built_once_by_many_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "toolbox"
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(build_toolbox(folder, ("iniconfig",))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert list(folder.iterdir()) == [found[0]]
    made = found[0].stat().st_mtime_ns
    assert build_toolbox(folder, ("iniconfig",)).stat().st_mtime_ns == made


def test_toolbox__a_missing_distribution_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="none-such cannot be given to the sandbox"):
        build_toolbox(tmp_path, ("none-such",))


# A virtual environment of the operator ------------------------------------------------------------


@pytest.fixture(scope="module")
def test_env(tmp_path_factory: pytest.TempPathFactory) -> Path:
    env = tmp_path_factory.mktemp("env") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(env)], check=True)
    packages = next(env.glob("lib/python*/site-packages"))
    (packages / "dependency.py").write_text("ANSWER = 42\n")
    return env


def test_test_env__gets_what_it_lacks(test_env: Path, data_dir: Path, tmp_path: Path) -> None:
    environment = python_environment(data_dir=data_dir, test_env=test_env)
    assert environment.python == str(test_env / "bin" / "python")
    assert environment.env["PYTHONPATH"] == TOOLBOX_TARGET
    (tmp_path / "test_it.py").write_text(
        "import shutil\n\nimport dependency\n\n\ndef test_it():\n    assert dependency.ANSWER == 42\n"
        f"    assert shutil.which('python') == '{test_env}/bin/python'\n"
    )
    result = run(environment, tmp_path, "-m", "pytest", "-q")
    assert "1 passed" in result.output


def test_test_env__with_both_tools_needs_no_toolbox(tmp_path: Path, data_dir: Path) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("pytest", "coverage"):
        (packages / name).mkdir(parents=True)
        (packages / name / "__init__.py").touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("/usr/bin/env")
    environment = python_environment(data_dir=data_dir, test_env=tmp_path)
    assert environment.mounts == (Mount(tmp_path, str(tmp_path)),)
    assert "PYTHONPATH" not in environment.env


def test_test_env__that_is_none_is_named(tmp_path: Path, data_dir: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="is not a virtual environment"):
        python_environment(data_dir=data_dir, test_env=tmp_path / "none")


def test_interpreter_mounts__follow_every_link(tmp_path: Path) -> None:
    for name in ("real", "alias", "env"):
        (tmp_path / name / "bin").mkdir(parents=True)
    (tmp_path / "real/bin/python3.12").touch()
    (tmp_path / "alias/bin/python3").symlink_to("../../real/bin/python3.12")
    (tmp_path / "env/bin/python").symlink_to(tmp_path / "alias/bin/python3")
    mounts = interpreter_mounts(tmp_path / "env/bin/python")
    assert [os.path.relpath(mount.target, tmp_path) for mount in mounts] == ["env", "alias", "real"]
    assert interpreter_mounts(Path("/usr/bin/env")) == ()


def test_toolbox__shows_no_package_of_the_machine(data_dir: Path, tmp_path: Path) -> None:
    environment = python_environment(data_dir=data_dir, test_env=None)
    code = f"""
import json
from importlib.metadata import distributions
print(json.dumps(sorted({{
    str(item.locate_file("")) for item in distributions()
}} - {{{TOOLBOX_TARGET!r}}})))
"""
    result = run(environment, tmp_path, "-c", code)
    assert result.succeeded, result.output
    assert json.loads(result.output) == []
