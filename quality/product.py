"""Which files are the product, by their paths alone; no I/O."""

from pathlib import PurePosixPath

TEST_FOLDERS = frozenset({"test", "tests"})
SIDE_FOLDERS = frozenset({"doc", "docs", "example", "examples", "benchmark", "benchmarks"})
"""At the root: code about the product rather than of it."""
ROOT_SCRIPTS = frozenset({"setup.py", "noxfile.py"})


def is_test(path: str) -> bool:
    """Tell whether a file is test code by its folder or name."""
    parts = PurePosixPath(path)
    in_folder = not TEST_FOLDERS.isdisjoint(parts.parts[:-1])
    by_name = parts.name.startswith("test_") or parts.name.endswith("_test.py")
    return in_folder or by_name or parts.name == "conftest.py"


def is_product(path: str) -> bool:
    """Tell whether a file is neither a test nor documentation, an example or a build script."""
    top, _, rest = path.partition("/")
    return not (is_test(path) or (top in SIDE_FOLDERS and rest) or path in ROOT_SCRIPTS)
