"""Plants tests that must fail: a runner that does not report them reports nothing else either.

A `conftest.py` can leave with exit code 0, drop what was collected, turn failures into passes or set
the exit code. So the project's own runner is asked about a failing test of ours as well, in the root
and in each folder with tests that has a `conftest.py`, and the tests count only if it says so of each.
"""

import secrets
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

from ccg.source import read_regular
from quality import junit
from quality.junit import JUnitInvalid

MAX_PLACES = 20
REPORT = "canary.xml"
TEXT = "def test_{name}():\n    assert {number} == 0\n"
"""Of no fixed name or number: what can be told from other tests can be treated otherwise."""
TESTS_FAILED = 1
"""pytest's exit code for tests that were run and failed (pytest.ExitCode)."""


def plant(copy: Path, paths: Iterable[str], *, homes: Collection[str]) -> tuple[str, ...]:
    """Write the files into a copy of the tree and return their paths in it.

    Args:
        copy: the folder; the tests may have changed it.
        paths: the files of the tree as it was.
        homes: the dotted names of modules whose tests were run: a folder of examples with a
            `conftest.py` of its own, whose tests are not run, has no say.
    """
    conftests = (PurePosixPath(path) for path in paths if _is_conftest(path))
    folders = {path.parent for path in conftests if _is_home(path.parent, homes)}
    names = []
    for folder in sorted({PurePosixPath(), *folders})[:MAX_PLACES]:
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


def _is_conftest(path: str) -> bool:
    return PurePosixPath(path).name == "conftest.py"
