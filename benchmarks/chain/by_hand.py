"""pytest as a person would start it on a checkout, with the packages that the product installed.

Nothing of the product's runs here: the numbers are those that pytest prints in its last line.
"""

import re
import shutil
import subprocess
import time
import venv
from dataclasses import dataclass, replace
from pathlib import Path

PROGRAM = "bwrap"
WALLS = (
    *("--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--proc", "/proc"),
    *("--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--die-with-parent"),
)
"""No network, as in the sandbox, and nobody's rights: root passes over what a test forbids."""
PLACE = Path("/opt/p2a-environment")
"""Where the product made the environment: its programs name their interpreter there."""
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
"""No program of another environment that is active here may help a test."""
BAD_USAGE = 4
SECONDS = 900

_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)\b")
_LAST = re.compile(r"^=*\s*(?:no tests ran|\d+ \w+).* in [\d.]+s.*$", re.M)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What pytest said: its counts, or that it counted none."""

    exit_code: int
    counts: tuple[int, int, int, int] | None
    """Passed, failed, errors, skipped; expected failures are skipped, unexpected passes passed."""
    seconds: float
    last_line: str
    without_addopts: bool = False
    """The project's own options named a plugin that is not installed."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the product installed for a project's tests, and its own pytest."""

    packages: Path | None
    """A virtual environment; None where nothing was installed."""
    toolbox: Path | None
    """A folder with pytest; None where the packages hold one."""

    def scripts(self, work: Path) -> Path:
        """Return the folder of the interpreter, of an empty environment where nothing is installed."""
        if self.packages is not None:
            return PLACE / "bin"
        venv.create(work / "plain", with_pip=False)
        return work / "plain" / "bin"

    @property
    def mounts(self) -> tuple[str, ...]:
        """Return bubblewrap's options that show the packages at their place."""
        if self.packages is None:
            return ()
        return ("--tmpfs", str(PLACE.parent), "--ro-bind", str(self.packages), str(PLACE))

    def path(self, tree: Path) -> str:
        """Return PYTHONPATH: the project is not installed, so its folders stand on it."""
        parts = [tree / "src", self.toolbox, tree]
        return ":".join(str(part) for part in parts if part is not None and part.is_dir())


def run_pytest(tree: Path, environment: Environment, work: Path) -> Outcome:
    """Run `python -m pytest` in a tree, without a network, and read its last line."""
    command = [str(environment.scripts(work) / "python"), "-m", "pytest", "-q"]
    home = work / "home"
    home.mkdir(exist_ok=True)
    outcome = _run(tree, environment, command, home)
    if outcome.exit_code == BAD_USAGE:
        again = _run(tree, environment, [*command, "-o", "addopts="], home)
        return replace(again, without_addopts=True)
    return outcome


def _run(tree: Path, environment: Environment, command: list[str], home: Path) -> Outcome:
    program = shutil.which(PROGRAM)
    if program is None:
        raise SystemExit(
            f"{PROGRAM} is not installed: by hand alone the tests would have a network"
        )
    env = {
        "PATH": f"{Path(command[0]).parent}:{SYSTEM_PATH}",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": environment.path(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }
    began = time.monotonic()
    done = subprocess.run(
        [program, *WALLS, *environment.mounts, "--chdir", str(tree), "--", *command],
        env=env,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    output = (done.stdout or done.stderr).decode("utf-8", "replace")
    return _read(output, exit_code=done.returncode, seconds=time.monotonic() - began)


def _read(output: str, *, exit_code: int, seconds: float) -> Outcome:
    lines = _LAST.findall(output)
    if not lines:
        said = output.strip().splitlines()
        return Outcome(exit_code, None, seconds, said[-1] if said else "no output")
    last = lines[-1].strip("= ")
    return Outcome(exit_code, counts_of(last), seconds, last)


def counts_of(line: str) -> tuple[int, int, int, int]:
    """Return passed, failed, errors and skipped from pytest's last line."""
    found = {name.rstrip("s"): int(number) for number, name in _COUNT.findall(line)}
    passed = found.get("passed", 0) + found.get("xpassed", 0)
    skipped = found.get("skipped", 0) + found.get("xfailed", 0)
    return passed, found.get("failed", 0), found.get("error", 0), skipped
