"""Decides which requirements a repository's tests need, from the texts of its files; no I/O."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from quality.needs.project import LOCKS, Project, locked, read_project, tox_extras, tox_requirements
from quality.needs.requirement import Lines, name_of, read_all, read_file, read_requirement
from quality.setup import Setup

FOR_TESTS = ("test", "tests", "testing")
FOR_DEVELOPERS = ("dev", "develop", "development")
RUNTIME_FILES = ("requirements.txt", "requirements/base.txt", "requirements/main.txt")
TEST_FILES = (
    *("requirements-test.txt", "requirements-tests.txt", "requirements_test.txt"),
    *("test-requirements.txt", "test_requirements.txt", "tests/requirements.txt"),
    *("requirements/test.txt", "requirements/tests.txt", "requirements/testing.txt"),
)
DEVELOPER_FILES = (
    *("requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt"),
    *("requirements/dev.txt", "requirements/development.txt"),
)
PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", *LOCKS)
FILES = (*PROJECT_FILES, *RUNTIME_FILES, *TEST_FILES, *DEVELOPER_FILES)
"""All that is looked at, besides what these files include."""
_GUESSES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (FOR_TESTS, TEST_FILES),
    (FOR_DEVELOPERS, DEVELOPER_FILES),
    ((), RUNTIME_FILES),
)
HIDDEN = "setup.py is not run, so what it requires is not known"
MAX_REQUIREMENTS = 300


@dataclass(frozen=True, slots=True)
class Needs:
    """What is to be installed and what is refused; both sorted, each once."""

    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    """Clauses that say what is not installed and why."""
    origin: str = "the project"
    """Whose files said so."""


FOREIGN = Needs(refused=("the change comes from somebody else's repository",))
NO_BASE = Needs(refused=("the base that says what to install is not here",))


def find_needs(files: Mapping[str, str], setup: Setup | None) -> Needs:
    """Return the requirements of the project and of its tests.

    The project itself is never installed: its files are on the path as they are, and what the index has
    under its name may be another project.

    Args:
        files: the texts of the files by their paths from the root.
        setup: what the repository's settings say; None means that it is guessed.
    """
    if setup is not None and setup.is_empty:
        return Needs()
    project = read_project(files)
    chosen = _guessed(project, files) if setup is None else setup
    found = _own(project, files) + read_all(chosen.requirements)
    for path in chosen.files:
        found += read_file(path, files)
    found += _expanded(project, (*chosen.extras, *found.extras), chosen.groups)
    return _needs(found, project, files)


def _own(project: Project, files: Mapping[str, str]) -> Lines:
    """Return what the project needs to run."""
    found = read_all(project.dependencies)
    for path in project.files:
        found += read_file(path, files)
    if not project.dependencies and not project.files:
        for path in RUNTIME_FILES:
            found += read_file(path, files) if path in files else Lines()
    if project.is_hidden:
        found += Lines(refused=(HIDDEN,))
    return found


def _guessed(project: Project, files: Mapping[str, str]) -> Setup:
    """Choose what is named for tests, or else for developers, or else what tox installs."""
    names_of_tox = {canonicalize_name(name) for name in tox_extras(files)}
    of_tox = tuple(name for name in project.extras if canonicalize_name(name) in names_of_tox)
    for names, paths in _GUESSES:
        named = tuple(name for name in project.extras if name.lower() in names)
        groups = tuple(name for name in project.groups if name.lower() in names)
        present = tuple(path for path in paths if path in files)
        if named or groups or present:
            extras = tuple(dict.fromkeys((*named, *of_tox)))
            return Setup(files=present, extras=extras, groups=groups)
    lines = tox_requirements(files)
    included = [line[2:].strip() for line in lines if line.startswith("-r")]
    plain = [line for line in lines if not line.startswith(("-", "."))]
    return Setup(requirements=tuple(plain), files=tuple(included), extras=of_tox)


def _expanded(project: Project, extras: Sequence[str], groups: Sequence[str]) -> Lines:
    """Return the requirements of extras and groups, and of those that they include."""
    found, seen = list[Lines](), set[tuple[str, str]]()
    known = {"extra": _normalised(project.extras), "group": _normalised(project.groups)}
    waiting = deque([*(("extra", name) for name in extras), *(("group", name) for name in groups)])
    while waiting:
        kind, name = waiting.popleft()
        wanted = canonicalize_name(name)
        if (kind, wanted) in seen:
            continue
        seen.add((kind, wanted))
        items = known[kind].get(wanted)
        if items is None:
            found.append(Lines(refused=(f"there is no {kind} {name[:80]!a}",)))
            continue
        found.append(read_all(item for item in items if isinstance(item, str)))
        waiting += [("group", item) for item in _includes(items)]
        waiting += [("extra", item) for item in _own_extras(items, project.name)]
    return Lines.of(found)


def _normalised(known: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Return the lists by their names in the normal form; of equal names the first counts."""
    return {canonicalize_name(name): known[name] for name in reversed(tuple(known))}


def _includes(items: Iterable[Any]) -> list[str]:
    named = (item.get("include-group") for item in items if isinstance(item, dict))
    return [name for name in named if isinstance(name, str)]


def _own_extras(items: Iterable[Any], name: str) -> list[str]:
    """Return the extras that a project's extra takes of the project itself."""
    read = (read_requirement(item) for item in items if isinstance(item, str))
    own = (Requirement(text) for lines in read for text in lines.requirements)
    return [
        extra
        for requirement in own
        if canonicalize_name(requirement.name) == name
        for extra in sorted(requirement.extras)
    ]


def _needs(found: Lines, project: Project, files: Mapping[str, str]) -> Needs:
    wanted = {text for text in found.requirements if name_of(text) != project.name}
    refused = set(found.refused)
    if len(wanted) > MAX_REQUIREMENTS:
        return Needs(refused=(f"{len(wanted)} requirements are more than {MAX_REQUIREMENTS}",))
    pinned = read_all(locked(files)).requirements
    bounds = {text for text in (*found.constraints, *pinned) if "[" not in text}
    constraints = {text for text in bounds if name_of(text) != project.name}
    return Needs(tuple(sorted(wanted)), tuple(sorted(constraints)), tuple(sorted(refused)))
