"""Opens the place where foreign code is run, or says why there is none."""

from p2a.errors import EnvironmentMissing
from p2a.sandbox.choose import choose_sandbox
from p2a.settings import Settings
from quality.environment import find_environment
from quality.needs.detect import Needs
from worker.command_run import Laboratory


def open_laboratory(settings: Settings) -> Laboratory:
    """Try the sandbox; without one foreign code is not run, and results say so."""
    try:
        sandbox = choose_sandbox(settings.sandbox)
        # What a repository needs is installed for each workflow: see `worker.equipment`.
        return Laboratory(sandbox, find_environment(settings, Needs(), sandbox=sandbox))
    except EnvironmentMissing as error:
        return Laboratory(None, None, reason=str(error))
