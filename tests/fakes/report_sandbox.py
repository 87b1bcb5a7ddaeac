"""A sandbox that runs nothing: it answers as told and writes the reports that tests would write."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from p2a.errors import SandboxUnavailable
from p2a.sandbox.interface import Ending, SandboxCommand, SandboxResult
from quality.canary import REPORT, TESTS_FAILED

REPORTED = '<testsuite><testcase name="test_must_fail"><failure/></testcase></testsuite>'


def is_canary(command: SandboxCommand) -> bool:
    """Tell whether the command runs the planted test."""
    return any(REPORT in word for word in command.argv)


@dataclass
class ReportSandbox:
    """Writes `reports` into the mounted output folder; remembers what it was asked to run."""

    reports: Mapping[str, bytes] = field(default_factory=dict)
    exit_code: int | None = 0
    ending: Ending = Ending.EXITED
    output: str = ""
    is_broken: bool = False
    name: str = "reports"
    commands: list[SandboxCommand] = field(default_factory=list)

    def run(self, command: SandboxCommand) -> SandboxResult:
        """Answer without running the command."""
        self.commands.append(command)
        if self.is_broken:
            raise SandboxUnavailable("it broke", why="a test said so")
        folder = next(mount.source for mount in command.mounts if mount.target == "/p2a-output")
        if is_canary(command):
            (folder / REPORT).write_bytes(REPORTED.encode())
            return self._result(TESTS_FAILED)
        for name, content in self.reports.items():
            (folder / name).write_bytes(content)
        return self._result(self.exit_code)

    def _result(self, exit_code: int | None) -> SandboxResult:
        return SandboxResult(
            ending=self.ending,
            exit_code=exit_code,
            output=self.output,
            truncated=False,
            seconds=1.5,
            backend=self.name,
        )
