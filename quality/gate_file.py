"""Reads the bytes of a `.p2a.yml`, its gate, its setup and its agents: strict, bounded, never a program; no I/O."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NoReturn, TypeVar

import yaml
from packaging.requirements import InvalidRequirement, Requirement

from p2a.errors import ConfigurationInvalid
from quality.finding import Severity
from quality.gate import (
    CHANGED_LINES,
    NEW_FINDINGS,
    OVERALL,
    RULES,
    SCORES,
    ChangedLines,
    Gate,
)
from quality.setup import Setup
from quality.team import MAY_BE_OFF, Team

FILE = ".p2a.yml"
MAX_BYTES = 64 * 1024
SECTION = "quality"
SETUP = "setup"
AGENTS = "agents"
BUDGET = "budget"
SECTIONS = (SECTION, SETUP, AGENTS, BUDGET)
KEYS = ("minimum", "max_drop", NEW_FINDINGS, CHANGED_LINES, "informational", "comment")
SETUP_KEYS = ("requirements", "files", "extras", "groups")
MAX_SETUP_ITEMS = 200
MOST_DOLLARS = 1_000_000
MOST_FINDINGS = 10_000
_SHOWN = 80
_OWNERS = {
    **dict.fromkeys(KEYS, SECTION),
    **dict.fromkeys(SETUP_KEYS, SETUP),
    **dict.fromkeys(MAY_BE_OFF, AGENTS),
}
"""The section in which a key has a meaning."""
_EXAMPLES = {
    SECTION: "quality: {minimum: 60}",
    f"{SECTION}.{NEW_FINDINGS}": "new_findings: {high: 0}",
}
"""What to write, by what it is about."""

_Value = TypeVar("_Value")


def read_gate(content: bytes, *, origin: str = FILE) -> Gate:
    """Return the gate that the file sets; an empty file, or one without `quality`, sets none.

    Args:
        content: the file's bytes.
        origin: how an error names the file.

    Raises:
        ConfigurationInvalid: it is too long, no YAML, or says what has no meaning; the line is named.
    """
    reader = _Reader(origin)
    sections = reader.sections(content)
    # What cannot be used is an error of the file, whoever reads it.
    reader.setup(sections)
    reader.team(sections)
    section = sections.get(SECTION)
    if section is None:
        return Gate()
    values = reader.mapping(section, place=SECTION, known=KEYS)
    return Gate(
        minimum=reader.optional(values, "minimum", reader.scores) or {},
        max_drop=reader.optional(values, "max_drop", reader.scores) or {},
        new_findings=reader.optional(values, NEW_FINDINGS, reader.findings) or {},
        changed_lines=reader.optional(values, CHANGED_LINES, reader.changed_lines),
        informational=reader.optional(values, "informational", reader.rules) or frozenset(),
        comment=reader.optional(values, "comment", reader.boolean) is True,
    )


def read_setup(content: bytes, *, origin: str = FILE) -> Setup | None:
    """Return what the file wants installed for the tests, None where it says nothing of it.

    Raises:
        ConfigurationInvalid: as `read_gate`, about the setup.
    """
    reader = _Reader(origin)
    return reader.setup(reader.sections(content))


def read_team(content: bytes, *, origin: str = FILE) -> Team:
    """Return what the file says of the agents and of their budget.

    Raises:
        ConfigurationInvalid: as `read_gate`, about these.
    """
    reader = _Reader(origin)
    return reader.team(reader.sections(content))


class _Loader(yaml.SafeLoader):
    """Composes nodes of which none stands in two places: an alias could multiply what is read."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors (&) and aliases (*) are not read", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)


