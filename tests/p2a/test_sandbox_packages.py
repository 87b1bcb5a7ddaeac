import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.interface import Sandbox, SandboxCommand
from p2a.sandbox.packages import KEPT_SECONDS, Installed, Packages, Wanted
from p2a.sandbox.toolbox import ENVIRONMENT_TARGET, packages_environment
from p2a.sandbox.wheels import CONSTRAINTS, FetchLimits, NoWheels, fetch_wheels
from tests.fakes.package_index import PackageIndex, source, wheel
from tests.fakes.pool_process import eventually

ADDER = wheel("adder", {"adder.py": "def add(a, b):\n    return a + b\n"})
TWICE = wheel("twice", {"twice.py": "import adder\n"}, requires=("adder>=1",))
TRAP = "import pathlib\npathlib.Path({path!r}).write_text('ran')\nraise SystemExit(1)\n"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return choose_sandbox("auto")


@pytest.fixture
def index() -> Iterator[PackageIndex]:
    with PackageIndex(ADDER, TWICE) as served:
        yield served


def fetch(
    folder: Path,
    index: PackageIndex,
    *requirements: str,
    constraints: tuple[str, ...] = (),
    limits: FetchLimits | None = None,
) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of the wheels, and what lacks."""
    folder.mkdir(exist_ok=True)
    fetched = fetch_wheels(
        requirements,
        constraints=constraints,
        index=index.url,
        folder=folder,
        limits=limits or FetchLimits(),
    )
    return [file.name for file in fetched.wheels], fetched.lacking


# Fetching ------------------------------------------------------------------------------------------


def test_fetch_wheels__with_all_that_they_require(index: PackageIndex, tmp_path: Path) -> None:
    found, lacking = fetch(tmp_path, index, "twice")
    assert found == [ADDER[0], TWICE[0]]
    assert lacking == ()


def test_g23__a_source_distribution_is_named_and_never_built(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    setup = TRAP.format(path=str(trap))
    with PackageIndex(ADDER, source("builder", setup)) as index:
        found, lacking = fetch(tmp_path / "a", index, "adder", "builder>=1")
        assert (found, lacking) == ([ADDER[0]], ("builder has no wheel that fits",))
        files = {path for path in index.asked if path.startswith("/files/")}
        assert files == {f"/files/{ADDER[0]}"}
        parent = wheel("parent", {}, requires=("builder",))
        index.files |= dict([parent])
        with pytest.raises(NoWheels, match=r"^builder has no wheel that fits$"):
            fetch(tmp_path / "b", index, "parent")
    assert not trap.exists()


def test_g23__a_package_that_asks_for_a_clone_or_a_build_starts_no_program(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    archive = source("builder", TRAP.format(path=str(trap)))
    with PackageIndex(archive) as index:
        address = index.url.replace("/simple", f"/files/{archive[0]}")
        for number, place in enumerate(
            (address, "git+ssh://127.0.0.1/x", "git+http://127.0.0.1/x")
        ):
            parent = wheel("parent", {}, requires=(f"builder @ {place}",))
            index.files = dict([archive, parent])
            with pytest.raises(NoWheels, match="to be built or cloned"):
                fetch(tmp_path / f"{number}", index, "parent")
    assert not trap.exists()


def test_g23__nothing_comes_from_another_host(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        place = f"http://localhost:{port}/other-1.0-py3-none-any.whl"
        with (
            PackageIndex(wheel("parent", {}, requires=(f"other @ {place}",))) as index,
            pytest.raises(NoWheels, match="another host than the index: localhost"),
        ):
            fetch(tmp_path, index, "parent")
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_fetch_wheels__what_the_index_lacks(index: PackageIndex, tmp_path: Path) -> None:
    found, lacking = fetch(tmp_path, index, "adder", "unknown-thing")
    assert found == [ADDER[0]]
    assert lacking == ("unknown-thing is not in the package index, or not in that version",)


def test_fetch_wheels__a_constraint_that_leaves_nothing_is_left_out(
    index: PackageIndex, tmp_path: Path
) -> None:
    found, lacking = fetch(tmp_path, index, "twice", constraints=("adder==9",))
    assert found == [ADDER[0], TWICE[0]]
    assert lacking == (CONSTRAINTS,)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (FetchLimits(packages=1), "2 packages are more than 1"),
        (FetchLimits(unpacked_bytes=10), "unpacked, the packages are larger than 0 MiB"),
        (FetchLimits(fetched_bytes=10), "the packages are larger than 0 MiB"),
        (FetchLimits(seconds=0.0), "the package index took longer than 0 s"),
    ],
)
def test_fetch_wheels__within_its_limits(
    index: PackageIndex, tmp_path: Path, limits: FetchLimits, reason: str
) -> None:
    with pytest.raises(NoWheels, match=reason):
        fetch(tmp_path, index, "twice", limits=limits)


def test_fetch_wheels__an_index_that_is_away(tmp_path: Path) -> None:
    with PackageIndex() as gone:
        pass
    with pytest.raises(NoWheels, match=r"the package index 127\.0\.0\.1:\d+ was not reached"):
        fetch(tmp_path, gone, "adder")


# Installing ----------------------------------------------------------------------------------------


def imports(installed: Installed, data_dir: Path, sandbox: Sandbox, code: str) -> str:
    """Return what Python code prints in an environment."""
    environment = packages_environment(installed.folder, data_dir=data_dir)
    ran = sandbox.run(
        SandboxCommand(
            argv=(environment.python, "-c", code),
            cwd="/tmp",
            mounts=environment.mounts,
            env=environment.env,
        )
    )
    return ran.output.strip()


def test_install__once_and_then_without_the_index(tmp_path: Path, sandbox: Sandbox) -> None:
    folder = tmp_path / "environments"
    with PackageIndex(ADDER, TWICE) as index:
        packages = Packages(folder, index=index.url, sandbox=sandbox)
        first = packages.install(Wanted(("twice", "missing-one")))
    assert first.lacking == ("missing-one is not in the package index, or not in that version",)
    code = "import twice, pytest, coverage; print(twice.adder.add(2, 3))"
    assert imports(first, tmp_path, sandbox, code) == "5"
    # A test may start what the packages bring by its name.
    code = "import shutil; print(shutil.which('python'))"
    assert imports(first, tmp_path, sandbox, code) == f"{ENVIRONMENT_TARGET}/bin/python"
    asked = len(index.asked)
    assert packages.install(Wanted(("missing-one", "twice"))) == first
    assert len(index.asked) == asked
    assert sorted(path.name for path in folder.iterdir()) == [
        first.folder.parent.name,
        f"{first.folder.parent.name}.lock",
    ]
    with pytest.raises(NoWheels, match="not reached"):
        packages.install(Wanted(("twice", "adder")))


def test_install__two_at_once_share_it(
    index: PackageIndex, tmp_path: Path, sandbox: Sandbox
) -> None:
    def install(_: int) -> Installed:
        packages = Packages(tmp_path / "environments", index=index.url, sandbox=sandbox)
        return packages.install(Wanted(("adder",)))

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(install, range(2))
    assert one == other
    assert [path for path in index.asked if path.startswith("/files/")] == [f"/files/{ADDER[0]}"]


def test_install__what_a_killed_process_left_is_removed(
    index: PackageIndex, tmp_path: Path, sandbox: Sandbox
) -> None:
    packages = Packages(tmp_path / "environments", index=index.url, sandbox=sandbox)
    made = packages.install(Wanted(("adder",))).folder.parent
    left = made.with_name(f".{made.name}-abc")
    made.rename(left)
    assert packages.install(Wanted(("adder",))).folder.parent == made
    assert not left.exists()


_INSTALLER = """\
import pathlib, sys
from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.packages import Packages, Wanted
folder, index = sys.argv[1:]
sandbox = choose_sandbox("auto")
Packages(pathlib.Path(folder), index=index, sandbox=sandbox).install(Wanted(("adder",)))
"""


def test_install__goes_on_where_a_killed_process_was(
    index: PackageIndex, tmp_path: Path, sandbox: Sandbox
) -> None:
    folder = tmp_path / "environments"
    index.gate.clear()
    with subprocess.Popen([sys.executable, "-c", _INSTALLER, str(folder), index.url]) as process:
        eventually(lambda: bool(index.asked))
        process.kill()
    index.gate.set()
    packages = Packages(folder, index=index.url, sandbox=sandbox)
    made = packages.install(Wanted(("adder",))).folder.parent
    assert sorted(path.name for path in folder.iterdir()) == [made.name, f"{made.name}.lock"]


def test_install__what_nobody_used_for_long_is_removed(
    index: PackageIndex, tmp_path: Path, sandbox: Sandbox
) -> None:
    packages = Packages(tmp_path / "environments", index=index.url, sandbox=sandbox)
    old = packages.install(Wanted(("adder",))).folder.parent
    kept = packages.install(Wanted(("adder>=1",))).folder.parent
    past = old.stat().st_mtime - KEPT_SECONDS - 60
    os.utime(old, (past, past))
    packages.install(Wanted(("twice",)))
    assert not old.exists()
    assert kept.exists()


def test_install__a_wheel_runs_nothing_outside_and_cannot_leave_its_folder(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    trap = tmp_path / "trap"
    hook = f"import pathlib; pathlib.Path({str(trap)!r}).write_text('ran')\n"
    climber = wheel("climber", {"../../../../../climbed.py": "", "climber.py": ""})
    with PackageIndex(wheel("hook", {"hook.pth": hook, "hook.py": ""}), climber) as index:
        packages = Packages(tmp_path / "environments", index=index.url, sandbox=sandbox)
        installed = packages.install(Wanted(("hook",)))
        assert "FileNotFoundError" in imports(installed, tmp_path, sandbox, "import hook")
        with pytest.raises(NoWheels, match="cannot be installed"):
            packages.install(Wanted(("climber",)))
    assert not trap.exists()
    assert not list(tmp_path.rglob("climbed.py"))
