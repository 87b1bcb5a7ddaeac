"""What a project says it needs, and from where: requirements files, pyproject, setup, Pipfile."""

import ast
import configparser
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from quality.analysers.texts import TextFile, read_text
from quality.toml_tables import read_toml, table
from quality.tree import SourceTree

_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*|[\w.-]*constraints[\w.-]*)\.(?:txt|in)$"
    r"|(?:^|/)requirements/[\w./-]+\.(?:txt|in)$",
    re.IGNORECASE,
)
_INSTALLING = re.compile(
    r"(?:^|/)(?:Dockerfile[\w.-]*|Makefile|tox\.ini|pip\.(?:conf|ini)|[\w.-]+\.(?:ya?ml|sh|toml|cfg))$"
)
"""Files in which a command may install something."""
_NAMED = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:@\s*(?P<url>\S+))?"
)
_ADDRESS = re.compile(r"(?:(?:git|hg|svn|bzr)\+\S+|(?:https?|ftp|git)://\S+|git@\S+)")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_NESTED = re.compile(r"(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)")
_OPTION = re.compile(
    r"(?<!\S)(?P<option>-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)"
    r"(?:[\s=]+)[\"']?(?P<value>[^\s\"']+)"
)
_LONG_OPTION = re.compile(
    r"(?P<option>--index-url|--extra-index-url|--find-links|--trusted-host)"
    r"(?:[\s=]+)[\"']?(?P<value>[^\s\"']+)"
)
_SETTING = re.compile(
    r"^[ \t]*(?P<option>index-url|extra-index-url|find-links|trusted-host)[ \t]*=[ \t]*(?P<value>\S+)",
    re.M,
)
_SETUP_KEYWORDS = frozenset(
    {"install_requires", "extras_require", "setup_requires", "tests_require"}
)
_MOST_NESTED = 200


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that is asked for by name or by address, and the line that says so."""

    path: str
    line: int
    text: str
    name: str
    """Normalised as in PEP 503, empty where only an address is given."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class IndexOption:
    """Another place than PyPI from which packages are to come."""

    path: str
    line: int
    option: str
    value: str


Wanted = Requirement | IndexOption


def read_requirements(tree: SourceTree) -> tuple[Wanted, ...]:
    """Return what all files of the tree ask for, by path and line."""
    found: set[Wanted] = set()
    for file in _requirements_files(tree):
        found.update(_lines(file))
    for path in tree.others:
        read = _reader(path)
        text = read_text(tree, path) if read or _INSTALLING.search(path) else None
        if text is not None:
            file = TextFile(path, text)
            found.update(_commands(file))
            found.update(read(file) if read else ())
    for source in tree.sources:
        if source.path.rpartition("/")[2] == "setup.py":
            found.update(_setup_script(source.path, source.tree))
    return tuple(sorted(found, key=lambda item: (item.path, item.line, repr(item))))


def normalise(name: str) -> str:
    """Return a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements_files(tree: SourceTree) -> Iterator[TextFile]:
    """Yield the files that pip reads, those that they name included, each once."""
    waiting = [path for path in tree.others if _REQUIREMENTS.search(path)]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_NESTED:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        text = read_text(tree, path)
        if text is not None:
            yield TextFile(path, text)
            waiting += _nested(path, text)


def _nested(path: str, text: str) -> Iterator[str]:
    for line in text.split("\n"):
        match = _NESTED.match(line.strip())
        if match:
            parts: list[str] = []
            for part in (*PurePosixPath(path).parent.parts, *PurePosixPath(match[1]).parts):
                if part != "..":
                    parts.append(part)
                elif parts:
                    parts.pop()
            yield "/".join(parts)


def _lines(file: TextFile) -> Iterator[Wanted]:
    for number, line in enumerate(file.text.split("\n"), start=1):
        text = re.sub(r"(?:^|\s)#.*", "", line).strip().removesuffix("\\").strip()
        for match in _OPTION.finditer(text):
            yield IndexOption(file.path, number, match["option"], match["value"])
        if text.startswith("-"):
            edited = re.match(r"(?:-e|--editable)[\s=]+(.*)", text)
            text = edited[1] if edited else ""
        requirement = _parse(text) if text else None
        if requirement:
            yield replace(requirement, path=file.path, line=number)


def _parse(text: str) -> Requirement | None:
    """Read one requirement (PEP 508), or an address as pip takes it."""
    address = _ADDRESS.match(text)
    if address:
        egg = _EGG.search(text)
        return Requirement("", 1, text, normalise(egg[1]) if egg else "", address[0])
    named = _NAMED.match(text)
    if named is None or "/" in text[: named.end()].partition("@")[0]:
        return None
    return Requirement("", 1, text, normalise(named["name"]), named["url"] or "")


def _commands(file: TextFile) -> Iterator[IndexOption]:
    """Find options of pip in commands, and settings of pip's own file."""
    patterns = [_LONG_OPTION]
    if file.path.rpartition("/")[2] in {"pip.conf", "pip.ini"}:
        patterns.append(_SETTING)
    for pattern in patterns:
        for match in pattern.finditer(file.text):
            line = file.text.count("\n", 0, match.start("option")) + 1
            yield IndexOption(file.path, line, match["option"], match["value"])