class _Reader:
    """Turns nodes into values; every error says where it stands."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def parse(self, content: bytes) -> yaml.Node | None:
        if len(content) > MAX_BYTES:
            self._fail(None, f"longer than {MAX_BYTES} bytes", next_step="shorten it")
        try:
            text = content.decode("utf-8-sig")
            loader = _Loader(text)
            return loader.get_single_node()
        except UnicodeDecodeError as error:
            self._fail(None, "not UTF-8", why=str(error), next_step="save it as UTF-8")
        except yaml.MarkedYAMLError as error:
            why = error.problem or "it does not parse"
            self._fail(error.problem_mark, "not the YAML that is read here", why=why)
        except (yaml.YAMLError, RecursionError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            self._fail(None, "not the YAML that is read here", why=why)
        except (ValueError, OverflowError):
            # The library does not look at the size of these numbers.
            why = "an escape names no character, or a version has too many digits"
            self._fail(None, "not the YAML that is read here", why=why)

    def sections(self, content: bytes) -> dict[str, yaml.Node]:
        """Return the file's sections that hold something."""
        root = self.parse(content)
        if root is None or self.is_null(root):
            return {}
        found = self.mapping(root, place="", known=SECTIONS)
        return {name: node for name, node in found.items() if not self.is_null(node)}

    def setup(self, sections: Mapping[str, yaml.Node]) -> Setup | None:
        """Return the section `setup`; `false` is one that installs nothing."""
        section = sections.get(SETUP)
        if section is None:
            return None
        if isinstance(section, yaml.ScalarNode):
            if self.boolean(section, SETUP):
                self._fail(
                    section, "`setup` cannot be true", next_step="leave it out, or list what"
                )
            return Setup()
        values = self.mapping(section, place=SETUP, known=SETUP_KEYS)
        return Setup(**{key: self._texts(node, f"{SETUP}.{key}") for key, node in values.items()})

    def team(self, sections: Mapping[str, yaml.Node]) -> Team:
        """Return the sections `agents` and `budget`."""
        agents, budget = sections.get(AGENTS), sections.get(BUDGET)
        off: set[str] = set()
        if agents is not None:
            switches = self.mapping(agents, place=AGENTS, known=MAY_BE_OFF)
            off = {
                name for name, node in switches.items() if not self.switch(node, f"{AGENTS}.{name}")
            }
        dollars = None if budget is None else self.dollars(budget, BUDGET)
        return Team(budget_usd=dollars, off=frozenset(off))

    def switch(self, node: yaml.Node, place: str) -> bool:
        """Return whether something is on; YAML's own words for it do as well."""
        words = {"on": True, "true": True, "off": False, "false": False}
        text = node.value.lower() if isinstance(node, yaml.ScalarNode) and not node.style else ""
        if text not in words:
            self._fail(node, f"{_named(place)} is neither on nor off", next_step="write on or off")
        return words[text]

    def dollars(self, node: yaml.Node, place: str) -> float:
        """Return an amount of money above 0."""
        try:
            value = float(node.value) if isinstance(node, yaml.ScalarNode) else 0.0
        except ValueError:
            value = 0.0
        if not 0 < value <= MOST_DOLLARS:
            self._fail(
                node,
                f"{_named(place)} is no amount of dollars",
                next_step="write a number above 0 such as 2.50",
            )
        return value

    def _texts(self, node: yaml.Node, place: str) -> tuple[str, ...]:
        if not isinstance(node, yaml.SequenceNode) or len(node.value) > MAX_SETUP_ITEMS:
            self._fail(
                node,
                f"{_named(place)} is no list of at most {MAX_SETUP_ITEMS}",
                next_step="write a list",
            )
        read = self._requirement if place.endswith(".requirements") else self._text
        return tuple(read(item, place) for item in node.value)

    def _text(self, node: yaml.Node, place: str) -> str:
        text = self._word(node, f"an item of {_named(place)}").strip()
        if not text or not text.isprintable():
            self._fail(node, f"an item of {_named(place)} is empty", next_step="write its name")
        return text

    def _requirement(self, node: yaml.Node, place: str) -> str:
        """Return a name with versions: another address or a path is never installed."""
        text = self._text(node, place)
        try:
            has_address = Requirement(text).url is not None
        except InvalidRequirement:
            has_address = True
        if has_address or not text.isascii():
            self._fail(
                node,
                f"{_shown(text)} in {_named(place)} is no name with versions",
                why="addresses, clones and paths are not installed",
                next_step="write it as in requests>=2",
            )
        return text

    @staticmethod
    def is_null(node: yaml.Node) -> bool:
        return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"

    @staticmethod
    def optional(
        values: Mapping[str, yaml.Node], key: str, read: Callable[[yaml.Node, str], _Value]
    ) -> _Value | None:
        node = values.get(key)
        return None if node is None else read(node, f"{SECTION}.{key}")

    def mapping(self, node: yaml.Node, *, place: str, known: Iterable[str]) -> dict[str, yaml.Node]:
        """Return the values by their keys, each known and there once."""
        names = tuple(known)
        if not isinstance(node, yaml.MappingNode):
            step = f"give it {_listed(names)}{_example(place)}"
            self._fail(node, f"{_named(place)} is not a mapping", next_step=step)
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self._word(key, f"a key of {_named(place)}")
            if name not in names:
                what = f"unknown key {_shown(name)} in {_named(place)}"
                self._unknown(key, name, what=what, known=names, place=place)
            if name in found:
                self._fail(
                    key, f"{_named(place)} has the key `{name}` twice", next_step="keep one of them"
                )
            found[name] = value
        return found

    def scores(self, node: yaml.Node, place: str) -> dict[str, float]:
        """Return numbers by what they are about; a number alone is about the overall score."""
        if isinstance(node, yaml.ScalarNode):
            return {OVERALL: self.number(node, place)}
        values = self.mapping(node, place=place, known=SCORES)
        return {name: self.number(value, f"{place}.{name}") for name, value in values.items()}

    def findings(self, node: yaml.Node, place: str) -> dict[Severity, int]:
        """Return how many findings are let pass, by their severity."""
        values = self.mapping(node, place=place, known=tuple(reversed(Severity)))
        return {
            Severity(name): self._count(value, f"{place}.{name}") for name, value in values.items()
        }

    def _count(self, node: yaml.Node, place: str) -> int:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        is_count = text.isascii() and text.isdecimal() and len(text) <= len(f"{MOST_FINDINGS}")
        if not is_count or int(text) > MOST_FINDINGS:
            self._fail(
                node,
                f"{_named(place)} is no whole number from 0 to {MOST_FINDINGS}",
                next_step="write such a number, 0 for none",
            )
        return int(text)

    def changed_lines(self, node: yaml.Node, place: str) -> ChangedLines:
        if isinstance(node, yaml.ScalarNode):
            return ChangedLines(self.number(node, place))
        values = self.mapping(node, place=place, known=("target", "threshold"))
        if "target" not in values:
            self._fail(
                node,
                f"{_named(place)} has no `target`",
                next_step="give a percentage such as target: 80",
            )
        numbers = {name: self.number(value, f"{place}.{name}") for name, value in values.items()}
        found = ChangedLines(numbers["target"], numbers.get("threshold", 0.0))
        if found.threshold and not found.least:
            self._fail(
                node,
                f"{_named(place)} can never be missed: its threshold is as large as its target",
                why="the threshold is how many points below the target are let pass",
                next_step="give a small one such as threshold: 5",
            )
        return found

    def rules(self, node: yaml.Node, place: str) -> frozenset[str]:
        """Return what is informational: everything, nothing, or what is listed."""
        if isinstance(node, yaml.ScalarNode):
            return frozenset(RULES) if self.boolean(node, place) else frozenset()
        return frozenset(self._names(node, place))

    def _names(self, node: yaml.Node, place: str) -> Iterator[str]:
        if not isinstance(node, yaml.SequenceNode):
            self._fail(
                node, f"{_named(place)} is no list", next_step=f"give true or {_listed(RULES)}"
            )
        for item in node.value:
            name = self._word(item, f"an item of {_named(place)}")
            if name not in RULES:
                self._unknown(
                    item, name, what=f"unknown {_shown(name)} in {_named(place)}", known=RULES
                )
            yield name

    def boolean(self, node: yaml.Node, place: str) -> bool:
        words = {"true": True, "false": False}
        text = node.value.lower() if isinstance(node, yaml.ScalarNode) and not node.style else ""
        if text not in words:
            self._fail(
                node, f"{_named(place)} is neither true nor false", next_step="write true or false"
            )
        return words[text]

    def number(self, node: yaml.Node, place: str) -> float:
        """Return a number from 0 to 100; YAML's dates, times and infinities are none."""
        try:
            value = float(node.value) if isinstance(node, yaml.ScalarNode) else -1.0
        except ValueError:
            value = -1.0
        if not 0 <= value <= 100:
            self._fail(
                node, f"{_named(place)} is no number from 0 to 100", next_step="write such a number"
            )
        return value

    def _word(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._fail(node, f"{what} is no word", next_step="write a plain word")
        return str(node.value)

    def _unknown(
        self, node: yaml.Node, name: str, *, what: str, known: tuple[str, ...], place: str = ""
    ) -> NoReturn:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        owner = _OWNERS.get(name)
        if known == SECTIONS and owner:
            step = f"did you mean `{owner}: {{{name}: ...}}`?"
        elif near:
            step = f"did you mean `{near[0]}`?"
        else:
            self._fail(node, what, next_step=f"use {_listed(known)}{_example(place)}")
        self._fail(node, what, why=f"known: {', '.join(known)}", next_step=step)

    def _fail(
        self, at: yaml.Node | yaml.Mark | None, what: str, *, why: str = "", next_step: str = ""
    ) -> NoReturn:
        mark = at.start_mark if isinstance(at, yaml.Node) else at
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise ConfigurationInvalid(
            f"{self._origin}{line}: {what}",
            why=why,
            next_step=next_step or "see docs/configuration.md",
        )


def _named(place: str) -> str:
    return f"`{place}`" if place else "the file"


def _example(place: str) -> str:
    return f", as in {_EXAMPLES[place]}" if place in _EXAMPLES else ""


def _shown(text: str) -> str:
    return ascii(text[:_SHOWN])


def _listed(names: Iterable[str]) -> str:
    *most, last = (f"`{name}`" for name in names)
    return f"{', '.join(most)} or {last}" if most else last
