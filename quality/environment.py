"""The Python that a repository's tests run with: the operator's, or one with what they need."""

from collections.abc import Callable
from dataclasses import replace

from p2a.data_directory import make_data_directory
from p2a.errors import EnvironmentMissing, SandboxUnavailable
from p2a.sandbox.interface import Sandbox
from p2a.sandbox.packages import FOLDER, Packages, Wanted
from p2a.sandbox.toolbox import PythonEnvironment, packages_environment, python_environment
from p2a.sandbox.wheels import NoWheels
from p2a.settings import Settings
from quality.needs.detect import Needs

NOT_INSTALLED = "dependencies not installed: {why}"
INSTALLED = "those that {origin} requires are installed"
NO_INDEX = (
    "P2A_PACKAGE_INDEX=https://pypi.org/simple or a virtual environment in P2A_TEST_ENV gives them"
)
NOTHING = "the repository's files name none; `setup` in .p2a.yml can"
_SHOWN = 5


def find_environment(
    settings: Settings,
    needs: Needs,
    *,
    sandbox: Sandbox,
    check: Callable[[], None] = lambda: None,
) -> PythonEnvironment:
    """Return the operator's environment, one with the needed packages, or that of pytest alone.

    Packages that cannot be had are no error: tests that need them say why they are not there.

    Args:
        settings: the environment, or the package index.
        needs: what is to be installed, by a commit that may be trusted.
        sandbox: where an environment is made.
        check: what it raises ends the waiting for another process.

    Raises:
        EnvironmentMissing: the operator's environment or our own toolbox is not usable.
        ConfigurationInvalid: the data directory cannot be made.
    """
    make_data_directory(settings.data_dir)
    plain = python_environment(data_dir=settings.data_dir, test_env=settings.test_env)
    if settings.test_env is not None:
        return plain
    if settings.package_index is None:
        return replace(plain, absences=NOT_INSTALLED.format(why=NO_INDEX))
    if not needs.requirements:
        return replace(plain, absences=_said(needs.refused or (NOTHING,)))
    packages = Packages(
        settings.data_dir / FOLDER, index=settings.package_index, sandbox=sandbox, check=check
    )
    try:
        installed = packages.install(Wanted(needs.requirements, needs.constraints))
        found = packages_environment(installed.folder, data_dir=settings.data_dir)
    except (NoWheels, EnvironmentMissing, SandboxUnavailable) as error:
        return replace(plain, absences=_said((str(error), *needs.refused)))
    lacking = (*installed.lacking, *needs.refused)
    every = INSTALLED.format(origin=needs.origin)
    return replace(found, absences=_said(lacking) if lacking else every)


def _said(clauses: tuple[str, ...]) -> str:
    more = [f"and {len(clauses) - _SHOWN} more"] if len(clauses) > _SHOWN else []
    return NOT_INSTALLED.format(why="; ".join([*clauses[:_SHOWN], *more]))
