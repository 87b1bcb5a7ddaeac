"""Times what the sandbox runs of one tree, by the host's clock."""

from dataclasses import replace

from p2a.sandbox.interface import Sandbox, SandboxCommand
from quality.suite_command import Calls


class Stopwatch:
    """One tree's tests without coverage, and the import of its packages.

    Args:
        sandbox: where they run.
        calls: how, on a copy of the tree.
        modules: the names to import, joined by commas.
    """

    def __init__(self, sandbox: Sandbox, calls: Calls, *, modules: str) -> None:
        self._sandbox = sandbox
        self._tests = calls.plain
        self._modules = modules

    @property
    def has_tests(self) -> bool:
        """Whether the tests are pytest's: of another command it is not known what it does."""
        return self._tests is not None

    def tests(self) -> float:
        """Run the tests and return the seconds it took."""
        return self._sandbox.run(self._command).seconds

    def imports(self) -> float:
        """Import the packages in a new interpreter and return the seconds it took."""
        command = self._command
        program = (command.argv[0], "-P", "-c", f"import {self._modules}")
        return self._sandbox.run(replace(command, argv=program)).seconds

    @property
    def _command(self) -> SandboxCommand:
        if self._tests is None:
            raise ValueError("only pytest is timed")
        return self._tests
