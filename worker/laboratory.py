"""Opens the place where foreign code is run, or says why there is none."""

from p2a.errors import EnvironmentMissing
from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.toolbox import python_environment
from p2a.settings import Settings
from worker.command_run import Laboratory


def open_laboratory(settings: Settings) -> Laboratory:
    """Try the sandbox; without one foreign code is not run, and results say so."""
    try:
        return Laboratory(
            choose_sandbox(settings.sandbox),
            python_environment(data_dir=settings.data_dir, test_env=settings.test_env),
        )
    except EnvironmentMissing as error:
        return Laboratory(None, None, reason=str(error))