def _reader(path: str) -> Callable[[TextFile], Iterator[Wanted]] | None:
    name = path.rpartition("/")[2]
    return {"pyproject.toml": _project, "Pipfile": _pipfile, "setup.cfg": _setup_file}.get(name)


def _project(file: TextFile) -> Iterator[Wanted]:
    data = read_toml(file.text)
    project, tool = table(data, "project"), table(data, "tool")
    uv, poetry = table(tool, "uv"), table(tool, "poetry")
    for value in (
        project.get("dependencies"),
        project.get("optional-dependencies"),
        data.get("dependency-groups"),
        table(data, "build-system").get("requires"),
        uv.get("dev-dependencies"),
    ):
        for text in _texts(value):
            yield from _placed(file, _parse(text), text)
    groups = [poetry, *(table(table(poetry, "group"), name) for name in table(poetry, "group"))]
    for group in groups:
        for key in ("dependencies", "dev-dependencies"):
            yield from _named_table(file, table(group, key))
    yield from _named_table(file, table(uv, "sources"))
    indexes = [uv.get("index"), poetry.get("source"), table(tool, "pdm").get("source")]
    yield from _indexes(file, indexes)
    for option in ("index-url", "extra-index-url", "find-links"):
        for value in _texts(uv.get(option)):
            yield IndexOption(file.path, _line_of(file.text, value), option, value)


def _pipfile(file: TextFile) -> Iterator[Wanted]:
    data = read_toml(file.text)
    for key in ("packages", "dev-packages"):
        yield from _named_table(file, table(data, key))
    yield from _indexes(file, [data.get("source")])


def _setup_file(file: TextFile) -> Iterator[Wanted]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(file.text)
    except configparser.Error:
        return
    values = [
        parser.get("options", key, fallback="")
        for key in ("install_requires", "setup_requires", "tests_require")
    ]
    if parser.has_section("options.extras_require"):
        values += [value for _, value in parser.items("options.extras_require")]
    for text in "\n".join(values).split("\n"):
        stripped = text.partition("#")[0].strip()
        if stripped:
            yield from _placed(file, _parse(stripped), stripped)


def _setup_script(path: str, tree: ast.Module) -> Iterator[Wanted]:
    keywords = (
        keyword
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in _SETUP_KEYWORDS and isinstance(keyword.value, ast.List | ast.Dict)
    )
    for keyword in keywords:
        values = keyword.value.values if isinstance(keyword.value, ast.Dict) else [keyword.value]
        for value in values:
            for node in ast.walk(value):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    requirement = _parse(node.value.strip())
                    if requirement:
                        yield replace(requirement, path=path, line=node.lineno)


def _named_table(file: TextFile, names: dict[str, Any]) -> Iterator[Requirement]:
    """Read a table from names to versions or to tables with an address, as Poetry writes it."""
    for name, value in names.items():
        wanted = value if isinstance(value, dict) else {}
        url = str(wanted.get("git") or wanted.get("url") or "")
        revision = wanted.get("rev") or wanted.get("ref")
        text = f"{name} @ {url}@{revision}" if url and revision else f"{name} @ {url}"
        if name.lower() != "python":
            line = _line_of(file.text, name)
            yield Requirement(
                file.path, line, text if url else name, normalise(name), text.partition(" @ ")[2]
            )


def _indexes(file: TextFile, values: list[Any]) -> Iterator[IndexOption]:
    for value in values:
        for item in value if isinstance(value, list) else []:
            url = item.get("url") if isinstance(item, dict) else None
            if isinstance(url, str):
                yield IndexOption(file.path, _line_of(file.text, url), "index", url)


def _placed(file: TextFile, found: Requirement | None, text: str) -> Iterator[Requirement]:
    if found:
        yield replace(found, path=file.path, line=_line_of(file.text, text))


def _line_of(text: str, needle: str) -> int:
    """Return the line of the first place of a value; formats that have no lines of their own."""
    match = re.search(rf"(?<![\w.-]){re.escape(needle)}(?![\w.-])", text)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _texts(value: Any) -> Iterator[str]:
    """Yield the strings of a string, a list, or a table of lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
