"""What a project's own files say that it needs: pyproject.toml, setup.cfg, tox.ini, locks; no I/O."""

import configparser
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import canonicalize_name

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_SIGN = re.compile(r"^[\^~]\s*(\d+(?:\.\d+)*)\S*$")


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
    table = _table(data, "project")
    poetry = _table(data, "tool", "poetry")
    config = _read_ini(files.get("setup.cfg", ""))
    dynamic = _strings(table.get("dynamic"))
    written = "dependencies" in table or "dependencies" in poetry or config.has_section("options")
    listed = _dynamic_files(data) if "dependencies" in dynamic else ()
    return Project(
        name=_name(table, poetry, config),
        dependencies=(
            *_strings(table.get("dependencies")),
            *_poetry(poetry.get("dependencies")),
            *_lines(config.get("options", "install_requires", fallback="")),
        ),
        extras={**_extras(table), **_config_extras(config)},
        groups={**_groups(data), **_poetry_groups(poetry)},
        files=listed,
        is_hidden="setup.py" in files and not written and not listed and "name" not in table,
    )


def tox_requirements(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines of `deps` in tox.ini's [testenv] that stand for themselves."""
    lines = _lines(_read_ini(files.get("tox.ini", "")).get("testenv", "deps", fallback=""))
    data = _table(read_toml(files.get("pyproject.toml", "")), "tool", "tox", "env_run_base")
    plain = (line for line in lines if "{" not in line and not re.match(r"^[\w\-,!]+:", line))
    return (*plain, *_strings(data.get("deps")))


def tox_extras(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the project's extras that tox installs for its [testenv]."""
    text = _read_ini(files.get("tox.ini", "")).get("testenv", "extras", fallback="")
    data = _table(read_toml(files.get("pyproject.toml", "")), "tool", "tox", "env_run_base")
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


def read_toml(text: str) -> dict[str, Any]:
    """Return a document's tables, none when it does not parse."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _read_ini(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return configparser.ConfigParser(interpolation=None)
    return parser


def _name(
    table: Mapping[str, Any], poetry: Mapping[str, Any], config: configparser.ConfigParser
) -> str:
    names = (table.get("name"), poetry.get("name"), config.get("metadata", "name", fallback=""))
    return canonicalize_name(next((name for name in names if isinstance(name, str) and name), ""))


def _extras(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = table.get("optional-dependencies")
    return {name: _strings(items) for name, items in _dict(found).items()}


def _config_extras(config: configparser.ConfigParser) -> dict[str, tuple[str, ...]]:
    section = "options.extras_require"
    names = config.options(section) if config.has_section(section) else []
    return {name: _lines(config.get(section, name)) for name in names}


def _groups(data: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    older = _table(data, "tool", "pdm", "dev-dependencies")
    uv = _table(data, "tool", "uv").get("dev-dependencies")
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


def _poetry(table: object) -> tuple[str, ...]:
    """Return Poetry's own way to write requirements, as everybody writes them."""
    found = []
    for name, value in _dict(table).items():
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
    named = _dict(_table(data, "tool", "setuptools", "dynamic").get("dependencies")).get("file")
    return (named,) if isinstance(named, str) else _strings(named)


def _table(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    found: Any = data
    for name in names:
        found = _dict(found).get(name)
    return _dict(found)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Iterable[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
