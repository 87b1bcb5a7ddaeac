"""A sandbox that runs nothing: it decides from the tree which tests fail, and writes the report."""

from collections.abc import Callable
from pathlib import Path

from p2a.sandbox.interface import Ending, SandboxCommand, SandboxResult
from p2a.sandbox.toolbox import PythonEnvironment
from quality.canary import REPORT, TESTS_FAILED
from quality.suite_command import JUNIT, OUTPUT, PROJECT
from tests.fakes.report_sandbox import REPORTED, is_canary
from worker.command_run import TREE, Laboratory

ALL = ("test_a", "test_b", "test_c")


class FakeSandbox:
    """Answers for a suite of three tests; every command is remembered."""

    name = "fake"

    def __init__(
        self,
        failing: Callable[[Path], set[str]],
        skipped: Callable[[Path], set[str]] = lambda tree: set(),
    ) -> None:
        self._failing = failing
        self._skipped = skipped
        self.check: Callable[[], None] | None = None
        self.commands: list[SandboxCommand] = []

    def run(self, command: SandboxCommand) -> SandboxResult:
        """Pretend to run a command."""
        self.commands.append(command)
        mounts = {mount.target: mount.source for mount in command.mounts}
        if TREE in mounts:
            return self._result(0, f"ran in {sorted(p.name for p in mounts[TREE].iterdir())}")
        if is_canary(command):
            (mounts[OUTPUT] / REPORT).write_text(REPORTED, encoding="ascii")
            return self._result(TESTS_FAILED, "")
        failing, skipped = self._failing(mounts[PROJECT]), self._skipped(mounts[PROJECT])
        (mounts[OUTPUT] / JUNIT).write_text(junit(failing, skipped), encoding="utf-8")
        return self._result(1 if failing else 0, "output of the suite")

    def stopped_by(self, check: Callable[[], None]) -> "FakeSandbox":
        """Remember the check; nothing runs long enough here to be stopped."""
        self.check = check
        return self

    def _result(self, code: int, output: str) -> SandboxResult:
        return SandboxResult(
            ending=Ending.EXITED,
            exit_code=code,
            output=output,
            truncated=False,
            seconds=0.1,
            backend=self.name,
        )


def junit(failing: set[str], skipped: set[str]) -> str:
    """Return pytest's report of the three tests."""
    cases = "".join(
        f'<testcase classname="tests.test_it" name="{name}">'
        + ('<failure message="no">no</failure>' if name in failing else "")
        + ("<skipped/>" if name in skipped else "")
        + "</testcase>"
        for name in ALL
    )
    return (
        f'<?xml version="1.0"?><testsuites><testsuite name="pytest" tests="{len(ALL)}"'
        f' failures="{len(failing)}" errors="0" skipped="{len(skipped)}">{cases}</testsuite></testsuites>'
    )


def laboratory(
    failing: Callable[[Path], set[str]],
    skipped: Callable[[Path], set[str]] = lambda tree: set(),
) -> Laboratory:
    """Return a laboratory with such a sandbox."""
    environment = PythonEnvironment(python="/usr/bin/python3", mounts=(), env={})
    return Laboratory(FakeSandbox(failing, skipped), environment)
