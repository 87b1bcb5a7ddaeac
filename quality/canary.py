"""Plants tests that must fail: a runner that does not report them reports nothing else either.

A `conftest.py` can leave with exit code 0, drop what was collected, turn failures into passes or set
the exit code. So the project's own runner is asked about a failing test of ours as well, in the root
and in each folder with tests that has a `conftest.py`, and the tests count only if it says so of each.
"""

import secrets
from collections.abc import Collection, Iterable
from enum import Enum
from pathlib import Path, PurePosixPath

from ccg.source import read_regular
from quality import junit
from quality.junit import JUnitInvalid
from quality.product import SIDE_FOLDERS

MAX_PLACES = 20
REPORT = "canary.xml"
TEXT = "def test_{name}():\n    assert {number} == 0\n"
"""Of no fixed name or number: what can be told from other tests can be treated otherwise."""
TESTS_FAILED = 1
"""pytest's exit code for tests that were run and failed (pytest.ExitCode)."""


class Asked(Enum):
    """When a runner is asked about planted tests, if not in a lull while its own tests run."""

    AFTERWARDS = "afterwards"
    NEVER = "never"
    """Where nothing rests on a test that passes: a failure is believed in any case."""


def places(paths: Iterable[str], *, homes: Collection[str]) -> tuple[PurePosixPath, ...]:
    """Return the folders that a test is planted in: the root, and those with a say.

    Args:
        paths: the files of the tree.
        homes: the dotted names of modules whose tests were run: a folder of examples with a
            `conftest.py` of its own, whose tests are not run, has no say.
    """
    conftests = (PurePosixPath(path) for path in paths if _is_conftest(path))
    folders = {path.parent for path in conftests if _is_home(path.parent, homes)}
    return tuple(sorted({PurePosixPath(), *folders})[:MAX_PLACES])


def likely_places(paths: Collection[str]) -> tuple[PurePosixPath, ...]:
    """Return what `places` will most likely be after the run, from the names of the files alone."""
    homes = {
        path.removesuffix(".py").replace("/", ".") for path in paths if _is_likely_to_run(path)
    }
    return places(paths, homes=homes)


def plant(copy: Path, folders: Iterable[PurePosixPath]) -> tuple[str, ...]:
    """Write a test into each folder of a copy of the tree, and return their paths in it.

    Args:
        copy: the folder; the tests may have changed it, and a folder that they replaced gets none.
        folders: as `places` returns them.
    """
    names = []
    for folder in folders:
        # Import modes other than importlib want names that are nowhere else.
        name = str(folder / f"test_{secrets.token_hex(8)}.py")
        place = copy / name
        if place.parent.is_dir() and place.parent.resolve() == copy.resolve() / folder:
            text = TEXT.format(name=secrets.token_hex(4), number=secrets.randbelow(1000) + 1)
            place.write_text(text, encoding="ascii")
            names.append(name)
    return tuple(names)


def silence(output: Path, *, exit_code: int | None, planted: int) -> str:
    """Return why the runner is not believed; nothing where it reported each planted failure."""
    try:
        counts = junit.read_junit(read_regular(output, REPORT, limit=junit.MAX_BYTES)).counts
    except OSError:
        return "a planted failing test was not reported: the runner left no report of it"
    except JUnitInvalid as error:
        return f"a planted failing test was not reported: {error}"
    if counts.failed > planted:
        return f"{planted} failing tests were planted, and {counts.failed} were reported"
    if counts.failed < planted:
        return f"{planted - counts.failed} of {planted} planted failing tests were not reported"
    if exit_code != TESTS_FAILED:
        return f"with planted failing tests the runner ended with exit code {exit_code}"
    return ""


def _is_home(folder: PurePosixPath, homes: Collection[str]) -> bool:
    start = "".join(f"{part}." for part in folder.parts)
    return any(home.startswith(start) for home in homes)


def _is_likely_to_run(path: str) -> bool:
    """Tell whether pytest would collect it by its name, and it is no example's."""
    name = PurePosixPath(path).name
    is_named = (name.startswith("test_") and name.endswith(".py")) or name.endswith("_test.py")
    return is_named and path.partition("/")[0] not in SIDE_FOLDERS


def _is_conftest(path: str) -> bool:
    return PurePosixPath(path).name == "conftest.py"
