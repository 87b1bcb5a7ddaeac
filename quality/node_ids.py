"""Finds pytest's own names of tests, to run or to show them, from those of its JUnit report; no I/O."""

from collections.abc import Iterable

from quality.junit import MAX_TEXT


def node_ids(tests: Iterable[str], paths: Iterable[str]) -> tuple[str, ...] | None:
    """Return what pytest takes on its command line, None where it cannot be told for one of them.

    Args:
        tests: as `package.module.Class::name`, the dots standing for folders, then for classes.
        paths: the files of the tree.
    """
    modules = _modules(paths)
    found = [_node_id(test, modules) for test in tests]
    return None if None in found else tuple(filter(None, found))


def names_shown(tests: Iterable[str], paths: Iterable[str]) -> tuple[str | None, ...]:
    """Return the same for each test, a file's path for a file, None for each that cannot be told."""
    modules = _modules(paths)
    return tuple(_node_id(test, modules) or modules.get(test) for test in tests)


def without_parameters(test: str) -> str:
    """Return a test's id, as the JUnit report names it, without the parameters that pytest adds."""
    module, separator, name = test.partition("::")
    return f"{module}{separator}{name.partition('[')[0]}"


def _modules(paths: Iterable[str]) -> dict[str, str]:
    return {path.removesuffix(".py").replace("/", "."): path for path in paths if _is_code(path)}


def _is_code(path: str) -> bool:
    # A folder with a dot in its name could be read in two ways, and one with a dash as an option.
    return path.endswith(".py") and "." not in path.removesuffix(".py") and path[0] != "-"


def _node_id(test: str, modules: dict[str, str]) -> str | None:
    home, mark, name = test.partition("::")
    if not mark or len(test) >= MAX_TEXT:
        return None
    parts = home.split(".")
    for end in range(len(parts), 0, -1):
        path = modules.get(".".join(parts[:end]))
        if path is not None:
            return "::".join([path, *parts[end:], name])
    return None
