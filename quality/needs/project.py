"""What a project's own files say that it needs: pyproject.toml, setup.cfg, tox.ini, locks; no I/O."""

import configparser
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import canonicalize_name

from quality.toml_tables import read_toml, table

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_SIGN = re.compile(r"^[\^~]\s*(\d{1,9}(?:\.\d{1,9})*)(?!\d)\S*$")


@dataclass(frozen=True, slots=True)
class Project:
    """A project's requirements as they are written, by what they are for."""

    name: str = ""
    dependencies: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """An item is a requirement, or a table that includes another group."""
    files: tuple[str, ...] = ()
    """Requirements files that hold its dependencies."""
    is_hidden: bool = False
    """Whether its dependencies are told by a program alone, which is not run."""


def read_project(files: Mapping[str, str]) -> Project:
    """Return what the files declare; one that cannot be parsed declares nothing."""
    data = read_toml(files.get("pyproject.toml", ""))
    project = table(data, "project")
    poetry = table(data, "tool", "poetry")
    config = _read_ini(files.get("setup.cfg", ""))
    dynamic = _strings(project.get("dynamic"))
    written = "dependencies" in project or "dependencies" in poetry or config.has_section("options")
    listed = _dynamic_files(data) if "dependencies" in dynamic else ()
    return Project(
        name=_name(project, poetry, config),
        dependencies=(
            *_strings(project.get("dependencies")),
            *_poetry(poetry.get("dependencies")),
            *_lines(config.get("options", "install_requires", fallback="")),
        ),
        extras={**_extras(project), **_config_extras(config)},
        groups={**_groups(data), **_poetry_groups(poetry)},
        files=listed,
        is_hidden="setup.py" in files and not written and not listed and "name" not in project,
    )


def tox_requirements(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines of `deps` in tox.ini's [testenv] that stand for themselves."""
    lines = _lines(_read_ini(files.get("tox.ini", "")).get("testenv", "deps", fallback=""))
    data = table(read_toml(files.get("pyproject.toml", "")), "tool", "tox", "env_run_base")
    plain = (line for line in lines if "{" not in line and not re.match(r"^[\w\-,!]+:", line))
    return (*plain, *_strings(data.get("deps")))


def tox_extras(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the project's extras that tox installs for its [testenv]."""
    text = _read_ini(files.get("tox.ini", "")).get("testenv", "extras", fallback="")
    data = table(read_toml(files.get("pyproject.toml", "")), "tool", "tox", "env_run_base")
    found = (*text.replace(",", "\n").splitlines(), *_strings(data.get("extras")))
    return tuple(name.strip() for name in found if name.strip())


def locked(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the versions that a lock file holds, as constraints; none for a name with several."""
    for lock in LOCKS:
        versions: dict[str, set[str]] = {}
        for item in _list(read_toml(files.get(lock, "")).get("package")):
            name, version = item.get("name"), item.get("version")
            if isinstance(name, str) and isinstance(version, str):
                versions.setdefault(canonicalize_name(name), set()).add(version)
        if versions:
            single = ((name, found) for name, found in sorted(versions.items()) if len(found) == 1)
            return tuple(f"{name}=={version}" for name, (version,) in single)
    return ()


def _read_ini(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return configparser.ConfigParser(interpolation=None)
    return parser


def _name(
    project: Mapping[str, Any], poetry: Mapping[str, Any], config: configparser.ConfigParser
) -> str:
    names = (project.get("name"), poetry.get("name"), config.get("metadata", "name", fallback=""))
    return canonicalize_name(next((name for name in names if isinstance(name, str) and name), ""))


def _extras(project: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = project.get("optional-dependencies")
    return {name: _strings(items) for name, items in _dict(found).items()}


def _config_extras(config: configparser.ConfigParser) -> dict[str, tuple[str, ...]]:
    section = "options.extras_require"
    names = config.options(section) if config.has_section(section) else []
    return {name: _lines(config.get(section, name)) for name in names}


def _groups(data: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    older = table(data, "tool", "pdm", "dev-dependencies")
    uv = table(data, "tool", "uv").get("dev-dependencies")
    found = {**older, **({"dev": uv} if uv else {}), **_dict(data.get("dependency-groups"))}
    return {name: tuple(items) for name, items in found.items() if isinstance(items, list)}


def _poetry_groups(poetry: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    groups = {
        name: _poetry(_dict(group).get("dependencies"))
        for name, group in _dict(poetry.get("group")).items()
    }
    if "dev-dependencies" in poetry:
        groups["dev"] = _poetry(poetry["dev-dependencies"])
    return groups


def _poetry(wanted: object) -> tuple[str, ...]:
    """Return Poetry's own way to write requirements, as everybody writes them."""
    found = []
    for name, value in _dict(wanted).items():
        if name.lower() == "python":
            continue
        entry = value if isinstance(value, dict) else {"version": value}
        if entry.get("optional") is True:
            continue
        place = next((entry[key] for key in ("git", "path", "url") if key in entry), None)
        extras = ",".join(_strings(entry.get("extras")))
        shown = f"{name}[{extras}]" if extras else name
        found.append(f"{shown} @ {place}" if place else f"{shown}{_versions(entry.get('version'))}")
    return tuple(found)


def _versions(text: object) -> str:
    """Translate `^1.2` and `~1.2`; anything else that is no specifier means any version."""
    parts = str(text or "*").split(",")
    return ",".join(filter(None, (_version(part.strip()) for part in parts)))


def _version(text: str) -> str:
    match = _SIGN.match(text)
    if match:
        numbers = [int(number) for number in match[1].split(".")]
        kept = 1 if text.startswith("^") else min(2, len(numbers))
        if text.startswith("^"):  # up to the first number that is not zero
            zeros = next(
                (place for place, number in enumerate(numbers) if number), len(numbers) - 1
            )
            kept = zeros + 1
        upper = [*numbers[: kept - 1], numbers[kept - 1] + 1]
        return f">={match[1]},<{'.'.join(map(str, upper))}"
    if text[:1].isdigit():
        return f"=={text}"
    return text if text[:1] in set("<>=!~") else ""


def _dynamic_files(data: Mapping[str, Any]) -> tuple[str, ...]:
    named = _dict(table(data, "tool", "setuptools", "dynamic").get("dependencies")).get("file")
    return (named,) if isinstance(named, str) else _strings(named)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Iterable[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
