import json
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from p2a.errors import ConfigurationInvalid
from quality.finding import Severity
from quality.gate import RULES, ChangedLines, Gate
from quality.gate_file import MAX_BYTES, read_gate, read_setup, read_team
from quality.setup import Setup
from quality.team import Team

WHOLE = b"""\
# what a change must reach
quality:
  minimum: {overall: 60, security: 80.5}
  max_drop:
    test_coverage: 0
  new_findings: {high: 0}
  changed_lines: {target: 80, threshold: 5}
  informational: [documentation, changed_lines]
  comment: true
setup:
  requirements: ["mock>=5", "pytest-asyncio"]
  files: [requirements/ci.txt]
  extras: [cli]
  groups: [test]
agents: {documenter: off, tester: on}
budget: 2.50
"""


SCHEMA = Path(__file__).parents[2] / "docs" / "p2a.schema.json"
LEFT_TO_US = {
    "quality: {informational: yes}",
    "quality: {[a]: 1}",
    "quality: {minimum: 5, minimum: 6}",
    "quality: {changed_lines: {target: 80, threshold: 90}}",
}
"""What YAML itself takes for something else, or compares two values: no schema sees it."""


@pytest.fixture(scope="module")
def is_valid() -> Callable[[bytes], bool]:
    """Return whether the published schema takes a file, as an editor would say."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.Draft202012Validator(schema)
    return lambda content: bool(validator.is_valid(yaml.safe_load(content)))


def test_schema__takes_the_whole_and_nothing(is_valid: Callable[[bytes], bool]) -> None:
    assert is_valid(WHOLE)
    assert is_valid(b"")


def test_read_gate__everything() -> None:
    assert read_gate(WHOLE) == Gate(
        minimum={"overall": 60.0, "security": 80.5},
        max_drop={"test_coverage": 0.0},
        new_findings={Severity.HIGH: 0},
        changed_lines=ChangedLines(80.0, 5.0),
        informational=frozenset({"documentation", "changed_lines"}),
        comment=True,
    )


@pytest.mark.parametrize(
    "content", ["", "# a comment\n", "---\n", "quality:\n", "{}", "quality: {}"]
)
def test_read_gate__nothing_is_a_gate_without_rules(content: str) -> None:
    assert read_gate(content.encode()) == Gate()
    assert not Gate().is_set


@pytest.mark.parametrize(
    ("content", "gate"),
    [
        ("minimum: 60", Gate(minimum={"overall": 60.0})),
        ("max_drop: 2.5", Gate(max_drop={"overall": 2.5})),
        ("changed_lines: 75", Gate(changed_lines=ChangedLines(75.0))),
        (
            "new_findings: {high: 0, low: 10000}",
            Gate(new_findings={Severity.HIGH: 0, Severity.LOW: 10_000}),
        ),
        ("informational: true", Gate(informational=frozenset(RULES))),
        ("informational: False", Gate()),
        ("informational: []", Gate()),
        ("comment: true", Gate(comment=True)),
        ("comment: false", Gate()),
    ],
)
def test_read_gate__short_forms(
    is_valid: Callable[[bytes], bool], content: str, gate: Gate
) -> None:
    whole = f"quality: {{{content}}}".encode()
    assert read_gate(whole) == gate
    assert is_valid(whole)


@pytest.mark.parametrize(
    ("content", "what", "step"),
    [
        ("qualty: {}", "line 1: unknown key 'qualty' in the file", "did you mean `quality`?"),
        (
            "quality:\n  minimun: 5",
            "line 2: unknown key 'minimun' in `quality`",
            "did you mean `minimum`?",
        ),
        (
            "quality:\n  minimum:\n    securty: 5",
            "line 3: unknown key 'securty' in `quality.minimum`",
            "did you mean `security`?",
        ),
        (
            "quality: {informational: [coverage]}",
            "unknown 'coverage' in `quality.informational`",
            "did you mean `test_coverage`?",
        ),
        ("quality: {zzz: 1}", "unknown key 'zzz'", "use `minimum`, `max_drop`"),
        (
            "quality: {changed_lines: {goal: 8}}",
            "unknown key 'goal'",
            "use `target` or `threshold`",
        ),
        (
            "quality: {new_findings: 0}",
            "`quality.new_findings` is not a mapping",
            "give it `high`, `medium` or `low`, as in new_findings: {high: 0}",
        ),
        (
            "quality: {new_findings: {critical: 0}}",
            "unknown key 'critical' in `quality.new_findings`",
            "use `high`, `medium` or `low`, as in new_findings: {high: 0}",
        ),
        ("minimum: 60", "unknown key 'minimum' in the file", "mean `quality: {minimum: ...}`?"),
        ("files: [a]", "unknown key 'files' in the file", "did you mean `setup: {files: ...}`?"),
        (
            "quality: {changed_lines: {target: 80, threshold: 90}}",
            "`quality.changed_lines` can never be missed",
            "threshold: 5",
        ),
        ("quality: {new_findings: {hihg: 0}}", "unknown key 'hihg'", "did you mean `high`?"),
        ("quality: {new_findings: {high: 0.5}}", "no whole number from 0 to 10000", "0 for none"),
        ("quality: {new_findings: {low: 10001}}", "no whole number from 0 to 10000", "0 for none"),
        ("quality: {changed_lines: {threshold: 8}}", "has no `target`", "target: 80"),
        ("quality: 60", "`quality` is not a mapping", "give it `minimum`"),
        ("- quality", "the file is not a mapping", "give it `quality`"),
        ("quality: {informational: {}}", "`quality.informational` is no list", "give true or"),
        ("quality: {informational: yes}", "neither true nor false", "write true or false"),
        ("quality: {informational: 'true'}", "neither true nor false", "write true or false"),
        ("quality: {comment: 1}", "`quality.comment` is neither true nor false", ""),
        ("quality: {comment: [true]}", "`quality.comment` is neither true nor false", ""),
        ("quality: {informational: [[a]]}", "is no word", ""),
        ("quality: {[a]: 1}", "a key of `quality` is no word", ""),
        ("quality: {minimum: 5, minimum: 6}", "has the key `minimum` twice", "keep one of them"),
        ("quality: {minimum: {overall: [5]}}", "`quality.minimum.overall` is no number", ""),
        ("quality: {minimum: [5]}", "`quality.minimum` is not a mapping", ""),
    ],
)
def test_read_gate__errors_name_the_place_and_what_to_write(
    is_valid: Callable[[bytes], bool], content: str, what: str, step: str
) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        read_gate(content.encode())
    assert caught.value.what.startswith(".p2a.yml, line ")
    assert what in caught.value.what
    assert step in caught.value.next_step
    assert not str(caught.value).endswith("?.")
    assert content in LEFT_TO_US or not is_valid(content.encode())


def test_read_setup__everything() -> None:
    assert read_setup(WHOLE) == Setup(
        requirements=("mock>=5", "pytest-asyncio"),
        files=("requirements/ci.txt",),
        extras=("cli",),
        groups=("test",),
    )


@pytest.mark.parametrize(
    ("content", "setup"),
    [
        ("", None),
        ("quality: {minimum: 5}", None),
        ("setup:", None),
        ("setup: false", Setup()),
        ("setup: {}", Setup()),
        ("setup: {extras: []}", Setup()),
        ("setup: {groups: [dev]}", Setup(groups=("dev",))),
    ],
)
def test_read_setup__short_forms(
    is_valid: Callable[[bytes], bool], content: str, setup: Setup | None
) -> None:
    assert read_setup(content.encode()) == setup
    assert is_valid(content.encode())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("setup: true", "`setup` cannot be true"),
        ("setup: 5", "`setup` is neither true nor false"),
        ("setup: [mock]", "`setup` is not a mapping"),
        ("setup: {extra: [a]}", "unknown key 'extra' in `setup`"),
        ("setup: {extras: a}", "`setup.extras` is no list"),
        ("setup: {extras: [[a]]}", "an item of `setup.extras` is no word"),
        ("setup: {files: ['']}", "an item of `setup.files` is empty"),
        ("setup: {requirements: ['-e .']}", "'-e .' in `setup.requirements` is no name"),
        ("setup: {requirements: ['../lib']}", "'../lib' in `setup.requirements` is no name"),
        ("setup: {requirements: ['a @ git+ssh://h/a']}", "'a @ git+ssh://h/a' in"),
        ("setup: {requirements: ['--index-url https://h']}", "'--index-url https://h' in"),
        (f"setup: {{groups: [{'a, ' * 201}]}}", "`setup.groups` is no list of at most 200"),
    ],
)
def test_g23__a_setup_of_anything_but_names_is_refused(
    is_valid: Callable[[bytes], bool], content: str, what: str
) -> None:
    for read in (read_setup, read_gate):
        with pytest.raises(ConfigurationInvalid) as caught:
            read(content.encode())
        assert what in caught.value.what
        assert caught.value.what.startswith(".p2a.yml, line 1: ")
    assert not is_valid(content.encode())


@pytest.mark.parametrize(
    "number", ["-1", "101", ".nan", ".inf", "true", "'x'", "1:30", "0x10", "2020-01-01", "null", ""]
)
def test_read_gate__a_number_is_from_0_to_100(number: str) -> None:
    for content in (f"minimum: {number}", f"changed_lines: {{target: 80, threshold: {number}}}"):
        with pytest.raises(ConfigurationInvalid, match="no number from 0 to 100"):
            read_gate(f"quality:\n  {content}\n".encode())


@pytest.mark.parametrize(
    "content",
    [
        b"quality: {minimum: &a 5, max_drop: *a}",
        b"a: &a [x, x]\nb: &b [*a, *a]\nquality: {informational: [*b, *b]}",
        b"quality: &q\n  minimum: *q\n",
        b"quality: {<<: {minimum: 5}}",
        b"quality: !!python/object/apply:os.system ['true']",
        b"quality: {minimum: !!python/name:os.system ''}",
        b"quality: {minimum: 5",
        b"\xff\xfe",
        b"\x00",
        b"quality: \x1b",
        b"quality: {}\n---\nquality: {minimum: 100}\n",
        b"[" * 5000,
        b"quality: {}\n" + b"#" * MAX_BYTES,
        rb'quality: {"\U7FFFFFFF": 1}',
        rb'quality: {"\UFFFFFFFF": 1}',
        b"%YAML 1." + b"9" * 5000 + b"\n---\nquality: {}",
    ],
    ids=range(16),
)
def test_p05__what_is_no_plain_configuration_is_refused(content: bytes) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        read_gate(content)
    assert str(caught.value).startswith(".p2a.yml")
    assert caught.value.exit_code == 3


WORDS = (
    b"quality minimum max_drop changed_lines target overall : { } [ ] , - 60 true & * ! |"
).split()


@given(st.binary(max_size=100) | st.lists(st.sampled_from([*WORDS, b"\n", b"  "])).map(b" ".join))
def test_p05__any_bytes_are_a_gate_or_an_error(content: bytes) -> None:
    with suppress(ConfigurationInvalid):
        assert isinstance(read_gate(content), Gate)


@pytest.mark.parametrize(
    ("content", "team"),
    [
        ("", Team()),
        ("agents:\nbudget:\n", Team()),
        ("agents: {}", Team()),
        ("agents: {documenter: off}", Team(off=frozenset({"documenter"}))),
        (
            "agents: {documenter: FALSE, tester: on, reviewer: true}",
            Team(off=frozenset({"documenter"})),
        ),
        ("budget: 2.5", Team(budget_usd=2.5)),
        ("budget: 250", Team(budget_usd=250.0)),
    ],
)
def test_read_team__reads_switches_and_the_budget(
    is_valid: Callable[[bytes], bool], content: str, team: Team
) -> None:
    assert read_team(content.encode()) == team
    assert is_valid(content.encode())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("agents: {developer: off}", "line 1: unknown key 'developer' in `agents`"),
        ("agents: {documentor: off}", "line 1: unknown key 'documentor' in `agents`"),
        ("agents: {documenter: 'off'}", "`agents.documenter` is neither on nor off"),
        ("agents: {documenter: never}", "`agents.documenter` is neither on nor off"),
        ("agents: [documenter]", "`agents` is not a mapping"),
        ("budget: 0", "`budget` is no amount of dollars"),
        ("budget: -1", "`budget` is no amount of dollars"),
        ("budget: .nan", "`budget` is no amount of dollars"),
        ("budget: .inf", "`budget` is no amount of dollars"),
        ("budget: lots", "`budget` is no amount of dollars"),
        ("budget: {usd: 1}", "`budget` is no amount of dollars"),
    ],
)
def test_read_team__says_what_cannot_be_used(
    is_valid: Callable[[bytes], bool], content: str, what: str
) -> None:
    for read in (read_team, read_gate):
        with pytest.raises(ConfigurationInvalid, match=re.escape(what)):
            read(content.encode())
    assert not is_valid(content.encode())
