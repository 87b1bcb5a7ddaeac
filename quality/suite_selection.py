"""Which of its tests a project runs by default, read from its pytest settings; no I/O.

A project's `addopts` as a whole are not ours to obey: they may need plugins that are not here. But
tests that it leaves out by default (slow ones, ones that need a network) are left out here too.
"""

import configparser
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

FILES = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
"""Where pytest looks for its settings, in its order ("Configuration", pytest's reference)."""
MAX_BYTES = 1_000_000

_WITH_VALUE = ("-m", "-k", "--ignore", "--ignore-glob", "--deselect", "--import-mode")
_SECTIONS = {"setup.cfg": "tool:pytest"}


def selection(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the options that choose tests, from the first file that holds pytest's settings.

    Args:
        files: texts by name, of `FILES` those that exist.
    """
    for name in FILES:
        if name in files:
            options = _options_of(name, files[name])
            if options is not None:
                return tuple(_chosen(options))
    return ()


def _options_of(name: str, text: str) -> list[str] | None:
    """Return `addopts` as words, None where the file has no settings of pytest."""
    try:
        found = _from_toml(text) if name.endswith(".toml") else _from_ini(name, text)
        return shlex.split(found) if isinstance(found, str) else found
    except (ValueError, RecursionError, configparser.Error):
        return None


def _from_toml(text: str) -> str | list[str] | None:
    tools = _table(tomllib.loads(text).get("tool"))
    if "pytest" not in tools:
        return None
    settings = _table(tools["pytest"])
    options = _table(settings.get("ini_options", settings)).get("addopts", "")
    return [str(word) for word in options] if isinstance(options, list) else str(options)


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _from_ini(name: str, text: str) -> str | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    section = _SECTIONS.get(name, "pytest")
    return parser.get(section, "addopts", fallback="") if parser.has_section(section) else None


def _chosen(words: list[str]) -> Iterator[str]:
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word in _WITH_VALUE and position < len(words):
            yield f"{word}={words[position]}" if word.startswith("--") else word + words[position]
            position += 1
        elif _holds_its_value(word):
            yield word


def _holds_its_value(word: str) -> bool:
    name, equals, _ = word.partition("=")
    is_long = bool(equals) and name in _WITH_VALUE
    return is_long or (word[:2] in {"-m", "-k"} and len(word) > 2)
